"""BAL-1 to BAL-3: the two entries of a mode when they differ, and which steps shrink their imbalance."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from typing import Any

import numpy as np
from sympy import Eq, Ne, Rational

from rankladder import Int, Real, always, claim, equal, forall, iff, sqrt, strictly, symbols
from rankladder.properties.gidel2019.one_mode import MODE, z, z0
from rankladder.simulate import GradientDescent, Mode, hessian_two_layer, iterates
from rankladder.theory import entries_step, layers_thresholds

HALF = Fraction(1, 2)
FLAT = layers_thresholds()["imbalance never grows"]
sigma, lam, eta, s, unit = symbols("sigma lam eta s unit")
a0, b0, a, b, a1, b1, c, d = symbols("a0 b0 a b a_next b_next c d")
STARTS = {"a0": Real(drawn=2), "b0": Real(drawn=2), "steps": Int(1, 3)}
RATES = {"sigma": Real(0, drawn=4), "lam": Real(0, drawn=4), "eta": Real(0, 1)}


def entries(sigma: Any, lam: Any, eta: Any, a0: Any, b0: Any, steps: int) -> list[tuple[Any, ...]]:
    """The two entries of a mode after 0, 1, ..., steps steps of descent."""
    return iterates(GradientDescent(eta).step(Mode(sigma, lam)), (a0, b0), steps)


def parts(run: Callable[..., list[tuple[Any, ...]]], *states: Any) -> dict[Any, Callable[..., list[Any]]]:
    """The orbit of each part of the state, as ``always`` takes them, from a run of whole states."""

    def orbit(i: int) -> Callable[..., list[Any]]:
        return wraps(run)(lambda **known: [state[i] for state in run(**known)])

    return {x: orbit(i) for i, x in enumerate(states)}


PAIR: dict[str, Any] = {
    "start": {a: a0, b: b0}, "step": dict(zip((a, b), entries_step(eta, sigma, lam, a, b), strict=True)),
    "orbit": parts(entries, a, b), "then": {a: a1, b: b1}, "over": RATES | STARTS,
}  # fmt: skip
x = eta * (sigma - lam * a * b)  # eta times the residual
D, D1 = a**2 - b**2, a1**2 - b1**2

step = always(
    "BAL-1.step", Eq(a1 + b1, (a + b) * (1 + x)) & Eq(a1 - b1, (a - b) * (1 - x)), **PAIR,
    title="one mode: a step multiplies the sum of the entries by 1 + eta r, their difference by 1 - eta r",
)  # fmt: skip
step.twin("sign-off", "both by 1 + eta r", relation=Eq(a1 - b1, (a - b) * (1 + x)))
step.twin("larger", "by 1 + 1.01 eta r", relation=Eq(a1 + b1, (a + b) * (1 + Rational(101, 100) * x)))

moments = always(
    "BAL-1.moments", Eq(D1, D * (1 - x**2)) & Eq(a1 * b1, a * b * (1 + x**2) + x * (a**2 + b**2)), **PAIR,
    title="one mode: a step multiplies the imbalance a^2 - b^2 by 1 - eta^2 r^2; how the product moves",
)  # fmt: skip
moments.twin("conserved", "the imbalance stays, as under the flow", relation=Eq(D1, D))
moments.twin("balanced", "the product as on the balanced line", relation=Eq(a1 * b1, a * b * (1 + x) ** 2))

MEASURED = (*entries_step(eta, sigma, unit**2 / eta, a, b), *entries_step(1, eta * sigma, 1, c, d))
units = always(
    "BAL-1.units", Eq(c, unit * a) & Eq(d, unit * b), start={a: a0, b: b0, c: unit * a0, d: unit * b0},
    step=dict(zip((a, b, c, d), MEASURED, strict=True)),
    # with lambda = unit^2/eta; with eta = lambda = 1 from a start that is unit times as large
    orbit=parts(lambda sigma, eta, unit, a0, b0, steps:
                entries(sigma, unit**2 / eta, eta, a0, b0, steps), a, b)
    | parts(lambda sigma, eta, unit, a0, b0, steps:
            entries(eta * sigma, 1, 1, unit * a0, unit * b0, steps), c, d),
    over={"sigma": Real(0, drawn=4), "eta": Real(0, drawn=2), "unit": Real(0, drawn=2)} | STARTS,
    title="one mode: in units of 1/sqrt(eta lambda) the entries depend on s = eta sigma and their start alone",
)  # fmt: skip
units.twin("other-unit", "in units one per cent smaller", relation=Eq(100 * c, 101 * unit * a))
units.twin("lambda-lost", "whatever the unit", start={c: a0, d: b0})

STATE = {"sigma": Real(0, drawn=4), "lam": Real(0, drawn=4), "a": Real(drawn=4), "b": Real(drawn=4)}


@claim(
    "BAL-1.flow", title="one mode: under the flow the imbalance stays and the product moves by r sqrt(D^2 + 4 w^2)",
    statement=r"D' = 0,\quad w' = (\sigma - \lambda w)\sqrt{D^2 + 4 w^2},\quad w = ab,\ D = a^2 - b^2",
    over=STATE, constants={"weight": 1, "four": 4},
)  # fmt: skip
def flow(sigma: Any, lam: Any, a: Any, b: Any, weight: Any, four: Any) -> Any:
    """Along minus the gradients."""
    u, v = (-G for G in Mode(sigma, lam).gradients((a, b)))
    w, D = a * b, a * a - b * b
    moved = (sigma - lam * w) * sqrt(D * D + four * w * w)
    return forall(equal(2 * (a * u - weight * b * v), 0), equal(u * b + a * v, moved))


flow.twin("sum", "a^2 + b^2 stays", constants={"weight": -1})
flow.twin("less", "sqrt(D^2 + 3.9 w^2)", constants={"four": Fraction(39, 10)})


@claim(
    "BAL-1.rate", title="one mode: under the flow the loss falls at the rate 2 lambda |D| at least, from every start",
    statement=r"(f - \min f)' \le -2\lambda |D| (f - \min f),\text{so } f - \min f \le (f(0) - \min f)\, e^{-2\lambda|D|t}",
    over=STATE, constants={"rate": 2},
)  # fmt: skip
def rate(sigma: Any, lam: Any, a: Any, b: Any, rate: Any) -> Any:
    """The loss falls by the squared gradient; D does not change, so the bound at a moment is one for all times."""
    G, H = Mode(sigma, lam).gradients((a, b))
    excess = (sigma - lam * a * b) ** 2 / (2 * lam)
    return G * G + H * H - rate * lam * abs(a * a - b * b) * excess


rate.twin("faster", "one per cent faster", constants={"rate": Fraction(202, 100)})
rate.twin("sum", "a tenth faster above 1/2", constants={"rate": Fraction(22, 10)}, over={"a": Real(HALF, 4)})


@claim(
    "BAL-2.curvature",
    title="one mode: at a minimum the Hessian has the eigenvalues 0 and lambda sqrt(D^2 + 4 omega^2)",
    statement=r"ab = \omega:\quad H (b, a) = \lambda\sqrt{D^2 + 4\omega^2}\,(b, a),\quad H (a, -b) = 0",
    over={"sigma": Real(0, drawn=4), "lam": Real(0, drawn=4), "a": Real(0, drawn=4)}, constants={"four": 4, "first": 1},
)  # fmt: skip
def curvature(sigma: Any, lam: Any, a: Any, four: Any, first: Any) -> Any:
    """The two eigenvectors of the full Hessian."""
    b = sigma / (lam * a)
    H = hessian_two_layer(*(np.array([[part]]) for part in (lam, sigma, a, b)))
    h = lam * sqrt(first * (a * a - b * b) ** 2 + four * (sigma / lam) ** 2)
    across, along = np.array([b, a]), np.array([a, -b])
    return forall(equal(H @ across, h * across), equal(H @ along, 0 * along))


curvature.twin("larger", "sqrt(D^2 + 4.1 omega^2)", constants={"four": Fraction(41, 10)})
curvature.twin("balanced", "2 sigma, as on the balanced line", constants={"first": 0})


@claim(
    "BAL-2.stable",
    title="one mode: a minimum is linearly stable for descent exactly up to |D| = 2 sqrt(1 - s^2)/(eta lambda)",
    statement=r"s \le 1:\quad \eta\lambda\sqrt{D^2 + 4\omega^2} \le 2 \iff |D| \le \frac{2\sqrt{1 - s^2}}{\eta\lambda}",
    over={"s": Real(0, drawn=2), "eta": Real(0, drawn=2), "lam": Real(0, drawn=4), "D": Real(drawn=8)},
    given={"small-step": s <= 1}, constants={"room": lambda s: 1 - s * s, "edge": 2},
)  # fmt: skip
def stable(s: Any, eta: Any, lam: Any, D: Any, room: Any, edge: Any) -> Any:
    """At s = 1 the bound is 0: descent can only end balanced."""
    omega = s / (eta * lam)
    sharpness = lam * sqrt(D * D + 4 * omega * omega)
    return iff(edge - eta * sharpness, 2 * sqrt(room(s)) / (eta * lam) - abs(D))


stable.twin("wider", "sqrt(1 - s) in place of sqrt(1 - s^2)", constants={"room": lambda s: 1 - s})
stable.twin("earlier", "up to a sharpness of 1.98/eta", constants={"edge": Fraction(198, 100)})

always(
    "BAL-2.not-same-end", (a0**2 - b0**2) ** 2 <= D**2, **PAIR, expects="refuted",
    given={"stable-step": eta * sigma <= 1},
    title="one mode: descent ends at the imbalance of its start, as the flow does (it is never smaller)",
)  # fmt: skip


def keeps(s: Any, a: Any, b: Any, share: Any) -> Any:
    """In units of eta = lambda = 1: one step keeps this share of the imbalance at least, in squares."""
    one, other = entries(s, 1, 1, a, b, 1)[1]
    return (one**2 - other**2) ** 2 - share**2 * (a * a - b * b) ** 2


claim(
    "BAL-2.not-beyond-the-edge",
    title="one mode: balancing needs a sharpness beyond 2/eta: below it a step keeps half of the imbalance",
    statement=r"D^2 + 4 s^2 \le 4:\quad |D_1| \ge \tfrac12 |D_0|",
    over={"s": Real(0, drawn=2), "a": Real(0, drawn=2), "b": Real(0, drawn=2)},
    given={"below-the-edge": D**2 + 4 * s**2 <= 4}, expects="refuted",
)(lambda s, a, b: keeps(s, a, b, HALF))  # fmt: skip

rises = always(
    "BAL-3.rise", Eq(D1**2 - D**2, D**2 * x**2 * (x**2 - 2)), **PAIR,
    title="one mode: a step raises the sharpness lambda sqrt(D^2 + 4 omega^2) of the flow's end iff eta |r| > sqrt(2)",
)  # fmt: skip
rises.twin("stability", "iff eta |r| > 2", relation=Eq(D1**2 - D**2, D**2 * x**2 * (x**2 - 4)))
rises.twin("earlier", "iff eta |r| > 1.4", relation=Eq(D1**2 - D**2, D**2 * x**2 * (x**2 - Rational(49, 25))))

flat = always(
    "BAL-3.flat", s**2 * (1 - z) ** 2 <= 2, **MODE, over={"s": Real(0, drawn=4), "z0": Real(0, drawn=4), "steps": Int(1, 60)},
    given={"flat-step": s <= FLAT, "small-start": z0 < 1},
    along={"below the zero of the map": (z >= 0) & (s * z <= 1 + s)}, direct=True,
    title="one balanced mode: s(1 - z) stays at most sqrt(2) from every z_0 < 1, for steps up to s = sqrt(2)",
)  # fmt: skip
flat.twin("larger-step", "steps up to 1.42", given={"flat-step": 100 * s <= 142})
flat.twin("any-start", "from starts above the fitted value too", drop="small-start")

sharp = claim(
    "BAL-3.sharp", title="one mode: at every s > sqrt(2) the first step raises it from every start near enough to 0",
    statement=r"s > \sqrt2,\ 0 < ab < s - \sqrt2:\quad |D_1| > |D_0|",
    over={"s": Real(0, drawn=4), "a": Real(0, drawn=2), "b": Real(0, drawn=2)},
    given={"steep": s - a * b > FLAT, "differ": Ne(a, b)}, constants={"share": 1},
)(lambda s, a, b, share: strictly(keeps(s, a, b, share)))  # fmt: skip
sharp.twin("nearer", "from w = s - 1.4 on", given={"steep": 100 * (s - a * b) > 140})
sharp.twin("by-a-tenth", "by a tenth at least", constants={"share": Fraction(11, 10)})

always(
    "BAL-3.not-while-bounded", D1**2 <= D**2, **PAIR, while_=eta * lam * (a**2 + b**2) <= 2 * (2 + eta * sigma),
    given={"bounded": eta * sigma <= 2, "small-start": (a0 * b0 > 0) & (lam * a0 * b0 < sigma), "near the line": 8 * (a0 - b0) ** 2 <= a0 * b0},
    title="near the balanced line it never rises while descent stays bounded", expects="refuted",
)  # fmt: skip
