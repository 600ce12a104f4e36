"""One of the abstract's assertions judged on a data set, and the words in which ranks and counts are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["STATED", "Assertion", "counted", "listed", "spanned", "transition"]

STATED = {
    "A1": "of the many solutions that fit equally well, descent picks a specific one",
    "A2": "what descent picks depends on step size and initial scale (tried here: the scale; the step in A4)",
    "A3": "in rescaled time k/delta, mode i is learned at 1/log(1 + eta sigma_i)",
    "A4": "this needs a vanishing start and a small enough step",
    "A5": "the solutions of reduced-rank regression are learned in turn, one rank after the other",
}


@dataclass(frozen=True)
class Assertion:
    """An assertion's verdict on the data (None: open, it cannot be said), why, and of what alone it is said, if not of all.

    ``remedy`` is what to try where it is open, as far as that is known.
    """

    holds: bool | None
    why: str
    of: str = ""
    remedy: str = ""


def counted(number: int, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "mode"), counted(1200, "step")
    ('1 mode', '1,200 steps')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    >>> listed(["A1", "A2", "A3"])
    'A1, A2 and A3'
    """
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def spanned(ranks: Sequence[int]) -> str:
    """Ranks in words, ``1 to 4`` where nothing is missing in between.

    >>> spanned([2]), spanned([1, 2, 3]), spanned([1, 3])
    ('rank 2', 'ranks 1 to 3', 'ranks 1, 3')
    """
    if len(ranks) > 2 and ranks[-1] - ranks[0] == len(ranks) - 1:
        return f"ranks {ranks[0]} to {ranks[-1]}"
    shown = ", ".join(map(str, ranks[:8])) + (" …" if len(ranks) > 8 else "")
    return f"rank{'' if len(ranks) == 1 else 's'} {shown}"


def transition(step: int | None, earliest: int | None) -> str:
    """When a mode was half learned, in a table; a span where the steps between two recorded ones are not known.

    >>> transition(1200, None), transition(1200, 1101), transition(None, None)
    ('1,200', '1,101 to 1,200', 'not reached')
    """
    if step is None:
        return "not reached"
    return f"{step:,}" if earliest in (None, step) else f"{earliest:,} to {step:,}"
