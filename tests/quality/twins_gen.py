"""Broken twins of the claims about data that does not commute."""

from __future__ import annotations

from fractions import Fraction

from rankladder.properties.gidel2019.gen import (
    Whitened,
    best_is_stable,
    escapes,
    further_unit,
    leaves_by_residual,
    reduces,
    turned,
    way_out_reverses,
)
from tests.quality.twin import twin

MORE = Fraction(101, 100)

twin(
    "GEN-1.saddle", "stronger", "2 (g_i - 1.01 g_l)",
    conclusion=lambda C, X, Y, g, place, size: turned(Whitened(C, X, Y, g), place, size, share=MORE),
)  # fmt: skip
twin(
    "GEN-1.saddle", "transpose", "C^-1 in the place of C^-T",
    conclusion=lambda C, X, Y, g, place, size: turned(Whitened(C, X, Y, g), place, size, transposed=False),
)  # fmt: skip
twin(
    "GEN-1.stable", "next-best", "the modes 2 to j + 1 in the place of 1 to j",
    conclusion=lambda C, X, Y, g, A1, A2, size: best_is_stable(Whitened(C, X, Y, g), A1, A2, size, place=1),
)  # fmt: skip
twin(
    "GEN-1.stable", "off-optimum", "one factor 1% too large",
    conclusion=lambda C, X, Y, g, A1, A2, size: best_is_stable(Whitened(C, X, Y, g), A1, A2, size, scale=MORE),
)  # fmt: skip
twin(
    "GEN-1.escape", "faster", "rate 1% larger",
    conclusion=lambda problem, place: escapes(problem, place, scale=MORE),
)  # fmt: skip
twin(
    "GEN-1.escape", "tilted", "along the direction of a rate 10% larger",
    conclusion=lambda problem, place: escapes(problem, place, tilt=Fraction(1, 10)),
)  # fmt: skip
twin(
    "GEN-2.slower", "slower-still", "mu < 0.95 sigma_2",
    conclusion=lambda sigma_1, lam_1, sigma_2, lam_2: way_out_reverses(
        sigma_1, lam_1, sigma_2, lam_2, bound=Fraction(19, 20)
    ),
)  # fmt: skip
twin(
    "GEN-2.slower", "swapped", "lambda_1 and lambda_2 exchanged in the gains",
    conclusion=lambda sigma_1, lam_1, sigma_2, lam_2: way_out_reverses(
        sigma_1, lam_1, sigma_2, lam_2, swapped=True
    ),
)  # fmt: skip
twin("GEN-2.further-unit", "no-commuting", "data that do not commute", drop="commuting")
twin(
    "GEN-2.further-unit", "index", "sigma_{l-1}",
    conclusion=lambda problem, place: further_unit(problem, place, shift=1),
)  # fmt: skip
twin(
    "GEN-2.further-unit", "faster", "rate 1% larger",
    conclusion=lambda problem, place: further_unit(problem, place, scale=MORE),
)  # fmt: skip
twin(
    "GEN-3.rate", "faster", "rate 1% larger",
    conclusion=lambda C, X, Y, g: leaves_by_residual(Whitened(C, X, Y, g), scale=MORE),
)  # fmt: skip
twin(
    "GEN-3.rate", "whitened", "the residual's norm in whitened coordinates, g_m",
    conclusion=lambda C, X, Y, g: leaves_by_residual(Whitened(C, X, Y, g), whitened=True),
)  # fmt: skip
twin(
    "GEN-3.rate", "transpose", "g_m |C^T x_m|",
    conclusion=lambda C, X, Y, g: leaves_by_residual(Whitened(C, X, Y, g), transposed=True),
)  # fmt: skip
twin("GEN-3.aligned", "no-commuting", "data that do not commute", drop="commuting")
twin("GEN-3.aligned", "no-order", "a mode other than the first gains most", drop="ordered")
twin(
    "GEN-3.aligned", "larger", "a residual 1% larger",
    conclusion=lambda problem: reduces(problem, scale=MORE),
)  # fmt: skip
twin(
    "GEN-3.aligned", "square", "the square of the residual's norm",
    conclusion=lambda problem: reduces(problem, power=2),
)  # fmt: skip
