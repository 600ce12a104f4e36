"""DECAY-2, DECAY-3: where descent with weight decay ends, and what decay does to deeper networks."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from operator import matmul
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Matrix,
    Problem,
    Real,
    always,
    claim,
    equal,
    forall,
    frobenius,
    lemma,
    most,
    nuclear_norm,
    symbols,
)  # fmt: skip
from rankladder.properties.gidel2019.flow import STATE, Array
from rankladder.properties.layers.decay import ANY, SMALL, decayed, later
from rankladder.simulate import Decayed, GradientDescent, Layers, loss
from rankladder.theory import shrunk_value

sigma, gamma, lam, eta, w, a, b, c, a0 = symbols("sigma gamma lam eta w a b c a0")
AS_WITHOUT = {"value": lambda sigma, lam, gamma: sigma / lam}  # the fitted value without decay


def learned(problem: Any, gamma: Any, value: Any = shrunk_value) -> Array:
    """``(sigma_i - gamma)_+/lam_i`` of the active modes (m,)."""
    modes = zip(problem.sigma, problem.lam, strict=False)
    return np.array([most(value(sigma, lam, gamma), 0 * gamma) for sigma, lam in modes])


def penalised(problem: Any, gamma: Any, W: Array, norm: Any = None) -> Any:
    """``f(W) + gamma ||W||_*``; the norm where it is known."""
    return loss(problem.Sxx, problem.Sxy, W) + gamma * (nuclear_norm(W) if norm is None else norm)


@claim(
    "DECAY-2.limit",
    title="matrices: sum (sigma_i - gamma)_+/lambda_i u_i v_i^T minimises f(W) + gamma ||W||_* on commuting data",
    statement=r"f(W) + \gamma\|W\|_* \ge f(W_\gamma) + \gamma\|W_\gamma\|_*,\quad W_\gamma = \sum_i \tfrac{(\sigma_i - \gamma)_+}{\lambda_i} u_i v_i^\top",
    over={"problem": Problem(**SMALL), "gamma": Real(0, drawn=4), "M": Matrix(3, 3), "x": Real(-1, 1)},
    given={"commuting": ANY}, constants={"value": shrunk_value},
)  # fmt: skip
def minimiser(problem: Any, gamma: Any, M: Array, x: Any, value: Any) -> Any:
    """Against any other matrix, near ones too, and against multiples of itself."""
    w = learned(problem, gamma, value)
    W, norm = problem.compose(w), w.sum()
    least = penalised(problem, gamma, W, norm)
    # a long step costs curvature whatever the slope: without near matrices a W that is no minimiser would pass
    other = W + x * M[: problem.d, : problem.p]
    return forall(
        penalised(problem, gamma, other) - least,
        penalised(problem, gamma, (1 + x) * W, (1 + x) * norm) - least,
    )


minimiser.twin("any-data", "without commuting data", drop="commuting")
minimiser.twin("as-without", "with sigma_i/lambda_i", constants=AS_WITHOUT)
minimiser.twin("half", "with half of gamma", constants={"value": lambda s, x, g: shrunk_value(s, x, g / 2)})

COST = lam * w**2 / 2 - sigma * w + gamma * w
one_mode = lemma(
    "DECAY-2.mode", -((sigma - gamma) ** 2) / (2 * lam) <= COST,
    over={"sigma": Real(0, drawn=4), "gamma": Real(0, drawn=4), "lam": Real(0, drawn=4), "w": Real(0, closed="left", drawn=4)},
    title="one mode: no w costs less than w = (sigma - gamma)/lambda, with decay as gamma |w|",
)  # fmt: skip
one_mode.twin("twice", "half of that", relation=-((sigma - gamma) ** 2) / (4 * lam) <= COST)
one_mode.twin("less", "half the decay", relation=COST - gamma * w / 2 >= -((sigma - gamma) ** 2) / (2 * lam))

OVER = {"problem": Problem(**SMALL), "gamma": Real(0, drawn=4), "place": Int(0, 2)}


def at_plateau(problem: Any, gamma: Any, place: int, value: Any = shrunk_value) -> tuple[Any, Any]:
    """The penalised loss at plateau j, and that at the limit."""
    w = learned(problem, gamma, value)
    j = min(place, problem.m)
    return tuple(penalised(problem, gamma, problem.compose(part), part.sum()) for part in (w[:j], w))


@claim(
    "DECAY-2.plateau",
    title="matrices: plateau j costs sum_(i > j) (sigma_i - gamma)_+^2/(2 lambda_i) more: while a mode above gamma is to come it is no minimum",
    statement=r"F(P_j) - F(W_\gamma) = \tfrac12 \sum_{i > j} \tfrac{(\sigma_i - \gamma)_+^2}{\lambda_i}",
    over=OVER, constants={"value": shrunk_value, "half": 2},
)  # fmt: skip
def plateau(problem: Any, gamma: Any, place: int, value: Any, half: Any) -> Any:
    here, least = at_plateau(problem, gamma, place, value)
    j = min(place, problem.m)
    w = learned(problem, gamma)
    return equal(here - least, (problem.lam[: problem.m] * w * w)[j:].sum() / half)


plateau.twin("as-without", "plateaus at sigma_i/lambda_i", constants=AS_WITHOUT)
plateau.twin("half-off", "divided by 2.02", constants={"half": Fraction(202, 100)})

claim(
    "DECAY-2.not-plateaus", title="matrices: the plateaus before the end minimise f(W) + gamma ||W||_* as well",
    statement=r"F(P_j) \le F(W_\gamma)", over=OVER, expects="refuted",
)(lambda problem, gamma, place: -(lambda pair: pair[0] - pair[1])(at_plateau(problem, gamma, place)))  # fmt: skip

DECAYING = STATE | {"gamma": Real(0, drawn=4)}


@claim(
    "DECAY-2.flow",
    title="matrices: under the flow with decay the imbalance falls as e^{-2 gamma t}, whatever the data and the state",
    statement=r"D = W_1^\top W_1 - W_2 W_2^\top:\quad D' = -2\gamma D",
    over=DECAYING, constants={"rate": 2},
)  # fmt: skip
def imbalance_falls(root: Array, Sxy: Array, W1: Array, W2: Array, gamma: Any, rate: Any) -> Any:
    V1, V2 = (-G for G in Decayed(Layers.of_moments(root @ root.T, Sxy), gamma).gradients((W1, W2)))
    moved = V1.T @ W1 + W1.T @ V1 - V2 @ W2.T - W2 @ V2.T
    return equal(moved, -rate * gamma * (W1.T @ W1 - W2 @ W2.T))


imbalance_falls.twin("once", "as e^{-gamma t}", constants={"rate": 1})
imbalance_falls.twin("one-per-cent", "one per cent faster", constants={"rate": Fraction(202, 100)})


@claim(
    "DECAY-2.drift",
    title="matrices: a step of descent with decay multiplies the imbalance by (1 - eta gamma)^2 and adds eta^2 (G1^T G1 - G2 G2^T)",
    statement=r"D^+ = (1 - \eta\gamma)^2 D + \eta^2 (G_1^\top G_1 - G_2 G_2^\top)",
    over=DECAYING | {"eta": Real(0, drawn=2)}, constants={"shrink": lambda x: (1 - x) ** 2},
)  # fmt: skip
def drift(root: Array, Sxy: Array, W1: Array, W2: Array, gamma: Any, eta: Any, shrink: Any) -> Any:
    """G1 and G2 are the gradients of the loss without the penalty."""
    network = Layers.of_moments(root @ root.T, Sxy)
    G1, G2 = network.gradients((W1, W2))
    V1, V2 = GradientDescent(eta).step(Decayed(network, gamma))((W1, W2))
    D = shrink(eta * gamma) * (W1.T @ W1 - W2 @ W2.T)
    return equal(V1.T @ V1 - V2 @ V2.T, D + eta**2 * (G1.T @ G1 - G2 @ G2.T))


drift.twin("first-order", "1 - 2 eta gamma", constants={"shrink": lambda x: 1 - 2 * x})
drift.twin("once", "1 - eta gamma", constants={"shrink": lambda x: 1 - x})

FACTORS = {f"W{j}": Matrix("n", "n") for j in range(1, 6)}


@claim(
    "DECAY-3.origin",
    title="matrices, L >= 3 layers: decay makes the origin a strict local minimum, by a bound whose last term is of order L > 2",
    statement=r"\rho^2 = \textstyle\sum_j \|W_j\|_F^2:\quad F - F(0) \ge \tfrac{\gamma}{2}\rho^2 - \|S_{xy}\|_F (\rho^2/L)^{L/2}",
    over={"n": Int(1, 3), "layers": Int(3, 5), "root": Matrix("n", "n"), "Sxy": Matrix("n", "n"), "gamma": Real(0, drawn=4), **FACTORS}, constants={"share": Fraction(1, 2), "most": 1},
)  # fmt: skip
def origin(layers, root, Sxy, gamma, W1, W2, W3, W4, W5, share, most):  # type: ignore[no-untyped-def]
    """The last term bounds ||Sxy|| ||W||; the product of the norms is at most that of their mean square."""
    W = [W1, W2, W3, W4, W5][:layers]
    squares = sum((A * A).sum() for A in W)
    excess = loss(root @ root.T, Sxy, reduce(matmul, W)) + gamma * squares / 2
    return excess - share * gamma * squares + most * frobenius(Sxy) * np.sqrt(squares / layers) ** layers


origin.twin("one-per-cent", "one per cent more decay", constants={"share": Fraction(101, 200)})
origin.twin("everywhere", "without the last term: a global minimum", constants={"most": 0})

P = a**2 + b**2 + c**2
three = lemma(
    "DECAY-3.three", sigma * a * b * c < gamma * P / 2,
    over={"sigma": Real(0, drawn=4), "gamma": Real(0, drawn=4), "a": Real(drawn=4), "b": Real(drawn=4), "c": Real(drawn=4)},
    given={"near": 4 * sigma**2 * P < 27 * gamma**2, "elsewhere": P > 0},
    title="three entries: what a mode gains is less than what decay takes, within the explicit radius 27 gamma^2/(4 sigma^2) in squares",
)  # fmt: skip
three.twin(
    "farther", "within a radius five per cent larger", given={"near": 4 * sigma**2 * P < 30 * gamma**2}
)
three.twin("more-gain", "with a tenth more gain", relation=11 * sigma * a * b * c < 10 * gamma * P / 2)

THREE: dict[str, Any] = {
    "start": {a: a0}, "step": {a: a * (1 - eta * gamma + eta * a * (sigma - lam * a**3))}, "then": {a: later},
    "orbit": {a: lambda sigma, lam, gamma, eta, a0, steps:
              [x[0] for x in decayed(sigma, lam, eta, gamma, (a0, a0, a0), steps)]},
    "over": {"sigma": Real(0, drawn=4), "lam": Real(0, drawn=4), "gamma": Real(0, drawn=4), "eta": Real(0, drawn=2), "a0": Real(0, drawn=2), "steps": Int(1, 6)},
}  # fmt: skip
forgotten = always(
    "DECAY-3.forgotten", (later >= 0) & (later <= a * (1 - eta * (gamma - sigma * a0))), **THREE,
    given={"small-start": sigma * a0 <= gamma, "small-step": eta * (gamma + lam * a0**4) <= 1},
    along={"falls": (a >= 0) & (a <= a0)},
    title="one mode, three layers: from a start below gamma/sigma descent with decay goes to 0: a smaller start does not help",
)  # fmt: skip
forgotten.twin(
    "larger-start", "from a start a twentieth larger", given={"small-start": 20 * sigma * a0 <= 21 * gamma}
)
forgotten.twin("faster", "at the rate of gamma alone", relation=later <= a * (1 - eta * gamma))

always(
    "DECAY-3.not-smaller-start", later >= a, **THREE, expects="refuted",
    given={"active": gamma < sigma, "small-start": lam * a0**3 < sigma - gamma, "tiny": 4 * a0 <= 1, "small-step": eta * (sigma + gamma) <= 1},
    title="one mode, three layers: with sigma > gamma depth only needs a smaller start: from a small one it grows",
)  # fmt: skip
