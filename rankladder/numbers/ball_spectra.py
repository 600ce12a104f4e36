"""Rigorous spectra of matrices of balls: eigenvalues of symmetric ones, singular values, projections.

A frame that nearly diagonalises the midpoints is found without proof; what it shows about the matrix is then worked
out in balls. So ties and clusters cost nothing, and no iteration has to converge for the answer to be right.

Source: Weyl's and Ostrowski's theorems for eigenvalues (R. Horn, C. Johnson, *Matrix Analysis*, 2nd ed., 4.3.1 and
4.5.9); C. Davis, W. Kahan, *The rotation of eigenvectors by a perturbation III*, SIAM J. Numer. Anal. 7 (1970).
"""

from __future__ import annotations

import numpy as np
from flint import arb, arb_mat, ctx

from rankladder.numbers.ball_norms import identity
from rankladder.numbers.balls import Undecided

__all__ = ["eigenvalues", "leading_projection", "ranked", "singular_values"]

_SWEEPS = 12  # of rotations; three or four are enough, since each doubles the number of correct digits
_SPARE = 6  # bits that roundings may take


def eigenvalues(matrix: arb_mat) -> list[arb]:
    """Enclosures of the eigenvalues of a symmetric matrix, largest first: of the k-th one, also at ties.

    >>> [bool(x.contains(n)) for x, n in zip(eigenvalues(arb_mat([[2, 1], [1, 2]])), (3, 1))]
    [True, True]
    """
    _frame, turned, defect = _nearly_diagonal(matrix)
    spread = arb(0, _off_diagonal(turned))
    # Ostrowski: a frame F scales eigenvalues by factors between the extreme eigenvalues of F^T F
    scale = 1 + arb(0, defect)
    return ranked([(turned[i, i] + spread) / scale for i in range(turned.nrows())])


def ranked(values: list[arb]) -> list[arb]:
    """The values, largest first; of balls that overlap, enclosures of the largest, the second largest, and so on."""
    lower = sorted((x.lower() for x in values), reverse=True)
    upper = sorted((x.upper() for x in values), reverse=True)
    return [a if a == b else a.union(b) for a, b in zip(lower, upper, strict=True)]


def singular_values(matrix: arb_mat) -> list[arb]:
    """Enclosures of the min(rows, columns) singular values, largest first.

    They are the nonnegative eigenvalues of ``[[0, M], [M^T, 0]]``, where a small one loses no digits to squaring.

    >>> [bool(x.contains(n)) for x, n in zip(singular_values(arb_mat([[3, 0, 0], [0, 4, 0]])), (4, 3))]
    [True, True]
    """
    rows, columns = matrix.nrows(), matrix.ncols()
    wide, tall = matrix.tolist(), matrix.transpose().tolist()
    zero = arb(0)
    whole = [[zero] * rows + row for row in wide] + [row + [zero] * columns for row in tall]
    return [x if x >= 0 else _nonnegative(x) for x in eigenvalues(arb_mat(whole))[: min(rows, columns)]]


def _nonnegative(value: arb) -> arb:
    top = value.upper()
    return arb(0).union(top) if top > 0 else arb(0)


def leading_projection(matrix: arb_mat, count: int) -> arb_mat:
    """Enclosure of the orthogonal projection onto the span of the ``count`` leading eigenvectors.

    Raises:
        Undecided: when no gap can be shown between the eigenvalues ``count`` and ``count + 1``.

    >>> leading_projection(arb_mat([[2, 0], [0, 1]]), 1).tolist()[0][0].contains(1)
    True
    """
    order = matrix.nrows()
    if count == 0 or count >= order:
        return identity(order) if count else 0 * identity(order)
    frame, turned, defect = _nearly_diagonal(matrix)
    ranking = sorted(range(order), key=lambda i: turned[i, i].mid(), reverse=True)
    chosen, others = ranking[:count], ranking[count:]
    entries = [turned[i, i] for i in range(order)]
    # from F to the nearest orthogonal frame is at most the defect; the matrix turned by that differs by this much
    size = sum((x.abs_upper() for x in turned.entries()), arb(0))
    noise = (_off_diagonal(turned) + 3 * defect * size).upper()
    gap = min(entries[i].lower() for i in chosen) - max(entries[k].upper() for k in others)
    least = (gap - noise).lower()
    if not least > 0:
        raise Undecided(f"cannot tell the eigenvalues {count} and {count + 1} apart; raise the precision")
    # Davis and Kahan: sin Theta <= noise/gap in the Frobenius norm, and projections differ by sqrt(2) times that
    radius = (2 * noise / least + 3 * defect).upper()
    columns = arb_mat([[frame[i, k] for k in chosen] for i in range(order)])
    projection = columns * columns.transpose()
    return arb_mat([[x + arb(0, radius) for x in row] for row in projection.tolist()])


