"""RRR-1 to RRR-3: which plateaus are reduced-rank solutions, and where the abstract's assertion A5 holds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Otherwise,
    Problem,
    Real,
    claim,
    equal,
    exists,
    forall,
    implies,
    log1p,
    strictly,
    symbols,
)
from rankladder.properties.gidel2019.rrr_optimum import (
    ANY,
    Gain,
    Rate,
    away,
    distinct,
    excess_of,
    gains_of,
    lead,
    plateau_step,
    quiet_null,
    rank_optima,
    ranked,
    reach,
    slack,
    small_start,
    visited,
)
from rankladder.simulate import loss
from rankladder.theory import rrr_gain

Array = np.ndarray[Any, Any]
s1 = symbols("s1")

STEPS = {"s1": Real(Fraction(1, 8), 4), "delta": Real(0, 5)}
COMMUTING = Problem(sigma=(1, 4), null=(0, 64))
SMALL = {"small-step": 2 * s1 <= 1, "small-start": small_start, "quiet-null": quiet_null}


def optimum_saves_gains(problem: Any, *, gain: Gain = rrr_gain, scale: Any = Fraction(1, 2)) -> Any:
    """The least loss at each rank j is minus half the sum of the j largest gains; beyond m it stays."""
    largest, optima = ranked(gains_of(problem, gain)), rank_optima(problem)
    saved = [scale * largest[: min(j, problem.m)].sum() for j in range(len(optima))]
    return forall(equal(optima, -np.array(saved)))


@claim(
    "RRR-1.optimum",
    title="commuting data: the best fit of rank j saves half the sum of the j largest sigma^2/lambda",
    statement=r"\min_{\mathrm{rank}\, W \le j} f(W) = f(0) - \tfrac12 \max_{|S| = j} \sum_{i \in S} \sigma_i^2/\lambda_i",
    source="classical (Eckart and Young)",
    over={"problem": Problem()},
    given={"commuting": ANY},
)
def _(problem):  # type: ignore[no-untyped-def]
    return optimum_saves_gains(problem)


def solution_iff_top(problem: Any, *, gain: Gain = rrr_gain, shortfall: Any = Fraction(1, 2)) -> Any:
    """A plateau is optimal where its modes lead; where they do not it falls short by half of what they trail.

    The second part is strict wherever another mode gains more, and an equality where gains tie.
    """
    gains, optima = gains_of(problem, gain), rank_optima(problem)
    margins = [equal(excess_of(problem, optima, problem.m), 0)]
    for j in range(1, problem.m):
        excess, ahead = excess_of(problem, optima, j), lead(gains, j)
        margins += [implies(ahead, equal(excess, 0)), excess + shortfall * ahead]
    return forall(*margins)


@claim(
    "RRR-1.solution",
    title="plateau j is a rank-j reduced-rank solution exactly when its modes have the largest sigma^2/lambda",
    statement=r"f\Big(\sum_{i \le j} \omega_i u_i v_i^\top\Big) = \min_{\mathrm{rank}\, W \le j} f(W) \iff"
    r" \min_{i \le j} \sigma_i^2/\lambda_i \ge \max_{i > j} \sigma_i^2/\lambda_i,"
    r"\text{ else it exceeds the minimum by at least half the difference}",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated",
    over={"problem": Problem()},
    given={"commuting": ANY},
)
def _(problem):  # type: ignore[no-untyped-def]
    return solution_iff_top(problem)


_ZERO = Fraction(1, 2**100)  # an excess below this counts as none where a plateau should not be a solution


def solution_iff_leads(problem: Any, gain: Gain) -> Any:
    """A plateau is optimal where its modes lead in ``gain``, and nowhere else."""
    gains, optima = gains_of(problem, gain), rank_optima(problem)
    margins = [equal(excess_of(problem, optima, problem.m), 0)]
    for j in range(1, problem.m):
        excess, ahead = excess_of(problem, optima, j), lead(gains, j)
        margins += [implies(ahead, equal(excess, 0)), exists(excess / _ZERO - 1, ahead)]
    return forall(*margins)


@claim(
    "RRR-1.not-sigma-over-lam",
    title="plateau j is a rank-j reduced-rank solution exactly when its modes have the largest sigma/lambda",
    statement=r"f\Big(\sum_{i \le j} \omega_i u_i v_i^\top\Big) = \min_{\mathrm{rank}\, W \le j} f(W) \iff"
    r" \min_{i \le j} \sigma_i/\lambda_i \ge \max_{i > j} \sigma_i/\lambda_i",
    source="this project",
    over={"problem": Problem()},
    given={"commuting": ANY},
    expects="refuted",
)
def _(problem):  # type: ignore[no-untyped-def]
    return solution_iff_leads(problem, lambda sigma, lam: sigma / lam)


def visits_optimum_iff_top(
    problem: Any, s1: Any, delta: Any, *, gain: Gain = rrr_gain, rate: Rate = log1p, scale: Any = 1
) -> Any:
    """The loss of descent on plateau j is within the slack of the rank-j optimum where the modes lead, and
    otherwise above it by half of what they trail, but for the slack.
    """
    gains, optima = gains_of(problem, gain), rank_optima(problem)
    plans = [plateau_step(problem, s1, delta, j, rate=rate) for j in range(1, problem.m + 1)]
    W = visited(problem, s1, delta, [step for step, _ in plans])
    margins = []
    for j, (step, growth) in enumerate(plans, start=1):
        above = loss(problem.Sxx, problem.Sxy, W[step]) - optima[j]
        room = scale * slack(problem, s1, j, growth)
        if j == problem.m:
            margins.append((room - abs(above)) * growth)
            continue
        ahead = lead(gains, j)
        margins += [implies(ahead, (room - abs(above)) * growth), (above + ahead / 2 + room) * growth]
    return forall(*margins)


@claim(
    "RRR-1.visited",
    title="matrices: descent comes exponentially close to the rank-j optimum exactly when modes 1 to j lead",
    statement=r"k = \lfloor 2\delta/(l_j + l_{j+1}) \rfloor,\ l_i = \log(1 + \eta\sigma_i),\ "
    r"\epsilon = e^{-2\delta (l_j - l_{j+1})/(l_j + l_{j+1})}:\quad"
    r" |f(W_k) - \min_{\mathrm{rank}\, W \le j} f(W)| \le C(\epsilon) \text{ if } \{1..j\} \text{ is a top-}j"
    r"\text{ set of } \sigma_i^2/\lambda_i,\text{ else } f(W_k) - \min \ge \tfrac12 \Big(\max_{i > j}"
    r" \tfrac{\sigma_i^2}{\lambda_i} - \min_{i \le j} \tfrac{\sigma_i^2}{\lambda_i}\Big) - C(\epsilon),\quad"
    r" C = \tfrac12 \sum_{i \le j} \lambda_i \omega_i^4 (1 + \eta\sigma_j)^4 \epsilon^2"
    r" + \sum_{j < i \le m} \sigma_i \epsilon + \tfrac12 \sum_{m < i \le q} \lambda_i \epsilon^2",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated",
    over={"problem": COMMUTING, **STEPS},
    given={"commuting": ANY, **SMALL},
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    return visits_optimum_iff_top(problem, s1, delta)


def learns(
    problem: Any, s1: Any, delta: Any, *, rate: Rate = log1p, scale: Any = 1, later: int = 0, drop: int = 0
) -> Any:
    """Assertion A5 at finite delta: for each rank outside a tie of sigma, plateau j is a rank-j reduced-rank
    solution, and descent at the step between its transitions is within ``C e^{-2 delta rho}`` of it.
    """
    optima = rank_optima(problem)
    ranks = [j for j in range(1, problem.m + 1) if distinct(problem, j)]
    plans = [plateau_step(problem, s1, delta, j, rate=rate) for j in ranks]
    W = visited(problem, s1, delta, [step + later for step, _ in plans])
    margins = []
    for j, (step, growth) in zip(ranks, plans, strict=True):
        near = reach(problem, s1, j, scale=scale) - growth * away(problem, W[step + later], j - drop)
        margins += [equal(excess_of(problem, optima, j), 0), near]
    return forall(*margins)


A5 = (
    r"k = \lfloor 2\delta/(l_j + l_{j+1}) \rfloor,\ l_i = \log(1 + \eta\sigma_i):\quad"
    r" P_j = \sum_{i \le j} \omega_i u_i v_i^\top \in \mathrm{argmin}_{\mathrm{rank}\, W \le j} f,\quad"
    r" \|W_k - P_j\|_F \le C_j e^{-2\delta (l_j - l_{j+1})/(l_j + l_{j+1})},\quad"
    r" C_j^2 = (1 + \eta\sigma_j)^4 \sum_{i \le j} \omega_i^4 + q - j"
)
SOURCE_A5 = "Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated"


@claim(
    "RRR-2.whitened",
    title="A5 on whitened data: descent visits reduced-rank solutions, rank after rank",
    statement=r"S_{xx} = I:\quad " + A5,
    source=SOURCE_A5,
    over={
        "problem": Problem(kind="whitened", sigma=(Fraction(1, 2), 4)),
        "s1": Real(Fraction(1, 4), 4),
        "delta": Real(0, 5),
    },
    given={
        "whitened": Otherwise("problem", COMMUTING),
        "small-step": 2 * s1 <= 1,
        "small-start": small_start,
    },
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    return learns(problem, s1, delta)


@claim(
    "RRR-2.autoencoder",
    title="A5 on linear autoencoders: descent visits reduced-rank solutions, rank after rank",
    statement=r"Y = X:\quad " + A5,
    source=SOURCE_A5,
    over={"problem": Problem(kind="autoencoder", sigma=(1, 4)), **STEPS},
    given={"autoencoder": Otherwise("problem", COMMUTING), "small-step": 2 * s1 <= 1},
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    return learns(problem, s1, delta)


def consistent(problem):  # type: ignore[no-untyped-def]
    """Wherever sigma is larger, sigma^2/lambda is at least as large."""
    pairs = [(a, rrr_gain(a, x)) for a, x in zip(problem.value.sigma, problem.value.lam, strict=False)]
    above = [gain - other for a, gain in pairs for b, other in pairs if a > b]
    return forall(*above) if above else Fraction(1)


@claim(
    "RRR-2.consistent",
    title="A5 on commuting data whose sigma and sigma/sqrt(lambda) have the same order",
    statement=r"\sigma_i > \sigma_j \Rightarrow \sigma_i^2/\lambda_i \ge \sigma_j^2/\lambda_j:\quad " + A5,
    source=SOURCE_A5,
    over={"problem": COMMUTING, **STEPS},
    given={"commuting": ANY, "consistent": consistent, **SMALL},
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    return learns(problem, s1, delta)


@claim(
    "RRR-3.not-every-commuting",
    title="A5 on all commuting data: descent visits reduced-rank solutions whatever the orders",
    statement=A5,
    source=SOURCE_A5,
    over={"problem": Problem(sigma=(1, 8), lam=(1, 8)), **STEPS},
    given={"commuting": ANY, **SMALL},
    expects="refuted",
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    return learns(problem, s1, delta)


def contrary(problem):  # type: ignore[no-untyped-def]
    """sigma_1 > sigma_2 and yet sigma_1^2/lambda_1 < sigma_2^2/lambda_2."""
    (a, b), (x, y) = problem.value.sigma, problem.value.lam[:2]
    return forall(strictly(a - b), strictly(rrr_gain(b, y) - rrr_gain(a, x)))


def second_is_best(
    problem: Any, s1: Any, delta: Any, *, rate: Rate = log1p, best: int = 1, share: Any = Fraction(1, 2)
) -> Any:
    """Mode 1 comes first, yet mode 2 alone is the best rank-1 fit, by half the difference of the gains."""
    gains, optimum = gains_of(problem), rank_optima(problem)[1]
    step, growth = plateau_step(problem, s1, delta, 1, rate=rate)
    W = visited(problem, s1, delta, [step])[step]
    fitted = problem.omega * [int(i == best) for i in range(2)]
    return forall(
        reach(problem, s1, 1) - growth * away(problem, W, 1),
        equal(loss(problem.Sxx, problem.Sxy, problem.compose(fitted)), optimum),
        equal(loss(problem.Sxx, problem.Sxy, problem.plateau(1)) - optimum, share * (gains[1] - gains[0])),
        strictly(gains[1] - gains[0]),
    )


@claim(
    "RRR-3.second-is-best",
    title="where the orders of two modes differ, descent learns mode 1 first but the best rank-1 fit is mode 2",
    statement=r"\sigma_1 > \sigma_2,\ \sigma_1^2/\lambda_1 < \sigma_2^2/\lambda_2:\quad"
    r" \|W_k - \omega_1 u_1 v_1^\top\|_F \le C_1 e^{-2\delta (l_1 - l_2)/(l_1 + l_2)},\quad"
    r" f(\omega_2 u_2 v_2^\top) = \min_{\mathrm{rank}\, W \le 1} f(W) ="
    r" f(\omega_1 u_1 v_1^\top) - \tfrac12 (\sigma_2^2/\lambda_2 - \sigma_1^2/\lambda_1)",
    source="this project",
    over={"problem": Problem(sigma=(1, 4), modes=Int(2, 2)), **STEPS},
    given={
        "commuting": Otherwise("problem", Problem(kind="noncommuting", modes=Int(2, 2))),
        "contrary": contrary,
        "small-step": 2 * s1 <= 1,
        "small-start": small_start,
    },
)
def _(problem, s1, delta):  # type: ignore[no-untyped-def]
    return second_is_best(problem, s1, delta)
