"""``rankladder simulate``: the modes of a spectrum under gradient descent from a spectral start."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from properties.commands.output import console, print_json, writable_file, write_picture
from properties.usage import UsageError

__all__ = ["regime", "run"]

_SMALLEST, _LARGEST = 1e-300, 1e300  # fits that float64 holds with all their digits
_POINTS = 121  # times recorded: enough for a picture, few enough to read as JSON


def run(options: Any) -> int:
    """Simulate, print, and draw when asked."""
    plot = None if options.plot is None else writable_file(options.plot, (".png", ".pdf", ".svg"))
    try:
        report = simulate(options.sigma, options.lam, options.eta, options.delta)
    except (OverflowError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(
            f"eta {options.eta:g} with delta {options.delta:g} takes more steps than can be counted; "
            "use a larger --eta or a smaller --delta"
        ) from error
    if plot is not None:
        from properties.pictures import draw_modes

        write_picture(draw_modes(report), plot)
    if options.json:
        print_json(report)
    else:
        _print(report)
    return 0


def simulate(sigma: Sequence[float], lam: Sequence[float], eta: float, delta: float) -> dict[str, Any]:
    """What the modes ``(sigma_i, lam_i)`` do at step size ``eta`` from the start ``exp(-delta)``.

    Raises:
        UsageError: for numbers outside the theory's domain; the message says what would do.
    """
    from simulate import first_hit, mode_trajectory
    from theory import hit_bracket_log, transition_step

    _validate(sigma, lam, delta)
    modes = []
    for a, x in zip(sigma, lam, strict=True):
        s = eta * a
        if not math.isfinite(s):
            raise UsageError(f"eta {eta:g} times sigma {a:g} is beyond float64; use a smaller --eta")
        mode: dict[str, Any] = {
            "sigma": a,
            "lam": x,
            "s": s,
            "transition_step": None,
            "bracket": None,
            "predicted_step": None,
        }
        if a > 0:
            log_z0 = math.log(x) - math.log(a) - 2 * delta
            with np.errstate(over="ignore", divide="ignore"):  # what is infinite is refused below
                mode["predicted_step"] = float(transition_step(eta, a, delta))
                if log_z0 < math.log(0.5):
                    low, high = hit_bracket_log(s, log_z0, 0.5)
                    mode["bracket"] = [math.ceil(float(low)), math.ceil(float(high))]
                    mode["transition_step"] = first_hit(s, log_z0, 0.5)
                else:
                    mode["transition_step"], mode["bracket"] = 0, [0, 0]
            if not math.isfinite(mode["predicted_step"]):
                raise OverflowError
        modes.append(mode)
    times = _times(modes)
    run = mode_trajectory(sigma, lam, eta, delta, times)
    return {
        "eta": eta,
        "delta": delta,
        "regime": regime(eta * max(sigma)),
        "modes": modes,
        "times": times,
        "z": [[_plain(v) for v in row] for row in np.asarray(run.z)],
    }


def _plain(value: float) -> float | str:
    return float(value) if math.isfinite(value) else str(float(value))


def _validate(sigma: Sequence[float], lam: Sequence[float], delta: float) -> None:
    if len(sigma) != len(lam):
        raise UsageError(
            f"got {len(sigma)} values of sigma but {len(lam)} of lam; give one lam for each sigma"
        )
    for name, values in (("sigma", sigma), ("lam", lam)):
        for value in values:
            if value < 0:
                raise UsageError(f"{name} {value:g} must be at least 0; singular values and eigenvalues are")
    if delta < 0:
        raise UsageError(f"delta {delta:g} must be at least 0; the start is exp(-delta)")
    if delta > 1e12:
        raise UsageError(
            f"delta {delta:g} must be at most 1e12; beyond, float64 cannot tell one step from the next"
        )
    for a, x in zip(sigma, lam, strict=True):
        if a > 0 and x == 0:
            raise UsageError(
                f"sigma {a:g} > 0 with lam 0 cannot come from data: range Sxy lies in range Sxx; give lam > 0"
            )
        if a > 0 and not _SMALLEST <= a / x <= _LARGEST:
            raise UsageError(
                f"sigma {a:g} with lam {x:g} fits w = sigma/lam beyond {_SMALLEST:g} to {_LARGEST:g}; "
                "rescale the data, or drop that mode"
            )
        if a > 0 and math.log(x) - math.log(a) - 2 * delta > 0:
            needed = (math.log(x) - math.log(a)) / 2
            raise UsageError(
                f"delta {delta:g} starts mode (sigma {a:g}, lam {x:g}) at z0 > 1; use --delta {_ceil(needed)} or more"
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


def _times(modes: list[dict[str, Any]]) -> list[int]:
    ends = [m["transition_step"] for m in modes if m["transition_step"] is not None]
    last = max(int(1.25 * max(ends, default=0)), 40)
    grid = {round(last * i / (_POINTS - 1)) for i in range(_POINTS)}
    for m in modes:
        if m["transition_step"] is not None:
            width = 4 / math.log1p(m["s"])
            grid |= {max(0, m["transition_step"] + round(width * i / 4)) for i in range(-4, 5)}
    return sorted(grid)


def _print(report: dict[str, Any]) -> None:
    from rich.table import Table

    out = console()
    s1 = max(m["s"] for m in report["modes"])
    out.print(
        f"eta times the largest sigma = {s1:.6g}: {report['regime']}   (monotone to 1/2, convergent to 1, bounded to 2)"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("mode", "sigma", "lam", "s", "half learned at step", "bracket", "delta/log(1+s)"):
        table.add_column(name, justify="right", no_wrap=True)
    for i, m in enumerate(report["modes"], 1):
        known = m["predicted_step"] is not None
        table.add_row(
            str(i),
            f"{m['sigma']:g}",
            f"{m['lam']:g}",
            f"{m['s']:g}",
            f"{m['transition_step']:,}" if m["transition_step"] is not None else "never (null mode)",
            "[{:,}, {:,}]".format(*m["bracket"]) if m["bracket"] is not None else "-",
            f"{m['predicted_step']:,.2f}" if known else "-",
        )
    out.print(table)
