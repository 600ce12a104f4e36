"""From the loss to the modes: gradients by differentiation, projection on the joint basis, mode equation.

Everything starts from ``f(W) = ||X W - Y||_F^2 / (2 n)`` with explicit symbolic matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy

from rankladder.numbers.formula import Formula
from rankladder.theory.derivation import Step, derivation
from rankladder.theory.notation import a, eta, lam, sigma, w

__all__ = ["descent_step", "entry_step", "mode_velocity"]

SHAPES = ((2, 2, 2), (3, 2, 3))  # (d, p, r)


@dataclass(frozen=True)
class Network:
    """A two-layer network with symbolic data and factors; moments, loss and gradients follow from them."""

    X: sympy.Matrix
    Y: sympy.Matrix
    W1: sympy.Matrix
    W2: sympy.Matrix

    @property
    def Sxx(self) -> sympy.Matrix:  # noqa: N802
        """X^T X / n."""
        return self.X.T * self.X / self.X.rows

    @property
    def Sxy(self) -> sympy.Matrix:  # noqa: N802
        """X^T Y / n."""
        return self.X.T * self.Y / self.X.rows

    def loss(self, W: sympy.Matrix) -> Any:
        """||X W - Y||_F^2 / (2 n)."""
        gap = self.X * W - self.Y
        return sum(e**2 for e in gap) / (2 * self.X.rows)

    @property
    def gradients(self) -> tuple[sympy.Matrix, sympy.Matrix]:
        """The loss differentiated with respect to each factor's entries."""
        f = self.loss(self.W1 * self.W2)
        return gradient(f, self.W1), gradient(f, self.W2)


def gradient(f: Any, W: sympy.Matrix) -> sympy.Matrix:
    """The matrix of partial derivatives of ``f`` with respect to the entries of ``W``."""
    return W.applyfunc(lambda entry: sympy.diff(f, entry))


def symbolic(name: str, rows: int, columns: int) -> sympy.Matrix:
    """A matrix of real symbols."""
    return sympy.Matrix(rows, columns, lambda i, j: sympy.Symbol(f"{name}{i + 1}{j + 1}", real=True))


@cache
def network(shape: tuple[int, int, int]) -> Network:
    """A network of shape (d, p, r) on two symbolic samples."""
    d, p, r = shape
    return Network(symbolic("x", 2, d), symbolic("y", 2, p), symbolic("a", d, r), symbolic("b", r, p))


def two_layer_gradients(Sxx: Any, Sxy: Any, W1: Any, W2: Any) -> tuple[Any, Any]:
    """The factored form of the gradients, verified against differentiation by the derivation below."""
    residual = Sxx * W1 * W2 - Sxy
    return residual * W2.T, W1.T * residual


@derivation("gradients", "the gradients of the two-layer loss", "FLOW-1", "FLOW-3", "FLOW-4", "GD-1")
def _gradients() -> list[Step]:
    steps = []
    for shape in SHAPES:
        n = network(shape)
        G1, G2 = two_layer_gradients(n.Sxx, n.Sxy, n.W1, n.W2)
        D1, D2 = n.gradients
        steps.append(
            Step(
                f"gradients, shape d, p, r = {shape}",
                "G1 = (Sxx W - Sxy) W2^T,  G2 = W1^T (Sxx W - Sxy)",
                "the loss differentiated entry by entry",
                [(G1 - D1).expand(), (G2 - D2).expand()],
            )
        )
    return steps


def trace_loss(Sxx: Any, Sxy: Any, W: Any) -> Any:
    """The loss up to a constant, from the moments: tr(W^T Sxx W)/2 - tr(W^T Sxy)."""
    return sympy.trace(W.T * Sxx * W) / 2 - sympy.trace(W.T * Sxy)


