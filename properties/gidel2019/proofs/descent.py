"""Proofs about one mode under gradient descent: inductions on the normal form ``z <- z (1 + s (1 - z))^2``."""

from __future__ import annotations

from collections.abc import Callable

from sympy import And

from rankladder.language.induction import Induction
from rankladder.language.library import load_catalogue
from rankladder.language.statement import symbols
from rankladder.proof.result import Proof
from rankladder.properties.gidel2019.proofs.agreement import by_induction
from rankladder.theory import decay_factor, growth_factor, normal_form_step, threshold_polynomials

s, z, z0, q = symbols("s z z0 q")
STEP = normal_form_step(s, z)
GROWTH = growth_factor(s)
SMALL = {"small-step": And(s > 0, 2 * s < 1), "small-start": And(z0 > 0, z0 < 1)}
UNIT = {"unit": And(z > 0, z <= 1)}
ODDS = {"growing": q >= 1}


def _induction(id: str, induction: Induction, argument: str, *, ahead: int = 0) -> Callable[[], Proof]:
    return lambda: by_induction(load_catalogue()[id], induction, argument=argument, ahead=ahead)


def loss() -> Proof:
    """The loss decreases up to the root of the threshold's polynomial."""
    descends = threshold_polynomials()["loss descends"]
    (unknown,) = descends.free_symbols
    kept = Induction(
        {z: z0}, {z: STEP},
        {"small-step": And(s > 0, s < 1, descends.subs(unknown, s) >= 0), "small-start": And(z0 > 0, z0 <= 1)},
        (1 - z) ** 2 >= (1 - STEP) ** 2, {"positive": z >= 0, "top": 27 * s * z <= 4 * (1 + s) ** 3}, direct=True,
    )  # fmt: skip
    argument = """No orbit from (0, 1] passes the top 4(1+s)^3/(27 s) of the map, and up to there one step never increases
    (1 - z)^2, to which the loss is proportional."""
    return _induction("LOSS-3.descent", kept, argument, ahead=1)()


def _proofs() -> dict[str, Callable[[], Proof]]:
    lower = Induction(
        {z: z0, q: 1}, {z: STEP, q: q * GROWTH}, SMALL, z * (1 - z0) >= z0 * q * (1 - z), UNIT | ODDS
    )
    upper = Induction(
        {z: z0, q: 1},
        {z: STEP, q: q * decay_factor(s)},
        SMALL,
        z * q * (1 - z0) <= z0 * (1 - z),
        UNIT | {"shrinking": And(q > 0, q <= 1)},
    )
    below_half = {"small-step": And(s > 0, 2 * s <= 1), "small-start": And(z0 > 0, z0 < 1)}
    monotone = Induction({z: z0}, {z: STEP}, below_half, And(z <= STEP, STEP <= 1), UNIT, direct=True)
    limit = Induction(
        {z: z0},
        {z: STEP},
        below_half,
        And((1 - 2 * s * z0) * (1 - z) >= 1 - STEP, z <= 1, STEP <= 1),
        UNIT | {"risen": z >= z0},
        direct=True,
    )
    growth = Induction(
        {z: z0, q: 1}, {z: STEP, q: q * GROWTH}, {"step": s > 0, "start": z0 > 0}, z <= z0 * q, ODDS | {"positive": z >= 0},
        while_=And(z >= 0, s * z <= 2 * (1 + s)),
    )  # fmt: skip
    growth_of_orbit = Induction(
        {z: z0, q: 1}, {z: STEP, q: q * GROWTH}, {"bounded-step": And(s > 0, s <= 2), "small-start": And(z0 > 0, z0 <= 1)},
        z <= z0 * q, ODDS | {"invariant": And(z >= 0, s * z <= 2 + s)},
    )  # fmt: skip
    bounded = Induction(
        {z: z0}, {z: STEP}, {"small-step": And(s > 0, s <= 2), "inside": And(z0 > 0, s * z0 <= 2 + s)},
        And(z >= 0, s * z <= 2 + s),
    )  # fmt: skip
    return {
        "GD-4.lower": _induction(
            "GD-4.lower", lower,
            """With q_k = (1+s)^(2k) = e^(r_lo k) the logistic curve has the odds z_0 q_k/(1 - z_0), so z_k >= L(k) says
            that the odds of z_k are no smaller: z_k (1 - z_0) >= z_0 q_k (1 - z_k).""",
        ),
        "GD-4.upper": _induction(
            "GD-4.upper", upper,
            """With q_k = (1-2s)^k = e^(-r_hi k) the logistic curve has the odds z_0/(q_k (1 - z_0)), so z_k <= L(k) says
            that the odds of z_k are no larger: z_k q_k (1 - z_0) <= z_0 (1 - z_k).""",
        ),
        "STEP-1.monotone": _induction("STEP-1.monotone", monotone, "The unit interval is invariant, and in it a step never falls.", ahead=1),
        "STEP-1.limit": _induction(
            "STEP-1.limit", limit,
            """The distance to 1 shrinks by the fixed factor 1 - 2 s z_0 < 1 at every step, so it is at most
            (1 - 2 s z_0)^k (1 - z_0), which tends to 0.""", ahead=1,
        ),
        "STEP-3.bounded": _induction("STEP-3.bounded", bounded, "The interval up to the largest fixed point is invariant."),
        "GD-3.in-range": _induction("GD-3.in-range", growth, "q_k = (1+s)^(2k)."),
        "GD-3.orbit": _induction("GD-3.orbit", growth_of_orbit, "q_k = (1+s)^(2k)."),
        "LOSS-3.descent": loss,
    }  # fmt: skip


PROOFS = _proofs()
