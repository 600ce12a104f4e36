"""Pictures of one mode: ``z <- z (1 + s (1 - z))^2``, with ``s = eta sigma`` and ``z`` the fraction learned."""

from __future__ import annotations

from typing import Any

import numpy as np

from rankladder.report.pictures.style import COLOURS, axes_or_new

__all__ = ["THRESHOLDS", "certified_run", "flow_beside_descent", "phase_diagram", "sandwich"]

# s, and what the mode does beyond it
THRESHOLDS = (
    (0.5, r"$\frac{1}{2}$", "overshoots 1"),
    (1.0, "1", "leaves 1 for a 2-cycle"),
    (5**0.5 - 1, r"$\sqrt{5}-1$", "leaves the 2-cycle"),
    (2.0, "2", "may escape"),
)


def phase_diagram(ax: Any = None, *, columns: int = 900, start: float = 0.3) -> Any:
    """Where one mode ends up, over s: the bifurcation picture with the thresholds 1/2, 1, sqrt(5) - 1 and 2.

    Args:
        ax: where to draw (default: a new figure).
        columns: values of s, evenly in (0, 2].
        start: z_0 in (0, 1), the same for every s.

    Returns:
        The axes; its one collection of dots holds the last 64 of 2000 iterates of each s.

    Raises:
        ValueError: for a start outside (0, 1).

    Source: STEP-1 to STEP-5 of the catalogue.

    >>> len(phase_diagram(columns=50).lines)
    5
    """
    if not 0 < start < 1:
        raise ValueError(f"Expected start in (0, 1) but got {start}; 0.3 will do")
    ax = axes_or_new(ax)
    s = np.linspace(0, 2, columns + 1)[1:]
    z = np.full(columns, float(start))
    for _ in range(2000 - 64):
        z = z * (1 + s * (1 - z)) ** 2
    last = []
    for _ in range(64):
        z = z * (1 + s * (1 - z)) ** 2
        last.append(z)
    ax.plot(np.tile(s, 64), np.ravel(last), linestyle="", marker=",", color=COLOURS[0], rasterized=True)
    top = 2.6
    for (value, name, what), colour in zip(THRESHOLDS, COLOURS[1:], strict=False):
        ax.axvline(value, color=colour, linestyle=":", linewidth=1.2, label=f"{name}: {what}")
    ax.set_xlim(0, 2.05)
    ax.set_ylim(0, top)
    ax.set_xlabel(r"step size times singular value, $s = \eta\sigma$")
    ax.set_ylabel(r"fraction learned $z_k$ at late steps")
    ax.legend(framealpha=1, fontsize="small", loc="upper left", title="beyond $s$ =", title_fontsize="small")
    return ax


def sandwich(s: float = 0.35, z0: float = 1e-3, steps: int | None = None, ax: Any = None) -> Any:
    """The orbit of one mode between its two logistic curves (GD-4), with the gradient flow.

    Args:
        s: eta sigma, in (0, 1/2).
        z0: start in (0, 1).
        steps: how many (default: until both curves have passed 0.999).
        ax: where to draw (default: a new figure).

    Returns:
        The axes, with the lines upper, orbit, lower, flow.

    Raises:
        ValueError: outside of GD-4's assumptions.

    >>> upper, orbit, lower, flow = sandwich(0.2, 0.01, 30).lines
    >>> all((lower.get_ydata() <= orbit.get_ydata()) & (orbit.get_ydata() <= upper.get_ydata()))
    True
    """
    from rankladder.theory import logistic, rate_lower, rate_upper

    if not (0 < s < 0.5 and 0 < z0 < 1):
        raise ValueError(
            f"Expected 0 < s < 1/2 and 0 < z0 < 1 but got s={s}, z0={z0}; that is where GD-4 holds"
        )
    ax = axes_or_new(ax)
    low, high = float(rate_lower(s)), float(rate_upper(s))
    count = _drawable(z0, _length(z0, low) if steps is None else steps)
    k, z = np.arange(count + 1), _orbit(s, z0, count)

    def curve(rate: float) -> Any:
        return np.asarray(logistic(rate, z0, k), dtype=float)

    ax.plot(k, curve(high), color=COLOURS[1], label=r"above: logistic, rate $-\log(1-2s)$")
    ax.plot(k, z, color=COLOURS[0], marker="o", markersize=3.5, label=r"gradient descent $z_k$")
    ax.plot(k, curve(low), color=COLOURS[2], label=r"below: logistic, rate $2\log(1+s)$")
    ax.plot(k, curve(2 * s), color="0.5", linestyle="--", label=r"gradient flow, rate $2s$")
    ax.fill_between(k, curve(low), curve(high), color="0.5", alpha=0.15, linewidth=0)
    _label(ax, s, z0)
    return ax


