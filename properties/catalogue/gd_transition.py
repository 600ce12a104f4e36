"""GD-7, GD-8: the discrete phase transition, and the order of learning that it keeps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from properties import Int, Real, claim, forall, log, log1p, strictly, symbols
from simulate import descent, first_hit
from theory import hit_bracket_log, rate_lower, transition_step

s, eta, sigma, theta, delta, ratio = symbols("s eta sigma theta delta ratio")
sigma1, sigma2, lam1, lam2, s1, z0 = symbols("sigma1 sigma2 lam1 lam2 s1 z0")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A4); restated"

# ratio = lam/sigma, so log z_0 = log ratio - 2 delta
START = {"s": Real(0, 4), "ratio": Real(Fraction(1, 8), 8), "delta": Real(-2, 20), "steps": Int(1, 80)}


def log_start(ratio: Any, delta: Any) -> Any:
    """Log z_0 of a mode with lam/sigma = ratio from the start e^{-delta}."""
    return log(ratio) - 2 * delta


def kappa_deficit(s: Any, delta: Any, steps: int, scale: Any = 1) -> Any:
    """``2 delta (1 - kappa log(1+s))`` at ``kappa = steps/delta``: how far before its transition a mode is."""
    return 2 * delta - 2 * steps * delta / (scale * transition_step(s, 1, delta))


def tiny_before(s: Any, ratio: Any, delta: Any, steps: int, scale: Any = 1) -> Any:
    """Log z_k <= log(lam/sigma) - 2 delta (1 - kappa log(1+s))."""
    z = descent(s, log_z0=log_start(ratio, delta), steps=steps)
    return log(ratio) - kappa_deficit(s, delta, steps, scale) - z.log[-1]


def fitted_after(s: Any, ratio: Any, delta: Any, steps: int, scale: Any = 1) -> Any:
    """log(1 - z_k) <= -log(lam/sigma) + 2 delta (1 - kappa log(1+s))."""
    z = descent(s, log_z0=log_start(ratio, delta), steps=steps)
    return kappa_deficit(s, delta, steps, scale) - log(ratio) - log(z.x[-1])


SMALL_START = ratio < sympy.exp(2 * delta)
claim(
    "GD-7.before",
    title="one mode: before the discrete transition z is exponentially small in delta",
    statement=r"z_{\delta\kappa} \le \tfrac{\lambda}{\sigma} e^{-2\delta(1 - \kappa\log(1+s))}",
    source=PAPER,
    over=START,
    given={"bounded-step": s <= 2, "small-start": SMALL_START, "positive": delta > 0},
)(lambda s, ratio, delta, steps: tiny_before(s, ratio, delta, steps))
claim(
    "GD-7.after",
    title="one mode: after the discrete transition 1 - z is exponentially small in delta",
    statement=r"s<\tfrac12:\ 1 - z_{\delta\kappa} \le \tfrac{\sigma}{\lambda} e^{-2\delta(\kappa\log(1+s) - 1)}",
    source=PAPER,
    over=START,
    given={"small-step": 2 * s < 1, "small-start": SMALL_START, "positive": delta > 0},
)(lambda s, ratio, delta, steps: fitted_after(s, ratio, delta, steps))


def settles_after(s: Any, ratio: Any, delta: Any, steps: int, power: Any = 1) -> Any:
    """(1 - z_k)^2 <= C/(s (k - K)) past the end K of the bracket of 1/2, so z -> 1 at every later kappa, s <= 1."""
    start = log_start(ratio, delta)
    z = descent(s, log_z0=start, steps=steps)
    past = z.k - hit_bracket_log(s, start, Fraction(1, 2))[1]
    return forall(Fraction(13, 50) - s * past * (z.x * z.x) ** power)


claim(
    "GD-7.after-large",
    title="one mode: after the discrete transition z tends to 1 at every step s <= 1, also where it oscillates",
    statement=r"s \le 1,\ K = \tfrac{\log(1/z_0 - 1)}{2\log(1+s)} = \tfrac{\delta}{\log(1+s)} + O(1),\ k > K:\ "
    r"(1 - z_k)^2 \le \frac{13}{50\,s\,(k - K)}",
    source="this project",
    over=START,
    given={"convergent-step": s <= 1, "small-start": SMALL_START, "positive": delta > 0},
)(lambda s, ratio, delta, steps: settles_after(s, ratio, delta, steps))


def phases_differ(s: Any, ratio: Any, n: int, *, share: Any = 1, earlier: int = 0) -> Any:
    """At kappa = 1/log(1+s), k = n for delta/log(1+s) = n and n + 1/2; the two z_n differ by a gap free of n."""
    ends = [
        descent(s, log_z0=log_start(ratio, phase / transition_step(s, 1, 1)), steps=n - earlier).z[-1]
        for phase in (n, n + Fraction(1, 2))
    ]
    return (ends[0] - ends[1]) / ratio - share * (s - ratio) / ((1 + ratio) * (1 + s))


claim(
    "GD-7.no-limit",
    title="one mode: at kappa = 1/log(1+s) there is no limit: however large delta, its fraction of a step decides",
    statement=r"r=\lambda/\sigma<\min(s,1):\ z_n|_{\delta = n\log(1+s)} - z_n|_{\delta = (n+1/2)\log(1+s)} \ge "
    r"\frac{r(s-r)}{(1+r)(1+s)} > 0 \text{ for every } n",
    source="this project",
    over={"s": Real(0, 4), "ratio": Real(0, 4), "n": Int(1, 80)},
    given={"below-step": ratio < s, "small-start": ratio < 1},
)(lambda s, ratio, n: phases_differ(s, ratio, n))

VAST = {
    "s": Real(Fraction(1, 100), 4),
    "ratio": Real(Fraction(1, 8), 8),
    "theta": Real(0, 1),
    "delta": Real(3, 1_000_000),
}


def transition_gap(s: Any, ratio: Any, theta: Any, delta: Any, predicted: Any) -> Any:
    """How far the first hit of theta lies from ``predicted``, against the ends of GD-6 (in steps)."""
    hit = first_hit(s, log_start(ratio, delta), theta)
    growth = rate_lower(s)
    early = (log(theta) - log(ratio)) / growth
    late = (log(theta) - log1p(-theta) - log(ratio)) / growth + 1
    return forall(hit - predicted - early, predicted + late - hit)


claim(
    "GD-7.transition",
    title="one mode: theta is first reached within a fixed distance of delta/log(1+s) steps, up to delta = 10^6",
    statement=r"\frac{\log(\theta\sigma/\lambda)}{2\log(1+s)} \le k_\theta - \frac{\delta}{\log(1+s)} \le "
    r"\frac{\log(\sigma/\lambda) + \mathrm{logit}\,\theta}{2\log(1+s)} + 1",
    source=PAPER,
    over=VAST,
    given={"convergent-step": s <= 1, "small-start": ratio < theta * sympy.exp(2 * delta)},
)(lambda s, ratio, theta, delta: transition_gap(s, ratio, theta, delta, transition_step(s, 1, delta)))
claim(
    "GD-7.not-continuous-time",
    title="one mode: theta is first reached within a fixed distance of the continuous time delta/s",
    statement=r"k_\theta - \delta/s \text{ stays within the same ends}",
    source="this project",
    over=VAST,
    given={"convergent-step": s <= 1, "small-start": ratio < theta * sympy.exp(2 * delta)},
    expects="refuted",
)(lambda s, ratio, theta, delta: transition_gap(s, ratio, theta, delta, delta / s))


def series_error(eta: Any, sigma: Any, factor: Any = 1) -> Any:
    """|eta/log(1+eta sigma) - 1/sigma - eta/2| <= eta^2 sigma/12."""
    return eta * eta * sigma / 12 - abs(eta * transition_step(eta, sigma, 1) - 1 / sigma - factor * eta / 2)


claim(
    "GD-7.series",
    title="the discrete transition time tends to the continuous one with the step: 1/sigma + eta/2 + O(eta^2)",
    statement=r"\left|\frac{\eta}{\log(1+\eta\sigma)} - \frac1\sigma - \frac\eta2\right| \le \frac{\eta^2\sigma}{12}",
    source=PAPER,
    over={"eta": Real(0, 4), "sigma": Real(Fraction(1, 8), 8)},
)(lambda eta, sigma: series_error(eta, sigma))


PAIR = {"sigma1": Real(Fraction(1, 4), 4), "sigma2": Real(Fraction(1, 4), 4), "lam1": Real(Fraction(1, 4), 4),
        "lam2": Real(Fraction(1, 4), 4), "theta": Real(0, 1), "s1": Real(Fraction(1, 16), 4), "delta": Real(0, 10_000)}  # fmt: skip


def ends(sigma: Any, lam: Any, theta: Any, eta: Any, delta: Any) -> tuple[Any, Any]:
    """Ends of GD-6 of one mode, before rounding up."""
    low, high = hit_bracket_log(eta * sigma, log(lam / sigma) - 2 * delta, theta)
    return low, high


def apart(sigma1, sigma2, lam1, lam2, theta, s1, delta):  # type: ignore[no-untyped-def]
    """Delta is so large that mode 1's bracket ends a step before mode 2's begins, and both start below theta."""
    eta = s1 / sigma1
    first, second = ends(sigma1, lam1, theta, eta, delta), ends(sigma2, lam2, theta, eta, delta)
    starts = [log(theta) - log(lam / sigma) + 2 * delta for sigma, lam in ((sigma1, lam1), (sigma2, lam2))]
    return forall(second[0] - first[1] - 1, *(strictly(each) for each in starts))


def first_hits_apart(sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, theta: Any, s1: Any, delta: Any) -> Any:
    """Mode 1 reaches theta no later than mode 2."""
    eta = s1 / sigma1
    hits = [first_hit(eta * a, log(x / a) - 2 * delta, theta) for a, x in ((sigma1, lam1), (sigma2, lam2))]
    return (hits[1] - hits[0]) + 0 * s1


claim(
    "GD-8.order",
    title="two modes: for every step with eta sigma_1 <= 1 the larger sigma is first from an explicit delta on",
    statement=r"\eta\sigma_1 \le 1,\ \sigma_1 > \sigma_2,\ \delta \text{ past the brackets' overlap}:\ k_\theta^{(1)} \le k_\theta^{(2)}",
    source=PAPER,
    over=PAIR,
    given={"ordered": sigma1 > sigma2, "convergent-step": s1 <= 1, "late-enough": apart},
)(
    lambda sigma1, sigma2, lam1, lam2, theta, s1, delta: first_hits_apart(
        sigma1, sigma2, lam1, lam2, theta, s1, delta
    )
)


def speeds_apart(eta: Any, sigma1: Any, sigma2: Any, factor: Any = 1) -> Any:
    """delta/log(1+eta sigma) falls in sigma, by at least what the mean value theorem gives."""
    gap = transition_step(eta, sigma2, 1) - transition_step(eta, sigma1, 1)
    least = (
        eta
        * (sigma1 - sigma2)
        / (1 + eta * sigma1)
        * transition_step(eta, sigma1, 1)
        * transition_step(eta, sigma2, 1)
    )
    return gap - factor * least


claim(
    "GD-8.every-gap",
    title="rescaled transition times keep the order of sigma whatever the gap: their distance has an explicit lower bound",
    statement=r"\sigma_1 > \sigma_2:\ \tau_2 - \tau_1 \ge \frac{\eta(\sigma_1-\sigma_2)}{1+\eta\sigma_1}\,\tau_1\tau_2,\ \tau_i = 1/\log(1+\eta\sigma_i)",
    source="this project",
    over={"eta": Real(0, 4), "sigma1": Real(0, 4), "sigma2": Real(0, 4)},
    given={"ordered": sigma1 > sigma2},
)(lambda eta, sigma1, sigma2: speeds_apart(eta, sigma1, sigma2))
