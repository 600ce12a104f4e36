"""Pictures of claims: the margin over two parameters, and which assumptions are needed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from properties.pictures.style import COLOURS, DIVERGING, axes_or_new
from properties.stating.statement import Claim
from properties.usage import UsageError

__all__ = ["assumption_map", "margin_at", "margin_grid", "margin_landscape", "margins_along"]


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
    from properties.engine.drawing import realise

    fixed = realise(claim, instance, float)
    return np.array(
        [
            _margin(claim, fixed | dict(zip(values, column, strict=True)))
            for column in zip(*values.values(), strict=True)
        ]
    )


def margin_at(claim: Claim, instance: Mapping[str, Any]) -> float:
    """The float64 margin at an instance; NaN where float64 cannot say. For pictures only, too."""
    from properties.engine.drawing import realise

    return _margin(claim, realise(claim, instance, float))


def _margin(claim: Claim, values: Mapping[str, Any]) -> float:
    from properties.engine.judging import conclude
    from properties.stating.enclosure import forall

    try:
        with np.errstate(all="ignore"):
            return float(forall(conclude(claim, values)))
    except (ArithmeticError, ValueError, TypeError):
        return float("nan")


def margin_grid(
    claim: Claim, instance: Mapping[str, Any], x: str, y: str, points: int = 61
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The data behind :func:`margin_landscape`: (points,) values of x and of y, (points, points) margins.

    Raises:
        UsageError: when x or y is no real parameter of the claim.
    """
    xs, ys = (_spread(*_range(claim, name, instance), points) for name in (x, y))
    kept = _kept(claim, instance, x, y, xs, ys)
    if kept.any():  # around what the assumptions leave, half as much again on each side
        rows, columns = np.flatnonzero(kept.any(axis=1)), np.flatnonzero(kept.any(axis=0))
        xs, ys = (
            _spread(max(v[0], low - (high - low) / 2), min(v[-1], high + (high - low) / 2), points)
            for v, low, high in (
                (xs, min(xs[columns[0]], float(instance[x])), max(xs[columns[-1]], float(instance[x]))),
                (ys, min(ys[rows[0]], float(instance[y])), max(ys[rows[-1]], float(instance[y]))),
            )
        )
    grid = np.meshgrid(xs, ys)
    margins = margins_along(claim, instance, {x: grid[0].ravel(), y: grid[1].ravel()})
    return xs, ys, margins.reshape(points, points)


def _spread(low: float, high: float, points: int) -> NDArray[Any]:
    """The middles of equal cells."""
    return low + (high - low) * (np.arange(points) + 0.5) / points


def _kept(
    claim: Claim, instance: Mapping[str, Any], x: str, y: str, xs: NDArray[Any], ys: NDArray[Any]
) -> NDArray[Any]:
    """Where on the grid the assumptions hold that speak of numbers alone."""
    from properties.stating.assumptions import Relation

    grid = np.meshgrid(xs, ys)
    kept = np.ones(grid[0].shape, dtype=bool)
    values = {n: float(v) for n, v in instance.items() if isinstance(v, Fraction | int)}
    for assumption in claim.given.values():
        if isinstance(assumption, Relation) and set(assumption.names) <= {x, y, *values}:
            kept &= np.broadcast_to(assumption.mask(values | {x: grid[0], y: grid[1]}), kept.shape)
    return kept


def _range(claim: Claim, name: str, instance: Mapping[str, Any]) -> tuple[float, float]:
    from properties.generators.domains import Real

    domain = claim.over.get(name)
    if not isinstance(domain, Real):
        real = [n for n, d in claim.over.items() if isinstance(d, Real)]
        raise UsageError(f"{name!r} is no real parameter of {claim.id}; it has {', '.join(real) or 'none'}")
    here = float(instance[name])
    low, high = domain.bounds.lower, domain.bounds.upper
    reach = 2 * max(abs(here), 1.0)
    return (here - reach if low is None else float(low), here + reach if high is None else float(high))


