"""A picture of a violation: the margin along one real parameter, through the counterexample, as SVG."""

from __future__ import annotations

import html
import math
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

__all__ = ["violation"]

_POINTS, _FEW = 81, 33  # matrices take longer
_MOST_ENTRIES = 16  # of one matrix or data set
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 460, 170, 64, 34, 12


Curve = tuple[
    str, float, NDArray[Any], NDArray[Any]
]  # what varies, its value in the instance, values, margins


def violation(claim: Claim, instance: Mapping[str, Any]) -> str:
    """The margin along the number in which it changes most tellingly; empty where there is none.

    Args:
        claim: a claim.
        instance: a counterexample to it.

    Returns:
        An SVG element that takes its colours from the page. What lies below zero is shaded, the counterexample is
        the dot. Drawn in float64: the verdict rests on balls, not on this.
    """
    chosen = _telling(_along_reals(claim, instance)) or _telling(
        [*_along_integers(claim, instance), *_along_entries(claim, instance)]
    )
    if chosen is None:
        return ""
    name, here, values, margins = chosen
    nearest = int(np.argmin(np.abs(values - here)))
    return _svg(name, values, margins, here, float(margins[nearest]))


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
        yield symbol(name), here, values, margins_along(claim, instance, {name: values})


def _along_integers(claim: Claim, instance: Mapping[str, Any]) -> Iterator[Curve]:
    for name, domain in claim.integers.items():
        here = int(instance[name])
        low, high = max(domain.lower, here - _POINTS // 2), min(domain.upper, here + _POINTS // 2)
        values = np.array(range(low, high + 1), dtype=object)
        if len(values) > 1:
            margins = margins_along(claim, instance, {name: values})
            yield symbol(name), float(here), values.astype(float), margins


def _along_entries(claim: Claim, instance: Mapping[str, Any]) -> Iterator[Curve]:
    """Along each number of a spectrum, a matrix, a data set."""
    for name, domain in claim.over.items():
        entries = () if domain.number else domain.entries(instance[name])
        kinds: Counter[str] = Counter()
        for i, entry in enumerate(entries[:_MOST_ENTRIES]):
            kind = entry.kind or name
            kinds[kind] += 1
            if not entry.value:  # there is nothing to scale
                continue
            numbers = [e.value for e in entries]
            values = [entry.value * Fraction(k, 40) for k in range(1, _POINTS)]
            changed = [
                domain.with_entries(instance[name], [*numbers[:i], x, *numbers[i + 1 :]]) for x in values
            ]
            margins = [margin_at(claim, {**instance, name: value}) for value in changed]
            label = symbol(f"{kind}_{kinds[kind]}")
            yield label, float(entry.value), np.array(values, dtype=float), np.array(margins)


def _around(domain: Real, here: float, points: int) -> NDArray[Any]:
    low, high = domain.bounds.lower, domain.bounds.upper
    reach = max(abs(here), 0.5)
    left = here - reach if low is None else float(low)
    right = here + reach if high is None else float(high)
    # a violation close to one end of a wide range is looked at closely
    right = min(right, max(here + 2 * (here - left), left + (right - left) / 8))
    return np.linspace(left, right, points + 2)[1:-1]


def _svg(name: str, values: NDArray[Any], margins: NDArray[Any], x: float, y: float) -> str:
    scale = max(float(np.median(np.abs(margins))), abs(y) if math.isfinite(y) else 0.0, 1e-300)
    squeezed, dot = np.arcsinh(margins / scale), math.asinh(y / scale) if math.isfinite(y) else 0.0
    low, high = min(float(squeezed.min()), dot, 0.0), max(float(squeezed.max()), dot, 0.0)
    pad = 0.08 * (high - low or 1.0)
    low, high = low - pad, high + pad
    first, last = min(float(values[0]), x), max(float(values[-1]), x)

    def across(value: float) -> float:
        return _LEFT + (value - first) / ((last - first) or 1.0) * (_WIDTH - _LEFT - 26)

    def down(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    points = " ".join(
        f"{across(float(v)):.1f},{down(float(m)):.1f}" for v, m in zip(values, squeezed, strict=True)
    )
    below = " ".join(
        f"{across(float(v)):.1f},{down(min(float(m), 0.0)):.1f}"
        for v, m in zip(values, squeezed, strict=True)
    )
    zero, bottom = down(0.0), _HEIGHT - _BOTTOM
    shaded = f"{across(float(values[0])):.1f},{zero:.1f} {below} {across(float(values[-1])):.1f},{zero:.1f}"
    labels = [
        f'<text x="{_LEFT - 6}" y="{down(value) + 4:.1f}" text-anchor="end">{_number(scale * math.sinh(value))}</text>'
        for value in dict.fromkeys((low + pad, 0.0, high - pad))
        if value == 0.0 or abs(down(value) - zero) > 14
    ]
    labels += [
        f'<text x="{across(value):.1f}" y="{bottom + 14}" text-anchor="middle">{_number(value)}</text>'
        for value in dict.fromkeys((first, x, last))
        if value == x or abs(across(value) - across(x)) > 50
    ]
    shown = html.escape(_words(name))
    title = (
        f"margin of the claim along {shown}; the counterexample at {shown} = {_number(x)} has {_number(y)}"
    )
    return (
        f'<svg class="violation" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}"><title>{title}</title>'
        f'<polygon class="below" points="{shaded}"/>'
        f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - 26}" y1="{zero:.1f}" y2="{zero:.1f}"/>'
        f'<line class="axis" x1="{_LEFT}" x2="{_LEFT}" y1="{_TOP}" y2="{bottom}"/>'
        f'<polyline class="margin" points="{points}"/>'
        f'<circle cx="{across(x):.1f}" cy="{down(dot):.1f}" r="5"/>{"".join(labels)}'
        f'<text x="{(_LEFT + _WIDTH) / 2:.0f}" y="{_HEIGHT - 4}" text-anchor="middle">{shown} (margin below 0: violated)</text></svg>'
    )


def _number(value: float) -> str:
    """Short enough for an axis.

    >>> _number(0.1234), _number(-1234567.0)
    ('0.123', '-1.23e+06')
    """
    return f"{value:.3g}"


_LETTERS = {r"\sigma": "σ", r"\lambda": "λ", r"\eta": "η", r"\delta": "δ", r"\tau": "τ", r"\theta": "θ", r"\omega": "ω",
            r"\mu": "μ", r"\kappa": "κ", r"\alpha": "α", r"\beta": "β", r"\rho": "ρ"}  # fmt: skip


def _words(latex: str) -> str:
    r"""A parameter's symbol as plain text.

    >>> _words(r"\sigma_{1}"), _words(r"\mathrm{steps}")
    ('σ₁', 'steps')
    """
    for name, letter in _LETTERS.items():
        latex = latex.replace(name, letter)
    bare = latex.replace(r"\mathrm", "").replace("{", "").replace("}", "")
    head, _, index = bare.partition("_")
    return head + index.translate(str.maketrans("0123456789ij", "₀₁₂₃₄₅₆₇₈₉ᵢⱼ"))
