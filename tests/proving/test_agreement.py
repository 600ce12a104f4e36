"""States on both sides of a theorem's edge: where a proof is compared with the claim that it is to prove."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest

from rankladder import symbols
from rankladder.domains.randomness import RandomSource
from rankladder.language.induction import Induction
from rankladder.proof.agreement import _beside, _edge, parameters

z, a = symbols("z a")


def edges(holds: Any, draws: int = 60) -> list[tuple[F, F]]:
    """Where a relation on z (and a = 1/3) changes sign, as often as it was met."""
    induction = Induction({z: a}, {z: z}, {}, holds)
    source = RandomSource(5)
    values = {a: _beside((F(1, 3), F(1, 3)), 0, source)}
    found = (_edge(induction, values, {z: values[a]}, z, source) for _ in range(draws))
    return [edge for edge in found if edge is not None]


@pytest.mark.parametrize(("edge", "often"), [(F(1, 4000), 10), (F(1, 40), 30), (F(1, 2), 40), (F(9, 5), 2)])
def test_an_edge_between_0_and_2_is_met_from_both_sides(edge: F, often: int) -> None:
    for holds, below in ((z <= edge, True), (z >= edge, False), (z <= 3 * a * edge, True)):
        met = edges(holds)
        assert len(met) >= often
        for true, false in met:
            low, high = (true, false) if below else (false, true)
            assert low <= edge <= high and 0 < high - low <= F(1, 10**6) * true


def test_states_are_positive_and_at_most_2() -> None:
    assert edges(z <= 2) == [] == edges(z > 0)


def test_a_state_beside_the_edge_is_one_of_its_two_sides() -> None:
    source = RandomSource(1)
    edge = (F(1, 2), F(3, 4))
    assert [F(float(_beside(edge, side, source).mid)) for side in (1, 0, -1)] == [F(1, 2), F(1, 2), F(3, 4)]
    anywhere = [F(float(_beside(None, 1, source).mid)) for _ in range(200)]
    assert min(anywhere) > 0 and max(anywhere) <= 2
    assert sum(x > 1 for x in anywhere) > 60 and sum(x < F(1, 2) for x in anywhere) > 30


def test_parameters_are_the_symbols_that_are_no_state() -> None:
    b, c, d = symbols("b c d")
    made = Induction({z: a}, {z: z * b}, {"small": d < 1}, z <= c)
    assert parameters(made) == {a, b, c, d}
