"""Moves from one instance to another, whatever its parameters are made of.

A move changes the numbers of an instance (its spectra, matrices and scalars alike), its sizes, or what has no
numbers of its own. Besides small steps there are those that a random step never makes: two numbers become equal, a
product of some becomes 1/2, 1 or 2, a number goes to the end of its range, all of them become simple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from rankladder.domains.domain import Entry
from rankladder.domains.randomness import Source, choice
from rankladder.domains.scalars import Real
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim

__all__ = [
    "Place",
    "dressed",
    "moved",
    "places",
    "resized",
    "shortened",
    "unframed",
    "with_numbers",
    "within_range",
]

_LONGEST = 96  # bits of a denominator, beyond which a number is rounded
_SIMPLE = tuple(map(Fraction, ("0", "1", "1/2", "2", "1/4", "4", "3", "3/2", "-1", "-1/2", "-2")))
_FACTORS = tuple(map(Fraction, ("1", "1", "1", "2", "1/2", "4", "1/4", "3", "-1")))


class Place(NamedTuple):
    """One number of an instance: whose it is, and its value and range."""

    name: str
    entry: Entry

    @property
    def group(self) -> tuple[str, str]:
        """The numbers that are alike: of one parameter and one kind."""
        return self.name, self.entry.kind


def places(claim: Claim, instance: Mapping[str, Any]) -> list[Place]:
    """Every number of an instance that may be changed by itself, in order."""
    return [
        Place(name, entry) for name, domain in claim.over.items() for entry in domain.entries(instance[name])
    ]


def with_numbers(
    claim: Claim, instance: Instance, known: Sequence[Place], numbers: Sequence[Fraction]
) -> Instance:
    """The instance with other numbers in its places, as :func:`places` lists them."""
    parts: dict[str, list[Fraction]] = {}
    for place, number in zip(known, numbers, strict=True):
        parts.setdefault(place.name, []).append(number)
    return instance.with_(
        **{name: claim.over[name].with_entries(instance[name], part) for name, part in parts.items()}
    )


def moved(claim: Claim, instance: Instance, source: Source, mate: Instance | None = None) -> Instance:
    """A neighbour, near or far; ``mate`` is another instance, to mix with or to move along the way to.

    Raises:
        Infeasible: when what was to be drawn has no room.
    """
    known = places(claim, instance)
    style = source.integer(0, 15) if known else 0
    if style <= 3:
        return _rebuilt(claim, instance, source)
    numbers = [place.entry.value for place in known]
    if style <= 5 and mate is not None:
        other = [place.entry.value for place in places(claim, mate)]
        if len(other) == len(numbers):
            return with_numbers(claim, instance, known, _mixed(known, other, source))
    if style <= 10:
        for _ in range(choice(source, (1, 1, 2, 3, len(known)))):
            _step(known, numbers, source)
    elif style <= 12:
        _meeting(known, numbers, source)
    else:
        choice(source, (_ends, _copied, _simple, _scaled, _rounded))(known, numbers, source)
    return with_numbers(
        claim, instance, known, [shortened(place.entry, x) for place, x in zip(known, numbers, strict=True)]
    )


def dressed(claim: Claim, instance: Instance, source: Source) -> Instance:
    """A drawn instance with what draws hardly ever have: a few simple numbers everywhere, ends, ties, no frames."""
    known = places(claim, instance)
    if known:
        numbers = [place.entry.value for place in known]
        style = choice(source, (_palette, _palette, _corners, _ends, _rounded, _copied))
        style(known, numbers, source)
        if source.integer(0, 1):
            _meeting(known, numbers, source)
        instance = with_numbers(claim, instance, known, numbers)
    return unframed(claim, instance) if source.integer(0, 2) == 0 else instance


def unframed(claim: Claim, instance: Instance) -> Instance:
    """The instance in the simplest frames, its matrices diagonal."""
    return Instance.of({name: domain.unframed(instance[name]) for name, domain in claim.over.items()})


def resized(claim: Claim, instance: Instance, name: str, wanted: int, source: Source) -> Instance:
    """An integer parameter changed, and with it, entry by entry, everything that has it as a size."""
    values = dict(instance)
    while values[name] != wanted:
        now = values[name]
        if wanted < now:
            index = source.integer(0, now - 1)
            changed = {n: d.shrunk(values[n], name, index) for n, d in claim.over.items()}
        else:
            changed = {n: d.grown(values[n], name, source) for n, d in claim.over.items()}
        if all(changed[n] is values[n] for n in changed):
            changed[name] = wanted  # it counts nothing but itself
        else:
            changed[name] = now + (1 if wanted > now else -1)
        values = changed
    return Instance.of(values)


def _rebuilt(claim: Claim, instance: Instance, source: Source) -> Instance:
    """What is no number: an integer and all that it counts, a frame, a shape."""
    name = choice(source, list(claim.over))
    domain, value = claim.integers.get(name), instance[name]
    if domain is None:
        return instance.with_(**{name: claim.over[name].mutate(value, source)})
    wanted = choice(source, (value - 1, value + 1, domain.lower, domain.upper, domain.mutate(value, source)))
    return resized(claim, instance, name, min(max(wanted, domain.lower), domain.upper), source)


# --- changes of a list of numbers, in place


def within_range(entry: Entry, x: Fraction) -> Fraction:
    """The number nearest to ``x`` in the range of an entry."""
    x = x if entry.lower is None else max(x, entry.lower)
    return x if entry.upper is None else min(x, entry.upper)


def shortened(entry: Entry, x: Fraction) -> Fraction:
    """The number in the range of its entry, rounded where its denominator is long."""
    if x.denominator.bit_length() > _LONGEST:
        x = Fraction(round(x * 2**_LONGEST), 2**_LONGEST)
    return within_range(entry, x)


def _step(known: Sequence[Place], numbers: list[Fraction], source: Source) -> None:
    i = source.integer(0, len(known) - 1)
    low, high = known[i].entry.lower, known[i].entry.upper
    numbers[i] = Real(low, high, closed="both").mutate(numbers[i], source)


def _mixed(known: Sequence[Place], other: Sequence[Fraction], source: Source) -> list[Fraction]:
    """Some numbers of another instance, or a step along the line through both."""
    own = [place.entry.value for place in known]
    if source.integer(0, 1):
        return [
            within_range(p.entry, choice(source, (x, y))) for p, x, y in zip(known, own, other, strict=True)
        ]
    along = choice(source, tuple(map(Fraction, ("1/4", "1/2", "1", "-1/4", "-1/2", "-1", "-2"))))
    return [shortened(p.entry, x + along * (y - x)) for p, x, y in zip(known, own, other, strict=True)]


def _meeting(known: Sequence[Place], numbers: list[Fraction], source: Source) -> None:
    """One number becomes a short monomial of others: equal to one, its inverse, a ratio, a product."""
    i = source.integer(0, len(known) - 1)
    made = choice(source, _FACTORS)
    for power in choice(source, ((1,), (-1,), (1, 1), (1, -1), (2, -1), (2, -1, 1))):
        x = numbers[source.integer(0, len(known) - 1)]
        if x == 0 and power < 0:
            return
        made *= x**power
    entry = known[i].entry
    if within_range(entry, made) == made and made.denominator.bit_length() <= _LONGEST:
        numbers[i] = made


def _ends(known: Sequence[Place], numbers: list[Fraction], source: Source) -> None:
    """One number, or most of one parameter's or of all, at an end of its range."""
    upper = source.integer(0, 2)
    for i in _some(known, source):
        low, high = known[i].entry.lower, known[i].entry.upper
        end = high if (upper if upper < 2 else source.integer(0, 1)) else low
        numbers[i] = numbers[i] if end is None else end


