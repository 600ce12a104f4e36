"""STEP-7: curvature at the spectral minimiser, and where the spectral manifold itself is unstable."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Int, Matrix, Otherwise, Problem, Real, claim, equal, forall, iff, most, symbols
from rankladder.numbers import choosing, midpoints
from rankladder.simulate import hessian_two_layer, matrix_descent, two_layer_gradients
from rankladder.theory import hessian_eigenvalue

Array = np.ndarray[Any, Any]
Factors = tuple[Array, Array]
ANY = Otherwise("problem", Problem(kind="noncommuting"))
COMMUTING = Otherwise("problem", Problem(kind="commuting"))
SMALL: dict[str, Any] = {size: Int(1, 4) for size in "dpr"}  # the full Hessian has d r + r p rows
DIRECTION = {"A1": Matrix(8, 8), "A2": Matrix(8, 8)}


def padded(values: Array, size: int) -> Array:
    """The values, then zeros, ``size`` of them together."""
    return np.concatenate([values, 0 * np.resize(values, size - len(values))])


def minimiser(problem: Any) -> Factors:
    """The balanced factors ``U diag(sqrt omega) Q`` and ``Q^T diag(sqrt omega) V^T``."""
    roots, m = np.sqrt(problem.omega), problem.m
    W1 = (problem.U[:, :m] * roots) @ problem.Q[:m]
    W2 = (problem.Q[:m].T * roots) @ problem.V[:, :m].T
    return W1, W2


def curvatures(problem: Any) -> Array:
    """Hessian eigenvalues of the pairs of modes (d, p)."""
    left, right = padded(problem.omega, problem.d), padded(problem.omega, problem.p)
    return np.array(
        [[hessian_eigenvalue(x, a, b) for b in right] for x, a in zip(problem.lam, left, strict=True)]
    )


def pair_direction(problem: Any, i: int, j: int) -> Factors:
    """The direction that belongs to modes i of the input and j of the output."""
    left, right = padded(problem.omega, problem.d)[i], padded(problem.omega, problem.p)[j]
    zero = 0 * problem.Q[:, 0]
    A1 = np.outer(problem.U[:, i], np.sqrt(right) * (problem.Q[j] if j < problem.r else zero))
    A2 = np.outer(np.sqrt(left) * (problem.Q[i] if i < problem.r else zero), problem.V[:, j])
    return A1, A2


def along(move: Callable[[Array, Array], Factors], point: Factors, direction: Factors) -> Factors:
    """Derivative of a map of both factors along a direction, exact for polynomials of degree up to 4.

    Central differences over one and two lengths of the direction eliminate the third order; even orders
    cancel.
    """
    (W1, W2), (A1, A2) = point, direction
    ahead = [move(W1 + t * A1, W2 + t * A2) for t in (1, -1, 2, -2)]
    return tuple((8 * (p - m) - (pp - mm)) / 12 for p, m, pp, mm in zip(*ahead, strict=True))


def gradient_map(problem: Any) -> Callable[[Array, Array], Factors]:
    """Both gradients as a function of both factors."""
    return lambda W1, W2: two_layer_gradients(problem.Sxx, problem.Sxy, W1, W2)


def cut(problem: Any, A1: Array, A2: Array) -> Factors:
    """A drawn direction, cut to the shapes of the problem's factors."""
    return A1[: problem.d, : problem.r], A2[: problem.r, : problem.p]


def decomposition(problem: Any, A1: Array, A2: Array, h: Array, point: Factors) -> Any:
    """The Hessian at the minimiser acts on any direction as ``sum h_ij`` times its projections.

    What is left out of the directions of the pairs goes to zero: there are no other nonzero eigenvalues.
    """
    U, V, Q = problem.U, problem.V, problem.Q
    direction = cut(problem, A1, A2)
    H1, H2 = along(gradient_map(problem), point, direction)
    T1, T2 = U.T @ direction[0] @ Q.T, Q @ direction[1] @ V
    left, right = padded(problem.omega, problem.d), padded(problem.omega, problem.p)
    over, under = min(problem.r, problem.p), min(problem.r, problem.d)
    a, b = np.sqrt(right[:over]), np.sqrt(left[:under])[:, None]
    moved = 0 * h
    moved[:, :over] = moved[:, :over] + T1[:, :over] * a
    moved[:under] = moved[:under] + b * T2[:under]
    active = np.minimum.outer(np.arange(problem.d), np.arange(problem.p)) < problem.m
    share = 0 * h
    share[active] = (h * moved)[active] / np.add.outer(left, right)[active]
    E1, E2 = 0 * T1, 0 * T2
    E1[:, :over] = share[:, :over] * a
    E2[:under] = b * share[:under]
    return forall(equal(U.T @ H1 @ Q.T, E1), equal(Q @ H2 @ V, E2))


