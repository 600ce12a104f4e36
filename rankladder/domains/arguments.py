"""Checks of what domains are given; every refusal names value, expectation and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from rankladder.domains.domain import Domain
from rankladder.domains.scalars import Int, exact

__all__ = ["exact_range", "number_at_least", "size_range", "sizes_of_parameters", "whole_range"]


def size_range(domain: str, name: str, size: Any) -> None:
    """Check a size: a number from 1 on, the name of a parameter, or ``Int(1, 8)``.

    Raises:
        ValueError, TypeError: for anything else.

    >>> size_range("Orthogonal", "n", 0)
    Traceback (most recent call last):
    ...
    ValueError: Expected a size from 1 on but got Orthogonal(n=0); give 1 or more
    """
    if isinstance(size, str):
        if not size.isidentifier():
            raise ValueError(
                f"Expected the name of an integer parameter but got {domain}({name}={size!r}); give a size such as 3"
            )
        return
    if isinstance(size, Int):
        least = size.lower
    elif isinstance(size, int) and not isinstance(size, bool):
        least = size
    else:
        raise TypeError(
            f"Expected a whole number, Int(1, 8) or a parameter's name but got {domain}({name}={size!r})"
        )
    if least < 1:
        raise ValueError(f"Expected a size from 1 on but got {domain}({name}={size}); give 1 or more")


def sizes_of_parameters(claim: str, over: Mapping[str, Domain]) -> None:
    """Check the sizes that parameters of a claim take from others by name: each is an integer from 1 on, drawn before.

    Raises:
        ValueError: for any other.
    """
    earlier: set[str] = set()
    for name, domain in over.items():
        for size in domain.sizes():
            if not isinstance(size, str):
                continue
            given = over.get(size)
            if not isinstance(given, Int):
                found, remedy = (
                    f"{size} in {given}" if given else f"no {size}",
                    f"put {size}=Int(1, 8) before {name}",
                )
            elif size not in earlier:
                found, remedy = f"{size} after it", f"put {size} before {name}"
            elif given.lower < 1:
                found, remedy = f"{size} in {given}", f"write {size}=Int(1, {max(given.upper, 1)})"
            else:
                continue
            raise ValueError(
                f"Expected {size}, a size of {name}, among the parameters before it, an integer from 1 on, but claim "
                f"{claim} has {found}; {remedy} in over="
            )
        earlier.add(name)


def whole_range(domain: str, name: str, given: Any) -> Int:
    """A range of whole numbers from 1 on; one number is the range of that number alone.

    Raises:
        ValueError, TypeError: for anything else.

    >>> whole_range("Problem", "d", 3)
    Int(lower=3, upper=3)
    """
    if isinstance(given, str):
        raise TypeError(f"Expected a whole number or Int(1, 8) but got {domain}({name}={given!r})")
    size_range(domain, name, given)
    return given if isinstance(given, Int) else Int(given, given)


def exact_range(
    domain: str, name: str, given: Any, *, positive: bool = False, touching: bool = True
) -> tuple[Fraction, Fraction]:
    """Both ends of a range as exact numbers, the lower first.

    Args:
        domain, name: whose argument it is, for the message.
        given: a pair of numbers.
        positive: whether 0 must stay outside; below 0 is refused in any case.
        touching: whether the ends may be equal.

    Raises:
        ValueError, TypeError: when it is no such pair.

    >>> exact_range("Problem", "sigma", (0.25, 4))
    (Fraction(1, 4), Fraction(4, 1))
    """
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise TypeError(f"Expected a pair (lower, upper) but got {domain}({name}={given!r}); write (1, 4)")
    low, high = (exact(end) for end in given)
    if low > high or (low == high and not touching):
        raise ValueError(
            f"Expected lower {'<=' if touching else '<'} upper but got {domain}({name}={given!r}); swap the ends"
        )
    if low < 0 or (positive and low == 0):
        raise ValueError(
            f"Expected numbers {'above' if positive else 'from'} 0{'' if positive else ' on'} but got "
            f"{domain}({name}={given!r}); raise the lower end"
        )
    return low, high


def number_at_least(domain: str, name: str, given: Any, least: int) -> Fraction:
    """An exact number that is not too small.

    Raises:
        ValueError, TypeError: for a smaller one, and for what is no number.

    >>> number_at_least("Problem", "gap", 0.1, 0)
    Fraction(1, 10)
    """
    found = exact(given)
    if found < least:
        raise ValueError(
            f"Expected a number from {least} on but got {domain}({name}={given!r}); give {least} or more"
        )
    return found
