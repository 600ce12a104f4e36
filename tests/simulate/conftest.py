"""What tests of compiled loops share."""

import pytest

from rankladder.simulate.compiling import Kernel


@pytest.fixture(params=[True, False], ids=["compiled", "interpreted"])
def compiled(request, monkeypatch):
    """Each way in turn: the choice between them goes by the time it takes, and is the one thing replaced here."""
    monkeypatch.setattr(Kernel, "pays", lambda self, seconds: request.param)
