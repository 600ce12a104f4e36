"""STEP-7: curvature at the spectral minimiser, and where the spectral manifold itself is unstable."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Int, Matrix, Otherwise, Problem, Real, claim, equal, forall, iff, most, symbols, within
from rankladder.numbers import choosing, midpoints
from rankladder.numbers.words import Size, entrywise, rectangle, smallest, table
from rankladder.simulate import matrix_descent, two_layer_gradients
from rankladder.theory import hessian_eigenvalue

Array = np.ndarray[Any, Any]
Factors = tuple[Array, Array]
ANY = Otherwise("problem", Problem(kind="noncommuting"))
COMMUTING = Otherwise("problem", Problem(kind="commuting"))
SMALL: dict[str, Any] = {size: Int(1, 4) for size in "dpr"}  # the full Hessian has d r + r p rows
DIRECTION = {"A1": Matrix(8, 8), "A2": Matrix(8, 8)}
PAIRS = {**DIRECTION, "N": Matrix(8, 8)}


def fitted(problem: Any, size: Any) -> Array:
    """The fitted values of that many modes, 0 for null ones."""
    made: Array = entrywise(size, lambda i: problem.omega[i] if i < problem.m else 0 * problem.omega[0])
    return made


def minimiser(problem: Any) -> Factors:
    """The balanced factors ``U diag(sqrt omega) Q`` and ``Q^T diag(sqrt omega) V^T``."""
    roots, m = np.sqrt(problem.omega), problem.m
    W1 = (problem.U[:, :m] * roots) @ problem.Q[:m]
    W2 = (problem.Q[:m].T * roots) @ problem.V[:, :m].T
    return W1, W2


def curvatures(problem: Any) -> Array:
    """Hessian eigenvalues of the pairs of modes (d, p)."""
    left, right = fitted(problem, problem.d), fitted(problem, problem.p)
    made: Array = table(
        problem.d, problem.p, lambda i, j: hessian_eigenvalue(problem.lam[i], left[i], right[j])
    )
    return made


def curved(problem: Any, pairs: Array) -> Array:
    """``lambda_i (omega_i + omega_j)`` times the number that each pair of modes has (d, p)."""
    left, right = fitted(problem, problem.d), fitted(problem, problem.p)
    return problem.lam[:, None] * (left[:, None] * pairs + pairs * right)  # type: ignore[no-any-return]


def _roots(problem: Any) -> tuple[Array, Array]:
    """``sqrt omega`` on the diagonals of (d, r) and of (r, p)."""
    inner, outer = (smallest(problem.r, n) for n in (problem.d, problem.p))
    return (
        rectangle(np.sqrt(fitted(problem, inner)), problem.d, problem.r),
        rectangle(np.sqrt(fitted(problem, outer)), problem.r, problem.p),
    )


def moved(problem: Any, direction: Factors) -> Array:
    """What a direction at the minimiser changes the product by, in the joint frame (d, p)."""
    left, right = _roots(problem)
    U, V, Q = problem.U, problem.V, problem.Q
    return U.T @ direction[0] @ Q.T @ right + left @ Q @ direction[1] @ V  # type: ignore[no-any-return]


def turned(problem: Any, pairs: Array) -> Factors:
    """The sum of the directions of all pairs of modes, each times its number: the adjoint of :func:`moved`.

    That of modes i and j alone is ``(sqrt(omega_j) u_i q_j^T, sqrt(omega_i) q_i v_j^T)``.
    """
    left, right = _roots(problem)
    U, V, Q = problem.U, problem.V, problem.Q
    return U @ pairs @ right.T @ Q, Q.T @ left.T @ pairs @ V.T


def pair_direction(problem: Any, i: int, j: int) -> Factors:
    """The direction that belongs to modes i of the input and j of the output."""
    pairs = 0 * problem.Sxy
    pairs[i, j] = pairs[i, j] + 1
    return turned(problem, pairs)


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


def decomposition(
    problem: Any, A1: Array, A2: Array, N: Array, eigenvalues: Any = curved, point: Any = minimiser
) -> Any:
    """The Hessian at the minimiser multiplies the direction of each pair of modes by its eigenvalue, and is zero on every
    direction that changes no product, which are all directions at right angles to those.
    """
    pairs, direction = N[: problem.d, : problem.p], cut(problem, A1, A2)
    images = [
        (turned(problem, pairs), turned(problem, eigenvalues(problem, pairs))),
        (direction, turned(problem, problem.lam[:, None] * moved(problem, direction))),
    ]
    return forall(
        *(equal(made, wanted) for A, image in images
          for made, wanted in zip(along(gradient_map(problem), point(problem), A), image, strict=True))
    )  # fmt: skip


@claim(
    "STEP-7.spectrum",
    title="the Hessian at the spectral minimiser: its nonzero eigenvalues are lambda_i (omega_i + omega_j)",
    statement=r"\nabla^2 f \text{ at } (U\sqrt\Omega Q, Q^\top\sqrt\Omega V^\top):\quad"
    r" H = \sum_{i \le d, j \le p} \lambda_i (\omega_i + \omega_j) P_{ij}",
    over={"problem": Problem()} | PAIRS,
    given={"commuting": ANY},
    constants={"eigenvalues": curved, "point": minimiser},
)
def spectrum(problem: Any, A1: Array, A2: Array, N: Array, eigenvalues: Any, point: Any) -> Any:
    return decomposition(problem, A1, A2, N, eigenvalues, point)


spectrum.twin("no-commuting", "data that do not commute", drop="commuting")
spectrum.twin(
    "larger",
    "eigenvalues 1% larger",
    constants={"eigenvalues": lambda problem, pairs: Fraction(101, 100) * curved(problem, pairs)},
)
spectrum.twin(
    "off-minimiser",
    "factors 1% too large",
    constants={"point": lambda problem: [Fraction(101, 100) * W for W in minimiser(problem)]},
)


@claim(
    "STEP-7.eigenpair",
    title="eigenvectors of the Hessian, pair by pair: modes i and j have lambda_i (omega_i + omega_j)",
    statement=r"A_{ij} = (\sqrt{\omega_j}\, u_i q_j^\top, \sqrt{\omega_i}\, q_i v_j^\top):\quad"
    r" H \sum_{i \le d, j \le p} n_{ij} A_{ij} = \sum_{i \le d, j \le p} n_{ij} \lambda_i (\omega_i + \omega_j) A_{ij}",
    over={"problem": Problem(), "N": Matrix(8, 8)},
    given={"commuting": ANY},
    constants={"eigenvalues": curved},
)
def eigenpair(problem: Any, N: Array, eigenvalues: Any) -> Any:
    """For any numbers n of the pairs: with a single 1 it says that the direction of that pair is an eigenvector."""
    pairs = N[: problem.d, : problem.p]
    images = along(gradient_map(problem), minimiser(problem), turned(problem, pairs))
    return forall(*map(equal, images, turned(problem, eigenvalues(problem, pairs))))


def other_lam(problem: Any, pairs: Array) -> Array:
    """As :func:`curved`, with lambda_j in the place of lambda_i."""
    left, right = fitted(problem, problem.d), fitted(problem, problem.p)
    lam = problem.lam[np.arange(problem.p) % problem.d]
    return lam * (left[:, None] * pairs + pairs * right)  # type: ignore[no-any-return]


eigenpair.twin("no-commuting", "data that do not commute", drop="commuting")
eigenpair.twin("index", "lambda_j in the place of lambda_i", constants={"eigenvalues": other_lam})
eigenpair.twin(
    "larger",
    "eigenvalues 1% larger",
    constants={"eigenvalues": lambda problem, pairs: Fraction(101, 100) * curved(problem, pairs)},
)


@claim(
    "STEP-7.sharpness",
    title="the sharpness at the spectral minimiser is at least 2 sigma_1",
    statement=r"h = \max_{ij} \lambda_i (\omega_i + \omega_j) \ge 2\sigma_1,\quad H A_{11} = 2\sigma_1 A_{11}",
    over={"problem": Problem()} | PAIRS,
    given={"commuting": ANY},
    constants={"factor": 2},
)
def sharpness(problem: Any, A1: Array, A2: Array, N: Array, factor: Any) -> Any:
    """The direction of the first mode with itself has curvature 2 sigma_1: h is no smaller."""
    return forall(decomposition(problem, A1, A2, N), of_first(problem) - factor * problem.sigma[0])


sharpness.twin("no-commuting", "data that do not commute", drop="commuting")
sharpness.twin("larger", "at least 2.02 sigma_1", constants={"factor": Fraction(101, 50)})


def of_first(problem: Any) -> Any:
    """The eigenvalue of the first mode with itself."""
    omega = problem.omega[0]
    return hessian_eigenvalue(problem.lam[: problem.m][0], omega, omega)


def largest_is(problem: Any, A1: Array, A2: Array, N: Array, factor: Any) -> Any:
    """The Hessian has the eigenvalues of the pairs, and the largest of them is ``factor sigma_1``, that of the first mode."""
    most_of_all = factor * problem.sigma[0]
    return forall(
        decomposition(problem, A1, A2, N),
        most_of_all - curvatures(problem),
        equal(of_first(problem), most_of_all),
    )


whitened = claim(
    "STEP-7.whitened",
    title="the sharpness is exactly 2 sigma_1 for whitened inputs",
    statement=r"\lambda_i = 1:\quad h = \max_{ij} \lambda_i (\omega_i + \omega_j) = 2\sigma_1",
    over={"problem": Problem(kind="whitened")} | PAIRS,
    given={"whitened": COMMUTING},
    constants={"factor": 2},
)(lambda problem, A1, A2, N, factor: largest_is(problem, A1, A2, N, factor))
whitened.twin("not-whitened", "any commuting data", drop="whitened")
whitened.twin("larger", "2.02 sigma_1", constants={"factor": Fraction(101, 50)})

autoencoder = claim(
    "STEP-7.autoencoder",
    title="the sharpness is exactly 2 sigma_1 for linear autoencoders",
    statement=r"Y = X:\quad h = \max_{ij} \lambda_i (\omega_i + \omega_j) = 2\sigma_1",
    over={"problem": Problem(kind="autoencoder")} | PAIRS,
    given={"autoencoder": COMMUTING},
    constants={"factor": 2},
)(lambda problem, A1, A2, N, factor: largest_is(problem, A1, A2, N, factor))
autoencoder.twin("not-autoencoder", "any commuting data", drop="autoencoder")
autoencoder.twin("smaller", "1.98 sigma_1", constants={"factor": Fraction(99, 50)})

claim(
    "STEP-7.not-two-sigma",
    title="the sharpness is 2 sigma_1 on all commuting data",
    statement=r"h = \max_{ij} \lambda_i (\omega_i + \omega_j) = 2\sigma_1",
    over={"problem": Problem()} | PAIRS,
    expects="refuted",
)(lambda problem, A1, A2, N: largest_is(problem, A1, A2, N, 2))


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
    over={"problem": Problem(), "x": Real(0, drawn=4), "N": Matrix(8, 8)},
    given={"commuting": ANY},
    constants={"factor": lambda x: 1 - x, "bound": 2},
)
def edge(problem: Any, x: Any, N: Array, factor: Any, bound: Any) -> Any:
    """At eta = x/h one step multiplies the sharpest direction by ``1 - x``, which is within -1 and 1 iff x <= 2.

    It is said of the directions of all pairs of modes: what is added vanishes where ``h_ij = h``.
    """
    h, pairs = most(curvatures(problem)), N[: problem.d, : problem.p]
    image = linearised(problem, x / h, turned(problem, pairs))
    added = turned(problem, h * pairs - curved(problem, pairs))
    wanted = [factor(x) * A + x / h * rest for A, rest in zip(turned(problem, pairs), added, strict=True)]
    return forall(
        *(equal(made, part) for made, part in zip(image, wanted, strict=True)),
        iff(bound - x, 1 - abs(factor(x))),
    )


edge.twin("no-commuting", "data that do not commute", drop="commuting")
edge.twin("earlier", "stable up to 1.8/h only", constants={"bound": Fraction(9, 5)})
edge.twin("faster", "multiplier 1 - 1.01 eta h", constants={"factor": lambda x: 1 - Fraction(101, 100) * x})


@claim(
    "STEP-7.stable",
    title="up to eta = 2/h one linearised step stretches no direction",
    statement=r"\eta = x/h,\ x \le 2:\quad |\langle A, \mathrm{D}(\text{step}) A\rangle| \le \|A\|_F^2 \text{ for all } A",
    over={"problem": Problem(), "x": Real(0, drawn=4)} | DIRECTION,
    given={"commuting": ANY, "stable-step": symbols("x") <= 2},
    constants={"h": lambda problem: most(curvatures(problem))},
)
def stable(problem: Any, x: Any, A1: Array, A2: Array, h: Any) -> Any:
    """At eta = x/h no direction is stretched: the quadratic form of the step stays within the squared norm."""
    eta = x / h(problem)
    return forall(
        *(within(paired(A, linearised(problem, eta, A)), 0, paired(A, A))
          for A in _looked_at(problem, eta, cut(problem, A1, A2)))
    )  # fmt: skip


def _looked_at(problem: Any, eta: Any, direction: Factors) -> list[Factors]:
    """A direction; on numbers the sharpest one too, and what a step takes from the direction, which turns towards it."""
    found = [direction]
    if not isinstance(problem.d, Size):
        found.insert(0, sharpest(problem)[1])
        for _ in range(3):
            (A1, A2), (B1, B2) = found[-1], linearised(problem, eta, found[-1])
            found.append((A1 - B1, A2 - B2))
    return found


stable.twin("no-commuting", "data that do not commute", drop="commuting")
stable.twin("a-tenth-more", "up to eta = 2.2/h", given={"stable-step": 5 * symbols("x") <= 11})
stable.twin("two-sigma", "2 sigma_1 in place of h", constants={"h": lambda problem: 2 * problem.sigma[0]})
