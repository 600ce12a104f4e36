"""GD-7, GD-8: the discrete phase transition, and the order of learning that it keeps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from rankladder import Int, Real, always, claim, exp, forall, lemma, log, log1p, strictly, symbols
from rankladder.properties.gidel2019.one_mode import MODE, q, z
from rankladder.simulate import descent, first_hit
from rankladder.theory import growth_factor, hit_bracket_log, normal_form_step, rate_lower, transition_step

s, eta, sigma, theta, delta, ratio = symbols("s eta sigma theta delta ratio")
sigma1, sigma2, lam1, lam2, s1, z0, y = symbols("sigma1 sigma2 lam1 lam2 s1 z0 y")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A3, A4); restated"

# ratio = lam/sigma, so log z_0 = log ratio - 2 delta
START = {
    "s": Real(0, drawn=4),
    "ratio": Real(0, drawn=(Fraction(1, 8), 8)),
    "delta": Real(drawn=(-2, 20)),
    "steps": Int(1, 80),
}


def log_start(ratio: Any, delta: Any) -> Any:
    """Log z_0 of a mode with lam/sigma = ratio from the start e^{-delta}."""
    return log(ratio) - 2 * delta


SMALL_START = ratio < sympy.exp(2 * delta)


def orbit(s: Any, ratio: Any, delta: Any, steps: int) -> Any:
    """Z along descent from the start e^{-delta}."""
    return descent(s, ratio * exp(-2 * delta), steps).z


# at kappa = k/delta, q_k = (lam/sigma) e^{-2 delta (1 - kappa log(1+s))}: before the transition it is small, after it large
Z0 = ratio * sympy.exp(-2 * delta)
BESIDE: dict[str, Any] = {
    "start": {z: Z0, q: Z0}, "step": {**MODE["step"], q: q * growth_factor(s)}, "orbit": {z: orbit},
    "over": START, "source": PAPER,
}  # fmt: skip
before = always(
    "GD-7.before",
    z <= q,
    **BESIDE,
    title="one mode: before the discrete transition z is exponentially small in delta",
    given={"bounded-step": s <= 2, "small-start": SMALL_START},
    along={"invariant": (z >= 0) & (s * z <= 2 + s)},
)
before.twin(
    "later", "with a transition one per cent later", step={q: q * (1 + s) ** sympy.Rational(200, 101)}
)
before.twin(
    "continuous-early", "with the rate nine tenths of log(1+s)", step={q: q * (1 + s) ** sympy.Rational(9, 5)}
)

after = always(
    "GD-7.after",
    (1 - z) * q <= 1,
    **BESIDE,
    title="one mode: after the discrete transition 1 - z is exponentially small in delta",
    given={"small-step": 2 * s < 1, "small-start": SMALL_START},
    along={"unit": (z > 0) & (z <= 1), "odds": (q > 0) & (z >= q * (1 - z))},
    direct=True,
)
after.twin("earlier", "with a transition a tenth earlier", step={q: q * (1 + s) ** sympy.Rational(20, 9)})
after.twin("ratio-inverted", "with lam/sigma in place of sigma/lam", start={q: sympy.exp(-2 * delta) / ratio})
after.twin("no-step-bound", "at every step", drop="small-step")


@claim(
    "GD-7.after-large",
    title="one mode: after the discrete transition z tends to 1 at every step s <= 1, also where it oscillates",
    statement=r"s \le 1,\ z_0 < 1,\ K = \tfrac{\log(1/z_0 - 1)}{2\log(1+s)} = \tfrac{\delta}{\log(1+s)} + O(1),\ k > K:\ "
    r"(1 - z_k)^2 \le \frac{13}{50\,s\,(k - K)}",
    # z_0 = e^{-depth} < 1 in the domain: K has no value at a larger start
    # from e^{-111} on none of 80 steps is beyond K
    over={"s": Real(0, drawn=4), "depth": Real(0, drawn=128), "steps": Int(1, 80)},
    given={"convergent-step": s <= 1},
    constants={"power": 2},
)
def after_large(s: Any, depth: Any, steps: int, power: Any) -> Any:
    """(1 - z_k)^2 <= C/(s (k - K)) past the end K of the bracket of 1/2, so z -> 1 at every later kappa, s <= 1."""
    z = descent(s, log_z0=-depth, steps=steps)
    past = z.k - hit_bracket_log(s, -depth, Fraction(1, 2))[1]
    return forall(Fraction(13, 50) - s * past * abs(z.x) ** power)


after_large.twin("power-off", "with |1 - z|^{1.8} in place of (1 - z)^2", constants={"power": Fraction(9, 5)})
after_large.twin("no-step-bound", "at every step", drop="convergent-step")


# r = lambda/sigma e^{-2 delta} (1+s)^{2n} is q at step n of the first orbit, which starts at q_0, for delta = n log(1+s); the
# other starts lower by the factor 1 + s, which is half a step more of delta: every r < s and every n occur
no_limit = always(
    "GD-7.no-limit",
    (z - y) * (1 + q) * (1 + s) >= q * (s - q),
    start={z: z0, y: z0 / (1 + s), q: z0},
    step={z: normal_form_step(s, z), y: normal_form_step(s, y), q: q * growth_factor(s)},
    orbit={
        z: lambda s, z0, steps: descent(s, z0, steps).z,
        y: lambda s, z0, steps: descent(s, z0 / (1 + s), steps).z,
    },
    while_=q * growth_factor(s) < s,
    title="one mode: at kappa = 1/log(1+s) there is no limit: however large delta, its fraction of a step decides",
    over={"s": Real(0, drawn=4), "z0": Real(0, drawn=4), "steps": Int(1, 80)},
    given={"below-step": z0 < s},
    along={
        "level": (q > 0) & (q < s),
        "second": (y >= 0) & (y * (1 + s) <= q),
        "first": (z >= 0) & (z <= q),
        "unit": (z <= 1) | (4 * q > 1),
        "odds": z >= q * (1 - z),
    },
    direct=True,
)
no_limit.twin(
    "a-tenth-wider", "a gap a tenth wider", relation=10 * (z - y) * (1 + q) * (1 + s) >= 11 * q * (s - q)
)
no_limit.twin("one-step-early", "against a level a step later", start={q: z0 * growth_factor(s)})

VAST = {
    "s": Real(0, drawn=(Fraction(1, 100), 4)),
    "ratio": Real(0, drawn=(Fraction(1, 8), 8)),
    "theta": Real(0, 1),
    "delta": Real(0, drawn=(3, 1_000_000)),
}


@claim(
    "GD-7.transition",
    title="one mode: at every step theta is first reached within a fixed distance of delta/log(1+s), up to delta = 10^6",
    statement=r"\frac{\log(\theta\sigma/\lambda)}{2\log(1+s)} \le k_\theta - \frac{\delta}{\log(1+s)} \le "
    r"\frac{\log(\sigma/\lambda) + \mathrm{logit}\,\theta}{2\log(1+s)} + 1",
    source=PAPER,
    over=VAST,
    given={"small-start": ratio < theta * sympy.exp(2 * delta)},
    constants={"predicted": lambda s, delta: transition_step(s, 1, delta), "first": first_hit},
)
def transition(s: Any, ratio: Any, theta: Any, delta: Any, predicted: Any, first: Any) -> Any:
    """How far the first hit of theta lies from the predicted step, against the ends of GD-6 (in steps)."""
    hit, middle = first(s, log_start(ratio, delta), theta), predicted(s, delta)
    early, _ = hit_bracket_log(s, log(ratio), theta)
    late = early - log1p(-theta) / rate_lower(s) + 1
    return forall(hit - middle - early, middle + late - hit)


transition.twin(
    "one-per-cent-late",
    "with a transition one per cent later",
    constants={"predicted": lambda s, delta: Fraction(101, 100) * transition_step(s, 1, delta)},
)
transition.twin(
    "no-rounding",
    "without the step of rounding up",
    constants={"predicted": lambda s, delta: transition_step(s, 1, delta) - 1},
)
claim(
    "GD-7.not-continuous-time",
    title="one mode: theta is first reached within a fixed distance of the continuous time delta/s",
    statement=r"k_\theta - \delta/s \text{ stays within the same ends}",
    over=VAST,
    given={"convergent-step": s <= 1, "small-start": ratio < theta * sympy.exp(2 * delta)},
    expects="refuted",
)(
    lambda s, ratio, theta, delta: transition.conclusion(
        s, ratio, theta, delta, lambda s, delta: delta / s, first_hit
    )
)


@claim(
    "GD-7.series",
    title="the discrete transition time tends to the continuous one with the step: 1/sigma + eta/2 + O(eta^2)",
    statement=r"\left|\frac{\eta}{\log(1+\eta\sigma)} - \frac1\sigma - \frac\eta2\right| \le \frac{\eta^2\sigma}{12}",
    source=PAPER,
    over={"eta": Real(0, drawn=4), "sigma": Real(0, drawn=(Fraction(1, 8), 8))},
    constants={"half": Fraction(1, 2), "twelfth": Fraction(1, 12)},
)
def series(eta: Any, sigma: Any, half: Any, twelfth: Any) -> Any:
    error = eta * transition_step(eta, sigma, 1) - 1 / sigma - half * eta
    return twelfth * eta * eta * sigma - abs(error)


series.twin("half-off", "with 0.55 eta in place of eta/2", constants={"half": Fraction(11, 20)})
series.twin("remainder-off", "with a remainder a tenth smaller", constants={"twelfth": Fraction(9, 120)})


PAIR = {"sigma1": Real(0, drawn=(Fraction(1, 4), 4)), "sigma2": Real(0, drawn=(Fraction(1, 4), 4)), "lam1": Real(0, drawn=(Fraction(1, 4), 4)),
        "lam2": Real(0, drawn=(Fraction(1, 4), 4)), "theta": Real(0, 1), "s1": Real(0, drawn=(Fraction(1, 16), 4)), "delta": Real(drawn=(-8, 10_000))}  # fmt: skip


def enough(sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, theta: Any, eta: Any) -> Any:
    """The delta at which mode 1's last possible step comes a step before mode 2's first (ends of GD-7.transition)."""
    early, late = (
        hit_bracket_log(eta * sigma, sympy.log(lam / sigma), theta)[0]
        for sigma, lam in ((sigma2, lam2), (sigma1, lam1))
    )
    late = late - sympy.log(1 - theta) / rate_lower(eta * sigma1) + 1
    return (late - early) / (transition_step(eta, sigma2, 1) - transition_step(eta, sigma1, 1))


def first_hits_apart(
    sigma1: Any, sigma2: Any, lam1: Any, lam2: Any, theta: Any, s1: Any, delta: Any, first: Any, ahead: Any
) -> Any:
    """Mode 1 reaches theta before mode 2, and by more than a share of its own time where ``ahead`` is not 0."""
    eta = s1 / sigma1
    hits = [first(eta * a, log(x / a) - 2 * delta, theta) for a, x in ((sigma1, lam1), (sigma2, lam2))]
    return strictly(hits[1] - hits[0] - ahead * transition_step(eta, sigma1, delta))


BOTH_BELOW = (lam1 * sympy.exp(-2 * delta) < theta * sigma1) & (lam2 * sympy.exp(-2 * delta) < theta * sigma2)
APART = {
    "ordered": sigma2 < sigma1,
    "small-start": BOTH_BELOW,
    "vanishing": delta >= enough(sigma1, sigma2, lam1, lam2, theta, s1 / sigma1),
}
for _id, _every, _given in (
    # convergent-step is more than is needed, as GD-8.order-every-step shows
    ("GD-8.order", "for every step with eta sigma_1 <= 1", {"convergent-step": s1 <= 1, **APART}),
    ("GD-8.order-every-step", "for every step, also where the modes do not converge", APART),
):
    _order = claim(
        _id,
        title=f"two modes: {_every} the larger sigma is first from an explicit delta on",
        statement=(r"\eta\sigma_1 \le 1,\ " if "convergent-step" in _given else "")
        + r"\sigma_1 > \sigma_2,\ z(0)<\theta,\ \frac{2\delta + \log\omega_1 + \mathrm{logit}\,\theta}"
        r"{2\log(1 + \eta\sigma_1)} + 1 \le \frac{2\delta + \log(\theta\omega_2)}{2\log(1 + \eta\sigma_2)}:\ "
        r"k_\theta^{(1)} < k_\theta^{(2)}",
        source=PAPER,
        over=PAIR,
        given=_given,
        constants={"first": first_hit, "ahead": 0},
    )(first_hits_apart)
    _order.twin("no-delta", "at every delta", drop="vanishing")
    _order.twin("far-apart", "mode 1 is a tenth of the time ahead", constants={"ahead": Fraction(1, 10)})


@claim(
    "GD-8.every-gap",
    title="rescaled transition times keep the order of sigma whatever the gap: their distance has an explicit lower bound",
    statement=r"\sigma_1 > \sigma_2:\ \tau_2 - \tau_1 \ge \frac{\eta(\sigma_1-\sigma_2)}{1+\eta\sigma_1}\,\tau_1\tau_2 > 0,\ \tau_i = 1/\log(1+\eta\sigma_i)",
    over={"eta": Real(0, drawn=4), "sigma1": Real(0, drawn=4), "sigma2": Real(0, drawn=4)},
    given={"ordered": sigma1 > sigma2},
    constants={"share": 1, "growth": lambda eta, sigma1, sigma2: 1 + eta * sigma1},
)
def every_gap(eta: Any, sigma1: Any, sigma2: Any, share: Any, growth: Any) -> Any:
    """delta/log(1+eta sigma) falls in sigma, by at least what the mean value theorem gives."""
    tau1, tau2 = transition_step(eta, sigma1, 1), transition_step(eta, sigma2, 1)
    least = eta * (sigma1 - sigma2) / growth(eta, sigma1, sigma2) * tau1 * tau2
    return forall(tau2 - tau1 - share * least, strictly(least))


every_gap.twin("a-tenth-more", "a tenth more", constants={"share": Fraction(11, 10)})
every_gap.twin(
    "index-off",
    "with the smaller sigma in the denominator",
    constants={"growth": lambda eta, sigma1, sigma2: 1 + eta * sigma2},
)

LARGER, SMALLER = log(1 + eta * sigma1), log(1 + eta * sigma2)
gap = lemma(
    "GD-8.gap",
    eta * sigma1 * eta * sigma1 / (2 * (1 + eta * sigma1)) < LARGER - SMALLER,
    title="under the quoted gap condition two rates log(1 + eta sigma) differ by more than (eta sigma_1)^2/(2 (1 + eta sigma_1))",
    source=PAPER,
    over={"eta": Real(0, drawn=4), "sigma1": Real(0, drawn=4), "sigma2": Real(0, drawn=4)},
    given={"half-step": 2 * eta * sigma1 < 1, "gap": eta * sigma1**2 < 2 * (sigma1 - sigma2)},
)
gap.twin("without-the-gap", "where the gap condition fails", drop="gap")
gap.twin(
    "gap-off",
    "with a gap a tenth smaller",
    given={"gap": Fraction(9, 10) * eta * sigma1**2 < 2 * (sigma1 - sigma2)},
)
gap.twin(
    "twice-as-far",
    "by twice as much",
    relation=eta * sigma1 * eta * sigma1 / (1 + eta * sigma1) < LARGER - SMALLER,
)
lemma(
    "GD-8.not-gap-needed",
    LARGER <= SMALLER,
    title="where the quoted gap condition fails, the order of the transition times is lost",
    over={"eta": Real(0, drawn=4), "sigma1": Real(0, drawn=4), "sigma2": Real(0, drawn=4)},
    given={"ordered": sigma1 > sigma2, "no-gap": eta * sigma1**2 >= 2 * (sigma1 - sigma2)},
    expects="refuted",
)
