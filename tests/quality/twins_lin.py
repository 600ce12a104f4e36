"""Broken twins of the one-layer claims."""

from __future__ import annotations

from fractions import Fraction

from sympy import Eq, Rational

from rankladder import least, symbols
from rankladder.properties.gidel2019.lin import (
    CONSISTENT,
    Moments,
    chosen_times,
    descent_formula,
    eigenvector_contraction,
    flow_residual,
    joint_contraction,
)
from rankladder.properties.gidel2019.lin_fractions import (
    at_most_ratio,
    descent_fractions,
    excess,
    flow_fractions,
    flow_ratio,
    full_rank,
    no_faster,
    pairs_in_order,
    smallest_gain,
)
from rankladder.properties.gidel2019.lin_limit import (
    contraction,
    divergence,
    from_zero,
    nearest,
    top_coordinates,
)
from rankladder.theory import one_layer_flow_fraction
from tests.quality.twin import twin

s1, amplitude, a, b = symbols("s1 amplitude a b")
MORE, LESS = Fraction(21, 20), Fraction(19, 20)


def continuous(eta, lam, k):
    """The flow's fraction at the time that k steps cover."""
    return one_layer_flow_fraction(lam, eta * k)


twin(
    "LIN-1", "faster", "velocity 5% above the gradient",
    conclusion=lambda U, lam, kernel, target, stray, W0, t: flow_residual(
        Moments(U, lam, kernel, target, stray), W0, t, slope=MORE
    ),
)  # fmt: skip
twin(
    "LIN-1", "other-start", "start 5% larger than W_0",
    conclusion=lambda U, lam, kernel, target, stray, W0, t: flow_residual(
        Moments(U, lam, kernel, target, stray), W0, t, start=MORE
    ),
)  # fmt: skip
twin("LIN-1", "no-range", "range Sxy not inside range Sxx", drop="range")

twin(
    "LIN-2", "one-step-more", "k + 1 in place of k",
    conclusion=lambda U, lam, kernel, target, stray, W0, s1, steps: descent_formula(
        (data := Moments(U, lam, kernel, target, stray)), W0, data.step(s1), steps, shift=1
    ),
)  # fmt: skip
twin(
    "LIN-2", "continuous-rate", "e^(-eta lambda k) in place of (1 - eta lambda)^k",
    conclusion=lambda U, lam, kernel, target, stray, W0, s1, steps: descent_formula(
        (data := Moments(U, lam, kernel, target, stray)), W0, data.step(s1), steps, fraction=continuous
    ),
)  # fmt: skip
twin("LIN-2", "no-range", "range Sxy not inside range Sxx", drop="range")

twin(
    "LIN-3.contraction", "rate-too-small", "squared rate 1% too small",
    conclusion=lambda U, lam, kernel, target, stray, W0, s1, steps: contraction(
        Moments(U, lam, kernel, target, stray), W0, s1, steps, tighter=Fraction(99, 100)
    ),
)  # fmt: skip
twin(
    "LIN-3.contraction", "larger-step", "step bound 5% too large",
    given={"range": CONSISTENT, "small-step": s1 < Rational(21, 10)},
)  # fmt: skip
twin("LIN-3.contraction", "no-range", "range Sxy not inside range Sxx", drop="range")

twin(
    "LIN-3.minimiser", "longer", "limit 5% too long",
    conclusion=lambda U, lam, kernel, target, stray, W0, other: nearest(
        Moments(U, lam, kernel, target, stray), W0, other, scale=MORE
    ),
)  # fmt: skip
twin(
    "LIN-3.minimiser", "nearest-to-another", "nearest to a start 5% larger",
    conclusion=lambda U, lam, kernel, target, stray, W0, other: nearest(
        Moments(U, lam, kernel, target, stray), W0, other, start=MORE
    ),
)  # fmt: skip
twin("LIN-3.minimiser", "no-range", "range Sxy not inside range Sxx", drop="range")

twin(
    "LIN-3.minimum-norm", "not-from-zero", "from a twentieth of an arbitrary matrix",
    conclusion=lambda U, lam, kernel, target, stray, s1, steps, other: from_zero(
        Moments(U, lam, kernel, target, stray), s1, steps, other, start=Fraction(1, 20)
    ),
)  # fmt: skip
twin("LIN-3.minimum-norm", "no-range", "range Sxy not inside range Sxx", drop="range")

twin(
    "LIN-3.divergence", "growth-too-large", "growth factor eta lambda - 0.95 in place of eta lambda - 1",
    conclusion=lambda U, lam, kernel, target, stray, W0, s1, steps, amplitude: divergence(
        top_coordinates(Moments(U, lam, kernel, target, stray), W0, s1, steps, amplitude), s1 - LESS
    ),
)  # fmt: skip
twin(
    "LIN-3.divergence", "smaller-step", "from 5% below the bound on",
    given={"large-step": s1 > Rational(19, 10), "excited": amplitude > 0},
)  # fmt: skip
twin("LIN-3.divergence", "not-excited", "the top direction starts at its limit", drop="excited")

twin(
    "LIN-3.period-two", "larger-step", "step 1% above the critical one",
    given={"critical-step": Eq(s1, Rational(101, 50)), "excited": amplitude > 0},
)  # fmt: skip
twin(
    "LIN-3.period-two", "smaller-step", "step 1% below the critical one",
    given={"critical-step": Eq(s1, Rational(99, 50)), "excited": amplitude > 0},
)  # fmt: skip
twin("LIN-3.period-two", "not-excited", "the top direction starts at its limit", drop="excited")

