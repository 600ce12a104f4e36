"""Broken twins of the claims about starts that are not spectral."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rankladder import Int, Problem, Real
from rankladder.properties.gidel2019.init import (
    EVERY,
    GAUSSIAN,
    PAIR,
    in_order,
    keeps_form,
    leaves_form,
    near,
)
from tests.quality.twin import twin

MORE, TENTH = Fraction(101, 100), Fraction(11, 10)

twin("INIT-1.sufficient", "any-frame", "without orthonormal rows", drop="orthonormal")
twin("INIT-1.sufficient", "any-data", "without commuting data", drop="commuting")
twin(
    "INIT-1.sufficient", "faster", "1% faster",
    conclusion=lambda problem, delta, t, mixed, free: keeps_form(problem, delta, t, mixed, free, pace=MORE),
)  # fmt: skip
# with one hidden unit the bound is attained
ONE = Problem(**dict.fromkeys(("d", "p", "r", "modes"), Int(1, 1)))
twin(
    "INIT-1.necessary", "tenth-more", "a tenth more", over={**EVERY, "problem": ONE},
    conclusion=lambda problem, delta, mixed, free: leaves_form(problem, delta, mixed, free, factor=TENTH),
)  # fmt: skip
twin(
    "INIT-1.necessary", "hundredth-more", "a hundredth more", over={**EVERY, "problem": ONE},
    conclusion=lambda problem, delta, mixed, free: leaves_form(problem, delta, mixed, free, factor=MORE),
)  # fmt: skip
twin(
    "INIT-2.times", "later", "a tenth later",
    conclusion=lambda problem, s1, delta, seed: near(problem, s1, delta, seed, scale=TENTH),
)  # fmt: skip
twin(
    "INIT-2.times", "continuous", "the rate s in place of log(1+s)",
    conclusion=lambda problem, s1, delta, seed: near(
        problem, s1, delta, seed, rates=lambda data, s: s * data.sigma / data.sigma[0]
    ),
)  # fmt: skip
twin(
    "INIT-2.times", "any-step", "whatever the curvature", given={},
    over={**GAUSSIAN, "s1": Real(Fraction(7, 16), Fraction(1, 2)), "problem": replace(PAIR, d=Int(3, 3), lam=(Fraction(1, 2), 1), null=(3, 4))},
)  # fmt: skip
twin("INIT-2.order", "too-early", "whatever the two rates say", drop="vanishing")
twin(
    "INIT-2.order", "reversed", "the smaller sigma first",
    conclusion=lambda problem, s1, delta, seed: in_order(problem, s1, delta, seed, first=1),
)  # fmt: skip
