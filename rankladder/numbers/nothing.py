"""The margins that are no sizes: of an exact zero where more than zero is claimed, and where nothing is claimed."""

from __future__ import annotations

import math
from fractions import Fraction

__all__ = ["NOTHING", "SILENT", "margin_text"]

NOTHING = Fraction(-1, 2**30)  # by how much an exact zero violates a strict inequality, for want of a size
SILENT = math.inf  # of a statement about all of nothing


def margin_text(margin: float | None, digits: int) -> str:
    """A margin, where there is one, in so many digits; what is no size is told in words: an exact zero, and what is nearer
    to zero than float64 holds.

    >>> margin_text(-0.25, 3), margin_text(float(NOTHING), 3), margin_text(-0.0, 3)
    ('-0.25', '0, where > 0 is claimed', 'below 0, by less than 1e-308')
    """
    if margin is None:
        return ""
    if margin == 0 and math.copysign(1.0, margin) < 0:
        return "below 0, by less than 1e-308"
    return "0, where > 0 is claimed" if margin == NOTHING else f"{margin:.{digits}g}"
