import doctest
import importlib
import pkgutil
import subprocess
import sys

import numpy as np
import pytest

from rankladder import simulate

MODULES = [info.name for info in pkgutil.iter_modules(simulate.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(f"rankladder.simulate.{name}")
    result = doctest.testmod(module, extraglobs={"np": np})
    assert result.failed == 0


def test_every_export_is_documented_and_reachable():
    assert simulate.__all__ == sorted(simulate.__all__)
    for name in simulate.__all__:
        value = getattr(simulate, name)
        assert value.__doc__
        assert name in dir(simulate)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        simulate.nothing  # noqa: B018


def test_no_module_bears_the_name_of_an_export():
    assert not set(MODULES) & set(simulate.__all__)


def test_importing_costs_nothing():
    script = "import sys; from rankladder import simulate; print(sorted({'numpy', 'flint', 'scipy', 'numba', 'sympy'} & set(sys.modules)))"
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert seen.strip() == "[]"


def test_everything_public_comes_without_slow_packages():
    script = (
        "import sys; from rankladder import simulate\nfor n in simulate.__all__: getattr(simulate, n)\n"
        "print(sorted({'scipy', 'numba', 'sympy', 'hypothesis', 'matplotlib'} & set(sys.modules)))"
    )
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert seen.strip() == "[]"


def test_what_is_returned_cannot_be_changed():
    import dataclasses
    import importlib
    import pkgutil

    from rankladder import simulate

    found = {
        value
        for module in pkgutil.iter_modules(simulate.__path__)
        for value in vars(importlib.import_module(f"rankladder.simulate.{module.name}")).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value)
    }
    assert len(found) > 5
    assert all(value.__dataclass_params__.frozen for value in found)