def _corners(known: Sequence[Place], numbers: list[Fraction], source: Source) -> None:
    """All numbers at an end of their ranges, those that are alike at the same."""
    ends = {group: source.integer(0, 1) for group in dict.fromkeys(place.group for place in known)}
    for i, place in enumerate(known):
        end = place.entry.upper if ends[place.group] else place.entry.lower
        numbers[i] = numbers[i] if end is None else end


def _copied(known: Sequence[Place], numbers: list[Fraction], source: Source) -> None:
    """Numbers become equal to one of them, or exchange with it."""
    j = source.integer(0, len(known) - 1)
    if source.integer(0, 3) == 0:
        i = source.integer(0, len(known) - 1)
        numbers[i], numbers[j] = (within_range(known[k].entry, numbers[n]) for k, n in ((i, j), (j, i)))
        return
    for i in _some(known, source):
        numbers[i] = within_range(known[i].entry, numbers[j])


def _simple(known: Sequence[Place], numbers: list[Fraction], source: Source) -> None:
    """Numbers become one simple number."""
    x = choice(source, _SIMPLE)
    for i in _some(known, source):
        numbers[i] = within_range(known[i].entry, x)


def _palette(known: Sequence[Place], numbers: list[Fraction], source: Source) -> None:
    """Every number becomes one of two or three: ties and round ratios all over."""
    few = [choice(source, (*_SIMPLE, *numbers)) for _ in range(source.integer(1, 3))]
    for i, place in enumerate(known):
        numbers[i] = within_range(place.entry, choice(source, few))


def _scaled(known: Sequence[Place], numbers: list[Fraction], source: Source) -> None:
    """Numbers are multiplied by the same factor."""
    factor = choice(source, tuple(map(Fraction, ("1/2", "2", "-1", "3/4", "5/4", "9/10", "11/10"))))
    for i in _some(known, source):
        numbers[i] = within_range(known[i].entry, factor * numbers[i])


def _rounded(known: Sequence[Place], numbers: list[Fraction], source: Source) -> None:
    """Numbers become the nearest ones with a short denominator."""
    most = choice(source, (1, 2, 3, 4, 6, 12, 30, 100, 1000))
    for i in _some(known, source):
        numbers[i] = within_range(known[i].entry, numbers[i].limit_denominator(most))


def _some(known: Sequence[Place], source: Source) -> Iterable[int]:
    """Indices: of one number, of those of one parameter, or of all; sometimes only half of these."""
    style = source.integer(0, 3)
    if style == 0:
        return [source.integer(0, len(known) - 1)]
    one = known[source.integer(0, len(known) - 1)]
    keep: Callable[[int], bool] = (lambda i: known[i].group == one.group) if style < 3 else (lambda i: True)
    half = source.integer(0, 1)
    return [i for i in range(len(known)) if keep(i) and not (half and source.integer(0, 1))]
