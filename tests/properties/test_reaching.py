"""Whatever the relation, the draws reach its whole set."""

import math
import random
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import Real, claim, symbols
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.instance import Instance
from rankladder.language.statement import Claim
from rankladder.search.batches import draw_batch
from rankladder.search.draws import draw_instance, satisfies

x, y, z, s, kappa = symbols("x y z s kappa")
Holds = Callable[[F, F], bool]

_SIDE, _CELLS = 4, 4
_POINTS, _FILLED = 150, 0.15  # points of the oracle in a cell; the share that must satisfy the relation
_DRAWS = 300


def _families(a: F, b: F) -> list[tuple[str, Any, Holds]]:
    """Relations between x and y with two constants, and what they say in plain Python."""
    return [
        ("pole", y <= a / x + b, lambda u, v: u != 0 and v <= a / u + b),
        ("pole in y", 1 / y >= a * x - b, lambda u, v: v != 0 and 1 / v >= a * u - b),
        ("pole of both", 1 / x + a / y >= b, lambda u, v: u != 0 != v and 1 / u + a / v >= b),
        ("double pole", a / (x - b) ** 2 >= y, lambda u, v: u != b and a / (u - b) ** 2 >= v),
        ("product", x * y >= a, lambda u, v: u * v >= a),
        ("product, two-sided", (x * y >= -a) & (x * y <= b), lambda u, v: -a <= u * v <= b),
        ("square", x**2 >= a * y + b, lambda u, v: u**2 >= a * v + b),
        ("ring", (x**2 + y**2 >= a) & (x**2 + y**2 <= a + 4), lambda u, v: a <= u**2 + v**2 <= a + 4),
        ("cubic", x**3 - 4 * x >= a * y, lambda u, v: u**3 - 4 * u >= a * v),
        ("distance", abs(x - a) >= abs(y) + b / 2, lambda u, v: abs(u - a) >= abs(v) + b / 2),
        ("greatest", sympy.Max(x, y) >= a, lambda u, v: max(u, v) >= a),
        ("least", sympy.Min(x, a * y) <= -b, lambda u, v: min(u, a * v) <= -b),
        (
            "branches",
            sympy.Piecewise((x - a, x > y), (b - y, True)) >= 0,
            lambda u, v: (u - a if u > v else b - v) >= 0,
        ),
        ("root", sympy.sqrt(x + 2) >= a * y, lambda u, v: u >= -2 and math.sqrt(u + 2) >= a * v),
        ("logarithm", sympy.log(x) * a <= y, lambda u, v: u > 0 and math.log(u) * a <= v),
        ("exponential", sympy.exp(x) * y <= a, lambda u, v: math.exp(u) * v <= a),
        ("quotient", (x - a) / (y + b) <= 1, lambda u, v: v != -b and (u - a) / (v + b) <= 1),
        ("linear", (a * x <= 4 * y - 1) & (x <= 3 - b * y), lambda u, v: a * u <= 4 * v - 1 and u <= 3 - b * v),
    ]  # fmt: skip


_CONSTANTS = [(F(1), F(1, 2)), (F(3, 2), F(5, 4))]
_CASES = [
    pytest.param(relation, holds, id=f"{name} {a} {b}", marks=[pytest.mark.slow] * (i % 8 > 0))
    for i, (a, b, name, relation, holds) in enumerate(
        (a, b, *f) for a, b in _CONSTANTS for f in _families(a, b)
    )
]


def _stated(given: dict[str, Any], **over: Any) -> Claim:
    return claim("reaching.made", over=over, given=given)(lambda: 1)


def _drawn(made: Claim, count: int, seed: int = 0) -> list[Instance]:
    source, found = RandomSource(seed), []
    for _ in range(count):
        try:
            found.append(draw_instance(made, source))
        except Infeasible:
            continue
    return found


def _cell(u: float, v: float) -> tuple[int, int]:
    return tuple(min(int((w + _SIDE) * _CELLS / (2 * _SIDE)), _CELLS - 1) for w in (u, v))  # type: ignore[return-value]


def _full_cells(holds: Holds) -> set[tuple[int, int]]:
    """The cells of which the set has a fair share, by uniform rational points."""
    source, width = random.Random(1), F(2 * _SIDE, _CELLS)
    return {
        (i, j)
        for i in range(_CELLS)
        for j in range(_CELLS)
        if sum(
            holds(*(-_SIDE + width * (k + F(source.randrange(1, 2**20), 2**20)) for k in (i, j)))
            for _ in range(_POINTS)
        )
        > _FILLED * _POINTS
    }


@pytest.mark.parametrize(("relation", "holds"), _CASES)
def test_draws_reach_every_part_of_the_set(relation: Any, holds: Holds) -> None:
    made = _stated({"related": relation}, x=Real(-_SIDE, _SIDE), y=Real(-_SIDE, _SIDE))
    drawn = _drawn(made, _DRAWS)
    assert all(satisfies(made, instance) for instance in drawn)
    assert _full_cells(holds) <= {_cell(float(i["x"]), float(i["y"])) for i in drawn}
    values, mask = draw_batch(made, RandomSource(0)) or ({}, np.zeros(1))
    batches = {_cell(u, v) for u, v in zip(values["x"][mask], values["y"][mask], strict=True)}
    assert len(_full_cells(holds) - batches) <= 1  # one group of 509
