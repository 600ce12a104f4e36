"""Spectra on the command line: numbers with commas between them, or ``@FILE``."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rankladder.app.arguments import finite_number
from rankladder.usage import UsageError, given_path

__all__ = ["MOST_MODES", "numbers_or_file", "spectrum"]

MOST_MODES = 200_000  # more would not be read by anybody, and their JSON would fill the memory
_ENDINGS = (".npy", ".csv", ".txt")


def spectrum(text: str) -> tuple[float, ...]:
    """What an option names, for argparse."""
    try:
        return numbers_or_file(text, finite_number)
    except UsageError as error:
        raise ArgumentTypeError(str(error)) from None


def numbers_or_file(text: str, number: Callable[[str], float]) -> tuple[float, ...]:
    """The numbers that an option names.

    Args:
        text: ``3,2,1``, or ``@`` and the path of a .npy file with one axis, or of a .csv or .txt file: numbers apart by
            commas, semicolons, spaces or lines, from a ``#`` on a comment.
        number: reads one of them; what it raises says what is wrong.

    Raises:
        UsageError: for a file that cannot be read, or holds anything else, no number or more than ``MOST_MODES``.
    """
    if not text.startswith("@"):
        return tuple(number(part) for part in text.split(","))
    path = text[1:]
    file = given_path(path)
    if file.suffix.lower() not in _ENDINGS:
        raise UsageError(f"cannot read {path}: expected a file ending in {', '.join(_ENDINGS)}")
    try:
        values = _array(path, file) if file.suffix.lower() == ".npy" else _text(path, file, number)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}; give a file that can be read") from error
    if not 1 <= len(values) <= MOST_MODES:
        raise UsageError(
            f"{path} holds {len(values):,} numbers but must hold 1 to {MOST_MODES:,}; one for each mode"
        )
    return values


def _array(path: str, file: Path) -> tuple[float, ...]:
    try:
        loaded = np.load(file, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise UsageError(f"cannot read {path}: it is no array of numbers; save it with numpy.save") from error
    if not isinstance(loaded, np.ndarray) or loaded.dtype.kind not in "fiu" or loaded.squeeze().ndim > 1:
        raise UsageError(
            f"cannot read {path}: it must hold real numbers along one axis; save them with numpy.save"
        )
    flat = loaded.reshape(-1).astype(np.float64)
    if not np.isfinite(flat).all():
        bad = int(np.flatnonzero(~np.isfinite(flat))[0])
        raise UsageError(
            f"{path} holds {flat[bad]} at position {bad + 1}, must hold finite numbers; drop that mode"
        )
    return tuple(flat.tolist())


def _text(path: str, file: Path, number: Callable[[str], float]) -> tuple[float, ...]:
    values: list[float] = []
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        for count, line in enumerate(lines, 1):
            for word in re.split(r"[,;\s]+", line.split("#")[0].strip()):
                try:
                    values += [number(word)] if word else []
                except ArgumentTypeError as error:
                    raise UsageError(
                        f"{path}, line {count}: {error}; write one number for each mode"
                    ) from error
    return tuple(values)
