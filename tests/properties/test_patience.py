"""A conclusion that never returns: stopped where a budget was given, and named, with the instance it was at."""

import signal
import time
from pathlib import Path

import pytest

from rankladder import Real, Verdict, claim
from rankladder.app.main import main
from rankladder.search import time_limit as module
from rankladder.search.check import check_claim

ENDLESS = """
from rankladder import Real, claim


@claim("endless", over=dict(x=Real(0, 1)))
def _(x):
    while True:
        pass


@claim("patient-fine", over=dict(x=Real(0, 1)))
def _(x):
    return x
"""


@pytest.fixture
def short_grace(monkeypatch, tmp_path) -> Path:
    monkeypatch.setattr(module, "GRACE", 0.05)  # half a minute would be waited for in every test
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(ENDLESS)
    return tmp_path


def test_an_endless_conclusion_is_an_error_that_names_the_instance(short_grace: Path) -> None:
    @claim("sleepy", over={"x": Real(0, 1)})
    def endless(x):  # type: ignore[no-untyped-def]
        try:
            while True:
                time.sleep(0.001)
        except Exception:  # no handler of the claim's own may swallow it
            return 1.0
        return x

    result = check_claim(endless, budget=0.2)
    assert result.verdict is Verdict.error
    assert "one instance had not ended 0.05 s after the budget of 0.2 s" in result.evidence[0].detail
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_hunts_and_boundaries_stop_too(short_grace: Path, capsys) -> None:
    with pytest.MonkeyPatch.context() as scope:  # minutes, as above
        scope.setattr("rankladder.app.hunts.WITNESS_TIME", 0.1)
        main(["explore", "endless", "mine.py", "--budget", "0.1", "--workers", "1"])
    assert "TookTooLong: one instance had not ended" in capsys.readouterr().out
    assert main(["boundary", "endless", "mine.py", "--parameter", "x", "--budget", "0.1"]) == 2
    assert "one instance had not ended" in capsys.readouterr().err
