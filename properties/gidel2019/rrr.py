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
    at_most,
    claim,
    equal,
    exists,
    forall,
    implies,
    log1p,
    strictly,
    symbols,
)
from rankladder.numbers.words import Size, entrywise, smallest, table
from rankladder.properties.gidel2019.rrr_optimum import (
    ANY,
    Rate,
    away,
    distinct,
    excess_of,
    gains_of,
    largest,
    lead,
    passes,
    plateau_step,
    rank_optima,
    reach,
    slack,
    visited,
)
from rankladder.properties.gidel2019.spectral_starts import quiet_null, ranks, small_start
from rankladder.simulate import loss
from rankladder.theory import rrr_gain

Array = np.ndarray[Any, Any]
s1 = symbols("s1")

STEPS = {"s1": Real(0, drawn=(Fraction(1, 8), 4)), "delta": Real(0, drawn=5)}
COMMUTING = Problem(sigma=(1, 4), null=(0, 64))
SMALL = {"small-step": 2 * s1 <= 1, "small-start": small_start, "quiet-null": quiet_null}


def sigma_over_lam(sigma: Any, lam: Any) -> Any:
    """In the place of the gain sigma^2/lambda: what the wrong order ranks by."""
    return sigma / lam


def continuous(s: Any) -> Any:
    """In the place of log(1 + s): the rate of the flow."""
    return s


@claim(
    "RRR-1.optimum",
    title="commuting data: the best fit of rank j saves half the sum of the j largest sigma^2/lambda",
    statement=r"\min_{\mathrm{rank}\, W \le j} f(W) = f(0) - \tfrac12 \max_{|S| = j} \sum_{i \in S} \sigma_i^2/\lambda_i",
    source="classical (Eckart and Young)",
    over={"problem": Problem()},
    given={"commuting": ANY},
    constants={"gain": rrr_gain, "share": Fraction(1, 2)},
)
def optimum(problem, gain, share):  # type: ignore[no-untyped-def]
    # of the modes that are not active nothing can be saved
    def saving(i: Any) -> Any:
        return gain(problem.sigma[i], problem.lam[i]) if i < problem.m else 0 * problem.sigma[0]

    gains, optima = entrywise(problem.p, saving), rank_optima(problem)
    return forall(
        *(equal(optima[j] + share * largest(gains, j), 0) for j in ranks(smallest(problem.d, problem.p)))
    )


optimum.twin("no-commuting", "without commuting", drop="commuting")
optimum.twin(
    "sigma-over-lam", "sigma/lambda in the place of sigma^2/lambda", constants={"gain": sigma_over_lam}
)
optimum.twin("more", "1% more", constants={"share": Fraction(101, 200)})


@claim(
    "RRR-1.solution",
    title="plateau j is a rank-j reduced-rank solution exactly when its modes have the largest sigma^2/lambda",
    statement=r"f\Big(\sum_{i \le j} \omega_i u_i v_i^\top\Big) = \min_{\mathrm{rank}\, W \le j} f(W) \iff"
    r" \min_{i \le j} \sigma_i^2/\lambda_i \ge \max_{i > j} \sigma_i^2/\lambda_i,"
    r"\text{ else it exceeds the minimum by at least half the difference}",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated",
    over={"problem": Problem()},
    given={"commuting": ANY},
    constants={"gain": rrr_gain, "share": Fraction(1, 2)},
)
def solution(problem, gain, share):  # type: ignore[no-untyped-def]
    return shortfalls(problem, gain, share)


def shortfalls(problem: Any, gain: Any, share: Any) -> Any:
    """By how much plateaus miss the optimum of their rank: by nothing where their modes lead, else by a share of what they lack."""
    # the shortfall is strict wherever another mode gains more, and an equality where gains tie
    gains, optima = gains_of(problem, gain), rank_optima(problem)
    margins = [equal(excess_of(problem, optima, problem.m), 0)]
    for j in ranks(problem.m) if isinstance(problem.m, Size) else range(1, problem.m):
        excess, ahead = excess_of(problem, optima, j), lead(gains, j)
        margins += [implies(forall(ahead), equal(excess, 0)), excess + share * ahead]
    return forall(*margins)


