"""Series of flows and what a step of them costs, where every coefficient is positive and all bounds are equalities."""

import math
from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb, arb_mat, ctx, fmpq

from rankladder.numbers.balls import precision
from rankladder.simulate import validated_flow
from rankladder.simulate.flow_series import Expansion, OneLayerFlow, StepBound, TwoLayerFlow
from rankladder.simulate.validated_flow import _dyadic, _evaluate, _run, _step

P = np.polynomial.polynomial


def one(value):
    return arb_mat(1, 1, [arb(fmpq(F(value).numerator, F(value).denominator))])


def values(parts):
    return [float(part[0, 0]) for part in parts]


def two_layers(order, w1=F(1, 2), w2=F(3, 4), c=F(5, 4)):
    """``w1' = (c + w1 w2) w2`` and its like: Sxx = -1 makes the residual grow, and every coefficient positive."""
    system = TwoLayerFlow(one(-1), one(c))
    p, q, d = [w1], [w2], []
    for k in range(order):
        d.append((c if k == 0 else 0) + sum(p[i] * q[k - i] for i in range(k + 1)))
        p.append(sum(d[i] * q[k - i] for i in range(k + 1)) / (k + 1))
        q.append(sum(d[i] * p[k - i] for i in range(k + 1)) / (k + 1))
    return system, system.expand((one(w1), one(w2)), order), p, q, d, c


def test_coefficients_follow_the_recursion():
    _, expansion, p, q, d, _ = two_layers(9)
    assert len(expansion.coefficients) == 10 and len(expansion.residuals) == len(expansion.slack) == 9
    for column, exact in ((0, p), (1, q)):
        assert values(state[column] for state in expansion.coefficients) == pytest.approx(
            list(map(float, exact))
        )
        assert [float(v) for v in expansion.norms[column]] == pytest.approx(list(map(float, exact)))
    assert [float(v) for v in expansion.residuals] == pytest.approx(list(map(float, d)))
    assert float(expansion.residual[0, 0]) == pytest.approx(float(d[0]))


def test_the_slack_is_what_rounding_leaves():
    _, expansion, p, q, _d, _ = two_layers(6)
    with precision(400):
        for k in range(6):
            # the coefficients are exact numbers: F_k of them, in many digits
            w1, w2 = ([state[i][0, 0] for state in expansion.coefficients] for i in (0, 1))
            D = [
                sum((w1[i] * w2[j - i] for i in range(j + 1)), arb(0)) + (arb(1.25) if j == 0 else 0)
                for j in range(k + 1)
            ]
            left = sum((D[i] * w2[k - i] for i in range(k + 1)), arb(0)) - (k + 1) * w1[k + 1]
            right = sum((w1[i] * D[k - i] for i in range(k + 1)), arb(0)) - (k + 1) * w2[k + 1]
            size = float(p[k + 1] + q[k + 1]) * (k + 1)
            assert float(abs(left) + abs(right)) <= float(expansion.slack[k]) <= size * 2.0**-46


@pytest.mark.parametrize(("order", "h", "tube"), [(3, 0.25, 0.0), (5, 0.5, 0.125), (8, 0.1, 1.0)])
def test_bounds_of_a_step_of_two_layers(order, h, tube):
    system, expansion, p, q, _, c = two_layers(order)
    cost = system.bound(expansion, arb(h), arb(tube))
    p, q = (np.array(list(map(float, poly))) for poly in (p, q))
    residual = P.polyadd([float(c)], P.polymul(p, q))
    defect = sum(
        P.polyval(h, np.concatenate([np.zeros(order), P.polymul(residual, factor)[order:]]))
        for factor in (p, q)
    )
    assert float(cost.truncation) == pytest.approx(defect)
    slack = sum(float(v) * h**k for k, v in enumerate(expansion.slack))
    assert float(cost.rounding) == pytest.approx(slack)
    largest = P.polyval(h, p) + P.polyval(h, q) + tube
    # -1 has norm 1, and is made positive by 2
    rate = P.polyval(h, residual) + tube * largest + 2 * largest**2
    assert float(cost.expansion_rate) == pytest.approx(rate)


def test_bounds_of_a_step_of_one_layer():
    system = OneLayerFlow(one(-1), one(F(1, 2)))
    expansion = system.expand((one(F(1, 4)),), 6)
    exact = [F(1, 4)]
    for k in range(6):
        exact.append(((F(1, 2) if k == 0 else 0) + exact[k]) / (k + 1))
    assert values(state[0] for state in expansion.coefficients) == pytest.approx(list(map(float, exact)))
    assert [float(v) for v in expansion.residuals] == pytest.approx(
        [float(e) * (k + 1) for k, e in enumerate(exact[1:])]
    )
    cost = system.bound(expansion, arb(0.5), arb(3))
    assert float(cost.truncation) == pytest.approx(float(exact[6]) * 0.5**6)
    assert float(cost.rounding) == pytest.approx(
        sum(float(v) * 0.5**k for k, v in enumerate(expansion.slack))
    )
    assert float(cost.expansion_rate) == 2.0
    assert max(float(v) for v in expansion.slack) < 2.0**-50


