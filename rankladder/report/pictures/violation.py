"""A picture of a violation: the margin along one number, through the counterexample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.domains.scalars import Real
from rankladder.language.snippets import symbol
from rankladder.language.statement import Claim
from rankladder.report.pictures.margins import margin_at, margins_along
from rankladder.report.pictures.style import COLOURS, axes_or_new

__all__ = ["violation"]

_POINTS, _FEW = 81, 33  # matrices take longer
_MOST_ENTRIES = 16  # of one matrix or data set

# what varies, its value in the instance, values, margins
Curve = tuple[str, float, NDArray[Any], NDArray[Any]]


def violation(claim: Claim, instance: Mapping[str, Any], ax: Any = None) -> Any:
    """The margin along the number in which it changes most tellingly, on an arcsinh scale.

    What lies below zero is shaded, the counterexample is the dot. Drawn in float64: the verdict rests on balls, not on
    this.

    Args:
        claim: a claim.
        instance: a counterexample to it.
        ax: where to draw (default: a new figure).

    Returns:
        The axes; None where along no number there is anything to see.
    """
    chosen = _telling(_along_reals(claim, instance)) or _telling(
        [*_along_integers(claim, instance), *_along_entries(claim, instance)]
    )
    if chosen is None:
        return None
    name, here, values, margins = chosen
    there = float(margins[np.argmin(np.abs(values - here))])
    if ax is None:
        ax = axes_or_new(None)
        ax.figure.set_size_inches(5.2, 2.2)
    scale = max(float(np.median(np.abs(margins))), abs(there), 1e-300)
    ax.set_yscale("asinh", linear_width=scale)
    ax.axhline(0, color="0.4", linewidth=0.8)
    ax.plot(values, margins, color=COLOURS[0])
    ax.fill_between(values, np.minimum(margins, 0), 0, color=COLOURS[1], alpha=0.25)
    ax.plot([here], [there], "o", color=COLOURS[1])
    # a label too close to that of zero would touch it
    ends = np.array([margins.min(), margins.max()])
    heights = np.abs(np.arcsinh(ends / scale))
    ticks = [0.0, *ends[heights > heights.max() / 5]]
    ax.set_yticks(ticks, labels=[f"{value:.3g}" for value in ticks])
    ax.minorticks_off()
    ax.set_xlabel(f"${symbol(name)}$")
    ax.set_ylabel("margin")
    ax.set_title(
        f"margin along {name}; the counterexample at {name} = {here:.3g} has {there:.3g}", fontsize="small"
    )
    return ax


def _telling(curves: Iterable[Curve]) -> Curve | None:
    """The curve of which the most even parts lie on either side of zero; None where none goes below."""
    best: tuple[float, Curve] | None = None
    for name, here, values, margins in curves:
        known = np.isfinite(margins)
        if known.sum() < len(values) // 4 or not known[np.argmin(np.abs(values - here))]:
            continue
        share = float((margins[known] < 0).mean())
        if share > 0 and (best is None or abs(share - 0.5) < best[0]):
            best = abs(share - 0.5), (name, here, values[known], margins[known])
    return None if best is None else best[1]


def _along_reals(claim: Claim, instance: Mapping[str, Any]) -> Iterator[Curve]:
    for name, domain in claim.reals.items():
        here = float(instance[name])
        values = np.unique(np.append(_around(domain, here, _POINTS if claim.scalar else _FEW), here))
        yield name, here, values, margins_along(claim, instance, {name: values})


def _along_integers(claim: Claim, instance: Mapping[str, Any]) -> Iterator[Curve]:
    for name, domain in claim.integers.items():
        here = int(instance[name])
        low, high = max(domain.lower, here - _POINTS // 2), min(domain.upper, here + _POINTS // 2)
        values = np.array(range(low, high + 1), dtype=object)
        if len(values) > 1:
            margins = margins_along(claim, instance, {name: values})
            yield name, float(here), values.astype(float), margins


def _along_entries(claim: Claim, instance: Mapping[str, Any]) -> Iterator[Curve]:
    """Along each number of a spectrum, a matrix, a data set."""
    for name, domain in claim.over.items():
        entries = () if domain.number else domain.entries(instance[name])
        numbers = [e.value for e in entries]
        kinds: Counter[str] = Counter()
        for i, entry in enumerate(entries[:_MOST_ENTRIES]):
            kind = entry.kind or name
            kinds[kind] += 1
            if not entry.value:  # there is nothing to scale
                continue
            values = [entry.value * Fraction(k, 40) for k in range(1, _POINTS)]
            changed = [
                domain.with_entries(instance[name], [*numbers[:i], x, *numbers[i + 1 :]]) for x in values
            ]
            margins = [margin_at(claim, {**instance, name: value}) for value in changed]
            yield (
                f"{kind}_{kinds[kind]}",
                float(entry.value),
                np.array(values, dtype=float),
                np.array(margins),
            )


def _around(domain: Real, here: float, points: int) -> NDArray[Any]:
    low, high = domain.drawn.lower, domain.drawn.upper
    reach = max(abs(here), 0.5)
    left = here - reach if low is None else float(low)
    right = here + reach if high is None else float(high)
    # a violation close to one end of a wide range is looked at closely
    right = min(right, max(here + 2 * (here - left), left + (right - left) / 8))
    return np.linspace(left, right, points + 2)[1:-1]
