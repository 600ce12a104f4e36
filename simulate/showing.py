"""How trajectories show themselves in a notebook: curves over time as SVG, drawn with nothing but text."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.numbers.balls import midpoints

__all__ = ["curves", "floats", "singular_values"]

# told apart under the common forms of colour blindness
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#767676")
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 480, 180, 56, 470, 8, 150
_CURVES = 24  # more cannot be told apart
_MOST = 400  # points of a curve: more than there are pixels to show them


def floats(values: Any) -> NDArray[np.float64]:
    """Float64 of an array, the midpoints of one of balls."""
    array = np.asarray(values)
    return np.asarray(midpoints(array) if array.dtype == object else array, dtype=np.float64)


def singular_values(W: Any) -> NDArray[np.float64]:
    """(times, min(d, p)) singular values of a stack of matrices; NaN where an entry is."""
    stack = floats(W)
    found = np.full((len(stack), min(stack.shape[1:])), np.nan)
    kept = np.isfinite(stack).all(axis=(1, 2))
    found[kept] = np.linalg.svd(stack[kept], compute_uv=False)
    return found


def curves(times: Any, columns: Any, *, what: str, notes: Sequence[str] = ()) -> str | None:
    """Curves over time with axes and a line of words.

    Args:
        times: (n,), increasing. columns: (n,) or (n, m), a curve a column; what is not finite is left out.
        what: the name of the vertical axis.
        notes: further words.

    Returns:
        A ``<figure>``; None for symbols, of which there is no picture.

    >>> drawn = curves([0, 1], [[0.0, 1.0], [1.0, 2.0]], what="z")
    >>> drawn.count("<polyline")
    2
    """
    try:
        x, every = floats(times).ravel(), floats(columns)
    except TypeError:
        return None
    y = every.reshape(len(x), -1)[:, :_CURVES]
    count = len(x)
    thin = np.unique(np.linspace(0, len(x) - 1, min(len(x), _MOST)).round().astype(int))
    x, y = x[thin], y[thin]
    known = y[np.isfinite(y)]
    low, high = (min(0.0, float(known.min())), float(known.max())) if known.size else (0.0, 1.0)
    high = high if high > low else low + 1.0
    last = float(x[-1]) if x[-1] > x[0] else float(x[0]) + 1.0

    def across(value: float) -> float:
        return _LEFT + (value - float(x[0])) / (last - float(x[0])) * (_RIGHT - _LEFT)

    def down(value: float) -> float:
        return _BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP)

    lines = []
    for j in range(y.shape[1]):
        points = " ".join(
            f"{across(a):.1f},{down(b):.1f}" for a, b in zip(x, y[:, j], strict=True) if np.isfinite(b)
        )
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="{_COLOURS[j % len(_COLOURS)]}" stroke-width="1.8"/>'
        )
    ink = 'fill="currentColor" font-size="11" font-family="sans-serif"'
    axes = (
        f'<path d="M{_LEFT},{_TOP}V{_BOTTOM}H{_RIGHT}" fill="none" stroke="currentColor" opacity="0.6"/>'
        f'<text x="{_LEFT - 5}" y="{_TOP + 8}" text-anchor="end" {ink}>{high:.3g}</text>'
        f'<text x="{_LEFT - 5}" y="{_BOTTOM}" text-anchor="end" {ink}>{low:.3g}</text>'
        f'<text x="{_LEFT}" y="{_BOTTOM + 15}" {ink}>{x[0]:g}</text>'
        f'<text x="{_RIGHT}" y="{_BOTTOM + 15}" text-anchor="end" {ink}>{x[-1]:g}</text>'
        f'<text x="{(_LEFT + _RIGHT) / 2}" y="{_BOTTOM + 15}" text-anchor="middle" {ink}>time</text>'
    )
    words = "; ".join([f"{what}, {count} times", *notes])
    return (
        f'<figure style="margin: 0"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" '
        f'aria-label="{html.escape(words)}" style="max-width: 100%">{axes}{"".join(lines)}</svg>'
        f"<figcaption>{html.escape(words)}</figcaption></figure>"
    )