def _nearly_diagonal(matrix: arb_mat) -> tuple[arb_mat, arb_mat, arb]:
    """An exact frame F, ``F^T matrix F`` in balls, and an upper bound below 1 on the norm of ``F^T F - I``.

    Raises:
        Undecided: when the matrix is not finite or no frame is nearly orthogonal at this precision.
    """
    order = matrix.nrows()
    if not all(x.is_finite() for x in matrix.entries()):
        raise Undecided("a matrix entry is not finite; raise the precision")
    frame = _diagonalising(matrix.mid())
    turned = frame.transpose() * matrix * frame
    defect = _frobenius((frame.transpose() * frame - identity(order)).entries())
    if not defect < 1:
        raise Undecided("no nearly orthogonal frame was found; raise the precision")
    return frame, turned, defect


def _frobenius(entries: list[arb]) -> arb:
    return sum((x.abs_upper() ** 2 for x in entries), arb(0)).upper().sqrt().upper()


def _off_diagonal(matrix: arb_mat) -> arb:
    return _frobenius([x for i, row in enumerate(matrix.tolist()) for j, x in enumerate(row) if i != j])


def _diagonalising(matrix: arb_mat) -> arb_mat:
    """An exact frame that nearly diagonalises an exact symmetric matrix: float64's, refined; by rotations where close
    eigenvalues keep that from converging.
    """
    order = matrix.nrows()
    scale = max((x.abs_upper() for x in matrix.entries()), default=arb(0))
    if scale.is_zero() or _off_diagonal(matrix).is_zero():
        return identity(order)
    rough = np.array([float(x / scale) for x in matrix.entries()]).reshape(order, order)
    frame = arb_mat(np.linalg.eigh((rough + rough.T) / 2)[1].tolist())
    negligible = scale * order * arb(2) ** (_SPARE - ctx.prec)
    before = scale * order
    for _ in range(ctx.prec.bit_length()):
        frame, left = _refined(matrix, frame)
        if left <= negligible:
            return frame
        if not left < before / 2**_SPARE:
            break
        before = left
    for _ in range(_SWEEPS):
        rows = (frame.transpose() * matrix * frame).mid().tolist()
        columns = frame.transpose().tolist()
        if not _sweep(rows, columns, negligible):
            break
        frame = _orthogonal(arb_mat(columns).transpose().mid())
    return frame


def _refined(matrix: arb_mat, frame: arb_mat) -> tuple[arb_mat, arb]:
    """A frame with about twice the digits, and what the given one left off the diagonal or lacked of orthogonality.

    Source: T. Ogita, K. Aishima, *Iterative refinement for symmetric eigenvalue decomposition*, Japan J. Indust. Appl.
    Math. 35 (2018), Algorithm 1.
    """
    order = range(frame.nrows())
    lacking = (identity(len(order)) - frame.transpose() * frame).mid().tolist()
    turned = (frame.transpose() * matrix * frame).mid().tolist()
    values = [(turned[i][i] / (1 - lacking[i][i])).mid() for i in order]
    size = max(abs(x) for x in values)
    off = _frobenius([turned[i][j] for i in order for j in order if i != j])
    left = (off + size * _frobenius([x for row in lacking for x in row])).upper()
    change = [
        [
            (turned[i][j] + values[j] * lacking[i][j]) / (values[j] - values[i])
            if abs(values[i] - values[j]) > 2 * left
            else lacking[i][j] / 2
            for j in order
        ]
        for i in order
    ]
    return (frame + frame * arb_mat(change).mid()).mid(), left


def _orthogonal(frame: arb_mat) -> arb_mat:
    """The nearest orthogonal matrix, to the precision in force, by Newton's iteration: it doubles the digits."""
    one = identity(frame.nrows())
    for _ in range(ctx.prec.bit_length()):
        product = frame.transpose() * frame
        frame = (frame * (3 * one - product) / 2).mid()
        if _frobenius((product - one).entries()) < arb(2) ** (-ctx.prec // 2):
            break
    return frame


def _sweep(rows: list[list[arb]], columns: list[list[arb]], negligible: arb) -> bool:
    """Rotate every pair of axes that the matrix couples, in place; whether there were any."""
    order, turned = len(rows), False
    for p in range(order):
        for q in range(p + 1, order):
            coupling = rows[p][q].mid()
            if abs(coupling) <= negligible:
                continue
            turned = True
            ratio = ((rows[q][q] - rows[p][p]) / (2 * coupling)).mid()
            tangent = 1 / (abs(ratio) + (ratio * ratio + 1).sqrt())
            tangent = (-tangent if ratio < 0 else tangent).mid()
            cosine = (1 / (tangent * tangent + 1).sqrt()).mid()
            sine = (tangent * cosine).mid()
            for table in (rows, columns):
                first, second = table[p], table[q]
                table[p] = [(cosine * a - sine * b).mid() for a, b in zip(first, second, strict=True)]
                table[q] = [(sine * a + cosine * b).mid() for a, b in zip(first, second, strict=True)]
            for row in rows:
                a, b = row[p], row[q]
                row[p], row[q] = (cosine * a - sine * b).mid(), (sine * a + cosine * b).mid()
    return turned
