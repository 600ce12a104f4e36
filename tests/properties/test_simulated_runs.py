"""Claims whose runs are long, large, precise, or end next to 1."""

from fractions import Fraction as F

import numpy as np
import pytest

from rankladder import Int, Real, check, claim
from rankladder.search.judgement import judge
from rankladder.simulate import descent, matrix_descent


def test_a_run_beyond_memory_leaves_its_instance_undecided_and_the_claim_whole() -> None:
    @claim("sim-long", over={"s": Real(F(1, 10), F(1, 2)), "power": Int(1, 14)})
    def long(s, power):
        return descent(s, F(1, 2), 10**power).z

    @claim("sim-long-matrix", over={"power": Int(12, 14)})
    def long_matrix(power):
        one = np.array([[F(1, 2)]], dtype=object)
        return matrix_descent(one, one, one, one, F(1, 2), 10**power).W

    for stated, instance in ((long, {"s": F(1, 4), "power": 13}), (long_matrix, {"power": 13})):
        judgement = judge(stated, instance)
        assert judgement.outcome == "undecided" and "must record at most" in judgement.why
    assert judge(long, {"s": F(1, 4), "power": 1}).outcome == "holds"


@pytest.mark.parametrize(
    "made", [lambda x: [x * np.ones(3), x * np.ones((2, 2))], lambda x: (x * np.ones(3), x)]
)
def test_margins_of_different_shapes_name_what_joins_them(made) -> None:
    @claim("sim-shapes", over={"x": Real(0, 1)})
    def shapes(x):
        return made(x)

    found = check(shapes)
    assert str(found.verdict) == "error" and "write forall(a, b) in place of" in str(found)
