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
    "sigma": Real(0, drawn=(Fraction(1, 8), 8)),
    "lam": Real(0, drawn=(Fraction(1, 8), 8)),
    "delta": Real(0, drawn=1_000_000),
    "reach": Real(0, drawn=4),
}
AT = {name: domain for name, domain in MODE.items() if name != "reach"}
SMALL = {"small-start": lam * exp(-2 * delta) <= sigma}


def value(sigma: Any, lam: Any, delta: Any, reach: Any) -> Any:
    """w(delta tau) at tau = reach/sigma."""
    return fitted_value(sigma, lam, delta, delta * reach / sigma)


@claim(
    "LIMIT-1.before",
    title="one mode: before 1/sigma it is not learned in the limit",
    statement=r"\tau<1/\sigma:\ w(\delta\tau) \to 0:\ |w(\delta\tau)| \le e^{-2\delta|1-\sigma\tau|}",
    source=PAPER,
    over=MODE,
    given={"early": reach < 1},
    constants={"factor": 1},
)
def before(sigma: Any, lam: Any, delta: Any, reach: Any, factor: Any) -> Any:
    off = abs(value(sigma, lam, delta, reach) - limit_value(sigma, lam, "before"))
    return factor * exp(-2 * delta * abs(1 - reach)) - off


before.twin("too-late", "until 1.1/sigma", given={"early": 10 * reach < 11})
before.twin("one-per-cent", "within one per cent less", constants={"factor": Fraction(99, 100)})


def limit_at(sigma: Any, lam: Any) -> Any:
    """The limit of w(delta tau) at tau = 1/sigma."""
    return limit_value(sigma, lam, "at")


@claim(
    "LIMIT-1.at",
    title="one mode: at 1/sigma it tends to sigma/(lam + sigma)",
    statement=r"w(\delta/\sigma) \to \tfrac{\sigma}{\lambda+\sigma}:\ "
    r"|w(\delta/\sigma) - \tfrac{\sigma}{\lambda+\sigma}| \le \tfrac{\lambda}{\lambda+\sigma} e^{-2\delta}",
    source=PAPER,
    over=AT,
    constants={"limit": limit_at, "reach": 1},
)
def at(sigma: Any, lam: Any, delta: Any, limit: Any, reach: Any) -> Any:
    off = abs(value(sigma, lam, delta, reach) - limit(sigma, lam))
    return lam * exp(-2 * delta) / (lam + sigma) - off


at.twin("swapped", "lam/(lam + sigma)", constants={"limit": lambda sigma, lam: limit_at(lam, sigma)})
at.twin(
    "one-per-cent", "one per cent more",
    constants={"limit": lambda sigma, lam: Fraction(101, 100) * limit_at(sigma, lam)},
)  # fmt: skip
at.twin("just-before", "already at 0.99/sigma", constants={"reach": Fraction(99, 100)})


@claim(
    "LIMIT-1.after",
    title="one mode: after 1/sigma it is learned in the limit",
    statement=r"\tau>1/\sigma:\ w(\delta\tau) \to \omega:\ |w(\delta\tau)-\omega| \le \omega^2 e^{-2\delta|\sigma\tau-1|}",
    source=PAPER,
    over=MODE,
    given={"late": reach > 1, **SMALL},
    constants={"share": 1},
)
def after(sigma: Any, lam: Any, delta: Any, reach: Any, share: Any) -> Any:
    off = abs(value(sigma, lam, delta, reach) - share * limit_value(sigma, lam, "after"))
    return (sigma / lam) ** 2 * exp(-2 * delta * abs(reach - 1)) - off


after.twin("one-per-cent", "one per cent more", constants={"share": Fraction(101, 100)})
after.twin("too-early", "from 0.9/sigma on", given={"late": 10 * reach > 9})


def half(sigma: Any, lam: Any) -> Any:
    """Half the fitted value."""
    return sigma / (2 * lam)


