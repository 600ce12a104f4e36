"""Pictures of trajectories: one style, colour-blind safe, axes named with symbols and units."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["COLOURS", "draw_modes", "figure"]

# Okabe and Ito's palette: told apart under the common forms of colour blindness
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def figure(rows: int = 1) -> tuple[Any, Any]:
    """A figure with ``rows`` panels that share the horizontal axis, drawn without a display.

    Raises:
        UsageError: when matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        from properties.usage import UsageError

        raise UsageError(
            "drawing needs matplotlib; install it with: pip install 'rankladder[plot]'"
        ) from error
    made = Figure(figsize=(8, 1.2 + 2.8 * rows), layout="constrained")
    FigureCanvasAgg(made)
    axes = made.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
    for axis in axes:
        axis.grid(True, color="0.9", linewidth=0.8)
        axis.spines[["top", "right"]].set_visible(False)
    return made, axes


def draw_modes(report: Mapping[str, Any], path: Path) -> None:
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
    made.savefig(path, dpi=130)


def draw_staircase(geometry: Any, run: Any, eta: float, delta: float, path: Path) -> None:
    """Loss and singular values over rescaled time, with predicted transitions and reduced-rank losses."""
    made, (upper, lower) = figure(rows=2)
    scale = delta or 1.0
    times = np.array(run.times, dtype=float) / scale
    predicted = np.array([r.predicted_step for r in run.ranks]) / scale
    shown = min(len(run.ranks), len(COLOURS))
    last = max(times[-1], times[1] if len(times) > 1 else 1.0)
    spread = last > 20 * predicted[0]
    least = geometry.least_loss
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
        lower.plot(times, values[:, j], color=COLOURS[j % len(COLOURS)], label=f"$j$ = {j + 1}")
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
    upper.set_title(
        rf"gradient descent from a spectral start, $\eta$ = {eta:.3g}, $\delta$ = {delta:g}{more}"
    )
    upper.legend(frameon=False, fontsize=8)
    lower.legend(frameon=False, fontsize=8, ncols=2)
    made.savefig(path, dpi=130)
