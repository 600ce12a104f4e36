"""Diagonal linear networks, ``β = u ∘ v``: their step, their runs, and the path they follow from a vanishing start.

The loss is ``L(β) = ‖Xβ − y‖²/(2n)``, its gradient ``g = Xᵀ(Xβ − y)/n``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from rankladder.numbers.arguments import whole
from rankladder.simulate.dynamics import GradientDescent, State

__all__ = ["Diagonal", "Stay", "diagonal_descent", "diagonal_path"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Diagonal:
    """A diagonal linear network and the loss it is trained on; its state is ``(u, v)``.

    Attributes:
        gradient: the gradient of the loss in ``β = u ∘ v``.

    >>> network = Diagonal.of_data(np.array([[2.0, 1.0]]), np.array([1.0]))
    >>> [part.tolist() for part in network.gradients((np.ones(2), np.array([0.0, 1.0])))]
    [[0.0, 0.0], [0.0, 0.0]]
    """

    gradient: Callable[[Any], Any]

    @classmethod
    def of_data(cls, X: Any, y: Any) -> Diagonal:
        """The loss ``‖Xβ − y‖²/(2n)``."""
        return cls(lambda beta: X.T @ (X @ beta - y) / X.shape[0])

    def gradients(self, state: Sequence[Any]) -> State:
        """``(g ∘ v, g ∘ u)``."""
        u, v = state
        g = self.gradient(u * v)
        return g * v, g * u


def diagonal_descent(network: Diagonal, u: Any, v: Any, eta: Any, steps: int) -> list[State]:
    """Gradient descent on a diagonal network.

    Args:
        network: what gives the gradients.
        u, v: the first state, vectors (d,) of floats, balls, exact rationals or symbols.
        eta: the step size.
        steps: how many steps.

    Returns:
        The states ``(u, v)`` after 0, 1, … ``steps`` steps; in balls without more bits than are in force.

    Raises:
        ValueError: for a negative or non-integer ``steps``.

    >>> network = Diagonal.of_data(np.array([[1.0]]), np.array([2.0]))
    >>> [(u.tolist(), v.tolist()) for u, v in diagonal_descent(network, np.ones(1), np.zeros(1), 0.5, 1)]
    [([1.0], [0.0]), ([1.0], [1.0])]
    """
    step = GradientDescent(eta).step(network)
    states: list[State] = [(u, v)]
    for _ in range(whole(steps, "steps")):
        states.append(step(states[-1]))
    return states


@dataclass(frozen=True)
class Stay:
    """What the path does until its next jump.

    Attributes:
        begin: when it begins, in units of ``log(1/α)``.
        dual: ``arcsinh(2β/|u² − v²|)/(2 log(1/α))`` at its beginning, in the limit.
        beta: the coefficients while it lasts.
        velocity: of the dual, minus the gradient at ``beta``.
        unique: whether the columns of X on which ``beta`` may lie are independent. Where they are not, other
            coefficients may have the same least loss, and which of them the limit takes is not told by the dual.

    >>> first, second, *_ = diagonal_path([[2, 1], [1, 0]], [2, -1])
    >>> first.beta, first.begin, second.beta
    ((Fraction(0, 1), Fraction(0, 1)), Fraction(0, 1), (Fraction(3, 5), Fraction(0, 1)))
    """

    begin: Fraction
    dual: tuple[Fraction, ...]
    beta: tuple[Fraction, ...]
    velocity: tuple[Fraction, ...]
    unique: bool

    @property
    def support(self) -> frozenset[int]:
        """The coordinates that are not 0."""
        return frozenset(i for i, value in enumerate(self.beta) if value)


def diagonal_path(X: Any, y: Any) -> tuple[Stay, ...]:
    """The limit of the flow from ``u = α, v = 0`` as ``α → 0``, in time over ``log(1/α)``: exact, from jump to jump.

    While β stays, the dual moves on a line, with velocity ``−g``. When a coordinate of the dual reaches ±1, β jumps to
    the minimiser of the loss among those that are ``≥ 0`` where the dual is 1, ``≤ 0`` where it is −1, and 0 elsewhere.
    The loss falls at every jump, so that no signs come twice and the path ends, where the gradient is 0.

    Source: Pesme and Flammarion 2023, with ``u = α, v = 0`` in place of ``u = √2 α``.

    Args:
        X: (n, d), whole numbers or fractions. y: (n,).

    Returns:
        The stays, first that at ``β = 0``; the last lasts for ever.

    Raises:
        ValueError: where X and y are not n rows and n numbers, or not exact.

    >>> [stay.beta for stay in diagonal_path([[2, 1], [1, 0]], [2, -1])][1:3]
    [(Fraction(3, 5), Fraction(0, 1)), (Fraction(0, 1), Fraction(2, 1))]
    """
    A, b = _moments(X, y)
    d = A.nrows()
    begin, dual, stays = fmpq(0), [fmpq(0)] * d, list[Stay]()
    while True:
        signs = [int(x) if abs(x) == 1 else 0 for x in dual]
        beta = _constrained(A, b, signs)
        velocity = _velocity(A, b, beta)
        level = [i for i in range(d) if signs[i] and velocity[i] == 0]
        unique = _part(A, level).rank() == len(level)
        at, values, moves = (tuple(map(_fraction, x)) for x in (dual, beta, velocity))
        stays.append(Stay(_fraction(begin), at, values, moves, unique))
        if not any(velocity):
            return tuple(stays)
        lasts = min(((1 if v > 0 else -1) - x) / v for x, v in zip(dual, velocity, strict=True) if v != 0)
        begin += lasts
        dual = [x + lasts * v for x, v in zip(dual, velocity, strict=True)]


def _moments(X: Any, y: Any) -> tuple[fmpq_mat, fmpq_mat]:
    rows = [[_exact(x) for x in row] for row in X]
    values = [[_exact(x)] for x in y]
    if not rows or len(values) != len(rows) or len({len(row) for row in rows}) != 1 or not rows[0]:
        raise ValueError(
            f"X of {len(rows)} rows and y of {len(values)} numbers must be n rows of d numbers, and n numbers; pass (n, d) and (n,)"
        )
    design, n = fmpq_mat(rows), fmpq(len(rows))
    return design.transpose() * design / n, design.transpose() * fmpq_mat(values) / n


def _exact(x: Any) -> fmpq:
    if isinstance(x, (float, np.floating)):
        raise ValueError(f"entry {x} is rounded, and the path is exact: pass whole numbers or Fractions")
    exact = Fraction(x)
    return fmpq(exact.numerator, exact.denominator)


def _fraction(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def _part(A: fmpq_mat, rows: Sequence[int]) -> fmpq_mat:
    return fmpq_mat(len(rows), len(rows), [A[i, j] for i in rows for j in rows])


def _velocity(A: fmpq_mat, b: fmpq_mat, beta: Sequence[fmpq]) -> list[fmpq]:
    d = A.nrows()
    return [b[i, 0] - sum((A[i, j] * beta[j] for j in range(d)), fmpq(0)) for i in range(d)]


def _constrained(A: fmpq_mat, b: fmpq_mat, signs: Sequence[int]) -> list[fmpq]:
    """The minimiser of ``βᵀAβ/2 − bᵀβ`` with ``signs_i β_i ≥ 0``, and 0 where the sign is 0 (Lawson and Hanson)."""
    d = A.nrows()
    beta, free = [fmpq(0)] * d, list[int]()
    while True:
        velocity = _velocity(A, b, beta)
        gains = {i: signs[i] * velocity[i] for i in range(d) if signs[i] and i not in free}
        enters = max(gains, key=lambda i: gains[i], default=None)
        if enters is None or gains[enters] <= 0:
            return beta
        free = sorted([*free, enters])
        while True:
            # a column that the loss still falls along is independent of those that it has been fitted on
            solved = _part(A, free).solve(fmpq_mat([[b[i, 0]] for i in free]))
            wanted = {i: solved[k, 0] for k, i in enumerate(free)}
            wrong = [i for i in free if signs[i] * wanted[i] <= 0]
            if not wrong:
                beta = [wanted.get(i, fmpq(0)) for i in range(d)]
                break
            share = min(beta[i] / (beta[i] - wanted[i]) for i in wrong)
            beta = [x + share * (wanted[i] - x) if i in wanted else x for i, x in enumerate(beta)]
            free = [i for i in free if beta[i] != 0]
