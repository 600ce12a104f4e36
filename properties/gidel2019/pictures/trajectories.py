"""Pictures of trajectories: the modes of a spectrum, and descent on a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Context
from typing import Any

import numpy as np

from rankladder.report.pictures.style import COLOURS, STROKES, axes_or_new, figure

__all__ = ["draw_modes", "excess_loss", "learned_values", "staircase"]


def draw_modes(report: Mapping[str, Any]) -> Any:
    """Fractions learned over rescaled time, with the predicted transitions, from a ``simulate`` report."""
    made, (axis,) = figure()
    scale = report["delta"] or 1.0
    times = np.array(report["times"], dtype=float) / scale
    values = np.array(report["z"], dtype=float)
    for i, mode in enumerate(report["modes"]):
        colour = COLOURS[i % len(COLOURS)]
        label = rf"mode {i + 1}: $\sigma$ = {mode['sigma']:g}, $\lambda$ = {mode['lam']:g}"
        axis.plot(
            times,
            np.where(np.abs(values[:, i]) <= 3, values[:, i], np.nan),
            color=colour,
            linestyle=STROKES[i % len(STROKES)],
            label=label if i < 10 else None,
        )
        if mode["predicted_step"] is not None and i < 10:
            axis.axvline(mode["predicted_step"] / scale, color=colour, linestyle=":", linewidth=1)
    axis.set_xlabel(
        r"rescaled time $k/\delta$ (steps per unit of $\delta$); dotted: $1/\log(1+\eta\sigma_i)$"
    )
    axis.set_ylabel(r"fraction learned $z_i = \lambda_i w_i/\sigma_i$")
    axis.set_title(rf"$\eta$ = {report['eta']:g}, $\delta$ = {report['delta']:g}: {report['regime']}")
    axis.legend(frameon=False)
    return made


def staircase(geometry: Any, run: Any, eta: float, delta: float) -> Any:
    """Loss and singular values over rescaled time, with predicted transitions and reduced-rank losses.

    Args:
        geometry, run: of a data set, from ``rankladder.properties.gidel2019.data.analysis``.
        eta, delta: with which it was run.

    Returns:
        The figure.
    """
    made, (upper, lower) = figure(rows=2)
    scale = delta if delta > 0 else 1.0
    times = np.array(run.times, dtype=float) / scale
    predicted = np.array([r.predicted_step for r in run.ranks]) / scale
    shown = min(len(run.ranks), len(COLOURS))
    last = max(times[-1], times[1] if len(times) > 1 else 1.0)
    spread = last > 8 * predicted[0] > 0
    least = geometry.data.least_loss
    # the minimum may dwarf the steps of the staircase: show what is left to learn, on a logarithmic scale
    upper.plot(
        times, np.maximum(np.array(run.losses) - least, 1e-300), color=COLOURS[0], label=r"$f(W_k) - \min f$"
    )
    levels = [
        r.rrr_loss - least for r in run.ranks[:shown] if r.rrr_loss - least > 1e-9 * (run.losses[0] - least)
    ]
    for i, level in enumerate(levels):
        label = "rank-$j$ reduced-rank solution" if i == 0 else None
        upper.axhline(level, color=COLOURS[1], linestyle="--", linewidth=0.9, label=label)
    upper.set_yscale("log")
    top = max(run.losses) - least
    upper.set_ylim(min([*levels, top / 100]) / 3, top * 2)
    values = np.array(run.singular_values)
    for j in range(min(values.shape[1], shown)):
        lower.plot(
            times,
            values[:, j],
            color=COLOURS[j % len(COLOURS)],
            linestyle=STROKES[j % len(STROKES)],
            label=f"$j$ = {j + 1}",
        )
    for axis in (upper, lower):
        for i, t in enumerate(predicted[:shown]):
            if t <= last:
                label = r"predicted $1/\log(1+\eta\sigma_j)$" if i == 0 and axis is upper else None
                axis.axvline(t, color="0.45", linestyle=":", linewidth=1, label=label)
        if spread:
            axis.set_xscale("log")
        axis.set_xlim(predicted[0] / 4 if spread else 0, last)
    upper.set_ylabel(r"excess loss $f - \min f$")
    lower.set_ylabel(r"singular values of $W_k$")
    lower.set_xlabel(r"rescaled time $k/\delta$ (steps per unit of $\delta$)")
    more = f"; first {shown} of {len(run.ranks)} modes" if shown < len(run.ranks) else ""
    told = "recorded run" if run.start == "recorded" else "gradient descent from a spectral start"
    upper.set_title(rf"{told}, $\eta$ = {eta:.3g}, $\delta$ = {delta:g}{more}")
    upper.legend(frameon=False, fontsize="small")
    lower.legend(frameon=False, fontsize="small", ncols=2)
    return made


def learned_values(
    sigma: Sequence[float], lam: Sequence[float], eta: float, delta: float, ax: Any = None
) -> Any:
    """The staircase of singular values: every mode's coefficient over rescaled time, predicted transitions dotted.

    Args:
        sigma, lam: (m,) the spectrum, all positive.
        eta: step size > 0; ``eta * max(sigma)`` at most 1/2 for the picture the theory promises, and at most 2.
        delta: the start is ``exp(-delta)`` in each factor.
        ax: where to draw (default: a new figure).

    Returns:
        The axes.

    Source: w_i after k steps of w <- w (1 + eta (sigma_i - lam_i w))^2; predicted 1/log(1 + eta sigma_i).

    >>> ax = learned_values([3, 1], [1, 1], 0.1, 5)
    >>> len(ax.lines)
    4
    """
    ax = axes_or_new(ax)
    times, run = _spectrum_run(sigma, lam, eta, delta)
    for i, (a, x) in enumerate(zip(sigma, lam, strict=True)):
        colour = COLOURS[i % len(COLOURS)]
        ax.plot(
            times,
            run.w[:, i],
            color=colour,
            linestyle=STROKES[i % len(STROKES)],
            label=rf"$\sigma_{{{i + 1}}}$ = {a:g}, $\lambda_{{{i + 1}}}$ = {x:g}",
        )
        ax.axvline(1 / np.log1p(eta * a), color=colour, linestyle=":", linewidth=1)
    ax.set_xlabel(r"rescaled time $k/\delta$ (steps per unit of $\delta$); dotted: $1/\log(1+\eta\sigma_i)$")
    ax.set_ylabel(r"coefficient $w_i$ of mode $i$")
    ax.legend(frameon=False, fontsize="small")
    return ax


def excess_loss(
    sigma: Sequence[float], lam: Sequence[float], eta: float, delta: float, ax: Any = None
) -> Any:
    """The staircase of the loss: what is left to learn over rescaled time, with the reduced-rank levels dashed.

    Args:
        sigma, lam, eta, delta, ax: as for :func:`learned_values`.

    Returns:
        The axes.

    Source: f(W) - min f = 1/2 sum_i (sigma_i - lam_i w_i)^2/lam_i; the rank-j level leaves out the j largest
    sigma_i^2/lam_i.

    >>> ax = excess_loss([3, 1], [1, 1], 0.1, 5)
    >>> [float(line.get_ydata()[0]) for line in ax.lines[1:]]
    [5.0, 0.5]
    """
    ax = axes_or_new(ax)
    times, run = _spectrum_run(sigma, lam, eta, delta)
    a, x = np.asarray(sigma, float), np.asarray(lam, float)
    ax.plot(
        times, np.sum((a - x * run.w) ** 2 / (2 * x), axis=1), color=COLOURS[0], label=r"$f(W_k) - \min f$"
    )
    gains = np.sort(a**2 / (2 * x))[::-1]
    for j in range(len(gains)):
        label = "rank-$j$ reduced-rank solution" if j == 0 else None
        ax.axhline(gains[j:].sum(), color=COLOURS[1], linestyle="--", linewidth=0.9, label=label)
    ax.set_ylim(0, None)
    ax.set_xlabel(r"rescaled time $k/\delta$ (steps per unit of $\delta$)")
    ax.set_ylabel(r"excess loss $f - \min f$")
    ax.legend(frameon=False, fontsize="small")
    return ax


_SIZES = (1e-100, 1e100)  # of sigma and lam: their squares and ratios stay within float64
_MOST_STEPS = 1e15  # beyond, float64 cannot tell one step from the next


def _spectrum_run(sigma: Sequence[float], lam: Sequence[float], eta: float, delta: float) -> tuple[Any, Any]:
    from rankladder.simulate import mode_trajectory

    if not sigma or len(sigma) != len(lam) or min(*sigma, *lam, eta, delta) <= 0:
        raise ValueError(
            f"Expected sigma and lam of one length, and all of them, eta and delta above 0, but got sigma={list(sigma)}, "
            f"lam={list(lam)}, eta={eta}, delta={delta}; drop null modes"
        )
    strange = [v for v in (*sigma, *lam) if not _SIZES[0] <= v <= _SIZES[1]]
    if strange:
        raise ValueError(
            f"Expected sigma and lam between {_SIZES[0]:g} and {_SIZES[1]:g} but got {strange[0]:g}; rescale the data"
        )
    if eta * max(sigma) > 2:
        largest = float(Context(prec=6, rounding=ROUND_DOWN).create_decimal(2 / max(sigma)))
        raise ValueError(
            f"Expected a step size eta of at most 2/{max(sigma):g} = {largest:g} but got {eta:g}; "
            "beyond, descent diverges and there is no staircase"
        )
    with np.errstate(over="ignore", divide="ignore"):
        last = 1.6 / np.log1p(eta * min(sigma)) * delta
    if not last <= _MOST_STEPS:
        raise ValueError(
            f"Expected a picture of at most {_MOST_STEPS:g} steps but got eta={eta:g}, delta={delta:g}, sigma={min(sigma):g}; "
            "take a larger eta, a smaller delta, or drop that mode"
        )
    steps = np.unique(np.round(np.linspace(0, last, 801)).astype(np.int64))
    run = mode_trajectory(sigma, lam, eta, delta, steps)
    with np.errstate(over="ignore", invalid="ignore"):
        losses = np.square(np.asarray(sigma) - np.asarray(lam) * run.w) / np.asarray(lam)
    if not np.isfinite(losses).all():
        raise ValueError(
            f"Expected a start below the fit but got delta={delta:g}, from which descent diverges; take a larger delta"
        )
    return steps / delta, run
