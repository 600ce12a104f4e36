"""One step of descent in log-odds, in forms that keep their value as the step size vanishes.

A step takes ``z`` to ``z (1 + s x)^2`` and ``x = 1 - z`` to ``x (1 - v)``, ``v = s z (2 + s x)``. So it adds
``B = 2 log(1 + s x)`` to log z and ``A = -log(1 - v)`` to -log x, and ``A + B`` to the log-odds; the flow adds 2s.
"""

from __future__ import annotations

from typing import Any

import sympy

from rankladder.language.statement import symbols
from rankladder.proof.boxes import certify
from rankladder.proof.parts import Part
from rankladder.proof.tails import log1p_defect, log1p_ratio, log1p_third, same_form
from rankladder.theory import normal_form_step

__all__ = ["A_OVER_S", "B_OVER_S", "EXCESS", "FRACTION", "REMAINDER", "SMALL", "s", "step_in_log_odds", "z"]

s, z = symbols("s z")
x = 1 - z
V_OVER_S = z * (2 + s * x)
V = s * V_OVER_S
SMALL = (0, sympy.Rational(49, 100))
UNIT = (0, 1)

B_OVER_S = 2 * x * log1p_ratio(s * x)
A_OVER_S = V_OVER_S * log1p_ratio(-V)
# (A + B - 2s)/s^2
EXCESS = z * x - 2 * x**2 * log1p_defect(s * x) + V_OVER_S**2 * log1p_defect(-V)
# s^-2 times what one step leaves of 1 - (1/(2s) + 1/4)(A + B) + (3/4) A
_THIRD = (
    2 * z**2 * x
    + s * z**2 * x**2 / 2
    + 2 * x**3 * log1p_third(s * x)
    + V_OVER_S**3 * log1p_third(-V)
)  # fmt: skip
REMAINDER = (
    x**2 / 4
    + z * x / 2
    + V_OVER_S**2 / 4
    - _THIRD / 2
    - s * x**3 * log1p_third(s * x) / 2
    + s * V_OVER_S**3 * log1p_third(-V) / 2
)  # fmt: skip

A: Any = -sympy.log(1 - V)
B: Any = 2 * sympy.log(1 + s * x)
FRACTION = sympy.Symbol("f")


def step_in_log_odds() -> tuple[Part, ...]:
    """The two factors of a step, that both are positive, and A and B in proper form."""
    after = normal_form_step(s, z)
    return (
        same_form("growth of z", after, z * (1 + s * x) ** 2, "so B = 2 log(1 + s x)"),
        same_form("decay of 1 - z", 1 - after, x * (1 - V), "so A = -log(1 - v), v = s z (2 + s x)"),
        certify(V < 1, {s: SMALL, z: UNIT}, name="the decay factor stays positive"),
        same_form("B in proper form", s * B_OVER_S, B),
        same_form("A in proper form", s * A_OVER_S, A),
    )