def margin_landscape(
    claim: Claim,
    x: str,
    y: str,
    instance: Mapping[str, Any],
    ax: Any = None,
    *,
    points: int = 61,
) -> Any:
    """A claim's margin over two real parameters, the others as in an instance, which is marked.

    The shade is the margin, squeezed by arcsinh around zero; the line is where it is zero. Assumptions are dropped,
    so that one sees what they keep out: what they exclude is hatched.

    Args:
        claim: the claim.
        x, y: names of two real parameters.
        instance: exact values of all parameters, a counterexample say.
        ax: where to draw (default: a new figure).
        points: grid points a side.

    Returns:
        The axes.

    Raises:
        UsageError: when x or y is no real parameter of the claim.
    """
    if x == y:
        raise UsageError(f"x and y are both {x!r}; name two parameters")
    xs, ys, margins = margin_grid(claim, instance, x, y, points)
    ax = axes_or_new(ax)
    finite = np.abs(margins[np.isfinite(margins)])
    scale = float(np.median(finite[finite > 0])) if (finite > 0).any() else 1.0
    squeezed = np.arcsinh(np.clip(margins, -1e12, 1e12) / scale)
    top = float(np.nanpercentile(np.abs(squeezed), 98)) if (finite > 0).any() else 1.0
    shade = ax.pcolormesh(
        xs, ys, squeezed, cmap=DIVERGING, vmin=-top, vmax=top, shading="nearest", rasterized=True
    )
    if np.nanmin(margins) < 0 < np.nanmax(margins):
        ax.contour(
            xs, ys, np.clip(np.nan_to_num(margins), -1e12, 1e12), levels=[0.0], colors="black", linewidths=1.2
        )
    kept = _kept(claim, instance, x, y, xs, ys)
    if not kept.all():
        ax.contourf(xs, ys, (~kept).astype(float), levels=[0.5, 1.5], colors="none", hatches=["//"])
    ax.plot(float(instance[x]), float(instance[y]), marker="*", markersize=14, color=COLOURS[2],
            markeredgecolor="black", linestyle="", label="the instance")  # fmt: skip
    bar = ax.figure.colorbar(shade, ax=ax)
    ticks = np.array([-top, -top / 2, 0, top / 2, top])
    bar.set_ticks(ticks.tolist(), labels=[f"{scale * np.sinh(t):.2g}" for t in ticks])
    bar.set_label("margin (below 0: violated)")
    ax.grid(False)
    ax.set_xlabel(_named(x))
    ax.set_ylabel(_named(y))
    hatched = "; hatched: excluded by the assumptions" if not kept.all() else ""
    ax.set_title(f"{claim.id}{hatched}", fontsize=10)
    ax.legend(frameon=True, fontsize=8, loc="upper right")
    return ax


_SYMBOLS = {
    "s": r"$s = \eta\sigma$", "s1": r"$s_1 = \eta\sigma_1$", "z0": "$z_0$", "theta": r"$\theta$", "eta": r"$\eta$",
    "delta": r"$\delta$", "sigma": r"$\sigma$", "lam": r"$\lambda$", "x": "$x$", "z": "$z$", "t": "$t$",
}  # fmt: skip


def _named(name: str) -> str:
    return _SYMBOLS.get(name, name)


def assumption_map(ax: Any = None) -> Any:
    """Which assumptions the catalogue needs: an assumption a row, a family a column.

    A cell says of how many of the family's claims the assumption is known to be needed (a kept counterexample to the
    claim without it) out of those that make it.

    Args:
        ax: where to draw (default: a new figure).

    Returns:
        The axes.
    """
    families, names, needed, made = assumption_counts()
    if ax is None:
        ax = axes_or_new(None)
        ax.figure.set_size_inches(2.4 + 0.5 * len(families), 1.4 + 0.19 * len(names))
    share = np.where(made > 0, needed / np.maximum(made, 1), np.nan)
    ax.pcolormesh(np.arange(len(families) + 1), np.arange(len(names) + 1), share.T, cmap="cividis", vmin=0, vmax=1,
                  edgecolors="white", linewidth=1)  # fmt: skip
    for i, j in np.argwhere(made > 0):
        ax.text(i + 0.5, j + 0.5, f"{needed[i, j]}/{made[i, j]}", ha="center", va="center", fontsize=7,
                color="black" if share[i, j] > 0.4 else "white")  # fmt: skip
    ax.grid(False)
    ax.set_xticks(np.arange(len(families)) + 0.5, families, rotation=60, ha="right", fontsize=8)
    ax.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=7)
    ax.set_ylim(len(names), 0)
    ax.set_xlabel("family of claims")
    ax.set_ylabel("assumption")
    ax.set_title("claims that need the assumption / claims that make it", fontsize=10)
    return ax


def assumption_counts() -> tuple[list[str], list[str], NDArray[Any], NDArray[Any]]:
    """The data behind :func:`assumption_map`: families, assumptions, how many need it, how many make it.

    >>> families, names, needed, made = assumption_counts()
    >>> bool((needed <= made).all())
    True
    """
    from properties.library import load_catalogue
    from properties.stating.verdict import Expectation
    from properties.store import kept_witness

    claims = [c for c in load_catalogue().values() if c.expects is not Expectation.refuted and c.given]
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
            needed[cell] += kept_witness(c.id, name) is not None
    return families, names, needed, made
