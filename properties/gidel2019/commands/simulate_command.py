"""``rankladder simulate``: the modes of a spectrum under gradient descent from a spectral start."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.app.arguments import finite_number, positive_integer, positive_number
from rankladder.app.output import console, print_json, table, writable_file, write_picture
from rankladder.properties.gidel2019.commands.spectrum_option import spectrum
from rankladder.usage import UsageError

__all__ = ["add_arguments", "regime", "run"]

_SMALLEST, _LARGEST = 1e-300, 1e300  # fits that float64 holds with all their digits
_TIMES, _NUMBERS = (
    300,
    1_000_000,
)  # steps recorded unless asked otherwise, and numbers: few enough to read as JSON
_MOST_NUMBERS = 10_000_000
_ABOUT = 9  # of the steps recorded, how many lie about a transition
# steps for which modes that do not settle are followed after their transitions, all together, and each at least
_UNSETTLED, _LEAST_UNSETTLED = 1_000_000, 100
_ROWS = 20  # modes in the table

Reals = NDArray[np.float64]


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument(
        "--sigma",
        type=spectrum,
        required=True,
        metavar="S1,S2,…",
        help="singular values of Sxy, or @FILE: .npy, or .csv or .txt with one number a line",
    )
    sub.add_argument(
        "--lam",
        type=spectrum,
        required=True,
        metavar="L1,L2,…",
        help="eigenvalues of Sxx, one a mode, or @FILE",
    )
    sub.add_argument("--eta", type=positive_number, required=True, metavar="E", help="step size")
    sub.add_argument(
        "--delta", type=finite_number, required=True, metavar="D", help="the start is exp(-D) in each factor"
    )
    sub.add_argument(
        "--times",
        type=positive_integer,
        metavar="N",
        help="record the modes at no more than N steps (default 300, fewer from 3,334 modes on)",
    )
    sub.add_argument("--plot", metavar="FILE", help="draw the modes over rescaled time")


def run(options: Any) -> int:
    """Simulate, print, and draw when asked."""
    plot = None if options.plot is None else writable_file(options.plot, (".png", ".pdf", ".svg"))
    try:
        report = simulate(options.sigma, options.lam, options.eta, options.delta, options.times)
    except (OverflowError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(
            f"eta {options.eta:g} with delta {options.delta:g} takes more steps than can be counted; "
            "use a larger --eta or a smaller --delta"
        ) from error
    if plot is not None:
        from rankladder.properties.gidel2019.pictures import draw_modes

        write_picture(draw_modes(report), plot)
    if options.json:
        # of so many numbers the lines would take longer to write than all the rest
        print_json(report, compact=len(report["modes"]) > _TIMES)
    else:
        _print(report)
    return 0


def simulate(
    sigma: Sequence[float], lam: Sequence[float], eta: float, delta: float, times: int | None = None
) -> dict[str, Any]:
    """What the modes ``(sigma_i, lam_i)`` do at step size ``eta`` from the start ``exp(-delta)``.

    Args:
        sigma, lam: the spectrum, one lam for each sigma.
        eta, delta: step size and size of the start.
        times: at how many steps to record the modes at most; by default 300, or as many as make a million numbers. The
            steps of the transitions do not depend on it.

    Raises:
        UsageError: for numbers outside the theory's domain; the message says what would do.
    """
    a, x = np.array(sigma, dtype=np.float64), np.array(lam, dtype=np.float64)
    _validate(a, x, delta)
    count = _count(a.size, times)
    with np.errstate(over="ignore"):
        s = eta * a
    if not np.isfinite(s).all():
        raise UsageError(
            f"eta {eta:g} times sigma {a[~np.isfinite(s)][0]:g} is beyond float64; use a smaller --eta"
        )
    hits, low, high, predicted = _transitions(a, x, s, eta, delta)
    chosen = _times(hits[a > 0], s[a > 0], count)
    z = _fractions(a, x, s, eta, delta, hits, chosen)
    modes = [
        {
            "sigma": one,
            "lam": other,
            "s": step,
            "transition_step": hit if one > 0 else None,
            "bracket": [first, last] if one > 0 else None,
            "predicted_step": aim if one > 0 else None,
        }
        for one, other, step, hit, first, last, aim in zip(
            *(column.tolist() for column in (a, x, s, hits, low, high, predicted)), strict=True
        )
    ]
    return {
        "eta": eta,
        "delta": delta,
        "regime": regime(float(s.max())),
        "modes": modes,
        "times": chosen.tolist(),
        "z": z,
    }


def _transitions(
    a: Reals, x: Reals, s: Reals, eta: float, delta: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Reals]:
    """First steps at half the fitted value, their brackets, and delta/log(1 + s); zeros for null modes."""
    from rankladder.simulate import first_hits
    from rankladder.theory import hit_bracket_log, transition_step

    hits, low, high = (np.zeros(a.size, dtype=np.int64) for _ in range(3))
    predicted = np.zeros(a.size)
    active = a > 0
    with np.errstate(over="ignore", divide="ignore"):  # what is infinite is refused
        predicted[active] = transition_step(eta, a[active], delta)
    if not np.isfinite(predicted).all():
        raise OverflowError
    log_z0 = np.log(x, where=active, out=np.zeros(a.size)) - np.log(a, where=active, out=np.zeros(a.size))
    log_z0 -= 2 * delta
    below = active & (log_z0 < math.log(0.5))
    if below.any():
        ends = hit_bracket_log(s[below], log_z0[below], 0.5)
        if max(float(np.max(end)) for end in ends) >= 2.0**62:
            raise OverflowError
        low[below], high[below] = (np.ceil(np.asarray(end, dtype=np.float64)) for end in ends)
        hits[below] = first_hits(s[below], log_z0[below], 0.5)
    return hits, low, high, predicted


def _fractions(
    a: Reals, x: Reals, s: Reals, eta: float, delta: float, hits: NDArray[np.int64], times: NDArray[np.int64]
) -> list[list[float | str | None]]:
    """The learned fractions z at the times, a row each; None where a mode that does not settle is no longer followed."""
    from rankladder.simulate import mode_trajectory

    z = np.full((times.size, a.size), np.nan)
    followed = np.ones(z.shape, dtype=bool)
    settles = s < 1
    if settles.any():
        z[:, settles] = mode_trajectory(a[settles], x[settles], eta, delta, times).z
    if not settles.all():
        last = int(hits[~settles].max()) + max(
            _LEAST_UNSETTLED, _UNSETTLED // int(np.count_nonzero(~settles))
        )
        shown = times <= last
        followed[np.ix_(~shown, ~settles)] = False
        z[np.ix_(shown, ~settles)] = mode_trajectory(a[~settles], x[~settles], eta, delta, times[shown]).z
    if np.isfinite(z).all():
        return z.tolist()
    return [
        [_plain(v) if known else None for v, known in zip(row, seen, strict=True)]
        for row, seen in zip(z.tolist(), followed.tolist(), strict=True)
    ]


def _plain(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _count(modes: int, times: int | None) -> int:
    """How many steps to record at most."""
    if times is None:
        return max(2, min(_TIMES, _NUMBERS // modes))
    if times < 2:
        raise UsageError(
            f"--times {times} must be at least 2, for the first step and the last; use --times 2 or more"
        )
    if times * modes > _MOST_NUMBERS:
        raise UsageError(
            f"--times {times} of {modes:,} modes would record {times * modes:,} numbers, must be at most "
            f"{_MOST_NUMBERS:,}; use --times {_MOST_NUMBERS // modes} or fewer"
        )
    return times


def _validate(a: Reals, x: Reals, delta: float) -> None:
    if len(a) != len(x):
        raise UsageError(f"got {len(a)} values of sigma but {len(x)} of lam; give one lam for each sigma")
    for name, values in (("sigma", a), ("lam", x)):
        if (values < 0).any():
            value = values[values < 0][0]
            raise UsageError(f"{name} {value:g} must be at least 0; singular values and eigenvalues are")
    if delta < 0:
        raise UsageError(f"delta {delta:g} must be at least 0; the start is exp(-delta)")
    if delta > 1e12:
        raise UsageError(
            f"delta {delta:g} must be at most 1e12; beyond, float64 cannot tell one step from the next"
        )
    active = a > 0
    flat = np.flatnonzero(active & (x == 0))
    if flat.size:
        raise UsageError(
            f"sigma {a[flat[0]]:g} > 0 with lam 0 cannot come from data: range Sxy lies in range Sxx; give lam > 0"
        )
    a, x = a[active], x[active]
    with np.errstate(over="ignore", under="ignore"):
        fits = a / x
    wild = np.flatnonzero(~((fits >= _SMALLEST) & (fits <= _LARGEST)))
    if wild.size:
        raise UsageError(
            f"sigma {a[wild[0]]:g} with lam {x[wild[0]]:g} fits w = sigma/lam beyond {_SMALLEST:g} to {_LARGEST:g}; "
            "rescale the data, or drop that mode"
        )
    needed = (np.log(x) - np.log(a)) / 2
    high = np.flatnonzero(2 * needed - 2 * delta > 0)
    if high.size:
        i = high[0]
        raise UsageError(
            f"delta {delta:g} starts mode (sigma {a[i]:g}, lam {x[i]:g}) at z0 > 1; "
            f"use --delta {_ceil(float(needed.max()))} or more"
        )


def _ceil(value: float) -> float:
    """Rounded up to three decimals, so that the remedy works as printed."""
    return math.ceil(value * 1000 + 1e-9) / 1000


def regime(s: float) -> str:
    """What a step ``s``, eta times the largest sigma, does to the fastest mode from almost every start.

    >>> [regime(s) for s in (0.5, 0.75, 1.5, 2.5)]
    ['monotone', 'convergent', 'bounded', 'divergent']
    """
    if s <= 0.5:
        return "monotone"
    if s <= 1:
        return "convergent"
    return "bounded" if s <= 2 else "divergent"


def _times(hits: NDArray[np.int64], s: Reals, count: int) -> NDArray[np.int64]:
    """At most ``count`` steps: a grid, and some about each transition, or about every so manyth in their order."""
    last = max(int(1.25 * int(hits.max(initial=0))), 40)
    order = np.argsort(hits, kind="stable")
    shown = min(hits.size, count // (2 * _ABOUT))
    grid = {round(last * i / (count - _ABOUT * shown - 1)) for i in range(count - _ABOUT * shown)}
    for i in order[np.unique(np.linspace(0, hits.size - 1, shown).round().astype(int))] if shown else ():
        width = 4 / math.log1p(s[i])
        grid |= {max(0, int(hits[i]) + round(width * j / 4)) for j in range(-4, 5)}
    return np.array(sorted(grid), dtype=np.int64)


def _print(report: dict[str, Any]) -> None:
    out = console()
    modes = report["modes"]
    s1 = max(m["s"] for m in modes)
    out.print(
        f"eta times the largest sigma = {s1:.6g}: {report['regime']}   (monotone to 1/2, convergent to 1, bounded to 2)"
    )
    names = ("mode", "sigma", "lam", "s", "half learned at step", "bracket", "delta/log(1+s)")
    rows = table(*names, right=names)
    shown = modes if len(modes) <= _ROWS else modes[: _ROWS - 5]
    for i, m in enumerate(shown, 1):
        known = m["predicted_step"] is not None
        rows.add_row(
            str(i),
            f"{m['sigma']:g}",
            f"{m['lam']:g}",
            f"{m['s']:g}",
            f"{m['transition_step']:,}" if m["transition_step"] is not None else "never (null mode)",
            "[{:,}, {:,}]".format(*m["bracket"]) if m["bracket"] is not None else "-",
            f"{m['predicted_step']:,.2f}" if known else "-",
        )
    out.print(rows)
    for line in (*_rest(modes[len(shown) :]), *_beyond(modes)):
        out.print(line)


def _rest(modes: list[dict[str, Any]]) -> list[str]:
    """What a table leaves out."""
    if not modes:
        return []
    steps = [m["transition_step"] for m in modes if m["transition_step"] is not None]
    parts = [f"{len(steps):,} half learned between steps {min(steps):,} and {max(steps):,}"] if steps else []
    parts += [f"{len(modes) - len(steps):,} never (null modes)"] if len(steps) < len(modes) else []
    return [f"… and {len(modes):,} more modes: {', '.join(parts)}; --json has them all"]


def _beyond(modes: list[dict[str, Any]]) -> list[str]:
    """What the steps of modes mean that do not stay at their fitted value."""
    bounded, divergent = (
        [i for i, m in enumerate(modes, 1) if low < m["s"] <= high] for low, high in ((1, 2), (2, math.inf))
    )
    return [
        f"{_named(found)}: the first step at half the fitted value sigma/lam; {what}"
        for found, what in (
            (bounded, "from almost every start it does not settle there"),
            (divergent, "from almost every start it then diverges"),
        )
        if found
    ]


def _named(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5])) + (f" and {len(numbers) - 5:,} more" if len(numbers) > 5 else "")
    return f"mode{'s' if len(numbers) > 1 else ''} {shown}"
