"""The closed form of a mode's flow against an ODE solver at its best accuracy."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.contest import Contest, Rival, require
from rankladder.numbers import precision
from rankladder.numbers.balls import as_balls, midpoints
from rankladder.theory import fitted_value

__all__ = ["contests"]

MODES, DELTA = 16, 5.0
TIMES = np.linspace(0.0, 20.0, 50)


@functools.cache
def spectrum() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.uniform(0.5, 2.0, MODES), rng.uniform(0.5, 2.0, MODES)


def closed_form() -> Any:
    sigma, lam = spectrum()
    return fitted_value(sigma, lam, DELTA, TIMES[:, None])


def solver() -> Any:
    from scipy.integrate import solve_ivp

    sigma, lam = spectrum()
    start = np.full(MODES, np.exp(-2.0 * DELTA))
    run = solve_ivp(
        lambda _, w: 2.0 * w * (sigma - lam * w), (0.0, TIMES[-1]), start,
        method="DOP853", t_eval=TIMES, rtol=1e-13, atol=1e-18,
    )  # fmt: skip
    return run.y.T


def check() -> str:
    """Both against the closed form in balls of 200 bits: the solver must not be asked for more than it is compared to."""
    sigma, lam = spectrum()
    with precision(200):
        exact = midpoints(
            fitted_value(as_balls(sigma), as_balls(lam), as_balls(DELTA)[()], as_balls(TIMES)[:, None])
        )
    off = [float(np.abs(found / exact - 1.0).max()) for found in (closed_form(), solver())]
    require(off[0] <= off[1] < 1e-9, f"off by {off}")
    return f"off by {off[0]:.0e} and {off[1]:.0e}"


def contests() -> Iterator[Contest]:
    """One."""
    yield Contest(
        f"flow of {MODES} modes at {TIMES.size} times", "run", "closed form (theory.fitted_value)", closed_form, 1,
        [Rival("solve_ivp, DOP853, rtol 1e-13", lambda: solver, 1, check, 300.0)],
    )  # fmt: skip
