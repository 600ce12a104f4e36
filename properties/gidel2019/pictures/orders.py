"""The order in which descent learns the modes, beside the order in which reduced-rank regression takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.report.pictures.style import COLOURS, axes_or_new

__all__ = ["plateau_losses", "two_orders"]

_LABELLED = 30  # modes that bear their number


def two_orders(sigma: Sequence[float], lam: Sequence[float], ax: Any = None) -> Any:
    """sigma, the order in which modes are learned, against sigma^2/lam, what each saves of the loss.

    Modes are joined in the order in which they are learned. Where the line rises, the later mode saves more: the two
    orders disagree, and descent stops at a plateau that is no best fit of its rank.

    Args:
        sigma, lam: (m,) the spectrum, all positive.
        ax: where to draw (default: a new figure).

    Returns:
        The axes; the first line joins all modes, the second those steps at which the orders disagree.

    Raises:
        ValueError: for lengths that differ, and values that are not positive.

    >>> all_steps, wrong = two_orders([4, 3, 1], [4, 1, 1]).lines
    >>> wrong.get_xdata()[:2].tolist(), wrong.get_ydata()[:2].tolist()
    ([4.0, 3.0], [4.0, 9.0])
    """
    s, gains = _ordered(sigma, lam)
    ax = axes_or_new(ax)
    ax.plot(
        s, gains, color=COLOURS[0], marker="o", markersize=5, label="modes, in the order they are learned"
    )
    wrong = [(k, k + 1) for k in range(len(s) - 1) if gains[k + 1] > gains[k] and s[k + 1] < s[k]]
    pairs = np.array([[s[a], s[b], np.nan] for a, b in wrong]).ravel()
    rises = np.array([[gains[a], gains[b], np.nan] for a, b in wrong]).ravel()
    ax.plot(pairs, rises, color=COLOURS[1], linewidth=2.5, linestyle="--", label="the later one saves more")
    for i in range(min(len(s), _LABELLED)):
        ax.annotate(
            str(i + 1),
            (s[i], gains[i]),
            textcoords="offset points",
            xytext=(0, 8),
            ha="center",
            fontsize="small",
        )
    ax.margins(y=0.15)
    if s.max() > 30 * s.min():
        ax.set_xscale("log")
        ax.set_yscale("log")
    ax.invert_xaxis()
    ax.set_xlabel(r"$\sigma_i$ (large to small: the order in which descent learns)")
    ax.set_ylabel(r"$\sigma_i^2/\lambda_i$: what mode $i$ saves")
    ax.legend(frameon=False, fontsize="small")
    return ax


def plateau_losses(sigma: Sequence[float], lam: Sequence[float], ax: Any = None) -> Any:
    """The loss on each plateau beside the least loss of its rank; between them, what the wrong plateaus cost.

    Args:
        sigma, lam, ax: as for :func:`two_orders`.

    Returns:
        The axes; lines: the plateaus, the best fits.

    Raises:
        ValueError: as :func:`two_orders` does.

    Source: RRR-1, RRR-3: plateau j has learned the j largest sigma, the best fit of rank j takes the j largest sigma^2/lam.

    >>> plateaus, best = plateau_losses([4, 3, 1], [4, 1, 1]).lines
    >>> (plateaus.get_ydata() - best.get_ydata()).tolist()
    [0.0, 2.5, 0.0, 0.0]
    """
    _, gains = _ordered(sigma, lam)
    ax = axes_or_new(ax)
    ranks = np.arange(len(gains) + 1)
    total = gains.sum() / 2
    plateaus = total - np.concatenate([[0.0], np.cumsum(gains)]) / 2
    best = total - np.concatenate([[0.0], np.cumsum(np.sort(gains)[::-1])]) / 2
    ax.fill_between(ranks, best, plateaus, color=COLOURS[1], alpha=0.25, linewidth=0)
    few = len(gains) <= _LABELLED
    ax.plot(
        ranks, plateaus, color=COLOURS[0], marker="o" if few else "", markersize=5, label="plateau of descent"
    )
    ax.plot(
        ranks,
        best,
        color=COLOURS[1],
        marker="x" if few else "",
        linestyle="--",
        label="best fit of that rank",
    )
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel("rank $j$")
    ax.set_ylabel(r"excess loss $f - \min f$")
    ax.set_ylim(0, None)
    ax.legend(frameon=False, fontsize="small")
    return ax


def _ordered(sigma: Sequence[float], lam: Sequence[float]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Both by mode, sigma from large to small: sigma, and sigma^2/lam."""
    s, x = np.asarray(sigma, dtype=float), np.asarray(lam, dtype=float)
    if s.ndim != 1 or s.shape != x.shape or not len(s) or not (np.isfinite(s * x).all() and min(*s, *x) > 0):
        raise ValueError(
            f"Expected sigma and lam of one length, all above 0, but got sigma={list(sigma)}, lam={list(lam)}; "
            "drop null modes"
        )
    order = np.argsort(-s, kind="stable")
    return s[order], s[order] ** 2 / x[order]