def test_a_series_is_evaluated_by_its_coefficients():
    made = Expansion([(one(1), one(2)), (one(3), one(4)), (one(5), one(6))], [], [], one(0), [])
    assert values(_evaluate(made, fmpq(1, 2))) == [1 + 1.5 + 1.25, 2 + 2 + 1.5]


def test_a_step_has_few_bits_and_is_hardly_shorter_than_allowed():
    for value in (1.0, 0.3, 1e-20, 12345.678, 2.0**-1000):
        found = _dyadic(value)
        exact = F(int(found.p), int(found.q))
        assert F(value) * (1 - F(1, 2000)) <= exact <= F(value)
        assert int(exact.numerator).bit_length() <= 12 or exact.denominator == 1


@pytest.mark.parametrize("tolerance", [-30.0, -60.0])
def test_a_step_is_about_as_long_as_its_tolerance_allows(tolerance):
    system = OneLayerFlow(one(1), one(1))
    with precision(128):
        expansion = system.expand((one(F(1, 4)),), 20)
        h, reach = _step(system, expansion, arb(0), tolerance, fmpq(1000))
    length = F(int(h.p), int(h.q))

    def cost(by):
        at = arb(float(length) * by)
        return float(at * system.bound(expansion, at, arb(0)).truncation)

    assert cost(1.0) <= 2.0**tolerance < cost(1.6)  # guesses shrink by 0.8 at a time
    # the radius is the defect carried along: at rate 2^-60 here, as Sxx is positive
    assert cost(1.0) <= float(reach) <= 1.01 * (cost(1.0) + float(length) * 2.0**-100)
    # what is left of the way is never overrun, and then taken exactly
    assert _step(system, expansion, arb(0), tolerance, fmpq(1, 3))[0] == fmpq(1, 3)


def test_a_radius_is_carried_at_the_rate_of_the_flow():
    system = OneLayerFlow(one(-1), one(0))  # errors grow, at rate at most 2
    with precision(128):
        expansion = system.expand((one(F(1, 4)),), 30)
        h, reach = _step(system, expansion, arb(2.0**-20), -90.0, fmpq(1, 4))
    assert h == fmpq(1, 4)
    assert float(reach) == pytest.approx(2.0**-20 * math.exp(2 / 4), rel=1e-6)


def test_the_largest_radius_is_reported_and_every_time_has_its_row():
    system = OneLayerFlow(one(1), one(0))
    with precision(100):
        rows, worst = _run(system, (one(1),), [fmpq(0), fmpq(1, 2), fmpq(3)], -80.0)
    assert [float(row[0][0, 0].mid) for row in rows] == pytest.approx([1.0, math.exp(-0.5), math.exp(-3.0)])
    widths = [float(row[0][0, 0].arb.rad()) for row in rows]
    assert max(widths) <= float(worst) * 1.001 and 0 < float(worst) < 2.0**-70


def test_a_radius_beyond_the_state_is_no_value():
    system = OneLayerFlow(one(1), one(0))
    start = (arb_mat(1, 1, [arb(1, 5)]),)
    with precision(100):
        rows, worst = _run(system, start, [fmpq(1), fmpq(2)], -80.0)
    assert len(rows) == 2 and all(row[0][0, 0].is_nan() for row in rows) and not worst.is_finite()


@pytest.mark.parametrize(
    ("order", "tolerance"),
    [(6, -2.0), (6, -5.0), (6, -10.0), (12, -2.0), (12, -5.0), (20, -10.0), (30, -20.0)],
)
def test_a_guess_that_is_too_long_is_shortened_until_its_defect_is_within_the_tolerance(order, tolerance):
    """The coefficients that the guess reads say too little of those beyond them."""
    with precision(128):
        system, expansion, *_ = two_layers(order)
        h, _ = _step(system, expansion, arb(0), tolerance, fmpq(1000))
        assert cut_off(system, expansion, h) <= 2.0**tolerance < cut_off(system, expansion, h, longer=1.26)


def cut_off(system, expansion, h, longer=1.0):
    length = arb(h) * longer
    return float(length * system.bound(expansion, length, arb(0)).truncation)


