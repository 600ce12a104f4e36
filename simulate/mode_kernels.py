"""The recursions of many modes at once, as loops that Numba turns into vector instructions.

Modes are taken in blocks that stay in the processor's nearest memory for the whole run: time is the outer loop,
the modes of the block the inner one. The compiler makes vector instructions of an inner loop only if its length
is a constant and its arrays are aligned; so there is one loop for each size of block, and a block that is not
full is filled up with modes that stay at 0.

Every operation is one of NumPy's, in NumPy's order: the results are those of the array expressions, bit for bit.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rankladder.simulate.compiling import Kernel
from rankladder.simulate.dynamics import entry_step, missing_step, normal_step

__all__ = ["BLOCKS", "entry_steps", "pair_steps", "run_entries", "run_pairs"]

# Up to a block of 64 the state stays in registers; longer ones than 128 gain nothing.
BLOCKS = (32, 64, 128)
ALIGNED = 64  # bytes, a cache line and the widest vector


def _entry_loop(block: int) -> Callable[..., None]:
    def entry_loop(
        a: Any, sigma: Any, lam: Any, eta: Any, first: int, last: int, every: int, out: Any
    ) -> None:
        # Allocated here: so the compiler knows that its parts have this length and do not overlap.
        scratch = np.empty(4 * block + ALIGNED // 8)
        skip = -scratch.ctypes.data % ALIGNED // 8
        v = scratch[skip : skip + block]
        s = scratch[skip + block : skip + 2 * block]
        x = scratch[skip + 2 * block : skip + 3 * block]
        h = scratch[skip + 3 * block : skip + 4 * block]
        for start in range(first, last, block):
            size = min(block, last - start)
            scratch[:] = 0.0
            for i in range(size):
                v[i], s[i], x[i], h[i] = a[start + i], sigma[start + i], lam[start + i], eta[start + i]
            for row in range(out.shape[0]):
                for _ in range(every):
                    for i in range(block):
                        v[i] = entry_step(v[i], s[i], x[i], h[i])
                for i in range(size):
                    out[row, start + i] = v[i]

    return entry_loop


def _pair_loop(block: int) -> Callable[..., None]:
    def pair_loop(s: Any, z0: Any, x0: Any, first: int, last: int, z_out: Any, x_out: Any) -> None:
        scratch = np.empty(3 * block + ALIGNED // 8)
        skip = -scratch.ctypes.data % ALIGNED // 8
        h = scratch[skip : skip + block]
        z = scratch[skip + block : skip + 2 * block]
        x = scratch[skip + 2 * block : skip + 3 * block]
        for start in range(first, last, block):
            size = min(block, last - start)
            scratch[:] = 0.0
            for i in range(size):
                h[i], z[i], x[i] = s[start + i], z0[start + i], x0[start + i]
            for row in range(z_out.shape[0]):
                for i in range(block):
                    z_next = normal_step(z[i], h[i])
                    x_next = missing_step(x[i], h[i])
                    near = abs(x_next) < 0.5
                    z[i] = 1.0 - x_next if near else z_next
                    x[i] = x_next if near else 1.0 - z_next
                for i in range(size):
                    z_out[row, start + i] = z[i]
                    x_out[row, start + i] = x[i]

    return pair_loop


_ROW, _ROWS = "float64[::1]", "float64[:, ::1]"


@functools.cache
def entry_steps(block: int) -> Kernel:
    """``a ← a (1 + η (σ − λ a²))`` for the modes from ``first`` to ``last``, recording every ``every``-th step."""
    kind = f"void({_ROW}, {_ROW}, {_ROW}, {_ROW}, int64, int64, int64, {_ROWS})"
    return Kernel(_entry_loop(block), kind, f"entry-steps-{block}", [entry_step])


@functools.cache
def pair_steps(block: int) -> Kernel:
    """``z ← z (1 + s (1 − z))²`` beside ``x = 1 − z``, each taken from whichever is the smaller of the two."""
    kind = f"void({_ROW}, {_ROW}, {_ROW}, int64, int64, {_ROWS}, {_ROWS})"
    return Kernel(_pair_loop(block), kind, f"pair-steps-{block}", [normal_step, missing_step])


def pieces(modes: int) -> Iterator[tuple[int, int, int]]:
    """Block size, first and last mode of each piece: whole blocks of the largest size, the rest in a fitting one.

    >>> list(pieces(300)), list(pieces(40))
    ([(128, 0, 256), (64, 256, 300)], [(64, 0, 40)])
    """
    whole = modes - modes % BLOCKS[-1]
    if whole:
        yield BLOCKS[-1], 0, whole
    if whole < modes:
        yield next(size for size in BLOCKS if size >= modes - whole), whole, modes


def run_entries(a: Any, sigma: Any, lam: Any, eta: Any, every: int, out: NDArray[np.float64]) -> bool:
    """Fill ``out`` with the entries after every, 2·every, … steps; False, and nothing done, if it does not pay."""
    # one array expression of NumPy: about 2 µs, and 1.2 ns a mode
    work = out.shape[0] * every * (2e-6 + 1.2e-9 * a.size)
    todo = list(pieces(a.size))
    if not all(entry_steps(block).pays(work) for block, _, _ in todo):
        return False
    for block, first, last in todo:
        entry_steps(block)(a, sigma, lam, eta, first, last, every, out)
    return True


def run_pairs(s: Any, z: Any, x: Any, z_out: NDArray[np.float64], x_out: NDArray[np.float64]) -> bool:
    """Fill ``z_out``, ``x_out`` with the states after 1, 2, … steps; False, and nothing done, if it does not pay."""
    work = z_out.shape[0] * (15e-6 + 1e-8 * z.size)
    todo = list(pieces(z.size))
    if not all(pair_steps(block).pays(work) for block, _, _ in todo):
        return False
    for block, first, last in todo:
        pair_steps(block)(s, z, x, first, last, z_out, x_out)
    return True
