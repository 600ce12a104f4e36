"""Pictures of claims: the margin over two parameters, and which assumptions are needed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from fractions import Fraction
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.language.catalogue import DEFAULT
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.report.pictures.style import COLOURS, DIVERGING, axes_or_new
from rankladder.usage import UsageError

__all__ = [
    "assumption_map", "broken_on_grid", "instance_to_draw", "margin_at", "margin_grid", "margin_landscape",
    "margins_along",
]  # fmt: skip


def margins_along(
    claim: Claim, instance: Mapping[str, Any], values: Mapping[str, NDArray[Any]]
) -> NDArray[Any]:
    """Float64 margins where some number-valued parameters vary together and the others stay as in an instance.

    Args:
        claim: the claim.
        instance: exact values of all its parameters.
        values: (n,) each, of the parameters that vary.

    Returns:
        (n,) margins; NaN where float64 cannot say. For pictures only: a verdict needs balls.
    """
    from rankladder.search.draws import realise

    fixed = realise(claim, instance, float)
    return np.array(
        [
            _margin(claim, fixed | dict(zip(values, column, strict=True)))
            for column in zip(*values.values(), strict=True)
        ]
    )


def margin_at(claim: Claim, instance: Mapping[str, Any]) -> float:
    """The float64 margin at an instance; NaN where float64 cannot say. For pictures only, too."""
    from rankladder.search.draws import realise

    return _margin(claim, realise(claim, instance, float))


def _margin(claim: Claim, values: Mapping[str, Any]) -> float:
    from rankladder.language.margins import forall
    from rankladder.search.judgement import conclude

    try:
        with np.errstate(all="ignore"):
            return float(forall(conclude(claim, values)))
    except (ArithmeticError, ValueError, TypeError):
        return float("nan")


def margin_grid(
    claim: Claim, instance: Mapping[str, Any], x: str, y: str, points: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The data behind :func:`margin_landscape`: (points,) values of x and of y, (points, points) margins.

    Raises:
        UsageError: when x or y is no real parameter of the claim.
    """
    for fine in (points, _FINER * points):  # of a wide range, the assumptions may leave less than a cell
        xs, ys = (_spread(*_range(claim, name, instance), fine) for name in (x, y))
        kept = _kept(broken_on_grid(claim, instance, x, y, xs, ys), fine)
        if kept.any():
            break
    if kept.any():  # around what the assumptions leave, half as much again on each side
        rows, columns = np.flatnonzero(kept.any(axis=1)), np.flatnonzero(kept.any(axis=0))
        xs, ys = (
            _spread(max(v[0], low - (high - low) / 2), min(v[-1], high + (high - low) / 2), points)
            for v, low, high in (
                (xs, min(xs[columns[0]], float(instance[x])), max(xs[columns[-1]], float(instance[x]))),
                (ys, min(ys[rows[0]], float(instance[y])), max(ys[rows[-1]], float(instance[y]))),
            )
        )
    else:
        xs, ys = (_spread(*_range(claim, name, instance), points) for name in (x, y))
    across, up = (axis.ravel().tolist() for axis in np.meshgrid(xs, ys))
    margins = [
        _judged(claim, {**instance, x: Fraction(u), y: Fraction(v)}) for u, v in zip(across, up, strict=True)
    ]
    return xs, ys, np.array(margins).reshape(points, points)


def _judged(claim: Claim, instance: Mapping[str, Any]) -> float:
    """The margin in balls of one precision: rounding would draw an equality as violated here and there."""
    from rankladder.search.judgement import LADDER, judge

    try:
        judgement = judge(claim, instance, LADDER[:1])
    except (ArithmeticError, ValueError, TypeError):
        return float("nan")
    return judgement.margin if judgement.outcome in ("holds", "violated") else float("nan")


def _kept(broken: Mapping[str, NDArray[np.bool_]], points: int) -> NDArray[np.bool_]:
    kept = np.ones((points, points), dtype=bool)
    for fails in broken.values():
        kept = kept & ~fails
    return kept


def _spread(low: float, high: float, points: int) -> NDArray[Any]:
    """The middles of equal cells."""
    return low + (high - low) * (np.arange(points) + 0.5) / points


