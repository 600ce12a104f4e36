"""GEN-1 to GEN-3, the parts that can be decided: which plateaus are stable, how fast the others are left."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import (
    Int,
    Invertible,
    Matrix,
    Orthogonal,
    Otherwise,
    Problem,
    Real,
    Spectrum,
    claim,
    equal,
    forall,
    iff,
    solve,
    spectral_norm,
    sqrt,
    strictly,
)
from rankladder.numbers import choosing, midpoints
from rankladder.properties.gidel2019.rrr_optimum import gains_of, lead, rank_optima
from rankladder.properties.gidel2019.rrr_stability import balanced_plateau, pair_rates, unstable_direction
from rankladder.simulate import hessian_two_layer, loss, two_layer_gradients
from rankladder.theory import second_transition, unstable_rate

Array = np.ndarray[Any, Any]

SMALL: dict[str, Any] = {"d": Int(2, 4), "p": Int(2, 4), "r": Int(2, 4), "modes": Int(2, 4)}
ANY = Otherwise("problem", Problem(kind="noncommuting", **SMALL))
WHITENED: dict[str, Any] = {
    "d": Int(2, 3), "p": Int(2, 3), "C": Invertible("d"), "X": Orthogonal("d"), "Y": Orthogonal("p"),
    "g": Spectrum(Int(2, 3), Fraction(1, 4), 4),
}  # fmt: skip


class Whitened:
    """Data ``Sxx = C C^T``, ``Sxy = C sum_i g_i x_i y_i^T``: any data with Sxx positive definite has this form,
    and its reduced-rank solutions are ``C^{-T}`` times the truncations of that sum.
    """

    def __init__(self, C: Array, X: Array, Y: Array, g: Array) -> None:
        self.m = min(len(g), len(X), len(Y))
        self.C, self.X, self.Y, self.g = C, X[:, : self.m], Y[:, : self.m], g[: self.m]
        self.Sxx, self.Sxy = C @ C.T, C @ (self.X * self.g) @ self.Y.T
        self.back = solve(C.T, self.X)  # columns C^{-T} x_i

    def factors(self, modes: list[int], spare: int = 0) -> tuple[Array, Array]:
        """Factors of the critical point spanned by the modes, with ``spare`` hidden units at zero."""
        roots = sqrt(self.g[modes])
        W1, W2 = self.back[:, modes] * roots, (self.Y[:, modes] * roots).T
        return np.hstack([W1, 0 * W1[:, :1]][: 1 + spare]), np.vstack([W2, 0 * W2[:1]][: 1 + spare])


def flat(A1: Array, A2: Array) -> Array:
    """A direction in both factors as one vector."""
    return np.concatenate([A1.ravel(), A2.ravel()])


def unit(size: int, place: int) -> Array:
    """The basis vector of a hidden unit."""
    vector: Array = np.eye(size, dtype=np.int64)[place]
    return vector


@claim(
    "GEN-1.saddle",
    title="any data: a critical point of rank j that lacks a mode of the best fit has a way out inside its rank",
    statement=r"S_{xx} = CC^\top,\ S_{xy} = C\sum_i g_i x_i y_i^\top,\ W = C^{-\top}\sum_{i\in S} g_i x_i y_i^\top:\quad"
    r" \nabla f = 0,\ \nabla^2 f[x_{il}] = 2(g_i - g_l)\ (i \in S, l \notin S)",
    source="this project; no bad local minima: Baldi, Hornik 1989",
    over=WHITENED | {"place": Int(0, 2), "size": Int(1, 2)},
    constants={"variation": lambda learned, other: 2 * (learned - other), "first": lambda C, W1: W1},
)
def saddle(C: Any, X: Any, Y: Any, g: Any, place: int, size: int, variation: Any, first: Any) -> Any:
    """At the critical point of ``size`` neighbouring modes from ``place`` on: the gradient vanishes, and turning
    one of them, i, towards another mode l has second variation ``2 (g_i - g_l)``.
    """
    data = Whitened(C, X, Y, g)
    size = min(size, data.m - 1)
    place = min(place, data.m - size)
    modes = list(range(place, place + size))
    W1, W2 = data.factors(modes)
    W1 = first(C, W1)
    hessian = hessian_two_layer(data.Sxx, data.Sxy, W1, W2)
    margins = [equal(flat(*two_layer_gradients(data.Sxx, data.Sxy, W1, W2)), 0)]
    for i, learned in enumerate(modes):
        for other in (k for k in range(data.m) if k not in modes):
            e = unit(size, i)
            x = flat(np.outer(data.back[:, other], e), np.outer(e, data.Y[:, other]))
            margins.append(equal(x @ (hessian @ x), variation(data.g[learned], data.g[other])))
    return forall(*margins)


saddle.twin(
    "stronger",
    "2 (g_i - 1.01 g_l)",
    constants={"variation": lambda learned, other: 2 * (learned - Fraction(101, 100) * other)},
)
saddle.twin("transpose", "C^-1 in the place of C^-T", constants={"first": lambda C, W1: solve(C, C.T @ W1)})


@claim(
    "GEN-1.stable",
    title="any data: inside its rank the best fit of rank j has no way out",
    statement=r"\nabla^2 f(W^*_j)[A_1, A_2] \ge 0\ \text{for all}\ A_1, A_2\ \text{of rank-}j\text{ factors}",
    source="this project; no bad local minima: Baldi, Hornik 1989",
    over=WHITENED | {"A1": Matrix(3, 2), "A2": Matrix(2, 3), "size": Int(1, 2)},
    constants={"place": 0, "scale": 1},
)
def stable(C: Any, X: Any, Y: Any, g: Any, A1: Any, A2: Any, size: int, place: int, scale: Any) -> Any:
    """At the best fit of rank j the second variation is nowhere negative (place 0: its modes lead)."""
    data = Whitened(C, X, Y, g)
    size = min(size, data.m - 1)
    W1, W2 = data.factors(list(range(place, place + size)))
    W1 = scale * W1
    x = flat(A1[: len(W1), :size], A2[:size, : W2.shape[1]])
    curvature = x @ (hessian_two_layer(data.Sxx, data.Sxy, W1, W2) @ x)
    return forall(equal(flat(*two_layer_gradients(data.Sxx, data.Sxy, W1, W2)), 0), curvature)


stable.twin("next-best", "the modes 2 to j + 1 in the place of 1 to j", constants={"place": 1})
stable.twin("off-optimum", "one factor 1% too large", constants={"scale": Fraction(101, 100)})


@claim(
    "GEN-1.escape",
    title="whatever B, the Hessian at plateau j has second variation -mu along the way out of B = 0",
    statement=r"\operatorname{diag} B = 0:\quad \nabla^2 f_B(P_j)[x] = -\mu \|x\|^2,\ \text{so}\ \lambda_{min} \le -\mu",
    over={"problem": Problem(kind="noncommuting", **SMALL), "place": Int(1, 2)},
    constants={"share": 1, "along": 1},
)
def escapes(problem: Any, place: int, share: Any, along: Any) -> Any:
    j = min(place, problem.m - 1)
    W1, W2, frame = balanced_plateau(problem, j)
    hessian = hessian_two_layer(problem.Sxx, problem.Sxy, W1, W2)
    margins = []
    for learned, other, rate in pair_rates(problem, j):
        x = unstable_direction(problem, frame[learned], learned, other, along * rate)
        margins.append(equal(x @ (hessian @ x), -share * rate * (x @ x)))
    return forall(*margins)


escapes.twin("faster", "rate 1% larger", constants={"share": Fraction(101, 100)})
escapes.twin("tilted", "along the direction of a rate 10% larger", constants={"along": Fraction(11, 10)})


@claim(
    "GEN-2.slower",
    title="the way out of the wrong plateau inside its rank is slower than learning mode 2 by a further hidden unit",
    statement=r"\mu < \sigma_2,\quad \mu > 0 \iff \sigma_2^2/\lambda_2 > \sigma_1^2/\lambda_1",
    over={name: Real(0, 4) for name in ("sigma_1", "lam_1", "sigma_2", "lam_2")},
    # sigma_2^2/lam_2 - sigma_1^2/lam_1, times both lam
    constants={"share": 1, "gains_more": lambda a, lam_1, b, lam_2: b * b * lam_1 - a * a * lam_2},
)
def slower(sigma_1: Any, lam_1: Any, sigma_2: Any, lam_2: Any, share: Any, gains_more: Any) -> Any:
    """The rate mu is below sigma_2, and positive exactly where mode 2 gains more."""
    mu = unstable_rate(sigma_1, lam_1, sigma_2, lam_2)
    return forall(strictly(share * sigma_2 - mu), iff(mu, gains_more(sigma_1, lam_1, sigma_2, lam_2)))


slower.twin("slower-still", "mu < 0.95 sigma_2", constants={"share": Fraction(19, 20)})
slower.twin(
    "swapped",
    "lambda_1 and lambda_2 exchanged in the gains",
    constants={"gains_more": lambda a, lam_1, b, lam_2: b * b * lam_2 - a * a * lam_1},
)


@claim(
    "GEN-2.further-unit",
    title="B = 0: at plateau j a further hidden unit learns mode l at rate sigma_l, whatever lambda",
    statement=r"\nabla^2 f(P_j)\,(u_l q^\top \oplus q v_l^\top) = -\sigma_l\,(u_l q^\top \oplus q v_l^\top),\quad l > j,\ q \perp \text{learned units}",
    over={"problem": Problem(**SMALL), "place": Int(1, 2)},
    given={"commuting": ANY},
    constants={"rate": lambda sigma, other: sigma[other]},
)
def further_unit(problem: Any, place: int, rate: Any) -> Any:
    j = min(place, problem.m - 1)
    W1, W2, frame = balanced_plateau(problem, j, spare=1)
    hessian = hessian_two_layer(problem.Sxx, problem.Sxy, W1, W2)
    margins = []
    for other in range(j, problem.m):
        x = flat(np.outer(problem.U[:, other], frame[j]), np.outer(frame[j], problem.V[:, other]))
        margins.append(equal(hessian @ x, -rate(problem.sigma, other) * x))
    return forall(*margins)


further_unit.twin("no-commuting", "data that do not commute", drop="commuting")
further_unit.twin("index", "sigma_{l-1}", constants={"rate": lambda sigma, other: sigma[other - 1]})
further_unit.twin(
    "faster", "rate 1% larger", constants={"rate": lambda sigma, other: Fraction(101, 100) * sigma[other]}
)


@claim(
    "GEN-3.rate",
    title="any data: a further hidden unit leaves the best fit of rank m - 1 at the rate of the residual's norm",
    statement=r"\nabla^2 f(W^*_{m-1})\,x = -\rho x,\quad \rho = \|S_{xy} - S_{xx} W^*_{m-1}\|_2 = g_m \|C x_m\|",
    over=WHITENED,
    constants={"share": 1, "turned": lambda C, x: C @ x},
)
def rate(C: Any, X: Any, Y: Any, g: Any, share: Any, turned: Any) -> Any:
    data = Whitened(C, X, Y, g)
    last = data.m - 1
    W1, W2 = data.factors(list(range(last)), spare=1)
    left = turned(C, data.X[:, last])
    length = sqrt(left @ left)
    rho = share * data.g[last] * length
    residual = data.Sxy - data.Sxx @ (W1 @ W2)
    e = unit(last + 1, last)
    x = flat(np.outer(left / length, e), np.outer(e, data.Y[:, last]))
    hessian = hessian_two_layer(data.Sxx, data.Sxy, W1, W2)
    return forall(equal(hessian @ x, -rho * x), equal((residual * residual).sum(), rho * rho))


rate.twin("faster", "rate 1% larger", constants={"share": Fraction(101, 100)})
rate.twin(
    "whitened", "the residual's norm in whitened coordinates, g_m", constants={"turned": lambda C, x: x}
)
rate.twin("transpose", "g_m |C^T x_m|", constants={"turned": lambda C, x: C.T @ x})


def first_leads(problem: Any) -> Any:
    """Mode 1 gains most."""
    return lead(gains_of(problem), 1)


@claim(
    "GEN-3.aligned",
    title="commuting data whose mode 1 gains most: the residual's transition time is 1/sigma_2",
    statement=r"\sigma_1^2/\lambda_1 \ge \sigma_i^2/\lambda_i:\quad"
    r" \frac{1}{\sigma_1} + \frac{1 - \sigma_2/\sigma_1}{\|S_{xy} - S_{xx} W^*_1\|_2} = \frac{1}{\sigma_2}",
    over={"problem": Problem(**SMALL)},
    given={"commuting": ANY, "ordered": first_leads},
    constants={"norm": spectral_norm},
)
def aligned(problem: Any, norm: Any) -> Any:
    """The best fit of rank 1 is that of the mode which gains most; its residual puts tau_2 at 1/sigma_2."""
    with choosing():
        best = int(np.argmax(midpoints(gains_of(problem))))
    W = problem.omega[best] * np.outer(problem.U[:, best], problem.V[:, best])
    rho = norm(problem.Sxy - problem.Sxx @ W)
    tau = second_transition(problem.sigma[0], problem.sigma[1], rho)
    return forall(
        equal(loss(problem.Sxx, problem.Sxy, W), rank_optima(problem)[1]), equal(tau * problem.sigma[1], 1)
    )


aligned.twin("no-commuting", "data that do not commute", drop="commuting")
aligned.twin("no-order", "a mode other than the first gains most", drop="ordered")
aligned.twin(
    "larger", "a residual 1% larger", constants={"norm": lambda R: Fraction(101, 100) * spectral_norm(R)}
)
aligned.twin(
    "square", "the square of the residual's norm", constants={"norm": lambda R: spectral_norm(R) ** 2}
)
