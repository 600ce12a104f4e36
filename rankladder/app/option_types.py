"""The types of options: what argparse makes of their text, with a line of words where that cannot be done."""

from __future__ import annotations

import argparse

__all__ = ["number", "numbers", "positive_integer", "positive_number", "whole"]


def number(text: str) -> float:
    """A finite number."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number but got {text!r}") from None
    if value - value != 0:
        raise argparse.ArgumentTypeError(f"expected a finite number but got {text!r}")
    return value


def positive_number(text: str) -> float:
    """A number above 0."""
    value = number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"expected a number above 0 but got {text}")
    return value


def whole(text: str) -> int:
    """A whole number from 0 on."""
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number but got {text!r}") from None
    if value < 0:
        raise argparse.ArgumentTypeError(f"expected at least 0 but got {text}")
    return value


def positive_integer(text: str) -> int:
    """A whole number from 1 on."""
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number but got {text!r}") from None
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected at least 1 but got {text}")
    return value


def numbers(text: str) -> tuple[float, ...]:
    """Numbers with commas between them."""
    return tuple(number(part) for part in text.split(","))
