"""From the loss to the modes: gradients by differentiation, projection on the joint basis, mode equation.

Everything starts from ``f(W) = ||X W - Y||_F^2 / (2 n)`` with explicit symbolic matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy

from theory.derivation import Step, derivation
from theory.formula import Formula
from theory.notation import a, eta, lam, sigma, w

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


@derivation("conservation", "what the flow conserves and how descent drifts from it", "FLOW-3", "FLOW-4")
def _conservation() -> list[Step]:
    steps = []
    for shape in SHAPES:
        n = network(shape)
        # moments as symbols of their own: the identities hold whatever data they come from
        Sxx = sympy.Matrix(
            n.X.cols, n.X.cols, lambda i, j: sympy.Symbol(f"m{min(i, j)}{max(i, j)}", real=True)
        )
        G1, G2 = two_layer_gradients(Sxx, symbolic("c", n.X.cols, n.Y.cols), n.W1, n.W2)
        flow = -G1.T * n.W1 - n.W1.T * G1 + G2 * n.W2.T + n.W2 * G2.T
        V1, V2 = n.W1 - eta * G1, n.W2 - eta * G2
        drift = V1.T * V1 - V2 * V2.T - (n.W1.T * n.W1 - n.W2 * n.W2.T) - eta**2 * (G1.T * G1 - G2 * G2.T)
        along = sum(e * g for G in (G1, G2) for e, g in zip(G, -G, strict=True))
        norms = sum(e**2 for G in (G1, G2) for e in G)
        steps += [
            Step(f"conserved by the flow, {shape}", "d/dt (W1^T W1 - W2 W2^T) = 0", "both sides equal W1^T R W2^T", flow.expand()),
            Step(f"drift of descent, {shape}", "change = eta^2 (G1^T G1 - G2 G2^T)", "the first-order part cancels", drift.expand()),
            Step(f"dissipation, {shape}", "df/dt = -||G1||^2 - ||G2||^2", "the chain rule along W1' = -G1, W2' = -G2", along + norms),
        ]  # fmt: skip
    return steps


@cache
def _diagonal_gradient() -> Any:
    """The gradient of one diagonal entry on the joint basis, from the projected loss."""
    # U, V, Q orthogonal leave the loss's dependence on (U^T W1 Q^T, Q W2 V) unchanged: the projected
    # problem has Sxx = Lambda, Sxy = S, and diagonal factors stay diagonal.
    rows = 2
    lams, sigmas = sympy.symbols("lambda1:3", positive=True), sympy.symbols("sigma1:3", positive=True)
    entries = sympy.symbols("a1:3", real=True)
    A = sympy.diag(*entries)
    G1, G2 = two_layer_gradients(sympy.diag(*lams), sympy.diag(*sigmas), A, A)
    return rows, lams, sigmas, entries, G1, G2


@cache
def mode_gradient() -> Any:
    """Gradient of one diagonal entry: what descent subtracts eta times, and the flow follows."""
    _, lams, sigmas, entries, G1, _ = _diagonal_gradient()
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


@derivation("decoupling", "commuting data and a spectral start decouple the modes", "FLOW-1", "GD-1")
def _decoupling() -> list[Step]:
    _, lams, sigmas, entries, G1, G2 = _diagonal_gradient()
    off = [G1[0, 1], G1[1, 0], G2[0, 1], G2[1, 0]]
    theta_ = sympy.Symbol("vartheta", real=True)
    rotation = sympy.Matrix([[sympy.cos(theta_), -sympy.sin(theta_)], [sympy.sin(theta_), sympy.cos(theta_)]])
    A, L, S = sympy.diag(*entries), sympy.diag(*lams), sympy.diag(*sigmas)
    U, Q = rotation, rotation.T
    R1, R2 = two_layer_gradients(U * L * U.T, U * S * U.T, U * A * Q, Q.T * A * U.T)
    return [
        Step("projection", "gradients in rotated frames are the rotated gradients", "U, V, Q are orthogonal",
             [sympy.simplify(R1 - U * G1 * Q), sympy.simplify(R2 - Q.T * G2 * U.T)]),
        Step("diagonal stays diagonal", "off-diagonal entries of G1, G2 are 0", "Lambda, S and the factors are diagonal", off),
        Step("both factors move alike", "G1 = G2 on equal diagonals", "the entries enter symmetrically", G1 - G2),
        Step("mode equation", sympy.Eq(sympy.Symbol("w'"), mode_velocity_expr()), "w = a^2, a' = -gradient",
             mode_velocity_expr() - 2 * w * (sigma - lam * w)),
        Step("entry map", sympy.Eq(sympy.Symbol("a_next"), entry_step_expr()), "a - eta gradient",
             entry_step_expr() - a * (1 + eta * (sigma - lam * a**2))),
        Step("mode map", sympy.Eq(sympy.Symbol("w_next"), descent_step_expr()), "the square of the entry map",
             descent_step_expr().subs(w, a**2) - entry_step_expr() ** 2),
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