twin(
    "LIN-4.eigenvectors", "other-eigenvalue", "eigenvalues 1% too large",
    conclusion=lambda U, lam, kernel, target, stray, W0, s1, steps: eigenvector_contraction(
        Moments(U, lam, kernel, target, stray), W0, s1, steps, stretch=Fraction(101, 100)
    ),
)  # fmt: skip
twin(
    "LIN-4.eigenvectors", "not-squared", "the squared distance shrinks by |1 - eta lambda|",
    conclusion=lambda U, lam, kernel, target, stray, W0, s1, steps: eigenvector_contraction(
        Moments(U, lam, kernel, target, stray), W0, s1, steps, power=1
    ),
)  # fmt: skip
twin("LIN-4.eigenvectors", "no-range", "range Sxy not inside range Sxx", drop="range")

twin("LIN-4.joint-basis", "not-commuting", "data that do not commute", drop="commuting")
twin(
    "LIN-4.joint-basis", "neighbour", "the eigenvalue of the neighbouring mode",
    conclusion=lambda problem, s1, spread, steps: joint_contraction(problem, s1, spread, steps, index=1),
)  # fmt: skip
twin(
    "LIN-4.joint-basis", "not-squared", "the squared distance shrinks by |1 - eta lambda|",
    conclusion=lambda problem, s1, spread, steps: joint_contraction(problem, s1, spread, steps, power=1),
)  # fmt: skip

twin(
    "LIN-5.descent", "one-step-less", "k - 1 in place of k",
    conclusion=lambda problem, s1, steps: descent_fractions(problem, s1, steps, shift=-1),
)  # fmt: skip
twin(
    "LIN-5.descent", "by-sigma", "sigma in place of lambda",
    conclusion=lambda problem, s1, steps: descent_fractions(problem, s1, steps, spectrum=problem.sigma),
)  # fmt: skip
twin("LIN-5.descent", "not-commuting", "data that do not commute", drop="commuting")

twin(
    "LIN-5.flow", "faster", "velocity 5% above the gradient",
    conclusion=lambda problem, t: flow_fractions(problem, t, pace=MORE),
)  # fmt: skip
twin(
    "LIN-5.flow", "by-sigma", "sigma in place of lambda",
    conclusion=lambda problem, t: flow_fractions(problem, t, spectrum=problem.sigma),
)  # fmt: skip
twin("LIN-5.flow", "not-commuting", "data that do not commute", drop="commuting")

for _claim in ("LIN-5.rank", "LIN-5.rank-any"):
    twin(
        _claim, "one-less", "rank one less",
        conclusion=lambda problem, s1, steps: full_rank(
            problem, s1, chosen_times(steps)[1:], rank=problem.m - 1
        ),
    )  # fmt: skip
    twin(
        _claim, "from-the-start", "from k = 0 on",
        conclusion=lambda problem, s1, steps: full_rank(problem, s1, chosen_times(steps)),
    )  # fmt: skip

twin(
    "LIN-5.rank-margin", "no-loss", "no less than the first step at any stable step size",
    conclusion=lambda problem, s1, steps: smallest_gain(problem, s1, chosen_times(steps)[1:], floor=1),
)  # fmt: skip
twin(
    "LIN-5.rank-margin", "larger-share", "share 5% too large",
    conclusion=lambda problem, s1, steps: smallest_gain(
        problem, s1, chosen_times(steps)[1:], floor=MORE * least(1, 2 - s1)
    ),
)  # fmt: skip

for _parent, _slug, _change, _margin in (
    ("LIN-5.ratio", "smaller", "bound 1% too small", at_most_ratio(Fraction(99, 100))),
    ("LIN-5.larger-first", "ahead", "ahead by 1%", no_faster(Fraction(101, 100))),
):
    twin(
        _parent, _slug, _change,
        conclusion=lambda problem, s1, steps, margin=_margin: pairs_in_order(
            problem, s1, chosen_times(steps)[1:], margin
        ),
    )  # fmt: skip
    twin(_parent, "not-commuting", "data that do not commute", drop="commuting")
twin("LIN-5.ratio", "any-step", "beyond eta lambda_max = 2", given={"large": symbols("s1") >= 2})
twin("LIN-5.larger-first", "any-step", "beyond eta lambda_max = 1", drop="small-step")

twin(
    "LIN-5.flow-ratio", "smaller", "(a/b)^0.95 in place of a/b",
    conclusion=lambda a, b, t: flow_ratio(a, b, t, power=LESS),
)  # fmt: skip
twin("LIN-5.flow-ratio", "any-order", "either eigenvalue the larger", drop="larger")

twin(
    "LIN-5.ratio-sharp", "larger-step", "bound on the step 5% too large",
    given={"small-step": a <= Rational(63, 40), "larger": b <= a},
)  # fmt: skip
twin("LIN-5.ratio-sharp", "any-order", "either eigenvalue the larger", drop="larger")

twin(
    "LIN-5.ratio-beyond", "later-step", "at the fifth step", conclusion=lambda a: excess(a, step=5)
)  # fmt: skip
twin(
    "LIN-5.ratio-beyond", "larger", "violation 5% too large", conclusion=lambda a: excess(a, scale=MORE)
)  # fmt: skip
twin(
    "LIN-5.ratio-beyond", "threshold-too", "at the threshold as well", given={"large-step": a >= Rational(3, 2)}
)  # fmt: skip
