"""Proofs about first hitting times of one mode under descent: the bracket of GD-6."""

from __future__ import annotations

from sympy import And, Or

from properties.library import load_catalogue
from properties.proving.induction import Induction
from properties.proving.proof import Proof, by_induction, by_obligations
from properties.proving.smtlib import Obligation
from properties.statement import symbols
from theory import growth_factor, normal_form_step

s, z, z0, q, theta = symbols("s z z0 q theta")
STEP = normal_form_step(s, z)
START, MOVES = {z: z0, q: 1}, {z: STEP, q: q * growth_factor(s)}
GIVEN = {"step": s > 0, "level": And(theta > 0, theta < 1), "below-level": And(z0 > 0, z0 < theta)}


def lower() -> Proof:
    """The lower end of the bracket."""
    shown = Induction(
        START, MOVES, GIVEN, Or(z < theta, z0 * q >= theta),
        {"positive": z >= 0, "growing": q >= 1, "growth": Or(z <= z0 * q, z0 * q >= theta)}, direct=True,
    )  # fmt: skip
    return by_induction(
        load_catalogue()["GD-6.lower"], shown,
        argument="""With q_k = (1+s)^(2k): a state at or above theta needs z_0 q_k >= theta. Logarithms increase, so
        that is k >= log(theta/z_0)/(2 log(1+s)).""",
    )  # fmt: skip


def upper() -> Proof:
    """The upper end of the bracket."""
    shown = Induction(
        START, MOVES, GIVEN, Or(z >= theta, q * z0 * (1 - theta) < theta * (1 - z0)),
        {"positive": z >= 0, "growing": q >= 1, "odds": z * (1 - z0) >= z0 * q * (1 - z)}, while_=z < theta, direct=True,
    )  # fmt: skip
    return by_induction(
        load_catalogue()["GD-6.upper"], shown,
        argument="""With q_k = (1+s)^(2k): as long as no state has reached theta the odds are at least z_0 q_k/(1 - z_0),
        so q_k < (1/z_0 - 1) theta/(1 - theta). Logarithms increase: once k is at least
        [log(1/z_0 - 1) + log(theta/(1 - theta))]/(2 log(1+s)), some state up to k has reached theta.""",
    )  # fmt: skip


def width() -> Proof:
    """The width of the bracket before rounding."""
    given = (z0 > 0, z0 < theta, theta < 1)
    return by_obligations(
        "GD-6.width",
        """The ends times 2 log(1+s) are log(theta/z_0) and log(1/z_0 - 1) + log(theta/(1 - theta)); their difference is
        log((1 - z_0)/(1 - theta)), to be shown below log(1/(1 - theta)). Logarithms increase.""",
        [Obligation("the quotient of what the logarithms are of", given, (1 - z0) / (1 - theta) < 1 / (1 - theta)),
         Obligation("the difference of the ends", given,
                    And(((1 / z0 - 1) * theta / (1 - theta)) / (theta / z0) <= (1 - z0) / (1 - theta),
                        ((1 / z0 - 1) * theta / (1 - theta)) / (theta / z0) >= (1 - z0) / (1 - theta)))],
    )  # fmt: skip


PROOFS = {"GD-6.lower": lower, "GD-6.upper": upper, "GD-6.width": width}
