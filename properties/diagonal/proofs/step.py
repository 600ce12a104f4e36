"""Proofs of what one step does, DLN-1: the claims' own conclusions on symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rankladder.language.library import load_catalogue
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import by_symbols, by_words

ANY_DATA = """The conclusion is run on vectors of every size, by their entry at an index that may be any. Of X and y nothing is used:
    the gradient at a vector is any vector, the same whenever it is asked for at the same one."""
NUMBERS = "The conclusion is run on symbols."


def on_vectors(id: str) -> Callable[[], Proof]:
    """For every X and y of every shape."""
    return lambda: by_words(load_catalogue("diagonal")[id], argument=ANY_DATA)


def on_symbols(
    id: str, choices: Sequence[Mapping[str, Any]] = ({},), argument: str = NUMBERS
) -> Callable[[], Proof]:
    """For all numbers, or every entry of matrices of some shapes."""
    return lambda: by_symbols(load_catalogue("diagonal")[id], choices, argument=argument, ranges=True)


PROOFS = {
    **{id: on_vectors(id) for id in ("DLN-1.products", "DLN-1.imbalance", "DLN-1.flow")},
    **{id: on_symbols(id) for id in ("DLN-1.imbalance-size", "DLN-1.shift", "DLN-2.waiting", "DLN-2.tie")},
}
CERTIFICATES = {
    "DLN-1.row-space": on_symbols(
        "DLN-1.row-space",
        [{"data": (1, 3)}, {"data": (2, 3)}],
        "The shapes that are tried, with every entry a symbol.",
    ),
    "DLN-3.decoupled": on_symbols(
        "DLN-3.decoupled", [{"data": (2, 2)}], "The shape that is tried, with every entry a symbol."
    ),
}