@claim(
    "STEP-7.spectrum",
    title="the Hessian at the spectral minimiser: its nonzero eigenvalues are lambda_i (omega_i + omega_j)",
    statement=r"\nabla^2 f \text{ at } (U\sqrt\Omega Q, Q^\top\sqrt\Omega V^\top):\quad"
    r"H = \sum_{i \le d, j \le p} \lambda_i (\omega_i + \omega_j) P_{ij}",
    source="this project",
    over={"problem": Problem()} | DIRECTION,
    given={"commuting": ANY},
    constants={"eigenvalues": curvatures, "point": minimiser},
)
def spectrum(problem: Any, A1: Array, A2: Array, eigenvalues: Any, point: Any) -> Any:
    return decomposition(problem, A1, A2, eigenvalues(problem), point(problem))


spectrum.twin("no-commuting", "data that do not commute", drop="commuting")
spectrum.twin(
    "larger",
    "eigenvalues 1% larger",
    constants={"eigenvalues": lambda problem: Fraction(101, 100) * curvatures(problem)},
)
spectrum.twin(
    "off-minimiser",
    "factors 1% too large",
    constants={"point": lambda problem: [Fraction(101, 100) * W for W in minimiser(problem)]},
)


def chosen(problem: Any, i: int, j: int) -> tuple[int, int]:
    """A pair of modes of this problem, at least one of them active."""
    i, j = i % problem.d, j % problem.p
    return (i, j) if min(i, j) < problem.m else (i % problem.m, j)


@claim(
    "STEP-7.eigenpair",
    title="eigenvectors of the full Hessian matrix, pair by pair",
    statement=r"A_{ij} = (\sqrt{\omega_j}\, u_i q_j^\top, \sqrt{\omega_i}\, q_i v_j^\top):\quad"
    r"H A_{ij} = \lambda_i (\omega_i + \omega_j) A_{ij}",
    source="this project",
    over={"problem": Problem(**SMALL), "i": Int(0, 7), "j": Int(0, 7)},
    given={"commuting": Otherwise("problem", Problem(**SMALL, kind="noncommuting"))},
    constants={"eigenvalue": lambda problem, i, j: curvatures(problem)[i, j]},
)
def eigenpair(problem: Any, i: int, j: int, eigenvalue: Any) -> Any:
    i, j = chosen(problem, i, j)
    direction = np.concatenate([part.ravel() for part in pair_direction(problem, i, j)])
    hessian = hessian_two_layer(problem.Sxx, problem.Sxy, *minimiser(problem))
    return equal(hessian @ direction, eigenvalue(problem, i, j) * direction)


def other_lam(problem: Any, i: int, j: int) -> Any:
    """The eigenvalue with lambda_j in the place of lambda_i."""
    left, right = padded(problem.omega, problem.d)[i], padded(problem.omega, problem.p)[j]
    return hessian_eigenvalue(problem.lam[j % problem.d], left, right)


eigenpair.twin("no-commuting", "data that do not commute", drop="commuting")
eigenpair.twin("index", "lambda_j in the place of lambda_i", constants={"eigenvalue": other_lam})
eigenpair.twin(
    "larger",
    "eigenvalues 1% larger",
    constants={"eigenvalue": lambda problem, i, j: Fraction(101, 100) * curvatures(problem)[i, j]},
)


@claim(
    "STEP-7.sharpness",
    title="the sharpness at the spectral minimiser is at least 2 sigma_1",
    statement=r"h = \max_{ij} \lambda_i (\omega_i + \omega_j) \ge 2\sigma_1,\quad H A_{11} = 2\sigma_1 A_{11}",
    source="this project",
    over={"problem": Problem()},
    given={"commuting": ANY},
    constants={"factor": 2},
)
def sharpness(problem: Any, factor: Any) -> Any:
    """The direction of the first mode with itself has curvature 2 sigma_1: h is no smaller."""
    direction = pair_direction(problem, 0, 0)
    image = along(gradient_map(problem), minimiser(problem), direction)
    sigma = problem.sigma[0]
    pairs = [equal(made, factor * sigma * part) for made, part in zip(image, direction, strict=True)]
    return forall(*pairs, most(curvatures(problem)) - factor * sigma)


sharpness.twin("no-commuting", "data that do not commute", drop="commuting")
sharpness.twin("larger", "at least 2.02 sigma_1", constants={"factor": Fraction(101, 50)})


def largest_is(problem: Any, A1: Array, A2: Array, factor: Any) -> Any:
    """The Hessian has the eigenvalues of the pairs, and the largest of them is ``factor sigma_1``."""
    h = curvatures(problem)
    others = decomposition(problem, A1, A2, h, minimiser(problem))
    return forall(others, equal(most(h), factor * problem.sigma[0]))


whitened = claim(
    "STEP-7.whitened",
    title="the sharpness is exactly 2 sigma_1 for whitened inputs",
    statement=r"\lambda_i = 1:\quad h = \max_{ij} \lambda_i (\omega_i + \omega_j) = 2\sigma_1",
    source="this project",
    over={"problem": Problem(kind="whitened")} | DIRECTION,
    given={"whitened": COMMUTING},
    constants={"factor": 2},
)(lambda problem, A1, A2, factor: largest_is(problem, A1, A2, factor))
whitened.twin("not-whitened", "any commuting data", drop="whitened")
whitened.twin("larger", "2.02 sigma_1", constants={"factor": Fraction(101, 50)})