solution.twin("no-commuting", "without commuting", drop="commuting")
solution.twin("sigma-over-lam", "ranked by sigma/lambda", constants={"gain": sigma_over_lam})
solution.twin("larger-gap", "falls short by 1% more", constants={"share": Fraction(101, 200)})


_ZERO = Fraction(1, 2**100)  # an excess below this counts as none where a plateau should not be a solution


@claim(
    "RRR-1.not-sigma-over-lam",
    title="plateau j is a rank-j reduced-rank solution exactly when its modes have the largest sigma/lambda",
    statement=r"f\Big(\sum_{i \le j} \omega_i u_i v_i^\top\Big) = \min_{\mathrm{rank}\, W \le j} f(W) \iff"
    r" \min_{i \le j} \sigma_i/\lambda_i \ge \max_{i > j} \sigma_i/\lambda_i",
    over={"problem": Problem()},
    given={"commuting": ANY},
    expects="refuted",
)
def _(problem):  # type: ignore[no-untyped-def]
    gains, optima = gains_of(problem, sigma_over_lam), rank_optima(problem)
    margins = [equal(excess_of(problem, optima, problem.m), 0)]
    for j in range(1, problem.m):
        excess, ahead = excess_of(problem, optima, j), lead(gains, j)
        margins += [implies(forall(ahead), equal(excess, 0)), exists(excess / _ZERO - 1, ahead)]
    return forall(*margins)


@claim(
    "RRR-1.visited",
    title="matrices: descent comes exponentially close to the rank-j optimum exactly when modes 1 to j lead",
    statement=r"\sigma_j > \sigma_{j+1},\ k = \lfloor 2\delta/(l_j + l_{j+1}) \rfloor,\ l_i = \log(1 + \eta\sigma_i),\ "
    r"\epsilon = e^{-2\delta (l_j - l_{j+1})/(l_j + l_{j+1})}:\quad"
    r" |f(W_k) - \min_{\mathrm{rank}\, W \le j} f(W)| \le C(\epsilon) \text{ if } \{1..j\} \text{ is a top-}j"
    r"\text{ set of } \sigma_i^2/\lambda_i,\text{ else } f(W_k) - \min \ge \tfrac12 \Big(\max_{i > j}"
    r" \tfrac{\sigma_i^2}{\lambda_i} - \min_{i \le j} \tfrac{\sigma_i^2}{\lambda_i}\Big) - C(\epsilon),\quad"
    r" C = \tfrac12 \sum_{i \le j} \lambda_i \omega_i^4 (1 + \eta\sigma_j)^4 \epsilon^2"
    r" + \sum_{j < i \le m} \sigma_i \epsilon + \tfrac12 \sum_{m < i \le q} \lambda_i \epsilon^2",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated",
    over={"problem": COMMUTING, **STEPS},
    given={"commuting": ANY, **SMALL},
    constants={"gain": rrr_gain, "rate": log1p, "scale": 1},
)
def visits_optimum(problem, s1, delta, gain, rate, scale):  # type: ignore[no-untyped-def]
    plateaus = [j for j in ranks(problem.m) if distinct(problem, j)]

    def near(W: Any, j: Any, growth: Any) -> Any:
        above = loss(problem.Sxx, problem.Sxy, W) - loss(problem.Sxx, problem.Sxy, problem.plateau(j))
        room = scale * slack(problem, s1, j, growth)
        return forall((room - above) * growth, (room + above) * growth)

    return forall(shortfalls(problem, gain, Fraction(1, 2)), passes(problem, s1, delta, plateaus, rate, near))


for _dropped in ("commuting", "small-step", "small-start"):
    visits_optimum.twin(f"no-{_dropped}", f"without {_dropped}", drop=_dropped)
