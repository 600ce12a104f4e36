"""PERT-1 to PERT-4: data that almost commutes; how far the flow is from the commuting one, and what breaks at once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from flint import ctx

from rankladder import (
    Int,
    Matrix,
    Orthogonal,
    Otherwise,
    Problem,
    Real,
    claim,
    equal,
    expm1,
    forall,
    frobenius,
    least,
    most,
    sqrt,
    strictly,
)
from rankladder.numbers import choosing
from rankladder.numbers.balls import Ball, precision
from rankladder.numbers.words import Size, entrywise, rectangle, turned_to
from rankladder.properties.gidel2019.flow import factors, mode_values, solves_flow
from rankladder.simulate import gradient_flow, spectral_start, two_layer_gradients

Array = np.ndarray[Any, Any]
NEAR = Problem(kind="noncommuting")
# validated flows cost a tenth of a second even here
SMALL: dict[str, Any] = {"d": Int(2, 2), "p": Int(1, 1), "r": Int(1, 1), "modes": Int(1, 1)}
TINY = Problem(**SMALL, sigma=(Fraction(1, 2), 2), lam=(Fraction(1, 2), 2), kind="noncommuting")

LATER = Real(Fraction(1, 8), 1)  # at 0 there is no gap


def size(*matrices: Array) -> Any:
    """Frobenius norm of several matrices together."""
    return sqrt(sum((m * m).sum() for m in matrices))


def unperturbed(problem: Any) -> Array:
    """U Lambda U^T."""
    made: Array = (problem.U * problem.lam) @ problem.U.T
    return made


@claim(
    "PERT-3.residual",
    title="matrices: off commuting data the closed form misses the gradients by B alone",
    statement=r"\nabla_B f - \nabla_0 f = (U B\,\mathrm{diag}(w^{3/2})\,Q,\ W_1^\top U B U^\top W) \text{ at the closed form}",
    over={"problem": NEAR, "delta": Real(drawn=(-1, 4)), "t": Real(0, drawn=8)},
    constants={"power": 3, "sign": 1},
)
def residual(problem: Any, delta: Any, t: Any, power: int, sign: int) -> Any:
    """At the closed form the perturbation adds U B diag(w^{3/2}) Q and Q^T diag(sqrt w) ... to the gradients."""
    w, _ = mode_values(problem, delta, t)
    root = sqrt(abs(w))
    W1, W2 = factors(problem, root)
    changed = two_layer_gradients(problem.Sxx, problem.Sxy, W1, W2)
    before = two_layer_gradients(unperturbed(problem), problem.Sxy, W1, W2)
    E = problem.U @ problem.B @ problem.U.T
    cubes, _ = factors(problem, root**power)
    return forall(
        equal(changed[0] - before[0], sign * E @ cubes), equal(changed[1] - before[1], W1.T @ E @ (W1 @ W2))
    )


residual.twin("power-off", "w in place of w^{3/2}", constants={"power": 2})
residual.twin("sign", "the other sign", constants={"sign": -1})

claim(
    "PERT-3.not-without-commuting",
    title="matrices: the closed form solves the flow on data that does not commute too",
    statement=r"B \ne 0:\ W_1(t) = U\,\mathrm{diag}(\sqrt{w_i})\,Q,\ W_2(t) = Q^\top\mathrm{diag}(\sqrt{w_i})V^\top",
    over={"problem": NEAR, "delta": Real(drawn=(-1, 8)), "t": Real(0, drawn=64)},
    expects="refuted",
)(lambda problem, delta, t: solves_flow(problem, delta, t))


def gaps(problem: Any, delta: Any, t: Any, shares: tuple[Any, ...]) -> list[Any]:
    """How far the flow on Lambda + share B is from that on Lambda at time t, from the same spectral start."""
    states = []
    # an enclosure of a flow costs more with every bit, and a third of them tells these gaps from rounding
    with precision(max(40, ctx.prec // 3)):
        start = spectral_start(problem.U, problem.V, problem.Q, delta)
        base, change = unperturbed(problem), problem.U @ problem.B @ problem.U.T
        for share in (0, *shares):
            made = gradient_flow(base + share * change, problem.Sxy, *start, [_plain(t)])
            states.append((made.W1[0], made.W2[0]))
    (A1, A2), *others = states
    return [size(B1 - A1, B2 - A2) for B1, B2 in others]


@choosing()
def _plain(t: Any) -> Any:
    """A time as the integrator takes it: drawn times are short dyadic numbers, which float64 holds exactly."""
    return Fraction(t.mid) if isinstance(t, Ball) else float(t)


@claim(
    "PERT-1.halving",
    title="matrices: halving B halves the gap to the commuting flow as B vanishes",
    statement=r"\left|\frac{\mathrm{gap}(\epsilon B/2)}{\mathrm{gap}(\epsilon B)} - \frac12\right| \le \epsilon",
    over={"problem": TINY, "delta": Real(0, drawn=8), "t": LATER, "share": Real(0, Fraction(1, 16))},
    constants={"ratio": Fraction(1, 2)},
)
def halving(problem: Any, delta: Any, t: Any, share: Any, ratio: Any) -> Any:
    whole, half = gaps(problem, delta, t, (share, share / 2))
    return share - abs(half / whole - ratio)


halving.twin("quartering", "the gap falls to a quarter", constants={"ratio": Fraction(1, 4)})
halving.twin("tenth-less", "the gap falls to 9/20", constants={"ratio": Fraction(9, 20)})


def row_norm(E: Array) -> Any:
    """The largest row sum: an upper bound of the spectral norm that is exact for one off-diagonal pair."""
    return most(abs(E).sum(axis=1))


def gap_bound(problem: Any, delta: Any, t: Any, power: int, sign: int) -> Any:
    """The bound at time t, from the data and the start alone.

    Both flows are balanced, so ``||W_1||_2^2 = ||W_2||_2^2 = ||W||_2``; their losses fall, which keeps W within M^2.
    The modes of the unperturbed flow move monotonically.
    """
    (first, last), E = (mode_values(problem, delta, at)[0] for at in (0 * t, t)), row_norm(problem.B)
    smallest, largest = least(problem.lam) - E, most(problem.lam) + E
    start = problem.compose(first[: min(problem.d, problem.p)])
    M2 = (2 * frobenius(problem.Sxy) / sqrt(smallest) + sqrt(largest) * frobenius(start)) / sqrt(smallest)
    L = problem.sigma[0] + largest * M2
    c = sqrt(2 * most(sum(first), sum(last))) * M2
    return E**power * c * expm1(sign * L * t) / L


@claim(
    "PERT-2.bound",
    title="matrices: explicit bound of the gap to the commuting flow, linear in B",
    statement=r"\mathrm{gap}(t) \le \|B\|_2\,c\,\frac{e^{Lt}-1}{L},\ L = \sigma_1 + \|\Lambda+B\|_2 M^2,\ "
    r"c = \sqrt2 M^2 \sup_t \max(\|W_1\|_F, \|W_2\|_F)",
    # beyond, the bound falls like e^{-delta} and the gap like e^{-3 delta}
    over={"problem": TINY, "delta": Real(0, drawn=2), "t": LATER},
    constants={"power": 1, "sign": 1},
)
def bound(problem: Any, delta: Any, t: Any, power: int, sign: int) -> Any:
    """By how many times itself the gap could grow within its bound."""
    (gap,) = gaps(problem, delta, t, (1,))
    return gap_bound(problem, delta, t, power, sign) / gap - 1


bound.twin("quadratic", "quadratic in B", constants={"power": 2})
bound.twin("shrinking", "the exponent of the other sign", constants={"sign": -1})


STATE = {"d": Int(1, 6), "p": Int(1, 6), "r": Int(1, 6), "root": Matrix("d", "d", scale=1), "Sxy": Matrix("d", "p"),
         "W1": Matrix("d", "r"), "W2": Matrix("r", "p")}  # fmt: skip
ALONG = {"V1": Matrix("d", "r"), "V2": Matrix("r", "p")}


def frobenius_square(matrix: Array) -> Any:
    """||.||_F^2."""
    return (matrix * matrix).sum()


# where the bounds of PERT-2.curvature and PERT-2.forcing are attained
ONE = dict.fromkeys("dpr", Int(1, 1))


@claim(
    "PERT-2.curvature",
    title="matrices: the negative gradient spreads no faster than the residual's norm",
    statement=r"\mathrm{D}^2 f[V, V] \ge -\|R\| (\|V_1\|_F^2 + \|V_2\|_F^2),\ R = S_{xx} W - S_{xy}",
    over={**STATE, **ALONG},
    constants={"first": 1, "second": 1},
)
def curvature(
    root: Array, Sxy: Array, W1: Array, W2: Array, V1: Array, V2: Array, first: Any, second: Any
) -> Any:
    """The second derivative of the loss along V is at least -||R||_F (||V_1||^2 + ||V_2||^2), relative to the right side.

    The Frobenius norm of the residual bounds its spectral norm, and equals it where R has rank 1.
    """
    Sxx = root @ root.T
    R = Sxx @ W1 @ W2 - Sxy
    moved = V1 @ W2 + W1 @ V2
    second_derivative = frobenius_square(root.T @ moved) + 2 * (R * (V1 @ V2)).sum()
    return second_derivative + frobenius(R) * (first * frobenius_square(V1) + second * frobenius_square(V2))


curvature.twin(
    "tenth-less", "a tenth less", over=ONE, constants=dict.fromkeys(("first", "second"), Fraction(9, 10))
)
curvature.twin("one-factor", "the first factor's part alone", constants={"second": 0})


PUSHED = {
    "d": Int(1, 6),
    "p": Int(1, 6),
    "r": Int(1, 6),
    "E": Matrix("d", "d"),
    "W1": Matrix("d", "r"),
    "W2": Matrix("r", "p"),
}


@claim(
    "PERT-2.forcing",
    title="matrices: a change of Sxx moves the gradients by at most sqrt 2 times its norm and the factors'",
    statement=r"\|\nabla_{S+E} f - \nabla_S f\| \le \sqrt2\,\|E\| M^2 \max(\|W_1\|_F, \|W_2\|_F)",
    over=PUSHED,
    constants={"factor": 2, "power": 2},
)
def forcing(E: Array, W1: Array, W2: Array, factor: Any, power: int) -> Any:
    """A symmetric change E of Sxx moves the gradients by at most sqrt(2) ||E||_F M^2 max(||W_1||_F, ||W_2||_F).

    Squared, with Frobenius norms throughout.
    """
    S, W = E + E.T, W1 @ W2
    moved = frobenius_square(S @ W @ W2.T) + frobenius_square(W1.T @ S @ W)
    one, two = frobenius_square(W1), frobenius_square(W2)
    return factor * frobenius_square(S) * most(one, two) ** (power + 1) - moved


forcing.twin("tenth-less", "a tenth less", over=ONE, constants={"factor": Fraction(9, 5)})
forcing.twin("power-off", "M in place of M^2", constants={"power": 1})


@claim(
    "PERT-4.commutator",
    title="matrices: B between modes of different sigma is what keeps Sxx and Sxy Sxy^T from commuting, in every frame",
    statement=r"\|[S_{xx}, S_{xy}S_{xy}^\top]\|_F^2 = \sum_{ij} B_{ij}^2 (\sigma_i^2 - \sigma_j^2)^2",
    over={"problem": NEAR, "U": Orthogonal(8), "V": Orthogonal(8)},
    constants={"factor": 1},
)
def commutator(problem: Any, U: Array, V: Array, factor: Any) -> Any:
    U, V = _fitted(U, problem.d), _fitted(V, problem.p)
    Sxx, Sxy = U @ problem.Sxx @ U.T, U @ problem.Sxy @ V
    product = Sxy @ Sxy.T
    squares = entrywise(problem.d, lambda i: problem.sigma[i] ** 2 if i < problem.m else 0 * problem.sigma[0])
    apart = squares[:, None] * problem.B - problem.B * squares
    return equal(frobenius_square(Sxx @ product - product @ Sxx), factor * frobenius_square(apart))


commutator.twin("larger", "a factor 101/100", constants={"factor": Fraction(101, 100)})
commutator.twin("smaller", "a factor 99/100", constants={"factor": Fraction(99, 100)})


def _fitted(frame: Array, n: int) -> Array:
    """An orthogonal matrix of order n from one of order 8: the reflection that its first row defines."""
    if isinstance(n, Size):
        return turned_to(frame, n)
    v = frame[0, :n] + np.array([2] + [0] * (n - 1))  # never zero: no entry of a frame is below -1
    made: Array = np.eye(n, dtype=int) - 2 * np.outer(v, v) / (v @ v)
    return made


@claim(
    "PERT-4.frames",
    title="matrices: the distance from commuting does not depend on the frame, and is positive off commuting data",
    statement=r"\|\mathrm{off}(U^\top S_{xx} U)\|_F = \|B\|_F > 0",
    over={"problem": NEAR, "U": Orthogonal(8), "V": Orthogonal(8)},
    constants={"factor": 1},
)
def frames(problem: Any, U: Array, factor: Any) -> Any:
    """The off-diagonal part of Sxx in the singular basis has the size of B, whatever frame the data came in."""
    U = _fitted(U, problem.d)
    Sxx = U @ problem.Sxx @ U.T
    basis = U @ problem.U
    inner = basis.T @ Sxx @ basis
    off = frobenius_square(inner - np.diag(np.diag(inner)))
    return forall(equal(off, factor * frobenius_square(problem.B)), strictly(off))


frames.twin("larger", "a factor 101/100", constants={"factor": Fraction(101, 100)})
frames.twin("smaller", "a factor 99/100", constants={"factor": Fraction(99, 100)})


@claim(
    "PERT-4.zero",
    title="matrices: it is zero on commuting data, where U and V diagonalise both matrices at once",
    statement=r"B = 0:\ U^\top S_{xx} U = \Lambda,\ U^\top S_{xy} V = S",
    source="classical",
    over={"problem": Problem()},
    given={"commuting": Otherwise("problem", NEAR)},
    constants={"factor": 1},
)
def zero(problem: Any, factor: Any) -> Any:
    return forall(
        equal(problem.U.T @ problem.Sxx @ problem.U, rectangle(problem.lam, problem.d, problem.d)),
        equal(problem.U.T @ problem.Sxy @ problem.V, factor * rectangle(problem.sigma, problem.d, problem.p)),
    )


zero.twin("any-data", "without commuting data", drop="commuting")
zero.twin("larger", "sigma 1% larger", constants={"factor": Fraction(101, 100)})
