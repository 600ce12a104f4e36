"""One style for every picture: sizes, grid, colours that the colour-blind can tell apart."""

from __future__ import annotations

from typing import Any

__all__ = ["COLOURS", "DIVERGING", "STROKES", "axes_or_new", "figure"]

# Okabe and Ito's palette: told apart under the common forms of colour blindness
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
STROKES = (
    "-",
    "--",
    "-.",
    (0, (6, 1, 1, 1, 1, 1)),
    (0, (8, 2)),
    (0, (3, 1)),
)  # for where all colours are one grey
DIVERGING = "PuOr"  # orange fails, purple holds


def figure(rows: int = 1, *, shared: bool = True) -> tuple[Any, Any]:
    """A figure with ``rows`` panels, drawn without a display; they share the horizontal axis if ``shared``.

    Raises:
        UsageError: when matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        from rankladder.usage import UsageError

        raise UsageError(
            "drawing needs matplotlib; install it with: pip install 'rankladder[plot]'"
        ) from error
    made = Figure(figsize=(8, 1.2 + 2.8 * rows), layout="constrained")
    FigureCanvasAgg(made)
    axes = made.subplots(rows, 1, sharex=shared, squeeze=False)[:, 0]
    for axis in axes:
        axis.grid(True, color="0.9", linewidth=0.8)
        axis.spines[["top", "right"]].set_visible(False)
    return made, axes


def axes_or_new(ax: Any) -> Any:
    """The axes given, or those of a new figure."""
    return figure()[1][0] if ax is None else ax