@pytest.mark.parametrize("rounding", [0.0, 1e-12, 1.0, 100.0])
@pytest.mark.parametrize("tolerance", [-60.0, -12.0])
def test_a_step_is_not_shortened_for_less_than_rounding_leaves(rounding, tolerance):
    class Cubic:
        def bound(self, expansion, h, tube):
            return StepBound(1000 * h**3, arb(rounding), arb(0.25))

    silent = Expansion([], [[arb(0)] * 4], [], one(0), [arb(0)] * 3)  # the guess is the whole way
    with precision(64):
        h, reach = _step(Cubic(), silent, arb(2.0**-30), tolerance, fmpq(8))
    length = float(arb(h))
    allowed = max(2.0**tolerance, length * rounding)
    assert (
        1000 * length**4 <= allowed
        and 1000 * (length / 0.8) ** 4 > max(2.0**tolerance, length / 0.8 * rounding) * 0.99
    )
    own = 2.0**-30 + 1000 * length**4 + length * rounding
    assert float(reach) == pytest.approx(own * math.exp(0.25 * length), rel=1e-9)


@pytest.mark.parametrize("radius", [0.0, 1e-6])
def test_the_reach_of_a_step_is_the_defect_and_the_radius_carried_in_a_tube_around_it(radius):
    with precision(128):
        system, expansion, *_ = two_layers(12)
        h, reach = _step(system, expansion, arb(radius), -40.0, fmpq(1, 16))
        cost = system.bound(expansion, arb(h), arb(0))
        own = radius + float(arb(h) * (cost.truncation + cost.rounding))
        rates = [
            float(system.bound(expansion, arb(h), arb(tube)).expansion_rate)
            for tube in (0.0, 2 * float(reach))
        ]
    assert (
        own * math.exp(rates[0] * float(arb(h)))
        <= float(reach)
        <= own * math.exp(rates[1] * float(arb(h))) * (1 + 1e-9)
    )


class Attempts:
    """Stands in for a run over all times: its radius is the tolerance times ``growth``, and lost above ``lost``."""

    def __init__(self, monkeypatch, growth=1.0, lost=math.inf, misjudged=1.0):
        self.tolerances, self.bits = [], []
        self.growth, self.lost, self.misjudged = growth, lost, misjudged
        monkeypatch.setattr(validated_flow, "_run", self.run)

    def run(self, system, start, times, tolerance):
        self.tolerances.append(tolerance)
        self.bits.append(int(ctx.prec))
        if tolerance > self.lost:
            return [start], arb("inf")
        misjudged = self.misjudged if len(self.tolerances) == 2 else 1.0
        return [start], arb(2) ** tolerance * self.growth * misjudged

    def of(self, start, refine=True):
        validated_flow.validated_flow(lambda: (None, (np.array([[start]]),)), [fmpq(1)], refine=refine)
        return self.tolerances


@pytest.fixture
def sized(monkeypatch):
    """Starts are given by their size alone."""
    monkeypatch.setattr(validated_flow, "norm", lambda part: part[0, 0])
    monkeypatch.setattr(validated_flow, "radius_norm", lambda parts: arb(2) ** -30)


@pytest.mark.parametrize(
    ("start", "size"), [(arb(1), 0.0), (arb(2) ** -20, -20.0), (arb(2) ** 11, 11.0), (arb(0), 0.0)]
)
@pytest.mark.parametrize("bits", [53, 200])
def test_a_fine_run_allows_for_the_growth_that_a_coarse_one_shows(start, size, bits, sized, monkeypatch):
    with precision(bits):
        attempts = Attempts(monkeypatch, growth=2.0**7)
        assert attempts.of(start) == pytest.approx([size - 24, size - bits - 7 - 6])
        assert attempts.bits == [int(24 + max(size, 0) - tolerance) for tolerance in attempts.tolerances]
        # what grew more than it showed is run again, finer by as much and a little; but four times at most
        attempts = Attempts(monkeypatch, growth=2.0**7, misjudged=2.0**20)
        assert attempts.of(start) == pytest.approx([size - 24, size - bits - 13, size - bits - 33])
        attempts = Attempts(monkeypatch, growth=0.5)  # a radius that shrinks allows for nothing
        assert attempts.of(start) == pytest.approx([size - 24, size - bits - 6])


@pytest.mark.parametrize("size", [-20.0, 0.0, 11.0])
def test_a_coarse_run_that_is_lost_is_repeated_in_four_times_the_bits(size, sized, monkeypatch):
    with precision(100):
        attempts = Attempts(monkeypatch, growth=4.0, lost=size - 90)
        assert attempts.of(arb(2) ** size) == pytest.approx([size - 24, size - 96, size - 100 - 2 - 6])
        attempts = Attempts(monkeypatch, growth=4.0, lost=size - 1000)
        assert attempts.of(arb(2) ** size)[:4] == pytest.approx([size - bits for bits in (24, 96, 384, 1536)])
        # no coarse run is finer than 1536 bits; the last ones then allow for as much, and four are enough
        attempts = Attempts(monkeypatch, lost=-math.inf)
        assert attempts.of(arb(2) ** size) == pytest.approx(
            [*(size - bits for bits in (24, 96, 384, 1536)), size - 100 - 1536 - 6]
        )