autoencoder = claim(
    "STEP-7.autoencoder",
    title="the sharpness is exactly 2 sigma_1 for linear autoencoders",
    statement=r"Y = X:\quad h = \max_{ij} \lambda_i (\omega_i + \omega_j) = 2\sigma_1",
    source="this project",
    over={"problem": Problem(kind="autoencoder")} | DIRECTION,
    given={"autoencoder": COMMUTING},
    constants={"factor": 2},
)(lambda problem, A1, A2, factor: largest_is(problem, A1, A2, factor))
autoencoder.twin("not-autoencoder", "any commuting data", drop="autoencoder")
autoencoder.twin("smaller", "1.98 sigma_1", constants={"factor": Fraction(99, 50)})

claim(
    "STEP-7.not-two-sigma",
    title="the sharpness is 2 sigma_1 on all commuting data",
    statement=r"h = \max_{ij} \lambda_i (\omega_i + \omega_j) = 2\sigma_1",
    source="this project",
    over={"problem": Problem()} | DIRECTION,
    expects="refuted",
)(lambda problem, A1, A2: largest_is(problem, A1, A2, 2))


def sharpest(problem: Any) -> tuple[Any, Factors]:
    """The largest curvature and its direction."""
    h = curvatures(problem)
    with choosing():
        i, j = np.unravel_index(int(np.argmax(midpoints(h))), h.shape)
    return most(h), pair_direction(problem, int(i), int(j))


def linearised(problem: Any, eta: Any, direction: Factors) -> Factors:
    """The derivative of one step of descent at the spectral minimiser, along a direction."""

    def step(W1: Array, W2: Array) -> Factors:
        after = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, eta, [1])
        return after.W1[0], after.W2[0]

    return along(step, minimiser(problem), direction)


def paired(left: Factors, right: Factors) -> Any:
    """Frobenius inner product of two directions."""
    return sum((one * other).sum() for one, other in zip(left, right, strict=True))


@claim(
    "STEP-7.edge",
    title="gradient descent is linearly stable at the spectral minimiser exactly for eta <= 2/h",
    statement=r"\eta = x/h:\quad \mathrm{D}(\text{step}) A = (1 - x) A,\quad |1 - \eta h| \le 1 \iff \eta \le 2/h",
    source="this project",
    over={"problem": Problem(), "x": Real(0, 4)},
    given={"commuting": ANY},
    constants={"factor": lambda x: 1 - x, "bound": 2},
)
def edge(problem: Any, x: Any, factor: Any, bound: Any) -> Any:
    """At eta = x/h one step multiplies the sharpest direction by ``1 - x``, which is within -1 and 1 iff x <= 2."""
    h, direction = sharpest(problem)
    image = linearised(problem, x / h, direction)
    multiplier = paired(image, direction) / paired(direction, direction)
    pairs = [equal(made, factor(x) * part) for made, part in zip(image, direction, strict=True)]
    return forall(*pairs, iff(bound - x, 1 - abs(multiplier)))


edge.twin("no-commuting", "data that do not commute", drop="commuting")
edge.twin("earlier", "stable up to 1.8/h only", constants={"bound": Fraction(9, 5)})
edge.twin("faster", "multiplier 1 - 1.01 eta h", constants={"factor": lambda x: 1 - Fraction(101, 100) * x})


@claim(
    "STEP-7.stable",
    title="up to eta = 2/h one linearised step stretches no direction",
    statement=r"\eta = x/h,\ x \le 2:\quad |\langle A, \mathrm{D}(\text{step}) A\rangle| \le \|A\|_F^2 \text{ for all } A",
    source="this project",
    over={"problem": Problem(), "x": Real(0, 4)} | DIRECTION,
    given={"commuting": ANY, "stable-step": symbols("x") <= 2},
    constants={"h": lambda problem: sharpest(problem)[0]},
)
def stable(problem: Any, x: Any, A1: Array, A2: Array, h: Any) -> Any:
    """At eta = x/h no direction is stretched: the quadratic form of the step stays within the squared norm."""
    eta = x / h(problem)
    directions = [sharpest(problem)[1], cut(problem, A1, A2)]
    # what a step takes from a direction turns towards the sharpest ones, where a stretch would show
    for _ in range(3):
        (A1, A2), (B1, B2) = directions[-1], linearised(problem, eta, directions[-1])
        directions.append((A1 - B1, A2 - B2))
    return forall(*(paired(A, A) - abs(paired(A, linearised(problem, eta, A))) for A in directions))


stable.twin("no-commuting", "data that do not commute", drop="commuting")
stable.twin("a-tenth-more", "up to eta = 2.2/h", given={"stable-step": 5 * symbols("x") <= 11})
stable.twin("two-sigma", "2 sigma_1 in place of h", constants={"h": lambda problem: 2 * problem.sigma[0]})