@derivation("conservation", "what the flow conserves and how descent drifts from it", "FLOW-3", "FLOW-4")
def _conservation() -> list[Step]:
    steps = []
    for shape in SHAPES:
        d, p, r = shape
        W1, W2 = symbolic("a", d, r), symbolic("b", r, p)
        # the residual as a matrix of its own: the identities hold whatever data it comes from
        R = symbolic("R", d, p)
        G1, G2 = R * W2.T, W1.T * R
        flow = -G1.T * W1 - W1.T * G1 + G2 * W2.T + W2 * G2.T
        V1, V2 = W1 - eta * G1, W2 - eta * G2
        drift = V1.T * V1 - V2 * V2.T - (W1.T * W1 - W2 * W2.T) - eta**2 * (G1.T * G1 - G2 * G2.T)
        D1, D2 = symbolic("d", d, r), symbolic("e", r, p)
        along = sum(g * v for D in (D1, D2) for g, v in zip(D, -D, strict=True))
        steps += [
            Step(f"conserved by the flow, {shape}", "d/dt (W1^T W1 - W2 W2^T) = 0", "W1' = -G1, W2' = -G2; both parts change by the same W1^T R W2^T and its transpose", flow.expand()),
            Step(f"drift of descent, {shape}", "change = eta^2 (G1^T G1 - G2 G2^T)", "the first-order part cancels", drift.expand()),
            Step(f"dissipation, {shape}", "df/dt = -||G1||^2 - ||G2||^2", "the chain rule along W1' = -G1, W2' = -G2",
                 along + sympy.trace(D1.T * D1) + sympy.trace(D2.T * D2)),
        ]  # fmt: skip
    return steps


def rectangle(entries: Any, rows: int, columns: int) -> sympy.Matrix:
    """A rectangular diagonal matrix, zero beyond its entries."""
    return sympy.Matrix(rows, columns, lambda i, j: entries[i] if i == j and i < len(entries) else 0)


@cache
def _diagonal_problem() -> tuple[Any, ...]:
    """Lambda, S and rectangular diagonal factors of shape (d, p, r) = (3, 2, 3), with q = 2 entries."""
    d, p, r = SHAPES[-1]
    lams, sigmas = sympy.symbols("lambda1:4", positive=True), sympy.symbols("sigma1:3", positive=True)
    entries = sympy.symbols("a1:3", real=True)
    L, S = sympy.diag(*lams), rectangle(sigmas, d, p)
    return lams, sigmas, entries, L, S, rectangle(entries, d, r), rectangle(entries, r, p)


@cache
def _diagonal_gradient() -> tuple[Any, Any]:
    """The gradients of the diagonal factors: on the joint basis this is the whole problem."""
    _, _, _, L, S, A, B = _diagonal_problem()
    return two_layer_gradients(L, S, A, B)


@cache
def mode_gradient() -> Any:
    """Gradient of one diagonal entry: what descent subtracts eta times, and the flow follows."""
    lams, sigmas, entries = _diagonal_problem()[:3]
    G1, _ = _diagonal_gradient()
    return sympy.factor(G1[0, 0].subs({lams[0]: lam, sigmas[0]: sigma, entries[0]: a}))


@cache
def mode_velocity_expr() -> Any:
    """Velocity of w = a^2 under the flow a' = -gradient."""
    return sympy.factor(sympy.expand(2 * a * -mode_gradient()).subs(a**4, w**2).subs(a**2, w))


@cache
def entry_step_expr() -> Any:
    """One descent step of an entry: a - eta * gradient."""
    return sympy.collect(sympy.expand(a - eta * mode_gradient()), a)


@cache
def descent_step_expr() -> Any:
    """The square of the entry step as a function of w = a^2."""
    ratio = sympy.factor(entry_step_expr() / a)
    return w * ratio.subs(a**2, w) ** 2


def _projection() -> list[Any]:
    """Gradients in any orthogonal frames minus the rotated gradients, for matrices of any shape.

    The letters do not commute; Ut, Vt, Qt, At, Bt stand for transposes.
    """
    letters = sympy.symbols("U Ut V Vt Q Qt A At B Bt L S", commutative=False)
    U, Ut, V, Vt, Q, Qt, A, At, B, Bt, L, S = letters
    residual = U * L * Ut * (U * A * Q) * (Qt * B * Vt) - U * S * Vt
    G1, G2 = residual * (V * Bt * Q), (Qt * At * Ut) * residual
    orthogonal = [(Ut * U, 1), (Vt * V, 1), (Q * Qt, 1)]
    return [
        sympy.expand(G1).subs(orthogonal) - sympy.expand(U * (L * A * B - S) * Bt * Q),
        sympy.expand(G2).subs(orthogonal) - sympy.expand(Qt * At * (L * A * B - S) * Vt),
    ]


