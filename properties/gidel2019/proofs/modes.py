"""Proofs of what the map of one mode says at once (GD-1, GD-2, GD-8, GD-11, LOSS-3)."""

from __future__ import annotations

from rankladder.properties.gidel2019.proofs.flow import NO_SHAPE, shown

PROOFS = {
    "GD-1.sign-lost": shown("GD-1.sign-lost", NO_SHAPE),
    "GD-4.lower-sharp": shown("GD-4.lower-sharp", NO_SHAPE),
    "GD-7.series": shown("GD-7.series", NO_SHAPE),
    "GD-8.every-gap": shown("GD-8.every-gap", NO_SHAPE),
    "GD-11.quadratic": shown("GD-11.quadratic", NO_SHAPE),
    "GD-11.rate": shown("GD-11.rate", NO_SHAPE),
    "LIN-5.flow-ratio": shown("LIN-5.flow-ratio", NO_SHAPE),
    "LIN-5.ratio-beyond": shown("LIN-5.ratio-beyond", NO_SHAPE),
    "LOSS-3.above": shown("LOSS-3.above", NO_SHAPE),
    "LOSS-3.above-one": shown("LOSS-3.above-one", NO_SHAPE),
}