def flow_beside_descent(s: float = 0.35, z0: float = 1e-3, steps: int | None = None, ax: Any = None) -> Any:
    """Gradient descent beside the gradient flow of the same mode at time ``eta k``, and the gap between them.

    Args:
        s, z0, steps, ax: as for :func:`sandwich`; any s in (0, 2].

    Returns:
        The axes, with the lines descent, flow, gap.

    Raises:
        ValueError: for s outside (0, 2] or z0 outside (0, 1).

    >>> descent, flow, gap = flow_beside_descent(0.2, 0.01, 30).lines
    >>> bool(abs(descent.get_ydata()[0] - flow.get_ydata()[0]) < 1e-15)
    True
    """
    from rankladder.theory import logistic

    if not (0 < s <= 2 and 0 < z0 < 1):
        raise ValueError(
            f"Expected 0 < s <= 2 and 0 < z0 < 1 but got s={s}, z0={z0}; beyond s = 2 descent diverges"
        )
    ax = axes_or_new(ax)
    count = _drawable(z0, _length(z0, 2 * np.log1p(s)) if steps is None else steps)
    k, z = np.arange(count + 1), _orbit(s, z0, count)
    flow = np.asarray(logistic(2 * s, z0, k), dtype=float)
    ax.plot(k, z, color=COLOURS[0], marker="o", markersize=3.5, label="gradient descent $z_k$")
    ax.plot(k, flow, color=COLOURS[1], label=r"gradient flow $z(\eta k)$")
    ax.plot(k, z - flow, color=COLOURS[2], linestyle="--", label="descent minus flow")
    _label(ax, s, z0)
    return ax


def certified_run(s: float = 1.95, z0: float = 0.1, steps: int | None = None, ax: Any = None) -> Any:
    """The float64 run of one mode beside its certified orbit: where it still follows it, and from where on it does not.

    The certified orbit is computed in ball arithmetic from the very numbers that float64 starts with; its enclosures are
    far narrower than a line. Beyond s = sqrt(5) - 1 roundings can grow until the run has nothing to do with the orbit.

    Args:
        s: eta sigma, in (0, 2].
        z0: start in (0, 1).
        steps: how many, at most 2000 (default: 80).
        ax: where to draw (default: a new figure).

    Returns:
        The axes, with the lines certified, float64; where they part, a third one marks the step.

    Raises:
        ValueError: for s outside (0, 2], z0 outside (0, 1), or too many steps.

    Source: STEP-3; the balls are those in which claims are judged.

    >>> certified, run = certified_run(0.4, 0.01, 40).lines
    >>> bool(abs(certified.get_ydata() - run.get_ydata()).max() < 1e-12)
    True
    """
    from rankladder.numbers import ball, precision
    from rankladder.simulate import descent

    if not (0 < s <= 2 and 0 < z0 < 1):
        raise ValueError(
            f"Expected 0 < s <= 2 and 0 < z0 < 1 but got s={s}, z0={z0}; beyond s = 2 descent diverges"
        )
    count = 80 if steps is None else steps
    if not 1 <= count <= _CERTIFIED:
        raise ValueError(
            f"Expected 1 to {_CERTIFIED} steps but got {steps}; roundings show within a few hundred"
        )
    ax = axes_or_new(ax)
    k, run = np.arange(count + 1), _orbit(s, z0, count)
    with precision(192 + 8 * count):  # a step multiplies an error by less than 2^7
        enclosures = descent(ball(s), ball(z0), count).z
    exact = np.array([float(z.mid) for z in enclosures])
    ax.plot(
        k, exact, color=COLOURS[0], marker="o", markersize=4, linewidth=0.8, label="certified orbit (balls)"
    )
    ax.plot(k, run, color=COLOURS[1], marker="x", markersize=5, linestyle="", label="float64 run")
    apart = np.flatnonzero(np.abs(run - exact) > _APART)
    if len(apart):
        words = f"{_APART:g} apart from step {apart[0]} on"
        ax.axvline(apart[0], color="0.3", linestyle=":", linewidth=1.2, label=words)
    _label(ax, s, z0)
    ax.set_title("")
    title = rf"$s = \eta\sigma$ = {s:g}, $z_0$ = {z0:g}"
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1.01), ncols=2, frameon=False, fontsize="small", title=title
    )
    return ax


_CERTIFIED = 2000
_APART = 0.01


def _orbit(s: float, z0: float, steps: int) -> Any:
    """(steps + 1,) the iterates."""
    z = np.empty(steps + 1)
    z[0] = z0
    for k in range(steps):
        z[k + 1] = z[k] * (1 + s * (1 - z[k])) ** 2
    return z


def _length(z0: float, rate: float) -> int:
    """Steps until a logistic curve of this rate passes 0.999."""
    return int(max(4.0, min(1e18, np.ceil((np.log1p(-z0) - np.log(z0) + np.log(999)) / rate))))


_MOST = 1_000_000  # steps: more than a picture can show


def _drawable(z0: float, count: int) -> int:
    """The number of steps, where it can be drawn and ``1/z0`` is a number.

    Raises:
        ValueError: otherwise.
    """
    if z0 < 1e-300:
        raise ValueError(f"Expected z0 >= 1e-300 but got z0={z0}; its inverse is beyond float64")
    if count > _MOST:
        raise ValueError(
            f"Expected at most {_MOST:,} steps but got {count:,}; take a larger s or fewer steps"
        )
    return count


def _label(ax: Any, s: float, z0: float) -> None:
    ax.set_xlabel("step $k$")
    ax.set_ylabel(r"fraction learned $z = \lambda w/\sigma$")
    ax.set_title(rf"one mode, $s = \eta\sigma$ = {s:g}, $z_0$ = {z0:g}")
    ax.legend(frameon=False, fontsize="small")
