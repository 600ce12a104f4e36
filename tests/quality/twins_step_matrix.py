"""Broken twins of the claims about step-size regimes on matrices."""

from __future__ import annotations

from fractions import Fraction

import sympy

from rankladder import symbols
from rankladder.properties.gidel2019.step import first_pass
from rankladder.properties.gidel2019.step_matrix import (
    ANY,
    bounded,
    convergent,
    inside,
    leaves,
    monotone,
    overshoots,
    quiet_null,
    small_start,
)
from tests.quality.twin import twin

s1 = symbols("s1")
MORE, LESS = Fraction(21, 20), Fraction(19, 20)
STARTS = {"commuting": ANY, "small-start": small_start, "quiet-null": quiet_null}

for _parent in ("STEP-6.monotone", "STEP-6.convergent"):
    for _dropped in ("commuting", "small-start", "quiet-null"):
        twin(_parent, f"no-{_dropped}", f"without {_dropped}", drop=_dropped)
twin(
    "STEP-6.monotone", "larger-step", "steps up to 0.525/sigma_1",
    given=STARTS | {"small-step": s1 <= sympy.Rational(21, 40)},
)  # fmt: skip
twin(
    "STEP-6.monotone", "lower-cap", "a cap 1% below the fitted value",
    conclusion=lambda problem, s1, delta: monotone(problem, s1, delta, cap=Fraction(99, 100)),
)  # fmt: skip
twin(
    "STEP-6.convergent", "larger-step", "steps up to 1.05/sigma_1",
    given=STARTS | {"convergent": s1 <= sympy.Rational(21, 20)},
)  # fmt: skip
twin(
    "STEP-6.convergent", "one-step", "one step in place of two",
    conclusion=lambda problem, s1, delta: convergent(problem, s1, delta, apart=1),
)  # fmt: skip
twin("STEP-6.bounded", "no-commuting", "data that do not commute", drop="commuting")
twin("STEP-6.bounded", "not-inside", "starts outside", drop="inside")
twin(
    "STEP-6.bounded", "lower", "bounds 5% lower",
    conclusion=lambda problem, s1, delta: bounded(problem, s1, delta, scale=LESS),
)  # fmt: skip
twin(
    "STEP-6.bounded", "larger-step", "steps up to 2.2/sigma_1",
    given={"commuting": ANY, "inside": inside, "small-step": s1 <= sympy.Rational(11, 5)},
)  # fmt: skip
twin("STEP-6.overshoot", "no-commuting", "data that do not commute", drop="commuting")
twin(
    "STEP-6.overshoot", "smaller-step", "steps from 0.475/sigma_1 on",
    given={"commuting": ANY, "large-step": s1 > sympy.Rational(19, 40)},
)  # fmt: skip
twin(
    "STEP-6.overshoot", "one-earlier", "the step that reaches z_land, not the one after it",
    conclusion=lambda problem, s1, delta: overshoots(
        problem, s1, delta, horizon=lambda s, z0: first_pass(s, z0, extra=0)
    ),
)  # fmt: skip
twin("STEP-6.unbounded", "no-commuting", "data that do not commute", drop="commuting")
twin(
    "STEP-6.unbounded", "smaller-step", "steps from 1.9/sigma_1 on",
    given={"commuting": ANY, "large-step": s1 > sympy.Rational(19, 10)},
)  # fmt: skip
twin(
    "STEP-6.unbounded", "beside", "a start 5% to the right of the peak",
    conclusion=lambda problem, s1, delta: leaves(problem, s1, delta, place=MORE),
)  # fmt: skip
