"""Proofs of what the map of one mode says at once (GD-1, GD-2, GD-8, GD-11, LOSS-3)."""

from __future__ import annotations

from sympy import And

from rankladder.language.induction import Induction
from rankladder.language.library import load_catalogue
from rankladder.language.statement import symbols
from rankladder.proof.result import Proof
from rankladder.properties.gidel2019.proofs.agreement import by_induction
from rankladder.properties.gidel2019.proofs.flow import NO_SHAPE, shown
from rankladder.theory import normal_form_step, threshold_polynomials


def keeps_sign() -> Proof:
    """GD-1: the entries keep their sign."""
    s, z, z0 = symbols("s z z0")
    polynomial = threshold_polynomials()["entries keep their sign"]
    (unknown,) = polynomial.free_symbols
    bound = polynomial.as_expr().subs(unknown, s)
    return by_induction(
        load_catalogue()["GD-1.sign"],
        Induction(
            {z: z0},
            {z: normal_form_step(s, z)},
            {"keeps-sign": And(s > 0, bound <= 0), "small-start": And(z0 > 0, z0 <= 1)},
            1 + s * (1 - z) >= 0,
            {"positive": z >= 0},
        ),
        argument="""A step multiplies the entry a by 1 + s (1 - z): entries keep their sign as long as that is not
        negative. The map of z is largest at (1 + s)/(3s), where it reaches 4 (1 + s)^3/(27 s); that is at most
        (1 + s)/s up to the threshold.""",
        ahead=1,
    )


ONE_STEP = [{"steps": 1}]
EVERY_STATE = "Shown for one step from any state; every iterate is the start of the next step."
PROOFS = {
    "GD-1.sign": keeps_sign,
    "GD-1.sign-lost": shown("GD-1.sign-lost", NO_SHAPE),
    "GD-2": shown("GD-2", f"{EVERY_STATE} {NO_SHAPE}", ONE_STEP),
    "GD-4.lower-sharp": shown("GD-4.lower-sharp", NO_SHAPE),
    "GD-8.every-gap": shown("GD-8.every-gap", NO_SHAPE),
    "GD-11.identity": shown("GD-11.identity", f"{EVERY_STATE} {NO_SHAPE}", ONE_STEP),
    "GD-11.quadratic": shown("GD-11.quadratic", NO_SHAPE),
    "GD-11.rate": shown("GD-11.rate", NO_SHAPE),
    "LIN-5.ratio-beyond": shown("LIN-5.ratio-beyond", NO_SHAPE),
    "LOSS-3.above": shown("LOSS-3.above", NO_SHAPE),
    "LOSS-3.above-one": shown("LOSS-3.above-one", NO_SHAPE),
}
