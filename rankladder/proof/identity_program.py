"""The linear program behind an identity: a guess in floats, and the exact coefficients on the terms that it uses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from sympy.polys.rings import PolyElement

__all__ = ["coefficients"]


def coefficients(
    columns: list[PolyElement], free: list[bool], times: int, positive: list[int] | None
) -> list[tuple[int, Fraction]] | None:
    """Coefficients, exact, with which the columns add up to 0, those of the first ``times`` to 1; None where there are none."""
    from scipy.optimize import linprog
    from scipy.sparse import csc_matrix, vstack

    if positive is not None and not positive:
        return None
    monomials: dict[Any, int] = {}
    rows, places, values = [], [], []
    for j, column in enumerate(columns):
        size = max((abs(_near(c)) for c in column.values()), default=1.0)
        for monomial, c in column.items():
            rows.append(monomials.setdefault(monomial, len(monomials)))
            places.append(j)
            values.append(_near(c) / size)
    sizes = np.array([max((abs(_near(c)) for c in column.values()), default=1.0) for column in columns])
    n = len(columns)
    matrix = csc_matrix((values, (rows, places)), shape=(len(monomials), n))
    one = csc_matrix(([1.0] * times, ([0] * times, range(times))), shape=(1, n))
    table: Any = vstack([matrix, one])
    bounds: list[Any] = [(None, None) if f else (0, None) for f in free]
    cost = np.array([0.0] * times + [1.0 + 0.1 * k / n for k in range(n - times)])
    cost[[k for k in range(n) if free[k]]] = 0
    for least in (None,) if positive is None else (1e-2, 1e-4):
        more: dict[str, Any] = {}
        if least is not None:
            row = np.zeros((1, n))
            row[0, positive] = -1
            more = {"A_ub": row, "b_ub": [-least]}
        found = linprog(cost, A_eq=table, b_eq=[0.0] * len(monomials) + [1.0], bounds=bounds,
                        method="highs", **more)  # fmt: skip
        if found.x is None or found.status != 0:
            continue
        exact = _exact(columns, found.x / sizes, free, times, positive)
        if exact is not None:
            return exact
    return None


def _exact(
    columns: list[PolyElement], near: Any, free: list[bool], times: int, positive: list[int] | None
) -> list[tuple[int, Fraction]] | None:
    """The rational solution on the columns that a float solution uses."""
    top = max(abs(near).max(), 1e-300)
    used = [k for k in range(len(columns)) if abs(near[k]) > 1e-9 * top]
    monomials = sorted({m for k in used for m in columns[k]})
    if not used or len(used) > 400 or not any(k < times for k in used):
        return None
    index = {m: r for r, m in enumerate(monomials)}
    table = fmpq_mat(len(monomials) + 1, len(used) + 1)
    for place, k in enumerate(used):
        for monomial, c in columns[k].items():
            table[index[monomial], place] = fmpq(int(c.numerator), int(c.denominator))
        if k < times:
            table[len(monomials), place] = fmpq(1)
    table[len(monomials), len(used)] = fmpq(1)
    reduced, rank = table.rref()
    values = [
        Fraction(float(near[k]) / max(float(sum(near[:times])), 1e-300)).limit_denominator(720) for k in used
    ]
    lead: dict[int, int] = {}
    for r in range(rank):
        lead[next(p for p in range(len(used) + 1) if reduced[r, p] != 0)] = r
    if len(used) in lead:
        return None  # no solution
    for place, r in lead.items():
        value = reduced[r, len(used)]
        for p in range(len(used)):
            if p != place and p not in lead and reduced[r, p] != 0:
                value -= reduced[r, p] * fmpq(values[p].numerator, values[p].denominator)
        values[place] = Fraction(int(value.p), int(value.q))
    if any(v < 0 and not free[k] for k, v in zip(used, values, strict=True)):
        return None
    if positive is not None and not any(v > 0 for k, v in zip(used, values, strict=True) if k in positive):
        return None
    return [(k, v) for k, v in zip(used, values, strict=True) if v != 0]


def _near(value: Any) -> float:
    """A rational of the ring as a float; those of python-flint 0.7 know no ``float``."""
    return int(value.numerator) / int(value.denominator)
