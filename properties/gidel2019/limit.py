"""LIMIT-1, LIMIT-2: one mode from vanishing initialization at rescaled time, by explicit bounds at finite delta.

A limit delta -> oo is decided by a bound of the distance to it that is explicit and vanishes: where such a
bound holds, no other value can be within it at any single delta.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rankladder import Real, claim, exp, forall, symbols
from rankladder.theory import fitted_value, limit_value

sigma, lam, delta, reach = symbols("sigma lam delta reach")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A4); restated"

# tau is reach/sigma, a multiple of the transition time, so that all three cases come at every sigma
MODE = {
    "sigma": Real(Fraction(1, 8), 8),
    "lam": Real(Fraction(1, 8), 8),
    "delta": Real(0, 1_000_000),
    "reach": Real(0, 4),
}
AT = {name: domain for name, domain in MODE.items() if name != "reach"}
SMALL = {"small-start": lam * exp(-2 * delta) <= sigma}


def value(sigma: Any, lam: Any, delta: Any, reach: Any) -> Any:
    """w(delta tau) at tau = reach/sigma."""
    return fitted_value(sigma, lam, delta, delta * reach / sigma)


def before(sigma: Any, lam: Any, delta: Any, reach: Any, *, factor: Any = 1, limit: Any = limit_value) -> Any:
    """The value is within e^{-2 delta |1 - sigma tau|} of its limit."""
    off = abs(value(sigma, lam, delta, reach) - limit(sigma, lam, "before"))
    return factor * exp(-2 * delta * abs(1 - reach)) - off


def at(sigma: Any, lam: Any, delta: Any, *, reach: Any = 1, factor: Any = 1, limit: Any = limit_value) -> Any:
    """The value is within lam e^{-2 delta}/(lam + sigma) of its limit."""
    off = abs(value(sigma, lam, delta, reach) - limit(sigma, lam, "at"))
    return factor * lam * exp(-2 * delta) / (lam + sigma) - off


def after(sigma: Any, lam: Any, delta: Any, reach: Any, *, factor: Any = 1, limit: Any = limit_value) -> Any:
    """The value is within omega^2 e^{-2 delta |sigma tau - 1|} of its limit."""
    off = abs(value(sigma, lam, delta, reach) - limit(sigma, lam, "after"))
    return factor * (sigma / lam) ** 2 * exp(-2 * delta * abs(reach - 1)) - off


@claim(
    "LIMIT-1.before",
    title="one mode: before 1/sigma it is not learned in the limit",
    statement=r"\tau<1/\sigma:\ w(\delta\tau) \to 0:\ |w(\delta\tau)| \le e^{-2\delta|1-\sigma\tau|}",
    source=PAPER,
    over=MODE,
    given={"early": reach < 1},
)
def _(sigma: Any, lam: Any, delta: Any, reach: Any) -> Any:
    return before(sigma, lam, delta, reach)


@claim(
    "LIMIT-1.at",
    title="one mode: at 1/sigma it tends to sigma/(lam + sigma)",
    statement=r"w(\delta/\sigma) \to \tfrac{\sigma}{\lambda+\sigma}:\ "
    r"|w(\delta/\sigma) - \tfrac{\sigma}{\lambda+\sigma}| \le \tfrac{\lambda}{\lambda+\sigma} e^{-2\delta}",
    source=PAPER,
    over=AT,
)
def _(sigma: Any, lam: Any, delta: Any) -> Any:
    return at(sigma, lam, delta)


@claim(
    "LIMIT-1.after",
    title="one mode: after 1/sigma it is learned in the limit",
    statement=r"\tau>1/\sigma:\ w(\delta\tau) \to \omega:\ |w(\delta\tau)-\omega| \le \omega^2 e^{-2\delta|\sigma\tau-1|}",
    source=PAPER,
    over=MODE,
    given={"late": reach > 1, **SMALL},
)
def _(sigma: Any, lam: Any, delta: Any, reach: Any) -> Any:
    return after(sigma, lam, delta, reach)


def half(sigma: Any, lam: Any, case: str) -> Any:
    """Half the fitted value."""
    return sigma / (2 * lam)


@claim(
    "LIMIT-1.not-half",
    title="one mode: at 1/sigma it tends to half its fitted value",
    statement=r"w(\delta/\sigma) \to \tfrac{\sigma}{2\lambda}",
    source="this project",
    # the bound of LIMIT-1.at holds around the true limit, so one delta outside it excludes the half
    over=AT,
    expects="refuted",
)
def _(sigma: Any, lam: Any, delta: Any) -> Any:
    return at(sigma, lam, delta, limit=half)


@claim(
    "LIMIT-1.half-on-autoencoders",
    title="one mode of an autoencoder: at 1/sigma it tends to half its fitted value",
    statement=r"\sigma=\lambda:\ w(\delta/\sigma) \to \tfrac12",
    source="this project",
    over={"sigma": MODE["sigma"], "delta": MODE["delta"]},
)
def _(sigma: Any, delta: Any) -> Any:
    return at(sigma, sigma, delta, limit=half)


def growth_bound(sigma: Any, lam: Any, delta: Any, reach: Any, *, rate: Any = 1) -> Any:
    """The value times e^{2 delta (1 - sigma tau)} is at most 1: relative, as the bound spans hundreds of orders of magnitude."""
    return 1 - value(sigma, lam, delta, reach) * exp(2 * delta * (1 - rate * reach))


def fitted_bound(sigma: Any, lam: Any, delta: Any, reach: Any, *, power: int = 2, rate: Any = 1) -> Any:
    """0 <= (omega - w) e^{2 delta (sigma tau - 1)} <= omega^2, relative to the right side."""
    omega = sigma / lam
    left = omega - value(sigma, lam, delta, reach)
    share = left * exp(2 * delta * (rate * reach - 1)) / omega**power
    return forall(share, 1 - share)


# a start above 1 (delta < 0) counts backwards from t = 0
RATE = {**MODE, "delta": Real(-4, 200)}


@claim(
    "LIMIT-2.growth",
    title="one mode: w at rescaled time is at most e^{-2 delta (1 - sigma tau)}",
    statement=r"\delta\ge0:\ w(\delta\tau) \le e^{-2\delta(1-\sigma\tau)}",
    source=PAPER,
    over=RATE,
    given={"forward-time": delta >= 0},
)
def _(sigma: Any, lam: Any, delta: Any, reach: Any) -> Any:
    return growth_bound(sigma, lam, delta, reach)


@claim(
    "LIMIT-2.growth-as-first-stated",
    title="one mode: the same for every real delta",
    statement=r"w(\delta\tau) \le e^{-2\delta(1-\sigma\tau)}",
    source="this project",
    over=RATE,
    expects="refuted",
)
def _(sigma: Any, lam: Any, delta: Any, reach: Any) -> Any:
    return growth_bound(sigma, lam, delta, reach)


@claim(
    "LIMIT-2.fitted",
    title="one mode: what is left to learn is at most omega^2 e^{-2 delta (sigma tau - 1)}",
    statement=r"z_0\le1:\ 0 \le \omega - w(\delta\tau) \le \omega^2 e^{-2\delta(\sigma\tau-1)}",
    source=PAPER,
    over=RATE,
    given=SMALL,
)
def _(sigma: Any, lam: Any, delta: Any, reach: Any) -> Any:
    return fitted_bound(sigma, lam, delta, reach)
