"""The recursion of many modes against a NumPy loop and against C."""

from __future__ import annotations

import ctypes
import functools
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contest import Contest, Missing, Rival, require
from benchmarks.machine import compiler
from rankladder.simulate import mode_descent

__all__ = ["contests"]

# modes: (our steps, the NumPy loop's steps, the ratio asked for)
SIZES = {
    1: (1_000_000, 2000, 300.0),
    8: (1_000_000, 2000, 300.0),
    64: (1_000_000, 2000, 300.0),
    1024: (60_000, 1000, 30.0),
    65_536: (3000, 50, 10.0),
}
ETA = 0.05
C_LOOP = """
void run(double *restrict a, const double *restrict s, const double *restrict l, const double *restrict h,
         long modes, long steps) {
    for (long k = 0; k < steps; k++)
        for (long i = 0; i < modes; i++)
            a[i] = a[i] * (1.0 + h[i] * (s[i] - l[i] * (a[i] * a[i])));
}
"""


@functools.cache
def spectrum(modes: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(modes)
    return rng.uniform(0.5, 2.0, modes), rng.uniform(0.5, 2.0, modes), rng.uniform(1e-6, 1e-2, modes)


def numpy_loop(modes: int, steps: int) -> Any:
    """As it is written down."""
    sigma, lam, w0 = spectrum(modes)
    a = np.sqrt(w0)
    for _ in range(steps):
        a = a * (1.0 + ETA * (sigma - lam * a**2))
    return a


def ours(modes: int, steps: int, every: int | None = None) -> Any:
    sigma, lam, w0 = spectrum(modes)
    return mode_descent(sigma, lam, ETA, w0, steps, every=every or steps).a[-1]


@functools.cache
def c_loop(*options: str) -> Callable[[int, int], Any]:
    """The same in C, compiled here."""
    found = compiler()
    if found is None:
        raise Missing("no C compiler here")
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "loop.c"), Path(folder, "loop.so")
        source.write_text(C_LOOP, encoding="utf-8")
        command = [
            found,
            "-O3",
            "-march=native",
            *options,
            "-shared",
            "-fPIC",
            "-o",
            str(library),
            str(source),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(
                f"{found} failed: {done.stderr.splitlines()[0] if done.stderr else done.returncode}"
            )
        run = ctypes.CDLL(str(library)).run
    run.argtypes = [ctypes.c_void_p] * 4 + [ctypes.c_long] * 2
    run.restype = None

    def loop(modes: int, steps: int) -> Any:
        sigma, lam, w0 = spectrum(modes)
        a, eta = np.sqrt(w0), np.full(modes, ETA)
        run(*(part.ctypes.data for part in (a, sigma, lam, eta)), modes, steps)
        return a

    return loop


def agreement(rival: Callable[[int, int], Any], modes: int, *, same_bits: bool) -> Callable[[], str]:
    def check() -> str:
        one, other = ours(modes, 500), rival(modes, 500)
        off = float(np.abs(one / other - 1.0).max())
        if same_bits:
            require(np.array_equal(one, other), f"differ by {off:.1e} but should not in a single bit")
            return "same bits"
        # each step rounds by a few units, and amplifies nothing here
        require(off < 500 * 8 * 2.0**-53, f"differ by {off:.1e}")
        return f"to {off:.0e}"

    return check


def contests() -> Iterator[Contest]:
    """One for each number of modes, and what recording costs."""
    for modes, (steps, fewer, target) in SIZES.items():

        def strict(count: int, times: int) -> Any:
            return c_loop("-ffp-contract=off")(count, times)

        def free(count: int, times: int) -> Any:
            return c_loop()(count, times)

        def made(options: tuple[str, ...], modes: int = modes, steps: int = steps) -> Callable[[], Any]:
            loop = c_loop(*options)
            return lambda: loop(modes, steps)

        at_least = 0.9 if modes >= 64 else None
        yield Contest(
            f"mode recursion, {modes} modes", "mode-step", "mode_descent",
            lambda modes=modes, steps=steps: ours(modes, steps), modes * steps,
            [
                Rival("NumPy loop", lambda modes=modes, fewer=fewer: lambda: numpy_loop(modes, fewer),
                      modes * fewer, agreement(numpy_loop, modes, same_bits=True), target),
                Rival("C loop, no contraction", lambda made=made: made(("-ffp-contract=off",)),
                      modes * steps, agreement(strict, modes, same_bits=True), at_least),
                Rival("C loop, the compiler's choice", lambda made=made: made(()),
                      modes * steps, agreement(free, modes, same_bits=False), at_least),
            ],
        )  # fmt: skip
    for modes, steps in ((64, 1_000_000), (1024, 60_000), (65_536, 1000)):

        def recorded(modes: int = modes) -> str:
            require(np.array_equal(ours(modes, 500, 100), ours(modes, 500)), "the two differ")
            return "same bits"

        yield Contest(
            f"price of every 100th step, {modes} modes", "mode-step", "mode_descent, last step only",
            lambda modes=modes, steps=steps: ours(modes, steps), modes * steps,
            [Rival("every 100th step recorded",
                   lambda modes=modes, steps=steps: lambda: ours(modes, steps, 100), modes * steps, recorded, 1.2)],
            most=True,
        )  # fmt: skip