def broken_on_grid(
    claim: Claim, instance: Mapping[str, Any], x: str, y: str, xs: NDArray[Any], ys: NDArray[Any]
) -> dict[str, NDArray[np.bool_]]:
    """Where on the grid each assumption fails that fails somewhere, and each fixed parameter that is outside its domain."""
    from rankladder.language.assumptions import Predicate, Relation
    from rankladder.search.draws import conditions, realise

    across, up = np.meshgrid(xs, ys)
    numbers = {n: float(v) for n, v in instance.items() if isinstance(v, Fraction | int)} | {x: across, y: up}
    fixed = realise(claim, instance, float)
    broken: dict[str, NDArray[np.bool_]] = {}
    for kind, name, held in conditions(claim, instance):
        assumption = claim.given[name] if kind == "assumption" else None
        if isinstance(assumption, Relation):
            fails = ~assumption.mask(numbers)
        elif isinstance(assumption, Predicate) and {x, y} & set(assumption.names):
            points = zip(across.ravel(), up.ravel(), strict=True)
            fails = np.array([not assumption.met(fixed | {x: u, y: v}) for u, v in points]).reshape(
                across.shape
            )
        elif kind == "assumption" or name not in (x, y):
            fails = np.asarray(held is not True)
        else:
            continue
        if fails.any():
            broken[name] = np.broadcast_to(fails, across.shape)
    return broken


def _range(claim: Claim, name: str, instance: Mapping[str, Any]) -> tuple[float, float]:
    domain = claim.reals.get(name)
    if domain is None:
        real = ", ".join(claim.reals) or "none"
        raise UsageError(f"{name!r} is no real parameter of {claim.id}; it has {real}")
    here = float(instance[name])
    low, high = domain.drawn.lower, domain.drawn.upper
    reach = 2 * max(abs(here), 1.0)
    return (here - reach if low is None else float(low), here + reach if high is None else float(high))


def instance_to_draw(claim: Claim) -> Instance:
    """An instance to draw a claim around, which satisfies every assumption: the kept counterexample, or else the simplest of some draws.

    Raises:
        UsageError: when none is found.
    """
    from rankladder.domains.randomness import Infeasible, RandomSource, seed_for
    from rankladder.language.parsing import fitted, parse_instance
    from rankladder.search.climb import weight
    from rankladder.search.draws import draw_instance, satisfies
    from rankladder.storage.counterexamples import known_witness

    kept = known_witness(claim, None)
    if kept is not None:
        instance = fitted(parse_instance(kept.instance), claim.over)
        if satisfies(claim, instance):
            return instance
    source, drawn = RandomSource(seed_for(claim.id, "picture")), []
    for _ in range(_DRAWS):
        try:
            drawn.append(draw_instance(claim, source))
        except Infeasible:
            continue
    if not drawn:
        raise UsageError(
            f"none of {_DRAWS} draws satisfies the assumptions of {claim.id}; say around which instance: --at INSTANCE"
        )
    return min(drawn, key=lambda instance: weight(claim, instance))


def margin_landscape(
    claim: Claim, x: str, y: str, instance: Mapping[str, Any], ax: Any = None, *, points: int | None = None
) -> Any:
    """A claim's margin over two real parameters, the others as in an instance, which is marked.

    The shade is the margin, squeezed by arcsinh around zero; the line is where it is zero. Where an assumption fails
    the plane is hatched, and the legend says which; the title names what is held fixed.

    Args:
        claim: the claim.
        x, y: names of two real parameters.
        instance: exact values of all parameters, a counterexample say.
        ax: where to draw (default: a new figure).
        points: grid points a side (default: 61, or 31 where parameters have structure, which takes longer).

    Returns:
        The axes.

    Raises:
        UsageError: when x or y is no real parameter of the claim.
    """
    points = points or (61 if claim.scalar else 31)
    if x == y:
        raise UsageError(f"x and y are both {x!r}; name two parameters")
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    xs, ys, margins = margin_grid(claim, instance, x, y, points)
    ax = axes_or_new(ax)
    finite = np.abs(margins[np.isfinite(margins)])
    scale = float(np.median(finite[finite > 0])) if (finite > 0).any() else 1.0
    squeezed = np.arcsinh(np.clip(margins, -1e12, 1e12) / scale)
    top = float(np.nanpercentile(np.abs(squeezed), 98)) if (finite > 0).any() else 1.0
    shade = ax.pcolormesh(
        xs, ys, squeezed, cmap=DIVERGING, vmin=-top, vmax=top, shading="nearest", rasterized=True
    )
    legend: list[Any] = []
    if np.nanmin(margins) < 0 < np.nanmax(margins):
        ax.contour(
            xs, ys, np.clip(np.nan_to_num(margins), -1e12, 1e12), levels=[0.0], colors="black", linewidths=1.2
        )
        legend.append(Line2D([], [], color="black", linewidth=1.2, label="margin 0"))
    for (name, fails), hatch in zip(
        broken_on_grid(claim, instance, x, y, xs, ys).items(), cycle(_HATCHES), strict=False
    ):
        what = name if name in claim.given else f"the domain of {name}"
        ax.contourf(xs, ys, fails.astype(float), levels=[0.5, 1.5], colors="none", hatches=[hatch])
        legend.append(Patch(facecolor="none", edgecolor="black", hatch=hatch, label=f"breaks {what}"))
    (mark,) = ax.plot(float(instance[x]), float(instance[y]), marker="*", markersize=14, color=COLOURS[2],
                      markeredgecolor="black", linestyle="", label="the instance")  # fmt: skip
    bar = ax.figure.colorbar(shade, ax=ax)
    ticks = np.array([-top, -top / 2, 0, top / 2, top])
    bar.set_ticks(ticks.tolist(), labels=[f"{scale * np.sinh(t):.2g}" for t in ticks])
    bar.set_label("margin (arcsinh scale; below 0: violated)")
    ax.grid(False)
    ax.set_xlabel(_named(x))
    ax.set_ylabel(_named(y))
    ax.set_title(_title(claim, instance, x, y), fontsize="small")
    ax.legend(handles=[mark, *legend], frameon=True, framealpha=0.9, fontsize="small", loc="upper right")
    return ax


