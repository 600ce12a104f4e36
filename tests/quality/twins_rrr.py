"""Broken twins of the claims about reduced-rank solutions, numerical rank and stability inside a rank."""

from __future__ import annotations

from fractions import Fraction

import sympy

from rankladder import Int, Problem, symbols
from rankladder.properties.gidel2019.rrr import (
    STEPS,
    learns,
    optimum_saves_gains,
    second_is_best,
    solution_iff_top,
    visits_optimum_iff_top,
)
from rankladder.properties.gidel2019.rrr_rank import ANY, below, count_grows, count_grows_in_flow
from rankladder.properties.gidel2019.rrr_stability import leaves_at_rate, stable_iff_top
from tests.quality.twin import twin

LESS, MORE = Fraction(19, 20), Fraction(21, 20)
s1 = symbols("s1")


def ratio(sigma, lam):  # type: ignore[no-untyped-def]
    """sigma/lambda in the place of sigma^2/lambda."""
    return sigma / lam


def continuous(s):  # type: ignore[no-untyped-def]
    """The rate of the flow in the place of log(1 + s)."""
    return s


for _parent, _assumption in (
    ("RRR-1.optimum", "commuting"),
    ("RRR-1.solution", "commuting"),
    ("RRR-1.visited", "commuting"),
    ("RRR-1.visited", "small-step"),
    ("RRR-1.visited", "small-start"),
    ("RRR-2.whitened", "whitened"),
    ("RRR-2.whitened", "small-step"),
    ("RRR-2.whitened", "small-start"),
    ("RRR-2.autoencoder", "autoencoder"),
    ("RRR-2.autoencoder", "small-step"),
    ("RRR-2.consistent", "consistent"),
    ("RRR-2.consistent", "commuting"),
    ("RRR-2.consistent", "small-step"),
    ("RRR-2.consistent", "small-start"),
    ("RRR-2.consistent", "quiet-null"),
    ("RRR-3.second-is-best", "contrary"),
    ("RRR-3.second-is-best", "small-step"),
    ("RRR-4.descent", "small-start"),
    ("RRR-4.descent", "commuting"),
    ("RRR-4.flow", "small-start"),
    ("RRR-4.flow", "commuting"),
    ("RRR-5.stable", "commuting"),
    ("RRR-5.rate", "commuting"),
):
    twin(_parent, f"no-{_assumption}", f"without {_assumption}", drop=_assumption)

twin(
    "RRR-1.optimum", "sigma-over-lam", "sigma/lambda in the place of sigma^2/lambda",
    conclusion=lambda problem: optimum_saves_gains(problem, gain=ratio),
)  # fmt: skip
twin(
    "RRR-1.optimum", "more", "1% more",
    conclusion=lambda problem: optimum_saves_gains(problem, scale=Fraction(101, 200)),
)  # fmt: skip
twin(
    "RRR-1.solution", "sigma-over-lam", "ranked by sigma/lambda",
    conclusion=lambda problem: solution_iff_top(problem, gain=ratio),
)  # fmt: skip
twin(
    "RRR-1.solution", "larger-gap", "falls short by 1% more",
    conclusion=lambda problem: solution_iff_top(problem, shortfall=Fraction(101, 200)),
)  # fmt: skip
twin(
    "RRR-1.visited", "sigma-over-lam", "ranked by sigma/lambda",
    conclusion=lambda problem, s1, delta: visits_optimum_iff_top(problem, s1, delta, gain=ratio),
)  # fmt: skip
twin(
    "RRR-1.visited", "continuous-rate", "plateaus at the continuous times",
    conclusion=lambda problem, s1, delta: visits_optimum_iff_top(problem, s1, delta, rate=continuous),
)  # fmt: skip
twin(
    "RRR-1.visited", "tighter", "slack 10% smaller, on one mode and null modes of large lambda",
    over={"problem": Problem(sigma=(1, 4), null=(16, 64), modes=Int(1, 1)), **STEPS},
    conclusion=lambda problem, s1, delta: visits_optimum_iff_top(problem, s1, delta, scale=Fraction(9, 10)),
)  # fmt: skip
for _kind in ("whitened", "autoencoder", "consistent"):
    twin(
        f"RRR-2.{_kind}", "continuous-rate", "plateaus at the continuous times",
        conclusion=lambda problem, s1, delta: learns(problem, s1, delta, rate=continuous),
    )  # fmt: skip
    twin(
        f"RRR-2.{_kind}", "one-rank-less", "near plateau j - 1 when plateau j is due",
        conclusion=lambda problem, s1, delta: learns(problem, s1, delta, drop=1),
    )  # fmt: skip
twin(
    "RRR-2.consistent", "tighter", "distance 5% smaller",
    conclusion=lambda problem, s1, delta: learns(problem, s1, delta, scale=LESS),
)  # fmt: skip
twin(
    "RRR-3.second-is-best", "first", "mode 1 is the best rank-1 fit",
    conclusion=lambda problem, s1, delta: second_is_best(problem, s1, delta, best=0),
)  # fmt: skip
twin(
    "RRR-3.second-is-best", "larger-gap", "by 1% more than half the difference",
    conclusion=lambda problem, s1, delta: second_is_best(problem, s1, delta, share=Fraction(101, 200)),
)  # fmt: skip
twin(
    "RRR-3.second-is-best", "continuous-rate", "the plateau at the continuous time",
    conclusion=lambda problem, s1, delta: second_is_best(problem, s1, delta, rate=continuous),
)  # fmt: skip
twin(
    "RRR-4.descent", "larger-step", "steps up to 0.55/sigma_1",
    given={"commuting": ANY, "small-step": s1 <= sympy.Rational(11, 20), "small-start": below},
)  # fmt: skip
twin(
    "RRR-4.descent", "higher-level", "at a level 5% higher",
    conclusion=lambda problem, theta, delta, s1: count_grows(problem, theta, delta, s1, cap=MORE),
)  # fmt: skip
twin(
    "RRR-4.descent", "earlier", "two steps before the bound",
    conclusion=lambda problem, theta, delta, s1: count_grows(problem, theta, delta, s1, fewer=2),
)  # fmt: skip
twin(
    "RRR-4.flow", "earlier", "1% before the last hitting time",
    conclusion=lambda problem, theta, delta, share: count_grows_in_flow(
        problem, theta, delta, share, short=Fraction(99, 100)
    ),
)  # fmt: skip
twin(
    "RRR-5.stable", "sigma-over-lam", "ranked by sigma/lambda",
    conclusion=lambda problem, place: stable_iff_top(problem, place, gain=ratio),
)  # fmt: skip
twin(
    "RRR-5.stable", "spare-unit", "with one hidden unit more than the rank",
    conclusion=lambda problem, place: stable_iff_top(problem, place, spare=1),
)  # fmt: skip
twin(
    "RRR-5.stable", "faster", "rates 1% larger",
    conclusion=lambda problem, place: stable_iff_top(problem, place, scale=Fraction(101, 100)),
)  # fmt: skip
twin(
    "RRR-5.rate", "faster", "the rate 1% larger",
    conclusion=lambda problem, place: leaves_at_rate(problem, place, scale=Fraction(101, 100)),
)  # fmt: skip
twin(
    "RRR-5.rate", "neighbour", "lambda of the neighbouring mode in the quadratic",
    conclusion=lambda problem, place: leaves_at_rate(problem, place, shift=1),
)  # fmt: skip
