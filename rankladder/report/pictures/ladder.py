"""The ladder of assumptions: which claim makes which, and which are known to be needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rankladder.language.statement import Claim
from rankladder.report.pictures.style import COLOURS, axes_or_new
from rankladder.storage.counterexamples import known_witness

__all__ = ["assumption_ladder"]


def assumption_ladder(claims: Sequence[Claim], ax: Any = None) -> Any:
    """A claim a row, an assumption a column: full where the claim has a counterexample without it, open where none is known.

    Claims that assume least stand at the bottom, and assumptions that most make at the left.

    Args:
        claims: those to show; such as assume nothing are left out.
        ax: where to draw (default: a new figure, as large as the table).

    Returns:
        The axes.

    Raises:
        ValueError: when none of the claims assumes anything.

    >>> from rankladder.language.library import load_catalogue
    >>> ax = assumption_ladder([load_catalogue()["GD-4.upper"]])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['small-step', 'small-start']
    """
    shown = sorted((c for c in claims if c.given), key=lambda c: -len(c.given))
    if not shown:
        raise ValueError("Expected claims with assumptions but got none; rankladder show ID lists them")
    made = Counter(name for c in shown for name in c.given)
    names = [name for name, _ in made.most_common()]
    if ax is None:
        ax = axes_or_new(None)
        ax.figure.set_size_inches(3.4 + 0.42 * len(names), 1.9 + 0.27 * len(shown))
    cells: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for row, c in enumerate(shown):
        for name in c.given:
            cells[known_witness(c, name) is not None].append((names.index(name), row))
    words = {True: "needed: false without it", False: "assumed, not known to be needed"}
    for needed, where in cells.items():
        ax.plot(
            [x for x, _ in where], [y for _, y in where], linestyle="", marker="s", markersize=9, label=words[needed],
            color=COLOURS[0], markerfacecolor=COLOURS[0] if needed else "white",
        )  # fmt: skip
    ax.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize="small")
    ax.set_yticks(range(len(shown)), [c.id for c in shown], fontsize="small")
    ax.set_xlim(-0.6, len(names) - 0.4)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.01), frameon=False, fontsize="small", borderaxespad=0)
    return ax
