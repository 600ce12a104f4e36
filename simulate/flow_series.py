"""Power series of gradient flows in time, with rigorous bounds on what a truncated series leaves out.

A truncated series ``p(u) = Σ_{k≤N} p_k u^k`` is an exact polynomial that nearly solves ``θ' = F(θ)``. A
system here gives its coefficients, a bound on its defect ``‖p' − F(p)‖`` over a step, and a bound on the
logarithmic norm of F's Jacobian near it: how fast two solutions can move apart. All norms are Frobenius.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from flint import arb, arb_mat, arb_poly

from rankladder.numbers.ball_norms import BOUND_BITS, negative_part, norm, spectral_norm
from rankladder.numbers.balls import precision

__all__ = ["Expansion", "FlowSystem", "OneLayerFlow", "StepBound", "TwoLayerFlow"]

State = tuple[arb_mat, ...]


class Expansion(NamedTuple):
    """Exact coefficients of the truncated series, and the norms that bound its defect.

    Attributes:
        coefficients: order + 1 states with exact entries, lowest first.
        norms: per matrix of the state, the norms of its coefficients.
        residuals: norms of the known coefficients of the residual ``Sxy − Sxx W``, lowest first.
        residual: the residual at the start, for its spectral norm.
        slack: norms of the rounding in ``(k + 1) p_{k+1} − F_k``, lowest first.
    """

    coefficients: list[State]
    norms: list[list[arb]]
    residuals: list[arb]
    residual: arb_mat
    slack: list[arb]


class StepBound(NamedTuple):
    """What a step of given length costs, each an upper bound over the step.

    Attributes:
        truncation: defect of cutting the series off; shorter steps make it as small as wanted.
        rounding: defect of the coefficients' rounding and of the radius of the data; they do not.
        expansion_rate: logarithmic norm of the Jacobian.
    """

    truncation: arb
    rounding: arb
    expansion_rate: arb


class FlowSystem(Protocol):
    """A polynomial vector field: its series, and bounds on a step."""

    def expand(self, state: State, order: int) -> Expansion:
        """Series of the solution through an exact state."""

    def bound(self, expansion: Expansion, h: arb, tube: arb) -> StepBound:
        """Bounds over ``0 ≤ u ≤ h``, in the tube of that radius around the truncated series."""


def _rounded(rate: arb_mat, k: int) -> tuple[arb_mat, arb]:
    """The exact coefficient nearest to ``rate/(k+1)``, and the norm of what the rounding leaves."""
    exact = (rate / (k + 1)).mid()
    return exact, norm(rate - exact * (k + 1))


def _convolve(left: list[arb_mat], right: list[arb_mat], k: int) -> arb_mat:
    total = left[0] * right[k]
    for i in range(1, k + 1):
        total = total + left[i] * right[k - i]
    return total


def _scaled(norms: list[arb], h: arb) -> arb_poly:
    power, scaled = arb(1), []
    for each in norms:
        scaled.append(each * power)
        power = power * h
    return arb_poly(scaled)


def _sum_from(poly: arb_poly, start: int) -> arb:
    return sum(poly.coeffs()[start:], arb(0))


class TwoLayerFlow:
    """``W1' = D W2ᵀ``, ``W2' = W1ᵀ D`` with ``D = Sxy − Sxx W1 W2``; states are pairs (W1, W2).

    The Jacobian is minus the Hessian; along (A1, A2) that is ``−tr(Mᵀ Sxx M) + 2 tr(Dᵀ A1 A2)`` with
    ``M = A1 W2 + W1 A2``, so its largest eigenvalue is at most ``‖D‖₂ + ν (‖W1‖² + ‖W2‖²)``.
    """

    def __init__(self, Sxx: arb_mat, Sxy: arb_mat) -> None:
        self.Sxx, self.Sxy = Sxx, Sxy
        self.size, self.negative = norm(Sxx), negative_part(Sxx)

    def expand(self, state: State, order: int) -> Expansion:
        """Series of the solution through an exact state (see :class:`FlowSystem`)."""
        W1, W2 = [state[0]], [state[1]]
        W1T, W2T = [state[0].transpose()], [state[1].transpose()]
        D: list[arb_mat] = []
        slack = []
        for k in range(order):
            residual = -(self.Sxx * _convolve(W1, W2, k))
            D.append(self.Sxy + residual if k == 0 else residual)
            next1, slack1 = _rounded(_convolve(D, W2T, k), k)
            next2, slack2 = _rounded(_convolve(W1T, D, k), k)
            W1.append(next1)
            W2.append(next2)
            W1T.append(next1.transpose())
            W2T.append(next2.transpose())
            slack.append(slack1 + slack2)
        norms = [[norm(each) for each in W1], [norm(each) for each in W2]]
        return Expansion(list(zip(W1, W2, strict=True)), norms, [norm(each) for each in D], D[0], slack)

    def bound(self, expansion: Expansion, h: arb, tube: arb) -> StepBound:
        """Bounds over a step (see :class:`FlowSystem`)."""
        with precision(BOUND_BITS):
            order = len(expansion.slack)
            a, b = (_scaled(norms, h) for norms in expansion.norms)
            # Coefficients of the residual beyond those computed, by the norms of their factors.
            beyond = (a * b).coeffs()[order:]
            known = _scaled(expansion.residuals, h).coeffs()
            d = arb_poly([*known, *[arb(0)] * (order - len(known)), *[self.size * each for each in beyond]])
            truncation = _sum_from(d * b, order) + _sum_from(a * d, order)
            rounding = _sum_from(_scaled(expansion.slack, h), 0)
            largest = _sum_from(a, 0) + _sum_from(b, 0) + tube
            residual = spectral_norm(expansion.residual) + _sum_from(d, 1) + self.size * tube * largest
            rate = residual + self.negative * largest * largest
            return StepBound(truncation.upper(), rounding.upper(), rate.upper())


class OneLayerFlow:
    """``W' = Sxy − Sxx W``; states are one matrix. The logarithmic norm of its Jacobian is at most ν."""

    def __init__(self, Sxx: arb_mat, Sxy: arb_mat) -> None:
        self.Sxx, self.Sxy = Sxx, Sxy
        self.size, self.negative = norm(Sxx), negative_part(Sxx)

    def expand(self, state: State, order: int) -> Expansion:
        """Series of the solution through an exact state (see :class:`FlowSystem`)."""
        W = [state[0]]
        D: list[arb_mat] = []
        slack = []
        for k in range(order):
            residual = -(self.Sxx * W[k])
            D.append(self.Sxy + residual if k == 0 else residual)
            coefficient, rounding = _rounded(D[k], k)
            W.append(coefficient)
            slack.append(rounding)
        norms = [[norm(each) for each in W]]
        return Expansion([(each,) for each in W], norms, [norm(each) for each in D], D[0], slack)

    def bound(self, expansion: Expansion, h: arb, tube: arb) -> StepBound:
        """Bounds over a step (see :class:`FlowSystem`)."""
        with precision(BOUND_BITS):
            order = len(expansion.slack)
            truncation = self.size * expansion.norms[0][order] * h**order
            rounding = _sum_from(_scaled(expansion.slack, h), 0)
            return StepBound(truncation.upper(), rounding.upper(), self.negative)
