"""Claims whose runs are long, large, precise, or end next to 1."""

from fractions import Fraction as F

import numpy as np
import pytest

from rankladder import Int, Real, check, claim, exists, forall, log, strictly
from rankladder.search.judgement import judge
from rankladder.simulate import descent, first_hit, matrix_descent


def test_a_level_next_to_one_is_in_its_bracket() -> None:
    @claim("sim-bracket", over={"s": Real(0, 1), "theta": Real(0, 1)})
    def bracket(s, theta):
        # GD-6 from z0 = theta/4
        k, z0, growth = first_hit(s, None, theta, z0=theta / 4), theta / 4, 2 * log(1 + s)
        last = (log(1 / z0 - 1) + log(theta / (1 - theta))) / growth
        return forall(k - log(theta / z0) / growth, strictly(last + 1 - k))

    for gap in (F(1, 2**53), F(1, 2**54), F(1, 2**60), F(1, 10**40)):
        assert judge(bracket, {"s": F(2, 5), "theta": 1 - gap}).outcome == "holds"
    assert str(check(bracket).verdict) == "tested"


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


def test_a_claim_that_only_many_bits_decide_is_decided() -> None:
    @claim("sim-bits", over={"s": Real(0, F(1, 2))})
    def approaches(s):
        # 1 − z is about (1 − 2s)^k: thousands of bits below 1
        return exists(1 - descent(s, F(1, 2), 2000).z[-1:])

    assert judge(approaches, {"s": F(9, 20)}).outcome == "holds"


@pytest.mark.parametrize(
    "made", [lambda x: [x * np.ones(3), x * np.ones((2, 2))], lambda x: (x * np.ones(3), x)]
)
def test_margins_of_different_shapes_name_what_joins_them(made) -> None:
    @claim("sim-shapes", over={"x": Real(0, 1)})
    def shapes(x):
        return made(x)

    found = check(shapes)
    assert str(found.verdict) == "error" and "write forall(a, b) in place of" in str(found)
