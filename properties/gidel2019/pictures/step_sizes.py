"""What each step size is small enough for."""

from __future__ import annotations

from typing import Any

from rankladder.report.pictures.style import COLOURS, axes_or_new

__all__ = ["step_regimes"]

# a threshold of theory; what holds from which s on up to it, and not beyond; the claims
_HOLDS = (
    ("monotone", 0, "rises to 1, not past it", "STEP-1"),
    ("lower logistic curve", 0, "above the lower curve", "GD-4"),
    ("loss descends", 0, "the loss never rises", "LOSS-3"),
    ("convergent", 0, "converges to 1", "STEP-2"),
    ("stable 2-cycle", 1, "a 2-cycle attracts the starts near it", "STEP-3"),
    ("entries keep their sign", 0, "the entries of both factors keep their sign", "GD-1"),
    ("bounded", 0, "stays bounded; beyond, almost every start escapes", "STEP-3, STEP-4"),
)


def step_regimes(ax: Any = None) -> Any:
    """The regimes of one mode over s = eta sigma: a bar for each property, up to the sharp threshold where it ends.

    Args:
        ax: where to draw (default: a new figure).

    Returns:
        The axes, with a bar a property.

    Source: the thresholds that ``rankladder.theory`` derives; each bar names the claims that are about it.

    >>> [round(float(bar.get_width()), 3) for bar in step_regimes().patches]
    [0.5, 0.678, 0.936, 1.0, 0.236, 1.598, 2.0]
    """
    import sympy

    from rankladder.theory import thresholds

    ax = axes_or_new(ax)
    ends = thresholds()
    for row, (name, begin, words, ids) in enumerate(_HOLDS):
        exact, value = ends[name], float(ends[name])
        # words above the bar, for they are longer than some bars are in a narrow figure
        ax.text(0.02, row - 0.22, f"{words} ({ids})", ha="left", va="center", fontsize="small")
        ax.barh(row + 0.2, value - begin, left=begin, height=0.36, color=COLOURS[5], edgecolor=COLOURS[0])
        number = f"{value:.4g}" if exact.is_rational else rf"\approx {value:.3f}"
        short = "" if exact.has(sympy.CRootOf) or exact.is_Integer else sympy.latex(exact)
        told = short if exact.is_rational and short else f"{short} {number}"
        ax.text(value + 0.02, row + 0.2, f"${told}$", va="center", fontsize="small")
    ax.set_axisbelow(True)
    ax.set_xlim(0, 2.5)
    ax.set_ylim(len(_HOLDS) - 0.5, -0.6)
    ax.set_yticks([])
    ax.grid(False, axis="y")
    ax.set_xlabel(r"step size times singular value, $s = \eta\sigma$")
    ax.set_title("one mode, any start in (0, 1]: what holds up to which $s$", fontsize="medium")
    return ax
