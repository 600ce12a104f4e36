"""Which columns of a table are its targets, where one file holds inputs and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.usage import UsageError

__all__ = ["Targets", "numbered"]

_SHOWN = 8  # names told


@dataclass(frozen=True)
class Targets:
    """The columns that are targets: names, or numbers from 1 on; and whether they are labels, which may be words."""

    wanted: tuple[str, ...]
    labels: bool = False

    def places(self, path: str, names: Sequence[str], width: int) -> list[int]:
        """Their places, from 0 on, among ``width`` columns.

        Raises:
            UsageError: for a column that is not there, or that several have the name of, and when no input is left.

        >>> Targets(("y", "1")).places("t.csv", ["a", "b", "y"], 3)
        [2, 0]
        """
        found: list[int] = []
        for each in self.wanted:
            if names.count(each) > 1:
                raise UsageError(
                    f"{path} has {names.count(each)} columns named {each}; give --target the number of one, from 1 to {width}"
                )
            if each in names:
                found.append(names.index(each))
            elif each.isdecimal() and 1 <= int(each) <= width:
                found.append(int(each) - 1)
            else:
                named = (
                    f"a name ({', '.join(names[:_SHOWN])}{' …' * (len(names) > _SHOWN)}) or " if names else ""
                )
                without = "" if names else ", as its columns have no names"
                several = "; several are separated by spaces" if "," in each else ""
                raise UsageError(
                    f"{path} has no column {each!r}; give --target {named}a number from 1 to {width}{without}{several}"
                )
        if len(set(found)) == width:
            raise UsageError(
                f"--target names {f'all {width} columns' if width > 1 else 'the only column'} of {path}; leave at least one as an input"
            )
        return list(dict.fromkeys(found))

    def split(self, path: str, names: Sequence[str], table: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Inputs X and targets Y of a table."""
        if table.ndim != 2:
            return {"X": table}  # whoever reads it on says that it is no table
        places = self.places(path, names, table.shape[1])
        return {"X": np.delete(table, places, axis=1), "Y": table[:, places]}


def numbered(labels: NDArray[Any]) -> NDArray[Any]:
    """Labels that are words as whole numbers, in the order of the alphabet; everything else as it is.

    >>> numbered(np.array(["b", "a", "b"])).tolist()
    [1, 0, 1]
    """
    if labels.dtype.kind not in "US":
        return labels
    return np.asarray(np.unique(labels, return_inverse=True)[1]).reshape(labels.shape)
