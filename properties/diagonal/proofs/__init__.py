"""How claims are proved or certified: their own conclusions on symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rankladder.proof.result import Proof
from rankladder.proof.symbolic import by_symbols, by_words
from rankladder.properties.diagonal import CATALOGUE

ANY_DATA = """The conclusion is run on vectors of every size, by their entry at an index that may be any. Of X and y nothing is used:
    the gradient at a vector is any vector, the same whenever it is asked for at the same one."""
NUMBERS = "The conclusion is run on symbols."
SHAPES = "The shapes that are tried, with every entry a symbol."


def on_vectors(id: str) -> Callable[[], Proof]:
    """For every X and y of every shape."""
    return lambda: by_words(CATALOGUE.claims[id], argument=ANY_DATA)


def on_symbols(
    id: str, choices: Sequence[Mapping[str, Any]] = ({},), argument: str = NUMBERS
) -> Callable[[], Proof]:
    """For all numbers, or every entry of matrices of some shapes."""
    return lambda: by_symbols(CATALOGUE.claims[id], choices, argument=argument, ranges=True)