def test_data_with_a_radius_is_run_once_and_not_much_finer_than_that(sized, monkeypatch):
    with precision(100):
        assert Attempts(monkeypatch, growth=2.0**50).of(arb(1), refine=False) == pytest.approx([-30.0 - 6])
    with precision(20):
        assert Attempts(monkeypatch).of(arb(1), refine=False) == pytest.approx([-20.0 - 6])


def test_at_most_four_fine_runs(sized, monkeypatch):
    with precision(53):
        attempts = Attempts(monkeypatch)
        monkeypatch.setattr(
            validated_flow,
            "_run",
            lambda *arguments: (
                attempts.run(*arguments)[0],
                arb(2) ** -24 if len(attempts.tolerances) == 1 else arb(1),
            ),
        )
        # each time it is off by all 53 bits, so that 53 and 6 more are tried
        assert attempts.of(arb(1)) == pytest.approx([-24.0, -59.0, -118.0, -177.0, -236.0])


@pytest.mark.parametrize(("radius", "is_lost"), [(1.2, False), (1.49, False), (1.51, True)])
def test_a_radius_may_be_as_large_as_one_and_the_state(radius, is_lost):
    start = (arb_mat(1, 1, [arb(0.5, radius)]),)
    with precision(100):
        rows, worst = _run(OneLayerFlow(one(1), one(0)), start, [fmpq(1, 100)], -20.0)
    assert rows[0][0][0, 0].is_nan() is is_lost and worst.is_finite() is not is_lost


def test_a_step_that_cannot_be_made_short_enough_is_an_error():
    class Wild:
        def bound(self, expansion, h, tube):
            return StepBound(arb("inf") if h > 0 else arb(0), arb(0), arb(0))

    silent = Expansion([], [[arb(0)] * 4], [], one(0), [arb(0)] * 3)
    with pytest.raises(ValueError, match="flow step underflowed"):
        _step(Wild(), silent, arb(0), -20.0, fmpq(1))


def test_the_steps_of_a_flow_are_limited(monkeypatch):
    taken = []

    def unit(system, expansion, radius, tolerance, remaining):
        taken.append(remaining)
        return fmpq(1), arb(2) ** -60

    monkeypatch.setattr(validated_flow, "_step", unit)
    system, start = OneLayerFlow(one(1), one(0)), (one(1),)
    for most, last, enough in ((5, 5, True), (5, fmpq(11, 2), False), (6, fmpq(11, 2), True)):
        taken.clear()
        monkeypatch.setattr(validated_flow, "MOST_STEPS", most)
        times = [fmpq(0), fmpq(3, 2), fmpq(1) * last]
        if enough:
            rows, _ = _run(system, start, times, -20.0)
            values = [float(row[0][0, 0].mid) for row in rows]
            assert values == pytest.approx([math.exp(-float(F(int(t.p), int(t.q)))) for t in times])
        else:
            with pytest.raises(ValueError, match=f"flow to time 5.5 needs more than {most} steps"):
                _run(system, start, times, -20.0)
        assert taken == [times[-1] - k for k in range(most)]


@pytest.mark.parametrize("tolerance", [-30.0, -60.0, -100.0])
def test_the_last_coefficients_say_about_how_long_a_step_may_be(tolerance):
    """Guessed, the length is found in some attempts; shortened by a fifth at a time from the end it would take many."""
    with precision(128):
        for system, expansion in (
            (OneLayerFlow(one(1), one(1)), None),
            two_layers(20)[:2],
        ):
            made = expansion or system.expand((one(F(1, 4)),), 20)
            tried = []

            class Counted:
                def bound(self, *arguments, system=system, tried=tried):
                    tried.append(arguments)
                    return system.bound(*arguments)

            _step(Counted(), made, arb(0), tolerance, fmpq(10**9))
            assert len(tried) <= 8


def test_a_radius_that_outgrows_the_state_on_the_way_loses_the_times_after_it(monkeypatch):
    monkeypatch.setattr(validated_flow, "_step", lambda *_: (fmpq(1), arb(5)))
    times = [fmpq(1, 2), fmpq(1), fmpq(2), fmpq(3)]
    rows, worst = _run(OneLayerFlow(one(1), one(0)), (one(1),), times, -20.0)
    assert [row[0][0, 0].is_nan() for row in rows] == [False, False, True, True] and not worst.is_finite()
