"""BAL-1 to BAL-3: the two entries of a mode when they differ, and which steps shrink their imbalance."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from rankladder import Int, Real, always, claim, equal, forall, iff, sqrt, strictly, symbols
from rankladder.properties.gidel2019.one_mode import MODE, z, z0
from rankladder.simulate import GradientDescent, Mode, hessian_two_layer, iterates
from rankladder.theory import entries_step, layers_thresholds

PROJECT = "this project"
FLAT = layers_thresholds()["imbalance never grows"]
sigma, lam, eta, s, a0, b0, a, b, a1, b1, c, d, unit = symbols("sigma lam eta s a0 b0 a b a_next b_next c d unit")
RATES = {"sigma": Real(0, 4), "lam": Real(0, 4), "eta": Real(0, 2)}
STARTS = {"a0": Real(-4, 4), "b0": Real(-4, 4), "steps": Int(1, 5)}


def entries(sigma: Any, lam: Any, eta: Any, start: tuple[Any, Any], steps: int) -> list[tuple[Any, ...]]:
    """The two entries of a mode after 0, 1, ..., steps steps of descent."""
    return iterates(GradientDescent(eta).step(Mode(sigma, lam)), start, steps)


def first(sigma: Any, lam: Any, eta: Any, a0: Any, b0: Any, steps: int) -> list[Any]:
    """The orbit of the first entry."""
    return [state[0] for state in entries(sigma, lam, eta, (a0, b0), steps)]


def second(sigma: Any, lam: Any, eta: Any, a0: Any, b0: Any, steps: int) -> list[Any]:
    """The orbit of the second entry."""
    return [state[1] for state in entries(sigma, lam, eta, (a0, b0), steps)]


PAIR: dict[str, Any] = {
    "start": {a: a0, b: b0},
    "step": dict(zip((a, b), entries_step(eta, sigma, lam, a, b), strict=True)),
    "orbit": {a: first, b: second},
    "source": PROJECT,
}
r = sigma - lam * a * b
D, D1 = a**2 - b**2, a1**2 - b1**2
PERCENT = sympy.Rational(101, 100)

sums = always(
    "BAL-1.sums",
    sympy.Eq(a1 + b1, (a + b) * (1 + eta * r)) & sympy.Eq(a1 - b1, (a - b) * (1 - eta * r)),
    **PAIR,
    then={a: a1, b: b1},
    over=RATES | STARTS,
    title="one mode: a step multiplies the sum of the entries by 1 + eta r, their difference by 1 - eta r",
)
sums.twin("sign-off", "both by 1 + eta r", relation=sympy.Eq(a1 - b1, (a - b) * (1 + eta * r)))
sums.twin("larger", "a step one per cent larger", relation=sympy.Eq(a1 + b1, (a + b) * (1 + PERCENT * eta * r)))

imbalance = always(
    "BAL-1.imbalance",
    sympy.Eq(D1, D * (1 - eta**2 * r**2)),
    **PAIR,
    then={a: a1, b: b1},
    over=RATES | STARTS,
    title="one mode: a step multiplies the imbalance a^2 - b^2 by 1 - eta^2 r^2",
)
imbalance.twin("conserved", "the imbalance stays, as under the flow", relation=sympy.Eq(D1, D))
imbalance.twin("first-order", "eta r in place of its square", relation=sympy.Eq(D1, D * (1 - eta * r)))

product = always(
    "BAL-1.product",
    sympy.Eq(a1 * b1, a * b * (1 + eta**2 * r**2) + eta * r * (a**2 + b**2)),
    **PAIR,
    then={a: a1, b: b1},
    over=RATES | STARTS,
    title="one mode: how the product of the entries moves",
)
product.twin("balanced", "as on the balanced line", relation=sympy.Eq(a1 * b1, a * b * (1 + eta * r) ** 2))
product.twin("second-order-off", "without eta^2 r^2", relation=sympy.Eq(a1 * b1, a * b + eta * r * (a**2 + b**2)))


def in_units(part: int) -> Any:
    """The orbit with lambda = unit^2/eta, of one entry."""
    return lambda sigma, eta, unit, a0, b0, steps: [
        state[part] for state in entries(sigma, unit**2 / eta, eta, (a0, b0), steps)
    ]


def without_units(part: int) -> Any:
    """The orbit with eta = lambda = 1 from a start that is unit times as large, of one entry."""
    return lambda sigma, eta, unit, a0, b0, steps: [
        state[part] for state in entries(eta * sigma, 1, 1, (unit * a0, unit * b0), steps)
    ]


units = always(
    "BAL-1.units",
    sympy.Eq(c, unit * a) & sympy.Eq(d, unit * b),
    start={a: a0, b: b0, c: unit * a0, d: unit * b0},
    step=dict(zip((a, b, c, d), (*entries_step(eta, sigma, unit**2 / eta, a, b), *entries_step(1, eta * sigma, 1, c, d)), strict=True)),
    orbit={a: in_units(0), b: in_units(1), c: without_units(0), d: without_units(1)},
    over={"sigma": Real(0, 4), "eta": Real(0, 2), "unit": Real(0, 2)} | STARTS,
    title="one mode: in units of 1/sqrt(eta lambda) the entries depend on s = eta sigma and their start alone",
    source=PROJECT,
)  # fmt: skip
units.twin("other-unit", "in units one per cent smaller", relation=sympy.Eq(c, PERCENT * unit * a))
units.twin("lambda-lost", "whatever the unit", start={c: a0, d: b0})


STATE = {"sigma": Real(0, 4), "lam": Real(0, 4), "a": Real(-4, 4), "b": Real(-4, 4)}


@claim(
    "BAL-1.flow",
    title="one mode: under the flow the imbalance stays and the product moves by r sqrt(D^2 + 4 w^2)",
    statement=r"D' = 0,\quad w' = (\sigma - \lambda w)\sqrt{D^2 + 4 w^2},\quad w = ab,\ D = a^2 - b^2",
    source=PROJECT,
    over=STATE,
    constants={"weight": 1, "four": 4},
)
def flow(sigma: Any, lam: Any, a: Any, b: Any, weight: Any, four: Any) -> Any:
    """Along minus the gradients."""
    u, v = (-G for G in Mode(sigma, lam).gradients((a, b)))
    w, D = a * b, a * a - b * b
    return forall(equal(2 * (a * u - weight * b * v), 0), equal(u * b + a * v, (sigma - lam * w) * sqrt(D * D + four * w * w)))


flow.twin("sum", "a^2 + b^2 stays", constants={"weight": -1})
flow.twin("less", "sqrt(D^2 + 3.9 w^2)", constants={"four": Fraction(39, 10)})


@claim(
    "BAL-1.rate",
    title="one mode: under the flow the loss falls at the rate 2 lambda |D| at least, from every start",
    statement=r"(f - \min f)' \le -2\lambda |D| (f - \min f),\text{ so } f - \min f \le (f(0) - \min f)\, e^{-2\lambda|D|t}",
    source=PROJECT,
    over=STATE,
    constants={"rate": 2},
)
def rate(sigma: Any, lam: Any, a: Any, b: Any, rate: Any) -> Any:
    """The loss falls by the squared gradient; D does not change, so the bound at a moment is one for all times."""
    G, H = Mode(sigma, lam).gradients((a, b))
    excess = (sigma - lam * a * b) ** 2 / (2 * lam)
    return G * G + H * H - rate * lam * abs(a * a - b * b) * excess


rate.twin("faster", "one per cent faster", constants={"rate": Fraction(202, 100)})
rate.twin("positive-entries", "a tenth faster where both entries are above 1/2", constants={"rate": Fraction(22, 10)},
          over={"a": Real(Fraction(1, 2), 4), "b": Real(Fraction(1, 2), 4)})  # fmt: skip


@claim(
    "BAL-2.curvature",
    title="one mode: at a minimum the Hessian in the two entries has the eigenvalues 0 and lambda sqrt(D^2 + 4 omega^2)",
    statement=r"ab = \omega:\quad H (b, a) = \lambda\sqrt{D^2 + 4\omega^2}\,(b, a),\quad H (a, -b) = 0",
    source=PROJECT,
    over={"sigma": Real(0, 4), "lam": Real(0, 4), "a": Real(0, 4)},
    constants={"four": 4},
)
def curvature(sigma: Any, lam: Any, a: Any, four: Any) -> Any:
    """The two eigenvectors of the full Hessian."""
    b = sigma / (lam * a)
    H = hessian_two_layer(*(np.array([[x]]) for x in (lam, sigma, a, b)))
    h = lam * sqrt((a * a - b * b) ** 2 + four * (sigma / lam) ** 2)
    across, along = np.array([b, a]), np.array([a, -b])
    return forall(equal(H @ across, h * across), equal(H @ along, 0 * along))


curvature.twin("larger", "sqrt(D^2 + 4.1 omega^2)", constants={"four": Fraction(41, 10)})
curvature.twin("balanced", "2 sigma, as on the balanced line, for entries that differ",
               conclusion=lambda sigma, lam, a: equal(lam * (a * a + (sigma / (lam * a)) ** 2), 2 * sigma))  # fmt: skip

@claim(
    "BAL-2.stable",
    title="one mode: a minimum is linearly stable for descent exactly up to |D| = 2 sqrt(1 - s^2)/(eta lambda)",
    statement=r"s \le 1:\quad \eta\lambda\sqrt{D^2 + 4\omega^2} \le 2 \iff |D| \le \frac{2\sqrt{1 - s^2}}{\eta\lambda}",
    source=PROJECT,
    over={"s": Real(0, 2), "eta": Real(0, 2), "lam": Real(0, 4), "D": Real(-8, 8)},
    given={"small-step": s <= 1},
    constants={"room": lambda s: 1 - s * s, "edge": 2},
)
def stable(s: Any, eta: Any, lam: Any, D: Any, room: Any, edge: Any) -> Any:
    """At s = 1 the bound is 0: descent can only end balanced."""
    omega = s / (eta * lam)
    sharpness = lam * sqrt(D * D + 4 * omega * omega)
    return iff(edge - eta * sharpness, 2 * sqrt(room(s)) / (eta * lam) - abs(D))


stable.twin("wider", "sqrt(1 - s) in place of sqrt(1 - s^2)", constants={"room": lambda s: 1 - s})
stable.twin("earlier", "up to a sharpness of 1.98/eta", constants={"edge": Fraction(198, 100)})

unstable = claim(
    "BAL-2.none-beyond",
    title="one mode: beyond s = 1 no minimum is linearly stable for descent",
    statement=r"s > 1:\quad \eta\lambda\sqrt{D^2 + 4\omega^2} > 2",
    source=PROJECT,
    over={"s": Real(0, 2), "eta": Real(0, 2), "lam": Real(0, 4), "D": Real(-8, 8)},
    given={"large-step": s > 1},
    constants={"edge": 2},
)(lambda s, eta, lam, D, edge: strictly((eta * lam * D) ** 2 + 4 * s * s - edge * edge))
unstable.twin("earlier", "from s = 0.99 on", given={"large-step": 100 * s > 99})
unstable.twin("larger", "by one per cent", constants={"edge": Fraction(202, 100)})

always(
    "BAL-2.not-same-end",
    D**2 >= (a0**2 - b0**2) ** 2,
    **PAIR,
    over=RATES | STARTS,
    given={"stable-step": eta * sigma <= 1},
    title="one mode: descent ends at the imbalance of its start, as the flow does (it is never smaller)",
    expects="refuted",
)


def stays_balanced(s: Any, a: Any, b: Any, share: Any) -> Any:
    """In units of eta = lambda = 1: one step keeps this share of the imbalance at least, in squares."""
    (after,) = entries(s, 1, 1, (a, b), 1)[1:]
    return (after[0] ** 2 - after[1] ** 2) ** 2 - share**2 * (a * a - b * b) ** 2


claim(
    "BAL-2.not-beyond-the-edge",
    title="one mode: while the sharpness of the flow's end is below 2/eta, a step keeps half of the imbalance",
    statement=r"D^2 + 4 s^2 \le 4:\quad |D_1| \ge \tfrac12 |D_0|",
    source=PROJECT,
    over={"s": Real(0, 2), "a": Real(0, 2), "b": Real(0, 2)},
    given={"below-the-edge": (a**2 - b**2) ** 2 + 4 * s**2 <= 4},
    expects="refuted",
)(lambda s, a, b: stays_balanced(s, a, b, Fraction(1, 2)))

y2 = eta**2 * r**2
rises = always(
    "BAL-3.rise",
    sympy.Eq(D1**2, D**2 * (1 + y2 * (y2 - 2))),
    **PAIR,
    then={a: a1, b: b1},
    over=RATES | STARTS,
    title="one mode: a step raises the sharpness of the flow's end, lambda sqrt(D^2 + 4 omega^2), iff eta |r| > sqrt(2)",
)
rises.twin("earlier", "beyond eta |r| = 1.4", relation=sympy.Eq(D1**2, D**2 * (1 + y2 * (y2 - sympy.Rational(196, 100)))))
rises.twin("stability", "beyond eta |r| = 2", relation=sympy.Eq(D1**2, D**2 * (1 + y2 * (y2 - 4))))

LINE = {"s": Real(0, 4), "z0": Real(0, 2), "steps": Int(1, 60)}
flat = always(
    "BAL-3.flat",
    s**2 * (1 - z) ** 2 <= 2,
    **MODE,
    over=LINE,
    given={"flat-step": s <= FLAT, "small-start": z0 < 1},
    along={"below the zero of the map": (z >= 0) & (s * z <= 1 + s)},
    direct=True,
    title="near the balanced line it never rises from a small start up to s = sqrt(2)",
    source=PROJECT,
)
flat.twin("larger-step", "steps up to 1.42", given={"flat-step": 100 * s <= 142})
flat.twin("any-start", "from starts above the fitted value too", drop="small-start")


@claim(
    "BAL-3.sharp",
    title="one mode: at every s > sqrt(2) the first step raises it from every start near enough to 0",
    statement=r"s > \sqrt2,\ 0 < ab < s - \sqrt2:\quad |D_1| > |D_0|",
    source=PROJECT,
    over={"s": Real(0, 4), "a": Real(0, 2), "b": Real(0, 2)},
    given={"steep": s - a * b > FLAT, "differ": sympy.Ne(a, b)},
    constants={"share": 1},
)
def sharp(s: Any, a: Any, b: Any, share: Any) -> Any:
    return strictly(stays_balanced(s, a, b, share))


sharp.twin("nearer", "from w = s - 1.4 on", given={"steep": 100 * (s - a * b) > 140})
sharp.twin("by-a-tenth", "by a tenth at least", constants={"share": Fraction(11, 10)})

always(
    "BAL-3.not-while-bounded",
    D1**2 <= D**2,
    start={a: a0, b: b0},
    step=dict(zip((a, b), entries_step(1, s, 1, a, b), strict=True)),
    orbit={a: lambda s, a0, b0, steps: first(s, 1, 1, a0, b0, steps), b: lambda s, a0, b0, steps: second(s, 1, 1, a0, b0, steps)},
    then={a: a1, b: b1},
    while_=a**2 + b**2 <= 2 * (2 + s),
    over={"s": Real(0, 4), "a0": Real(0, 2), "b0": Real(0, 2), "steps": Int(1, 12)},
    given={"bounded": s <= 2, "small-start": a0 * b0 < s, "near the line": 8 * (a0 - b0) ** 2 <= a0 * b0},
    title="near the balanced line it never rises while descent stays bounded",
    source=PROJECT,
    expects="refuted",
)  # fmt: skip