_HATCHES = ("//", "\\\\", "..", "xx", "--", "||", "oo", "++")
_FINER = 8
_TITLE = 96  # characters a line
_DRAWS = 60  # from which the simplest instance is chosen to draw around


def _title(claim: Claim, instance: Mapping[str, Any], x: str, y: str) -> str:
    """The claim and what is held fixed."""
    fixed = Instance.of({n: v for n, v in instance.items() if n not in (x, y)})
    return textwrap.fill(f"{claim.id}" + (f" at {fixed}" if len(fixed) else ""), _TITLE)


_SYMBOLS = {
    "s": r"$s = \eta\sigma$", "s1": r"$s_1 = \eta\sigma_1$", "z0": "$z_0$", "theta": r"$\theta$", "eta": r"$\eta$",
    "delta": r"$\delta$", "sigma": r"$\sigma$", "lam": r"$\lambda$", "x": "$x$", "z": "$z$", "t": "$t$",
}  # fmt: skip


def _named(name: str) -> str:
    return _SYMBOLS.get(name, name)


def assumption_map(ax: Any = None, *, catalogue: str = DEFAULT) -> Any:
    """Which assumptions a catalogue needs: an assumption a row, a family a column.

    A cell says of how many of the family's claims the assumption is known to be needed (a kept counterexample to the
    claim without it) out of those that make it.

    Args:
        ax: where to draw (default: a new figure).
        catalogue: its name.

    Returns:
        The axes.
    """
    families, names, needed, made = assumption_counts(catalogue)
    if ax is None:
        ax = axes_or_new(None)
        ax.figure.set_size_inches(2.4 + 0.5 * len(families), 1.4 + 0.19 * len(names))
    share = np.where(made > 0, needed / np.maximum(made, 1), np.nan)
    ax.pcolormesh(np.arange(len(families) + 1), np.arange(len(names) + 1), share.T, cmap="cividis", vmin=0, vmax=1,
                  edgecolors="white", linewidth=1)  # fmt: skip
    for i, j in np.argwhere(made > 0):
        ax.text(i + 0.5, j + 0.5, f"{needed[i, j]}/{made[i, j]}", ha="center", va="center", fontsize="x-small",
                color="black" if share[i, j] > 0.4 else "white")  # fmt: skip
    ax.grid(False)
    ax.set_xticks(np.arange(len(families)) + 0.5, families, rotation=60, ha="right", fontsize="small")
    ax.set_yticks(np.arange(len(names)) + 0.5, names, fontsize="x-small")
    ax.set_ylim(len(names), 0)
    ax.set_xlabel("family of claims")
    ax.set_ylabel("assumption")
    ax.set_title("claims that need the assumption / claims that make it", fontsize="medium")
    return ax


def assumption_counts(catalogue: str = DEFAULT) -> tuple[list[str], list[str], NDArray[Any], NDArray[Any]]:
    """The data behind :func:`assumption_map`: families, assumptions, how many need it, how many make it.

    >>> families, names, needed, made = assumption_counts()
    >>> bool((needed <= made).all())
    True
    """
    from rankladder.language.library import load_catalogue
    from rankladder.language.verdict import Expectation
    from rankladder.storage.counterexamples import kept_witness

    claims = [
        c for c in load_catalogue(catalogue).values() if c.expects is not Expectation.refuted and c.given
    ]
    families = list(dict.fromkeys(c.family for c in claims))
    counts: dict[str, int] = {}
    for c in claims:
        for name in c.given:
            counts[name] = counts.get(name, 0) + 1
    names = sorted(counts, key=lambda n: (-counts[n], n))
    needed = np.zeros((len(families), len(names)), dtype=int)
    made = np.zeros_like(needed)
    for c in claims:
        for name in c.given:
            cell = families.index(c.family), names.index(name)
            made[cell] += 1
            needed[cell] += kept_witness(c, name) is not None
    return families, names, needed, made
