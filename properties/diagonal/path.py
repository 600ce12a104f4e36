"""DLN-2: from a vanishing start, in time over log(1/alpha), the coefficients jump and their dual moves on lines."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from rankladder import Real, claim, equal, exp, forall, strictly
from rankladder.numbers import choosing
from rankladder.numbers.derivatives import derivative
from rankladder.properties.diagonal.designs import Designs
from rankladder.properties.diagonal.step import pulled
from rankladder.properties.diagonal.subsets import fit, loss, minimisers, subsets, volume
from rankladder.simulate import Diagonal, diagonal_descent

SOURCE = "Pesme and Flammarion 2023; restated"
DESIGN = {"data": Designs()}


def determined(data: Any) -> Any:
    """That every minimiser of the path is the only one."""
    return 1 if all(stay.unique for stay in data.path) else -1


@claim(
    "DLN-2.waiting",
    title="while the gradient stays g, from u = e^{-A}, v = 0: beta < e^{-2A(1 - |g| tau)}/4 at time A tau",
    statement=r"u = e^{-A}\cosh gt,\ v = -e^{-A}\sinh gt:\ |uv| < \tfrac14 e^{-2A(1-|g|\tau)},\ t = A\tau",
    source=SOURCE,
    # of the two signs of g one is enough: the other exchanges those of v
    over={"g": Real(0, drawn=4), "A": Real(0, drawn=8), "tau": Real(0, drawn=4)},
    constants={"rate": 2},
)
def waiting(g: Any, A: Any, tau: Any, rate: Any) -> Any:
    def state(t: Any) -> tuple[Any, Any]:
        grown, shrunk = exp(-A) * exp(g * t), exp(-A) * exp(-g * t)
        return (grown + shrunk) / 2, (shrunk - grown) / 2

    t = A * tau
    (a, b), (a0, b0) = state(t), state(0 * t)
    down_a, down_b = Diagonal(lambda _: g).gradients((a, b))
    return forall(
        equal(a0, exp(-A)),
        equal(b0, 0 * t),
        equal(derivative(lambda h: state(t + h)[0], 0), -down_a),
        equal(derivative(lambda h: state(t + h)[1], 0), -down_b),
        # over its bound: what is left may be too small to be told from 0
        strictly(1 + 4 * a * b * exp(rate * A - 2 * g * t)),
    )


waiting.twin("higher-power", "below e^{-2.02 A + 2A|g| tau}/4", constants={"rate": Fraction(202, 100)})


@claim(
    "DLN-2.dual",
    title="the dual is 1 where beta > 0 and -1 where beta < 0, never larger, and moves by -g; the loss falls at each jump",
    statement=r"\rho(\tau') = \rho(\tau) - (\tau' - \tau)\nabla L(\beta),\ \|\rho\|_\infty \le 1,\ \rho^\top\beta = \|\beta\|_1,\ "
    r"L(\beta') < L(\beta)",
    source=SOURCE,
    over=DESIGN,
    constants={"pace": 1},
)
def dual_moves(data: Any, pace: Any) -> Any:
    margins: list[Any] = []
    for stay in data.path:
        margins += [1 - abs(x) for x in stay.dual]
        margins += [-abs(x * b - abs(b)) for x, b in zip(stay.dual, stay.beta, strict=True)]
    for stay, later in pairwise(data.path):
        lasts = later.begin - stay.begin
        g = data.network.gradient(np.array(stay.beta) + 0 * data.X[0])
        margins += [
            equal(then + 0 * g[0], now - pace * lasts * g[i])
            for i, (now, then) in enumerate(zip(stay.dual, later.dual, strict=True))
        ]
        margins.append(strictly(loss(data.exact, stay.beta) - loss(data.exact, later.beta)))
    return forall(*margins)


dual_moves.twin("half-pace", "and moves by -g/2", constants={"pace": Fraction(1, 2)})


@claim(
    "DLN-2.jump",
    title="beta has the least loss of all that are 0 where |dual| < 1 and have the sign of the dual elsewhere",
    statement=r"\beta = \arg\min \{L(b) : b_i = 0 \text{ where } |\rho_i| < 1,\ \rho_i b_i \ge 0\}",
    source=SOURCE,
    over=DESIGN,
    constants={"feasible": lambda beta, dual: all(x * b >= 0 for x, b in zip(dual, beta, strict=True))},
)
def jumps(data: Any, feasible: Any) -> Any:
    """Against least squares on every set of the coordinates that are free."""
    margins: list[Any] = []
    for stay in data.path:
        free = [i for i, x in enumerate(stay.dual) if abs(x) == 1]
        here = loss(data.exact, stay.beta)
        for S in subsets(free):
            other = fit(data.exact, S)
            if other is not None and feasible(other, stay.dual):
                margins.append(loss(data.exact, other) - here)
    return forall(*margins)


jumps.twin(
    "any-sign",
    "of all that are 0 where |dual| < 1, whatever their signs",
    constants={"feasible": lambda *_: True},
)


@claim(
    "DLN-2.saddle",
    title="beta is a least-squares fit on its support: a critical point of the loss in (u, v)",
    statement=r"\beta_i \nabla_i L(\beta) = 0",
    source=SOURCE,
    over=DESIGN,
    constants={"touched": lambda stay: stay.support},
)
def saddles(data: Any, touched: Any) -> Any:
    return forall(Fraction(0), *(-abs(stay.velocity[i]) for stay in data.path for i in touched(stay)))


saddles.twin(
    "free", "on all coordinates where |dual| = 1",
    constants={"touched": lambda stay: [i for i, x in enumerate(stay.dual) if abs(x) == 1]},
)  # fmt: skip


@claim(
    "DLN-2.end",
    title="the path ends at a least-squares solution of least l1 norm",
    statement=r"\nabla L(\beta_\infty) = 0,\ \|\beta_\infty\|_1 = \min\{\|b\|_1 : \nabla L(b) = 0\}",
    source=SOURCE,
    over=DESIGN,
    constants={"size": abs},
)
def ends(data: Any, size: Any) -> Any:
    """Against every vertex of the least-squares solutions."""
    last = data.path[-1]
    here = sum(map(size, last.beta))
    others = [sum(map(size, beta)) - here for beta in minimisers(data.exact)]
    return forall(*others, *(-abs(x) for x in last.velocity))


ends.twin("least-squares", "of least l2 norm", constants={"size": lambda x: x * x})


HALVINGS = 24  # alpha = 2^-24
A = HALVINGS * 0.6931471805599453


def resolved(data: Any) -> Any:
    """How well a vanishing start resolves the path: in the middle of every stay beta is within about alpha to this power.

    What has yet to grow is of the size ``alpha^{2(1 - |dual|)}``; what has to settle does so at twice the least eigenvalue
    of ``diag(|beta|) X^T X/n`` on the support.
    """
    powers: list[Any] = []
    stays = [*pairwise(data.path), (data.path[-1], None)]
    for stay, later in stays:
        half = (stay.begin if later is None else later.begin - stay.begin) / 2
        middle = [x + half * w for x, w in zip(stay.dual, stay.velocity, strict=True)]
        powers += [2 * (1 - abs(x)) for x, b in zip(middle, stay.beta, strict=True) if not b]
        S = sorted(stay.support)
        if S:
            # of k positive eigenvalues none is below ((k - 1)/trace)^{k-1} det
            weights, k = [abs(stay.beta[i]) / len(data.exact.X) for i in S], len(S)
            trace = sum(data.exact.gram[i][i] * x for i, x in zip(S, weights, strict=True))
            powers.append(
                2 * half * (Fraction(k - 1) / trace) ** (k - 1) * math.prod(weights) * volume(data.exact, S)
            )
    return min(powers)


def half_resolved(data: Any) -> Any:
    """In the middle of every stay beta is within about the square root of alpha."""
    return resolved(data) - Fraction(1, 2)


def soon_over(data: Any) -> Any:
    """The last jump comes at most three times as late as the first."""
    return 3 - data.path[-1].begin * max(abs(x) for x in data.path[0].velocity)


@claim(
    "DLN-2.descent",
    title="descent from u = 2^-24, v = 0 in small steps is within 1/500 of the path in the middle of every stay",
    statement=r"\alpha = 2^{-24},\ \eta \max|\rho'| = \tfrac1{20}:\ |\beta_k - \beta(\tau)| \le \tfrac1{500},\ "
    r"k = \lfloor\tau \log(1/\alpha)/\eta\rfloor",
    over={"data": Designs(largest=2)},
    given={"general-position": determined, "resolved": half_resolved, "soon-over": soon_over},
    constants={"clock": 1},
)
def descends(data: Any, clock: Any) -> Any:
    zero = 0 * data.X[0]
    eta = Fraction(1, 20) / max(abs(x) for stay in data.path for x in stay.velocity)
    with choosing():
        times = [
            int(float(clock * (stay.begin + half) / eta) * A)
            for stay, half in zip(data.path, _halves(data.path), strict=True)
        ]
    states = diagonal_descent(data.network, zero + Fraction(1, 2**HALVINGS), zero, zero[0] + eta, times[-1])
    return forall(
        *(Fraction(1, 500) - abs(states[k][0] * states[k][1] - (zero + np.array(stay.beta))) for k, stay in zip(times, data.path, strict=True))
    )  # fmt: skip


def _halves(path: Any) -> list[Fraction]:
    """Half of how long each stay lasts; of the last, half of the time before it."""
    return [(later.begin - stay.begin) / 2 for stay, later in pairwise(path)] + [path[-1].begin / 2]


descends.twin("half-as-late", "at half of those times", constants={"clock": Fraction(1, 2)})


@claim(
    "DLN-2.tie",
    title="two equal columns: starts in the ratio c stay so, and beta splits as c^2 to 1, by no dual told",
    statement=r"x_1 = x_2,\ (u, v)_2 = c\,(u, v)_1 \Rightarrow (u, v)_2^+ = c\,(u, v)_1^+,\ \beta_2^+ = c^2 \beta_1^+",
    over={n: Real(drawn=2) for n in ("u", "v", "g")} | {"c": Real(0, drawn=4), "eta": Real(0, drawn=2)},
    constants={"other": lambda g: g},
)
def ties(u: Any, v: Any, c: Any, g: Any, eta: Any, other: Any) -> Any:
    one, two = pulled(u, v, g, eta), pulled(c * u, c * v, other(g), eta)
    return forall(
        equal(two[0], c * one[0]), equal(two[1], c * one[1]), equal(two[0] * two[1], c * c * one[0] * one[1])
    )


ties.twin(
    "other-column",
    "columns that pull one per cent apart",
    constants={"other": lambda g: Fraction(101, 100) * g},
)
