"""The public names: each documented, cheap to import, and its results unchangeable."""

import pytest

from tests.processes import python


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
    seen = python("-c", script, check=True)
    assert seen.stdout.strip() == "set()"