@derivation(
    "decoupling", "commuting data and a spectral start decouple the modes", "FLOW-1", "GD-1", "STEP-6"
)
def _decoupling() -> list[Step]:
    lams, sigmas, entries, _L, _S, A, B = _diagonal_problem()
    G1, G2 = _diagonal_gradient()
    own = [a_i * (lam_i * a_i**2 - s_i) for a_i, lam_i, s_i in zip(entries, lams, sigmas, strict=False)]
    still = sympy.Abs(1 - eta * lam * w).subs(w, 2 / (eta * lam))
    return [
        Step("projection", "G1 = U (Lambda A B - S) B^T Q,  G2 = Q^T A^T (Lambda A B - S) V^T", "W1 = U A Q, W2 = Q^T B V^T; U, V, Q are orthogonal", _projection()),
        Step("a spectral start is balanced", "W1^T W1 = W2 W2^T", "the same entries stand in both factors", A.T * A - B * B.T),
        Step("diagonal stays diagonal", "G1 and G2 have entries on the first q diagonal places only", "Lambda, S and the factors are diagonal",
             [G1 - rectangle(own, *G1.shape), G2 - rectangle(own, *G2.shape)]),
        Step("mode equation", sympy.Eq(sympy.Symbol("w'"), mode_velocity_expr()), "w = a^2, a' = -gradient",
             mode_velocity_expr() - 2 * w * (sigma - lam * w)),
        Step("entry map", sympy.Eq(sympy.Symbol("a_next"), entry_step_expr()), "a - eta gradient",
             entry_step_expr() - a * (1 + eta * (sigma - lam * a**2))),
        Step("mode map", sympy.Eq(sympy.Symbol("w_next"), descent_step_expr()), "the square of the entry map",
             descent_step_expr().subs(w, a**2) - entry_step_expr() ** 2),
        Step("null modes under descent", "|1 - eta lambda w| < 1 iff 0 < eta lambda w < 2; at 2 the entry flips sign for ever", "sigma = 0 in the entry map",
             [entry_step_expr().subs(sigma, 0) - a * (1 - eta * lam * a**2), still - 1]),
    ]  # fmt: skip


@cache
def _velocity_formula() -> Formula:
    return Formula(mode_velocity_expr(), (sigma, lam, w), "w'")


@cache
def _step_formula() -> Formula:
    return Formula(descent_step_expr(), (eta, sigma, lam, w), "w_next")


@cache
def _entry_formula() -> Formula:
    return Formula(a * sympy.factor(entry_step_expr() / a), (eta, sigma, lam, a), "a_next")


def mode_velocity(sigma: Any, lam: Any, w: Any) -> Any:
    """Velocity ``w' = 2 w (sigma - lam w)`` of one mode under the flow, derived from the loss.

    >>> float(mode_velocity(2.0, 1.0, 1.0))
    2.0
    """
    return _velocity_formula()(sigma, lam, w)


def descent_step(eta: Any, sigma: Any, lam: Any, w: Any) -> Any:
    """One descent step ``w (1 + eta (sigma - lam w))^2`` of one mode, derived from the loss.

    >>> float(descent_step(0.5, 2.0, 1.0, 1.0))
    2.25
    """
    return _step_formula()(eta, sigma, lam, w)


def entry_step(eta: Any, sigma: Any, lam: Any, a: Any) -> Any:
    """One descent step ``a (1 + eta (sigma - lam a^2))`` of a diagonal entry, derived from the loss.

    >>> float(entry_step(0.5, 2.0, 1.0, 1.0))
    1.5
    """
    return _entry_formula()(eta, sigma, lam, a)
