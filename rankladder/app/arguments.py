"""The command line's arguments: what a value must be, and the options that several commands take."""

from __future__ import annotations

import argparse

from rankladder.language.catalogue import DEFAULT, catalogues

__all__ = [
    "add_catalogue", "add_dask", "add_resume", "add_seed", "add_targets", "add_workers", "finite_number",
    "number_list", "positive_integer", "positive_number", "whole_number",
]  # fmt: skip


def finite_number(text: str) -> float:
    """A number."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number but got {text!r}") from None
    if value - value != 0:
        raise argparse.ArgumentTypeError(f"expected a finite number but got {text!r}")
    return value


def positive_number(text: str) -> float:
    """A number above 0."""
    value = finite_number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"expected a number above 0 but got {text}")
    return value


def whole_number(text: str, least: int = 0) -> int:
    """A whole number of at least so much."""
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number but got {text!r}") from None
    if value < least:
        raise argparse.ArgumentTypeError(f"expected at least {least} but got {text}")
    return value


def positive_integer(text: str) -> int:
    """A whole number of at least 1."""
    return whole_number(text, 1)


def number_list(text: str) -> tuple[float, ...]:
    """Numbers with commas between them."""
    return tuple(finite_number(part) for part in text.split(","))


def add_targets(sub: argparse.ArgumentParser, metavar: str = "TARGET", which: str = "") -> None:
    """The files that state claims."""
    words = f"claim files (.py){which}; none: the catalogue"
    sub.add_argument("targets", nargs="*", metavar=metavar, help=words)


def add_catalogue(sub: argparse.ArgumentParser) -> None:
    """The catalogue whose claims, commands and counterexamples are meant."""
    words = f"the catalogue: {', '.join(catalogues())} (default {DEFAULT})"
    sub.add_argument("--catalogue", metavar="NAME", default=DEFAULT, help=words)


def add_seed(sub: argparse.ArgumentParser) -> None:
    """The number that fixes every draw."""
    sub.add_argument("--seed", type=whole_number, default=0, metavar="N", help="fixes every draw (default 0)")


def add_workers(sub: argparse.ArgumentParser) -> None:
    """How many processes work."""
    words = "processes (default: the processors there are)"
    sub.add_argument("--workers", type=positive_integer, metavar="N", help=words)


def add_dask(sub: argparse.ArgumentParser) -> None:
    """Machines that work instead."""
    words = "let the workers of this Dask scheduler do it"
    sub.add_argument("--dask", metavar="tcp://HOST:PORT", help=words)


def add_resume(sub: argparse.ArgumentParser) -> None:
    """Going on where a run stopped."""
    words = "keep what an interrupted run of the same command has finished"
    sub.add_argument("--resume", action="store_true", help=words)
