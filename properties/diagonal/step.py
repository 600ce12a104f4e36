"""DLN-1: one step of descent, or of the flow, on every coordinate."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Int, Real, claim, equal, forall, log, strictly, symbols
from rankladder.numbers.derivatives import derivative
from rankladder.properties.diagonal.designs import Coordinates, Designs
from rankladder.simulate import Diagonal, diagonal_descent

STATE = {"data": Designs(), "u": Coordinates(), "v": Coordinates()}
ONE_STEP = {**STATE, "eta": Real(0, drawn=2)}
ONE_COORDINATE = {"u": Real(drawn=2), "v": Real(drawn=2), "g": Real(drawn=4), "eta": Real(0, drawn=2)}
CLASSICAL = "classical; restated"
u, v, g, eta = symbols("u v g eta")


def stepped(network: Any, u: Any, v: Any, eta: Any) -> Any:
    """The state one step of descent later."""
    return diagonal_descent(network, u, v, eta, 1)[1]


def pulled(u: Any, v: Any, g: Any, eta: Any) -> Any:
    """One coordinate one step later, under a gradient g that may come from any data."""
    return stepped(Diagonal(lambda _: g), u, v, eta)


def imbalance(u: Any, v: Any) -> Any:
    """``u² − v²``."""
    return u * u - v * v


def dual(u: Any, v: Any) -> Any:
    """``arcsinh(2uv/|u² − v²|)``, which is ``log |(u + v)/(u − v)|``: DLN-1.shift."""
    return log(((u + v) / (u - v)) ** 2) / 2


@claim(
    "DLN-1.products",
    title="one step multiplies u + v by 1 - eta g and u - v by 1 + eta g, coordinate by coordinate",
    statement=r"(u \pm v)^+ = (u \pm v)(1 \mp \eta g)",
    source=CLASSICAL,
    over=ONE_STEP,
    constants={"factor": lambda move: 1 - move},
)
def products(data: Any, u: Any, v: Any, eta: Any, factor: Any) -> Any:
    u1, v1 = stepped(data.network, u, v, eta)
    move = eta * data.network.gradient(u * v)
    return forall(equal(u1 + v1, (u + v) * factor(move)), equal(u1 - v1, (u - v) * factor(-move)))


products.twin(
    "second-order", "the factors of the flow, to second order",
    constants={"factor": lambda move: 1 - move + move * move / 2},
)  # fmt: skip


@claim(
    "DLN-1.imbalance",
    title="one step multiplies u^2 - v^2 by 1 - eta^2 g^2",
    statement=r"(u^2 - v^2)^+ = (u^2 - v^2)(1 - \eta^2 g^2)",
    source=CLASSICAL,
    over=ONE_STEP,
    constants={"order": 1},
)
def shrinks(data: Any, u: Any, v: Any, eta: Any, order: Any) -> Any:
    move = eta * data.network.gradient(u * v)
    return equal(imbalance(*stepped(data.network, u, v, eta)), imbalance(u, v) * (1 - order * move * move))


shrinks.twin("kept", "descent keeps u^2 - v^2, as the flow does", constants={"order": 0})
shrinks.twin("twice", "it shrinks by twice as much", constants={"order": 2})


@claim(
    "DLN-1.imbalance-size",
    title="|u^2 - v^2| never grows as long as eta |g| is at most the square root of 2",
    statement=r"\eta^2 g^2 \le 2:\ |u^2 - v^2|^+ \le |u^2 - v^2|",
    over=ONE_COORDINATE,
    given={"small-step": (eta * g) ** 2 <= 2},
    constants={"factor": 1},
)
def never_grows(u: Any, v: Any, g: Any, eta: Any, factor: Any) -> Any:
    return factor * imbalance(u, v) ** 2 - imbalance(*pulled(u, v, g, eta)) ** 2


never_grows.twin("any-step", "whatever the step", drop="small-step")
never_grows.twin("a-tenth-beyond", "up to a tenth more", given={"small-step": 10 * (eta * g) ** 2 <= 22})
never_grows.twin("falls", "it falls by a hundredth", constants={"factor": Fraction(99, 100)})


def unbalanced(u: Any, v: Any) -> Any:
    """u^2 and v^2 differ, for every coordinate."""
    return strictly((u * u - v * v) ** 2)


def no_product_lost(g: Any, eta: Any) -> Any:
    """A step leaves both u + v and u - v: eta g is neither 1 nor -1."""
    return strictly((1 - (eta * g) ** 2) ** 2)


@claim(
    "DLN-1.shift",
    title="one step adds log |(1 - eta g)/(1 + eta g)| to arcsinh(2 beta/alpha^2), alpha^2 = |u^2 - v^2|, exactly",
    statement=r"E = \left|\frac{u+v}{u-v}\right|:\ \tfrac14(E - \tfrac1E)^2 = \left(\tfrac{2\beta}{\alpha^2}\right)^2,\ "
    r"(E^2 - 1)(u - v)^2 = 4\beta,\ E^+ = E\left|\frac{1-\eta g}{1+\eta g}\right|;\ "
    r"\text{so } \operatorname{arcsinh}\tfrac{2\beta}{\alpha^2} = \log E",
    source=CLASSICAL,
    over=ONE_COORDINATE,
    given={"unbalanced": unbalanced, "no-product-lost": no_product_lost},
    constants={"ratio": lambda move: (1 - move) / (1 + move)},
)
def shift(u: Any, v: Any, g: Any, eta: Any, ratio: Any) -> Any:
    """In squares, where no absolute value is left: of E by two equations, which also say on which side of 1 it is."""
    states = [(u, v), pulled(u, v, g, eta)]
    squares = [((a + b) / (a - b)) ** 2 for a, b in states]
    margins = [equal(squares[1], squares[0] * ratio(eta * g) ** 2)]
    for E, (a, b) in zip(squares, states, strict=True):
        margins.append(equal((E + 1 / E - 2) / 4, (2 * a * b / imbalance(a, b)) ** 2))
        margins.append(equal((E - 1) * (a - b) ** 2, 4 * a * b))
    return forall(*margins)


shift.twin(
    "second-order", "the ratio of the flow, to second order",
    constants={"ratio": lambda move: 1 - 2 * move + 2 * move * move},
)  # fmt: skip


@claim(
    "DLN-1.stability",
    title="near a fitted value a step multiplies what is left of one coordinate by 1 - eta lambda sqrt(alpha^4 + 4 beta^2)",
    statement=r"\beta = \sigma/\lambda:\ \frac{d\beta^+}{d\beta} = 1 - \eta\lambda(u^2 + v^2),\ "
    r"(u^2 + v^2)^2 = \alpha^4 + 4\beta^2",
    over={"u": Real(drawn=2), "v": Real(drawn=2), "lam": Real(0, drawn=4), "eta": Real(0, drawn=2)},
    constants={"share": 1},
)
def stability(u: Any, v: Any, lam: Any, eta: Any, share: Any) -> Any:
    """Along the gradient (v, u) of beta."""
    network, sharp = Diagonal(lambda beta: lam * (beta - u * v)), u * u + v * v

    def product(h: Any, steps: int) -> Any:
        a, b = diagonal_descent(network, u + h * v, v + h * u, eta, steps)[-1]
        return a * b

    before, after = derivative(lambda h: product(h, 0), 0), derivative(lambda h: product(h, 1), 0)
    return forall(
        equal(before, sharp),
        equal(after, (1 - share * eta * lam * sharp) * before),
        equal(sharp**2, imbalance(u, v) ** 2 + 4 * (u * v) ** 2),
    )


stability.twin("twice", "by 1 - 2 eta lambda sqrt(alpha^4 + 4 beta^2)", constants={"share": 2})


@claim(
    "DLN-1.flow",
    title="under the flow u^2 - v^2 stays and arcsinh(2 beta/alpha^2) moves with velocity -2g",
    statement=r"\tfrac{d}{dt}(u^2 - v^2) = 0,\ \tfrac{d}{dt}\operatorname{arcsinh}\tfrac{2\beta}{\alpha^2} = -2g",
    source=CLASSICAL,
    over=STATE,
    given={"unbalanced": unbalanced},
    constants={"pace": 2},
)
def flow(data: Any, u: Any, v: Any, pace: Any) -> Any:
    rate, kept = velocities(data, u, v)
    return forall(equal(rate, -pace * data.network.gradient(u * v)), equal(kept, 0 * u))


flow.twin("half", "with velocity -g", constants={"pace": 1})


def velocities(data: Any, u: Any, v: Any) -> tuple[Any, Any]:
    """How fast the dual and the imbalance move along the negative gradient."""
    down_u, down_v = data.network.gradients((u, v))

    def rate(of: Any) -> Any:
        return derivative(lambda h: of(u - h * down_u, v - h * down_v), 0)

    return rate(dual), rate(imbalance)


WIDE = Designs(rows=(1, 2), columns=(3, 3))


@claim(
    "DLN-1.row-space",
    title="under the flow arcsinh(2 beta/alpha^2) moves in the row space of X",
    statement=r"Xz = 0 \Rightarrow z^\top \tfrac{d}{dt}\operatorname{arcsinh}\tfrac{2\beta}{\alpha^2} = 0",
    source=CLASSICAL,
    over={**STATE, "data": WIDE},
    given={"unbalanced": unbalanced},
    constants={"directions": lambda data: data.kernel},
)
def row_space(data: Any, u: Any, v: Any, directions: Any) -> Any:
    rate, _ = velocities(data, u, v)
    return forall(*(equal(z @ rate, 0 * rate[0]) for z in directions(data)))


row_space.twin(
    "another-direction", "nor along the first coordinate",
    constants={"directions": lambda data: [np.array([1, *[0] * (data.d - 1)])]},
)  # fmt: skip


@claim(
    "DLN-1.not-row-space",
    title="under descent arcsinh(2 beta/alpha^2) stays in the row space of X, when it starts at 0",
    statement=r"u_0 = 1,\ v_0 = 0,\ Xz = 0 \Rightarrow z^\top \operatorname{arcsinh}\tfrac{2\beta_k}{\alpha_k^2} = 0",
    over={"data": Designs(rows=(1, 1), columns=(2, 3)), "eta": Real(0, Fraction(1, 16)), "steps": Int(1, 4)},
    expects="refuted",
)
def not_row_space(data: Any, eta: Any, steps: int) -> Any:
    one = 1 + 0 * data.X[0]
    theta = dual(*diagonal_descent(data.network, one, 0 * one, eta, steps)[-1])
    return forall(*(equal(z @ theta, 0 * theta[0]) for z in data.kernel))