@claim(
    "LIMIT-1.not-half",
    title="one mode: at 1/sigma it tends to half its fitted value",
    statement=r"w(\delta/\sigma) \to \tfrac{\sigma}{2\lambda}",
    # the bound of LIMIT-1.at holds around the true limit, so one delta outside it excludes the half
    over=AT,
    expects="refuted",
)
def _(sigma: Any, lam: Any, delta: Any) -> Any:
    return at.conclusion(sigma, lam, delta, half, reach=1)


@claim(
    "LIMIT-1.half-on-autoencoders",
    title="one mode of an autoencoder: at 1/sigma it tends to half its fitted value",
    statement=r"\sigma=\lambda:\ w(\delta/\sigma) \to \tfrac12",
    over={"sigma": MODE["sigma"], "delta": MODE["delta"]},
    constants={"limit": half, "reach": 1},
)
def half_on_autoencoders(sigma: Any, delta: Any, limit: Any, reach: Any) -> Any:
    return at.conclusion(sigma, sigma, delta, limit, reach)


half_on_autoencoders.twin(
    "one-per-cent", "0.505", constants={"limit": lambda sigma, lam: Fraction(101, 100) * half(sigma, lam)}
)
half_on_autoencoders.twin("just-before", "already at 0.99/sigma", constants={"reach": Fraction(99, 100)})


# a start above 1 (delta < 0) counts backwards from t = 0
RATE = {**MODE, "delta": Real(drawn=(-4, 200))}


@claim(
    "LIMIT-2.growth",
    title="one mode: w at rescaled time is at most e^{-2 delta (1 - sigma tau)}",
    statement=r"\delta\ge0:\ w(\delta\tau) \le e^{-2\delta(1-\sigma\tau)}",
    source=PAPER,
    over=RATE,
    given={"forward-time": delta >= 0},
    constants={"rate": 1},
)
def growth(sigma: Any, lam: Any, delta: Any, reach: Any, rate: Any) -> Any:
    # relative, as the bound spans hundreds of orders of magnitude
    return 1 - value(sigma, lam, delta, reach) * exp(2 * delta * (1 - rate * reach))


growth.twin("rate-off", "with sigma one per cent smaller", constants={"rate": Fraction(99, 100)})
growth.twin("backward-time", "for negative delta, where the start exceeds 1", drop="forward-time")


@claim(
    "LIMIT-2.growth-as-first-stated",
    title="one mode: the same for every real delta",
    statement=r"w(\delta\tau) \le e^{-2\delta(1-\sigma\tau)}",
    over=RATE,
    expects="refuted",
)
def _(sigma: Any, lam: Any, delta: Any, reach: Any) -> Any:
    return growth.conclusion(sigma, lam, delta, reach, rate=1)


@claim(
    "LIMIT-2.fitted",
    title="one mode: what is left to learn is at most omega^2 e^{-2 delta (sigma tau - 1)}",
    statement=r"z_0\le1:\ 0 \le \omega - w(\delta\tau) \le \omega^2 e^{-2\delta(\sigma\tau-1)}",
    source=PAPER,
    over=RATE,
    given=SMALL,
    constants={"power": 2, "rate": 1},
)
def fitted(sigma: Any, lam: Any, delta: Any, reach: Any, power: int, rate: Any) -> Any:
    omega = sigma / lam
    left = omega - value(sigma, lam, delta, reach)
    share = left * exp(2 * delta * (rate * reach - 1)) / omega**power
    return forall(share, 1 - share)


fitted.twin("power-off", "omega in place of omega^2", constants={"power": 1})
fitted.twin("rate-off", "with sigma one per cent larger", constants={"rate": Fraction(101, 100)})
fitted.twin("any-start", "from any start", drop="small-start")
fitted.twin(
    "start-one-tenth-higher", "from z_0 up to 1.1",
    given={"small-start": 10 * lam * exp(-2 * delta) <= 11 * sigma},
)  # fmt: skip
