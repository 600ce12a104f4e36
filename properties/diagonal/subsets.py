"""What the path is compared with: least squares on every set of columns, and the Lasso, in exact rationals by brute force."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq_mat, fmpz_mat

from rankladder.properties.diagonal.designs import Data

__all__ = ["fit", "lasso_range", "loss", "minimisers", "subsets", "volume"]


def subsets(of: Collection[int], size: int | None = None) -> Iterator[tuple[int, ...]]:
    """Every set of some coordinates, or those of one size."""
    sizes = range(len(of) + 1) if size is None else (size,)
    return itertools.chain.from_iterable(itertools.combinations(sorted(of), k) for k in sizes)


def volume(data: Data, S: Sequence[int]) -> int:
    """``det (XᵀX)_SS``: 0 where the columns S depend on each other."""
    return int(_square(data, S).det())


def _square(data: Data, S: Sequence[int]) -> fmpz_mat:
    return fmpz_mat(len(S), len(S), [data.gram[i][j] for i in S for j in S])


def solved(data: Data, S: Sequence[int], right: Sequence[int]) -> list[Fraction] | None:
    """What solves ``(XᵀX)_SS x = right``; None where the columns S depend on each other."""
    if volume(data, S) == 0:
        return None
    found = fmpq_mat(_square(data, S)).solve(fmpq_mat(len(S), 1, list(right)))
    return [Fraction(int(x.p), int(x.q)) for x in found.entries()]


def fit(data: Data, S: Sequence[int]) -> list[Fraction] | None:
    """Least squares on the columns S, as a β with zeros elsewhere; None where they depend on each other."""
    values = solved(data, S, [data.pull[i] for i in S])
    if values is None:
        return None
    at = dict(zip(S, values, strict=True))
    return [at.get(i, Fraction(0)) for i in range(len(data.gram))]


def slope(data: Data, beta: Sequence[Any]) -> list[Any]:
    """``Xᵀ(y − Xβ)``, minus n times the gradient."""
    return [
        b - sum(a * x for a, x in zip(row, beta, strict=True))
        for b, row in zip(data.pull, data.gram, strict=True)
    ]


def loss(data: Data, beta: Sequence[Any]) -> Any:
    """``(‖Xβ − y‖² − ‖y‖²)/2``."""
    pairs = zip(beta, data.pull, slope(data, beta), strict=True)
    return -sum((x * (b + r) for x, b, r in pairs), Fraction(0)) / 2


def minimisers(data: Data) -> Iterator[list[Fraction]]:
    """The β of least loss that lie on independent columns: every vertex of their set is among them."""
    for S in subsets(range(len(data.gram))):
        beta = fit(data, S)
        if beta is not None and not any(slope(data, beta)):
            yield beta


def lasso_range(data: Data, S: Sequence[int], signs: Sequence[int]) -> tuple[Fraction, Fraction]:
    """The penalties k, from least to greatest, for which ``‖Xβ − y‖²/2 + k‖β‖₁`` is least at a β on S with these signs.

    There is none where the least is larger than the greatest.
    """
    lines: list[tuple[Any, Any]] = []  # first + second k >= 0
    base, lean = solved(data, S, [data.pull[i] for i in S]), solved(data, S, signs)
    if base is None or lean is None:
        return Fraction(1), Fraction(0)
    lines += [(s * x, -s * z) for s, x, z in zip(signs, base, lean, strict=True)]
    for j in set(range(len(data.gram))) - set(S):
        here = data.pull[j] - sum(data.gram[j][i] * x for i, x in zip(S, base, strict=True))
        tilt = sum((data.gram[j][i] * z for i, z in zip(S, lean, strict=True)), Fraction(0))
        lines += [(here, 1 + tilt), (-here, 1 - tilt)]
    low, high = Fraction(0), Fraction(2 * max(map(abs, data.pull)))  # beyond the pull β is 0
    for first, second in lines:
        if second > 0:
            low = max(low, -first / second)
        elif second < 0:
            high = min(high, first / -second)
        elif first < 0:
            return Fraction(1), Fraction(0)
    return low, high