visits_optimum.twin("sigma-over-lam", "ranked by sigma/lambda", constants={"gain": sigma_over_lam})
visits_optimum.twin("continuous-rate", "plateaus at the continuous times", constants={"rate": continuous})
visits_optimum.twin(
    "tighter", "slack 10% smaller, on one mode and null modes of large lambda",
    over={"problem": Problem(sigma=(1, 4), null=(16, 64), modes=Int(1, 1))},
    constants={"scale": Fraction(9, 10)},
)  # fmt: skip


def learns(problem: Any, s1: Any, delta: Any, rate: Rate = log1p, scale: Any = 1, behind: int = 0) -> Any:
    """Assertion A5 at finite delta: for each rank outside a tie of sigma, plateau j is a rank-j reduced-rank
    solution, and descent at the step between its transitions is within ``C e^{-2 delta rho}`` of it.
    """
    optima = rank_optima(problem)
    plateaus = [j for j in ranks(problem.m) if distinct(problem, j)]
    best = [equal(excess_of(problem, optima, j), 0) for j in plateaus]

    def near(W: Any, j: Any, growth: Any) -> Any:
        return at_most(growth**2 * away(problem, W, j - behind), scale**2 * reach(problem, s1, j))

    return forall(*best, passes(problem, s1, delta, plateaus, rate, near))


A5 = (
    r"\sigma_j > \sigma_{j+1},\ k = \lfloor 2\delta/(l_j + l_{j+1}) \rfloor,\ l_i = \log(1 + \eta\sigma_i):\quad"
    r" P_j = \sum_{i \le j} \omega_i u_i v_i^\top \in \mathrm{argmin}_{\mathrm{rank}\, W \le j} f,\quad"
    r" \|W_k - P_j\|_F \le C_j e^{-2\delta (l_j - l_{j+1})/(l_j + l_{j+1})},\quad"
    r" C_j^2 = (1 + \eta\sigma_j)^4 \sum_{i \le j} \omega_i^4 + q - j"
)
SOURCE_A5 = "Gidel, Bach, Lacoste-Julien 2019, abstract (A5); restated"


@claim(
    "RRR-2.whitened",
    title="A5 on whitened data: descent nears each reduced-rank solution, rank after rank",
    statement=r"S_{xx} = I:\quad " + A5,
    source=SOURCE_A5,
    over={
        "problem": Problem(kind="whitened", sigma=(Fraction(1, 2), 4)),
        "s1": Real(0, drawn=(Fraction(1, 4), 4)),
        "delta": Real(0, drawn=5),
    },
    given={
        "whitened": Otherwise("problem", COMMUTING),
        "small-step": 2 * s1 <= 1,
        "small-start": small_start,
    },
    constants={"rate": log1p, "behind": 0},
)
def a5_on_whitened(problem, s1, delta, rate, behind):  # type: ignore[no-untyped-def]
    return learns(problem, s1, delta, rate, behind=behind)


for _dropped in a5_on_whitened.given:
    a5_on_whitened.twin(f"no-{_dropped}", f"without {_dropped}", drop=_dropped)


@claim(
    "RRR-2.autoencoder",
    title="A5 on autoencoders: descent nears each reduced-rank solution, rank after rank",
    statement=r"Y = X:\quad " + A5,
    source=SOURCE_A5,
    over={"problem": Problem(kind="autoencoder", sigma=(1, 4)), **STEPS},
    given={"autoencoder": Otherwise("problem", COMMUTING), "small-step": 2 * s1 <= 1},
    constants={"rate": log1p, "behind": 0},
)
def a5_on_autoencoder(problem, s1, delta, rate, behind):  # type: ignore[no-untyped-def]
    return learns(problem, s1, delta, rate, behind=behind)


a5_on_autoencoder.twin("no-autoencoder", "without autoencoder", drop="autoencoder")
a5_on_autoencoder.twin("no-small-step", "without small-step", drop="small-step")


def consistent(problem):  # type: ignore[no-untyped-def]
    """Wherever sigma is larger, sigma^2/lambda is at least as large."""
    exact = getattr(problem, "value", problem)  # the numbers of an instance; names have no others

    def agree(i: Any, j: Any) -> Any:
        gains = [rrr_gain(exact.sigma[n], exact.lam[n]) for n in (i, j)]
        return (exact.sigma[i] - exact.sigma[j]) * (gains[0] - gains[1])

    if isinstance(problem.m, Size):
        return forall(table(problem.m, problem.m, agree))
    pairs = [agree(i, j) for j in range(problem.m) for i in range(j)]
    return forall(*pairs) if pairs else Fraction(1)


