"""Many small networks at once: the same entry of eight problems side by side in one vector register.

The compiler does not find this by itself, because it cannot know that the result of a product does not overlap its
factors. So the inner part, a tile of 4 by 4 entries of a product, is written in the compiler's own language: for each
of the terms it loads 4 + 4 vectors and adds 16 products to sums that stay in registers. Every entry is the sum of its
terms in their order, each product and each sum rounded: the bits are those of the obvious loop.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from rankladder.simulate.compiling import Kernel

__all__ = ["SIDES", "TILE", "WIDTH", "lane_descent"]

WIDTH, TILE = 8, 4
# what is done with a tile of A·B, given the same tile of D: A·B itself, A·B − D, or D − η A·B
PRODUCT, LESS, UPDATE = 0, 1, 2
# sizes there is a kernel for; a smaller network is filled up with zeros
SIDES = (4, 8, 16)


# a function for compiled code, made when the first loop is compiled: it needs Numba
tile: Any = None


def _make_tile() -> Any:
    """Function for compiled code: a tile of a product, of matrices that are rows of ``WIDTH`` lanes."""
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    vector = ir.VectorType(ir.DoubleType(), WIDTH)

    @intrinsic(prefer_literal=True)
    def tile(
        context: Any, a: Any, a_at: Any, b: Any, b_at: Any, d: Any, eta: Any, c: Any, c_at: Any, kind: Any,
        side: Any, a_row: Any, a_term: Any, b_term: Any, b_column: Any,
    ) -> Any:  # fmt: skip
        constants = (kind, side, a_row, a_term, b_term, b_column)
        way, n, i_step, a_step, b_step, j_step = (constant.literal_value for constant in constants)

        def generate(target: Any, builder: Any, signature: Any, values: Any) -> Any:
            def start(array: int, at: int) -> Any:
                data = target.make_array(signature.args[array])(target, builder, values[array]).data
                return builder.gep(data, [values[at]])

            def place(pointer: Any, entry: int) -> Any:
                moved = builder.gep(pointer, [ir.Constant(ir.IntType(64), entry * WIDTH)])
                return builder.bitcast(moved, vector.as_pointer())

            A, B, D, C = start(0, 1), start(2, 3), start(4, 7), start(6, 7)
            total: list[list[Any]] = [[None] * TILE for _ in range(TILE)]
            for term in range(n):
                left = [builder.load(place(A, i * i_step + term * a_step), align=8) for i in range(TILE)]
                for j in range(TILE):
                    right = builder.load(place(B, term * b_step + j * j_step), align=8)
                    for i in range(TILE):
                        product = builder.fmul(left[i], right)
                        total[i][j] = builder.fadd(total[i][j], product) if term else product
            rate: Any = ir.Constant(vector, ir.Undefined)
            for lane in range(WIDTH if way == UPDATE else 0):
                rate = builder.insert_element(rate, values[5], ir.Constant(ir.IntType(32), lane))
            for i in range(TILE):
                for j in range(TILE):
                    made = total[i][j]
                    if way != PRODUCT:
                        other = builder.load(place(D, i * n + j), align=8)
                        made = (
                            builder.fsub(other, builder.fmul(rate, made))
                            if way == UPDATE
                            else builder.fsub(made, other)
                        )
                    builder.store(made, place(C, i * n + j), align=8)
            return target.get_dummy_value()

        places = (a, types.intp, b, types.intp, d, types.float64, c, types.intp)
        return types.void(*places, *constants), generate

    return tile


def _descent_loop(side: int) -> Callable[..., None]:
    row = side * WIDTH

    def lane_loop(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: float, times: Any, out1: Any, out2: Any) -> None:
        size = side * row
        P, R = np.empty(size), np.empty(size)
        for group in range(W1.shape[0]):
            S, Y = Sxx[group], Sxy[group]
            A, B = W1[group].copy(), W2[group].copy()
            A_next, B_next = np.empty(size), np.empty(size)
            k = 0
            for index in range(times.size):
                while k < times[index]:
                    for i in range(0, side, TILE):
                        for j in range(0, side, TILE):
                            at = i * row + j * WIDTH
                            tile(A, i * row, B, j * WIDTH, Y, eta, P, at, PRODUCT, side, side, 1, side, 1)
                    for i in range(0, side, TILE):
                        for j in range(0, side, TILE):
                            at = i * row + j * WIDTH
                            tile(S, i * row, P, j * WIDTH, Y, eta, R, at, LESS, side, side, 1, side, 1)
                    for i in range(0, side, TILE):
                        for j in range(0, side, TILE):
                            at = i * row + j * WIDTH
                            tile(R, i * row, B, j * row, A, eta, A_next, at, UPDATE, side, side, 1, 1, side)
                            tile(
                                A, i * WIDTH, R, j * WIDTH, B, eta, B_next, at, UPDATE, side, 1, side, side, 1
                            )
                    A, A_next, B, B_next = A_next, A, B_next, B
                    k += 1
                out1[index, group] = A
                out2[index, group] = B

    return lane_loop


@functools.cache
def lane_descent(side: int) -> Kernel:
    """Descent of groups of ``WIDTH`` networks of ``side`` by ``side``: recorded at ``times``."""
    global tile
    if tile is None:
        tile = _make_tile()
    rows, stack = "float64[:, ::1]", "float64[:, :, ::1]"
    kind = f"void({rows}, {rows}, {rows}, {rows}, float64, int64[::1], {stack}, {stack})"
    return Kernel(_descent_loop(side), kind, f"lane-descent-{side}")
