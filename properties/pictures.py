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
        from properties.cli import UsageError

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
        axis.plot(times, np.clip(values[:, i], -0.1, 3), color=colour, label=label if i < 10 else None)
        if mode["predicted_step"] is not None and i < 10:
            axis.axvline(mode["predicted_step"] / scale, color=colour, linestyle=":", linewidth=1)
    axis.set_xlabel(
        r"rescaled time $k/\delta$ (steps per unit of $\delta$); dotted: $1/\log(1+\eta\sigma_i)$"
    )
    axis.set_ylabel(r"fraction learned $z_i = \lambda_i w_i/\sigma_i$")
    axis.set_title(rf"$\eta$ = {report['eta']:g}, $\delta$ = {report['delta']:g}: {report['regime']}")
    axis.legend(frameon=False)
    made.savefig(path, dpi=130)