@claim(
    "RRR-2.consistent",
    title="A5 on commuting data whose sigma and sigma/sqrt(lambda) have the same order",
    statement=r"\sigma_i > \sigma_j \Rightarrow \sigma_i^2/\lambda_i \ge \sigma_j^2/\lambda_j:\quad " + A5,
    source=SOURCE_A5,
    over={"problem": COMMUTING, **STEPS},
    given={"commuting": ANY, "consistent": consistent, **SMALL},
    constants={"rate": log1p, "scale": 1, "behind": 0},
)
def a5_on_consistent(problem, s1, delta, rate, scale, behind):  # type: ignore[no-untyped-def]
    return learns(problem, s1, delta, rate, scale, behind)


for _dropped in a5_on_consistent.given:
    a5_on_consistent.twin(f"no-{_dropped}", f"without {_dropped}", drop=_dropped)
a5_on_consistent.twin("tighter", "distance 5% smaller", constants={"scale": Fraction(19, 20)})
for _a5 in (a5_on_whitened, a5_on_autoencoder, a5_on_consistent):
    _a5.twin("continuous-rate", "plateaus at the continuous times", constants={"rate": continuous})
    _a5.twin("one-rank-less", "near plateau j - 1 when plateau j is due", constants={"behind": 1})


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


@claim(
    "RRR-3.second-is-best",
    title="where the orders of two modes differ, descent learns mode 1 first but the best rank-1 fit is mode 2",
    statement=r"\sigma_1 > \sigma_2,\ \sigma_1^2/\lambda_1 < \sigma_2^2/\lambda_2:\quad"
    r" \|W_k - \omega_1 u_1 v_1^\top\|_F \le C_1 e^{-2\delta (l_1 - l_2)/(l_1 + l_2)},\quad"
    r" f(\omega_2 u_2 v_2^\top) = \min_{\mathrm{rank}\, W \le 1} f(W) ="
    r" f(\omega_1 u_1 v_1^\top) - \tfrac12 (\sigma_2^2/\lambda_2 - \sigma_1^2/\lambda_1)",
    over={"problem": Problem(sigma=(1, 4), modes=Int(2, 2)), **STEPS, "delta": Real(0, drawn=16)},
    given={
        "commuting": Otherwise("problem", Problem(kind="noncommuting", modes=Int(2, 2))),
        "contrary": contrary,
        "small-step": 2 * s1 <= 1,
        "small-start": small_start,
    },
    constants={"rate": log1p, "best": 1, "share": Fraction(1, 2)},
)
def second_is_best(problem, s1, delta, rate, best, share):  # type: ignore[no-untyped-def]
    gains, optimum = gains_of(problem), rank_optima(problem)[1]
    step, growth = plateau_step(problem, s1, delta, 1, rate)
    W = visited(problem, s1, delta, [step])[step]
    fitted = problem.omega * [int(i == best) for i in range(2)]
    return forall(
        at_most(growth**2 * away(problem, W, 1), reach(problem, s1, 1)),
        equal(loss(problem.Sxx, problem.Sxy, problem.compose(fitted)), optimum),
        equal(loss(problem.Sxx, problem.Sxy, problem.plateau(1)) - optimum, share * (gains[1] - gains[0])),
        strictly(gains[1] - gains[0]),
    )


second_is_best.twin("no-contrary", "without contrary", drop="contrary")
second_is_best.twin("no-small-step", "without small-step", drop="small-step")
second_is_best.twin("first", "mode 1 is the best rank-1 fit", constants={"best": 0})
second_is_best.twin(
    "larger-gap", "by 1% more than half the difference", constants={"share": Fraction(101, 200)}
)
second_is_best.twin("continuous-rate", "the plateau at the continuous time", constants={"rate": continuous})
