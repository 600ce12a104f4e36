"""The public names: each documented, cheap to import, and its results unchangeable."""

import pkgutil
import subprocess
import sys

import pytest

from rankladder import numbers, simulate

PACKAGES = [simulate, numbers]
MODULES = [f"{package.__name__}.{m.name}" for package in PACKAGES for m in pkgutil.iter_modules(package.__path__)]  # fmt: skip


@pytest.mark.parametrize("package", PACKAGES)
def test_every_export_is_documented_and_reachable(package):
    assert package.__all__ == sorted(package.__all__)
    for name in package.__all__:
        assert getattr(package, name).__doc__ and name in dir(package)
    with pytest.raises(AttributeError, match="attribute no_such_name"):
        package.no_such_name  # noqa: B018
    assert not {name.rsplit(".")[-1] for name in MODULES} & set(package.__all__)


@pytest.mark.parametrize(
    ("use", "absent"),
    [
        ("", "numpy flint scipy numba sympy"),
        ("for n in simulate.__all__: getattr(simulate, n)", "scipy numba sympy hypothesis matplotlib"),
        # short runs stay interpreted, for Numba takes longer to load
        ("simulate.descent([0.1] * 500, 0.5, 60); simulate.mode_descent(1.0, [1.0] * 9, 0.1, 0.5, 100);"
         "simulate.mode_trajectory([3.0, 0.0], 1.0, 0.1, 1e6, [0, 10**7]); simulate.first_hits([0.1, 0.2], -1e6, 0.5)",
         "numba"),
    ],
)  # fmt: skip
def test_slow_packages_are_loaded_where_they_are_needed(use, absent):
    script = (
        f"import sys; from rankladder import simulate\n{use}\nprint(set({absent.split()}) & set(sys.modules))"
    )
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "set()"
