import math
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rankladder.numbers import Ball, TooLong, Undecided, hull, precision
from rankladder.numbers.exact import Exact
from rankladder.simulate import descent, first_hit, first_hits, mode_trajectory, vanishing_steps
from rankladder.simulate.hitting import _ball_hit
from rankladder.simulate.modes import JUMP_TO, _null_series, log_initial_fraction, shortfall
from rankladder.simulate.walks import walk_modes, walk_null_modes, walk_to_levels

UNIT = 2.0**-53


def slow_modes(sigma, lam, eta, delta, steps):
    """Every step of the recursion for w, in 300 bits."""
    with precision(300):
        w = np.exp(-2 * Ball(delta))
        orbit = [w]
        for _ in range(steps):
            m = Ball(w.arb.mid())  # the loss of width over some thousand steps is far below 300 bits
            w = m * (1 + Ball(eta) * (Ball(sigma) - Ball(lam) * m)) ** 2
            orbit.append(w)
        return [float(np.log(value).mid) for value in orbit]


@pytest.mark.parametrize(
    ("log_e", "steps"), [(-14 * math.log(2), 3000), (-14 * math.log(2), 17), (-11.0, 2000)]
)
def test_the_series_of_a_null_mode_has_every_term(log_e, steps):
    with precision(300):
        e = np.exp(Ball(log_e))
        for _ in range(steps):
            e = Ball(e.arb.mid())
            e = e * (1 - e) ** 2
        exact = np.log(e)
    assert abs((exact - _null_series(log_e, float(steps))).mid) <= 4 * UNIT * abs(log_e)


@pytest.mark.parametrize("log_e", [-45.5, -60.0, -800.0, -2e6])
@pytest.mark.parametrize("share", [0.0, 1e-9, 0.3, 1.0, 40.0])
def test_the_series_of_a_null_mode_far_below_rounding(log_e, share):
    """``1/e`` grows by 2 a step there; ``share`` of itself in all."""
    steps = share * math.exp(min(-log_e, 700.0))
    expected = log_e - math.log1p(2.0 * share) if log_e > -700 else log_e
    assert abs(_null_series(log_e, steps) - expected) <= 4 * UNIT * abs(log_e)


def balls_alone(s, log_z0, theta):
    return _ball_hit(s, lambda: Ball(log_z0).arb, theta, None, False, 10**9)


def every_rational_step(s, z0, theta):
    z, k = z0, 0
    while z < theta:
        z, k = z * (1 + s * (1 - z)) ** 2, k + 1
    return k


@settings(deadline=None, max_examples=40)
@given(
    st.fractions(F(1, 10), 2, max_denominator=12),
    st.fractions(F(1, 50), F(9, 10), max_denominator=60),
    st.integers(1, 4),
    st.sampled_from([0, F(1, 10**80), F(-1, 10**80)]),
)
@example(F(6, 5), F(1, 6), 1, 0)
def test_first_hit_from_a_rational_start_settles_ties(s, z0, k, beside):
    z = z0
    for _ in range(k):
        z = z * (1 + s * (1 - z)) ** 2
    theta = z + beside  # the orbit lands on the level, or a hair beside it
    if 0 < theta < 1:
        expected = every_rational_step(s, z0, theta)
        assert first_hit(s, None, theta, z0=z0) == expected
        assert first_hit(Exact(s), None, Exact(theta), z0=Exact(z0)) == expected


def test_first_hit_from_a_start_of_each_kind():
    assert first_hit(0.25, None, 0.5, z0=0.5) == 0
    assert first_hit(0.25, None, 0.75, z0=0.25) == every_rational_step(F(1, 4), F(1, 4), F(3, 4))
    assert first_hit(0.1, None, 0.5, z0=math.exp(-10.0)) == first_hit(0.1, -10.0, 0.5)
    for third in (F(1, 3), Ball(F(1, 3))):
        assert first_hit(0.1, None, 0.5, z0=third) == first_hit(0.1, np.log(Ball(F(1, 3))), 0.5)
    with pytest.raises(Undecided):  # z_1 = 2/3, which balls around these do not know
        first_hit(Ball(F(6, 5)), None, Ball(F(2, 3)), z0=Ball(F(1, 6)))
    with pytest.raises(ValueError, match="exactly one must be given"):
        first_hit(0.1, -1.0, 0.5, z0=0.5)
    with pytest.raises(ValueError, match="exactly one must be given"):
        first_hit(0.1, None, 0.5)
    with pytest.raises(ValueError, match="z0 0 must be > 0"):
        first_hit(0.1, None, 0.5, z0=0)


@settings(deadline=None, max_examples=25)
@given(st.floats(0.05, 3.0), st.floats(0.1, 3.0), st.floats(0.02, 0.16), st.floats(0.0, 60.0))
@example(1.0, 1.0, 0.1, 45.0)
def test_jumps_agree_with_every_step(sigma, lam, eta, delta):
    steps = 3000
    expected = np.array(slow_modes(sigma, lam, eta, delta, steps))
    run = mode_trajectory(sigma, lam, eta, delta, steps)
    log_omega = math.log(sigma) - math.log(lam)
    # log z0 and the climb carry 4 units of 2δ; s ≤ ½ amplifies nothing, and each walked step adds 8 units
    # (η σ itself is rounded: relative to the climb, 2 more)
    allowed = 8 * UNIT * (2 * delta + 10) + 8 * UNIT * run.walked
    assert np.abs(run.log_z[:, 0] + log_omega - expected).max() <= allowed


@settings(deadline=None, max_examples=25)
@given(st.floats(0.1, 3.0), st.floats(0.01, 0.6), st.floats(0.0, 12.0))
@example(2.0, 0.9, 0.0)
def test_null_modes_agree_with_every_step(lam, eta, delta):
    steps = 3000
    expected = slow_modes(0.0, lam, eta, delta, steps)
    chosen = [0, 1, 2, 10, 300, 1000, 3000]
    run = mode_trajectory(0.0, lam, eta, delta, chosen)
    allowed = 8 * UNIT * (2 * delta + 20) + 8 * UNIT * run.walked
    for row, k in enumerate(chosen):
        assert abs(run.log_z[row, 0] - expected[k]) <= allowed
    assert np.array_equal(run.z, run.w)


def test_null_series_far_out():
    # e ← e(1−e)²: 1/e grows by 2 + 3e + 4e² + … a step, exactly; sum it in integers scaled by 2^200
    scale = 1 << 200
    e0 = F(1, 2**15)
    v = scale * 2**15
    steps = 200_000
    for _ in range(steps):
        v = v * v * v // (v - scale) // (v - scale)
    run = mode_trajectory(0.0, 1.0, 1.0, -math.log(float(e0)) / 2, [steps])
    assert run.walked == 0
    assert abs(run.log_z[0, 0] + math.log(v / scale)) <= 8 * UNIT * 12


def test_cost_does_not_grow_with_delta():
    near, far = (
        mode_trajectory([3.0, 2.0, 1.0, 0.0], 1.0, 0.05, delta, _around(delta)) for delta in (1e2, 1e6)
    )
    assert far.walked <= near.walked * 1.1 + 10
    assert near.walked < 4000
    huge = mode_trajectory([3.0, 0.0], 1.0, 0.05, 1e12, [0, 10**13, 10**15])
    assert huge.walked < 4000 and huge.z[:, 0].tolist() == [0.0, 1.0, 1.0]


def _around(delta):
    steps = {0, int(50 * delta)}
    for sigma in (1.0, 2.0, 3.0):
        middle = int(delta / math.log1p(0.05 * sigma))
        steps |= {middle - 5, middle, middle + 5}
    return sorted(steps)


def test_delta_a_million_is_the_same_transition():
    # the orbit depends on k through log z0 + 2 k log(1+s): find the same phase at two values of δ
    s = 0.15
    growth = 2 * math.log1p(s)
    near = mode_trajectory(3.0, 3.0, 0.05, 100.0, range(600, 900))
    k = 1_000_000
    shifted = 100.0 + k * growth / 2
    far = mode_trajectory(3.0, 3.0, 0.05, shifted, range(600 + k, 900 + k))
    assert np.abs(near.z - far.z).max() < 4 * UNIT * 2 * shifted


def test_many_modes_edge_sizes_and_null_at_the_fixed_point():
    sigma = np.linspace(0.0, 2.0, 200)
    run = mode_trajectory(sigma, 1.0, 0.2, 30.0, [0, 5000])
    assert run.z.shape == (2, 200)
    assert (run.z[1, sigma > 0.1] == 1.0).all() and run.z[1, 0] < np.exp(-59)
    assert np.array_equal(mode_trajectory([1.0, 1.0], 1.0, 0.2, 30.0, 100).z[:, 0],
                          mode_trajectory(1.0, 1.0, 0.2, 30.0, 100).z[:, 0])  # fmt: skip
    # η λ w0 = 2: the entry flips sign for ever and w stays
    assert mode_trajectory(0.0, 2.0, 1.0, 0.0, [0, 1, 10**9]).w[:, 0].tolist() == [1.0, 1.0, 1.0]
    # σ = λ = 0: nothing moves
    assert mode_trajectory(0.0, 0.0, 1.0, 1.0, [0, 10**6]).log_z[:, 0].tolist() == [-2.0, -2.0]
    # beyond 2 a null mode grows without bound
    assert mode_trajectory(0.0, 3.0, 1.0, 0.0, [100]).w[0, 0] == math.inf


def test_each_mode_may_have_its_own_start():
    both = mode_trajectory([1.0, 1.0], 1.0, 0.2, [5.0, 9.0], 100)
    for column, delta in enumerate((5.0, 9.0)):
        assert np.array_equal(both.z[:, column], mode_trajectory(1.0, 1.0, 0.2, delta, 100).z[:, 0])


def test_large_steps_are_walked():
    # s in (1, 2): a bounded orbit that never settles; the walk is the plain recursion
    run = mode_trajectory(1.5, 1.0, 1.0, 2.0, 60)
    assert np.allclose(run.z[:20, 0], descent(1.5, run.z[0, 0], 60).z[:20], rtol=1e-9)
    with pytest.raises(ValueError, match="more than limit=1000000"):
        mode_trajectory(1.5, 1.0, 1.0, 2.0, [2_000_000], limit=1_000_000)


def test_compiled_walks_are_the_interpreted_ones():
    rng = np.random.default_rng(0)
    s, z0 = np.array([0.1, 0.5, 0.9, 1.7, 3.0]), np.exp(-rng.uniform(0, 30, 5))
    start, times = np.array([0, 3, 60, 0, 0]), np.array([0, 3, 50, 400], dtype=np.int64)
    ends = []
    for walk in (walk_modes, walk_modes.interpreted):
        out, walked = np.zeros((4, 5)), np.zeros(5, dtype=np.int64)
        assert walk(s, z0, start, np.full(5, 2.0**-54), times, 1000, out, walked) == -1
        assert walk(s, z0, start, np.full(5, 2.0**-54), times, 20, out.copy(), walked.copy()) == 0
        ends.append((out.tolist(), walked.tolist()))
    assert ends[0] == ends[1]
    assert (np.diff(ends[0][1][:3]) != 0).all() and max(ends[0][1]) == 400
    ends = []
    for walk in (walk_null_modes, walk_null_modes.interpreted):
        out, walked, last = np.full((4, 5), -1.0), np.zeros(5, dtype=np.int64), np.zeros(5)
        walk(np.array([0.3, 2.0, 3.5, 1e-9, 1.2]), times, 2.0**-14, out, walked, last)
        ends.append((out.tolist(), walked.tolist(), last.tolist()))
    assert ends[0] == ends[1]
    ends = []
    for walk in (walk_to_levels, walk_to_levels.interpreted):
        hits, after, before = np.zeros(5, dtype=np.int64), np.zeros(5), np.zeros(5)
        walk(s, np.full(5, 1e-9), np.full(5, 0.5), 10**6, hits, after, before)
        ends.append((hits.tolist(), after.tolist(), before.tolist()))
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1.0, 1.0, 0.1, 5.0, 3), "sigma -1.0 must be >= 0"),
        ((1.0, -1.0, 0.1, 5.0, 3), "lam -1.0 must be >= 0"),
        ((1.0, 0.0, 0.1, 5.0, 3), "must be > 0"),
        ((1.0, 1.0, 0.0, 5.0, 3), "step size 0.0"),
        ((1.0, 1.0, 0.1, math.inf, 3), "delta inf must be finite"),
        ((math.nan, 1.0, 0.1, 5.0, 3), "sigma nan"),
        ((1.0, 1.0, 0.1, 5.0, [2, 1]), "must increase"),
    ],
)
def test_bad_modes(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        mode_trajectory(*arguments)
    assert "\n" not in str(error.value)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.01, 3.5), st.floats(-30.0, -0.01), st.floats(0.01, 0.99))
def test_first_hit_is_the_first_of_all_steps(s, log_z0, theta):
    with precision(200):
        orbit = descent(
            Ball(s), steps=math.ceil((40 - 2 * math.log(1 - theta)) / math.log1p(s)) + 5, log_z0=Ball(log_z0)
        )
        expected = next(k for k, z in enumerate(orbit.z) if z >= theta)
    assert first_hit(s, log_z0, theta) == expected
    assert first_hit(s, log_z0, theta) == (balls_alone(s, log_z0, theta) if expected else 0)


@settings(deadline=None, max_examples=15)
@given(st.floats(0.01, 2.0), st.floats(1e2, 1e6), st.floats(0.05, 0.95))
def test_first_hit_of_vanishing_starts_is_exact(s, delta, theta):
    # the step before and the step itself on both sides of θ, from a jump made here and a ball orbit
    k = first_hit(s, -2 * delta, theta)
    with precision(400):
        steps = max(0, k - math.ceil(200 / math.log1p(s)))
        log_z = Ball(-2 * delta) + 2 * steps * np.log1p(Ball(s))
        # at e^{-400} one step differs from the factor (1+s)² by 1e-170
        orbit = descent(Ball(s), steps=k - steps, log_z0=log_z)
        assert orbit[-1] >= theta and orbit[-2] < theta


def test_first_hit_costs_the_same_at_any_delta(monkeypatch):
    import rankladder.simulate.hitting as hitting

    walked = []
    walk = hitting.walk_to_levels.interpreted

    def counting(s, z0, levels, limit, hits, after, before):
        walk(s, z0, levels, limit, hits, after, before)
        walked.append(hits.tolist())

    monkeypatch.setattr(hitting.walk_to_levels, "interpreted", counting)
    monkeypatch.setattr(hitting.walk_to_levels, "pays", lambda seconds: False)
    for delta in (1e2, 1e6, 1e12):
        first_hit(0.15, -2 * delta, 0.5)
    for delta in (10.0, 1e6):
        first_hits([0.15, 0.4], -2 * delta, 0.5)
    single, batches = [hits[0] for hits in walked[:3]], np.array(walked[3:])
    assert max(single) - min(single) <= 8 and max(single) < 200
    assert batches.shape == (2, 2) and (np.abs(batches[0] - batches[1]) <= batches[1] * 0.5).all()


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 10**6))
def test_many_hits_are_the_single_ones(seed):
    rng = np.random.default_rng(seed)
    s, theta = rng.uniform(0.02, 1.4, 30), rng.uniform(0.001, 0.999, 30)
    log_z0 = -np.exp(rng.uniform(-2, 14, 30))
    expected = [first_hit(*one) for one in zip(s.tolist(), log_z0.tolist(), theta.tolist(), strict=True)]
    assert first_hits(s, log_z0, theta).tolist() == expected


def test_hits_that_float64_cannot_tell_go_to_the_balls():
    # the exact z1 = 25/32 from s = z0 = 1/2, approached from both sides through log z0
    log_half = math.log(0.5)
    near = np.array([log_half, np.nextafter(log_half, 0), np.nextafter(log_half, -1)])
    expected = [balls_alone(0.5, float(value), 25 / 32) for value in near]
    assert sorted(set(expected)) == [1, 2]
    assert first_hits(0.5, near, 25 / 32).tolist() == expected


def test_bad_entries_of_many_hits():
    for bad, message in (
        ((0.0, -1.0, 0.5), "s 0.0"),
        ((0.1, -1.0, 1.5), "theta 1.5"),
        ((0.1, math.nan, 0.5), "log_z0"),
    ):
        with pytest.raises(ValueError, match=message):
            first_hits([0.1, bad[0]], [-2.0, bad[1]], [0.5, bad[2]])
    with pytest.raises(ValueError, match="more than limit=100"):
        first_hits([0.1, 0.02], -50.0, 0.5, limit=100)
    assert first_hits(np.empty((0, 3)), -1.0, 0.5).shape == (0, 3)


def test_first_hit_takes_exact_numbers_and_tiny_levels():
    assert first_hit(F(3, 20), -2 * 10**6 - np.log(Ball(3)), F(1, 2)) == 7155028
    # up to 1e-250 a step is the factor 1.1²
    climb = (np.log(Ball(1e-250)) + 3000) / (2 * np.log1p(Ball(0.1)))
    assert first_hit(0.1, -3000.0, 1e-250) == math.ceil(climb)
    k = first_hit(0.5, -1e300, 0.5)
    with precision(4096):
        assert abs(Ball(k) - Ball(10) ** 300 / (2 * np.log1p(Ball(0.5)))) < 1e285
    assert first_hit(0.1, 0.5, 0.5) == 0
    assert first_hits([0.1, 0.2], [[-10.0], [-5.0]], 0.5).shape == (2, 2)


def test_exact_ties_are_counted_as_reached_or_undecided():
    # z0 = 1/2, s = 1/2: z1 = 25/32 exactly, but log z0 is only a ball
    with pytest.raises(Undecided):
        first_hit(F(1, 2), np.log(Ball(F(1, 2))), F(25, 32))
    assert first_hit(F(1, 2), np.log(Ball(F(1, 2))), F(24, 32)) == 1
    assert first_hit(F(1, 2), np.log(Ball(F(1, 2))), F(26, 32)) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, -1.0, 0.5), "s 0.0 must be > 0"),
        ((-0.1, -1.0, 0.5), "s -0.1"),
        ((0.1, -1.0, 1.0), "theta 1.0"),
        ((0.1, -1.0, 0.0), "theta 0.0"),
        ((0.1, -math.inf, 0.5), "log_z0 -inf"),
    ],
)
def test_bad_hits(arguments, message):
    with pytest.raises(ValueError, match=message):
        first_hit(*arguments)


def test_walk_limit():
    with pytest.raises(ValueError, match="more than limit=100"):
        first_hit(0.02, -50.0, 0.5, limit=100)


@pytest.mark.parametrize("s", [1e-14, 2e-306, 5e-324])
def test_a_walk_that_cannot_end_is_not_begun(s, monkeypatch):
    import rankladder.simulate.hitting as hitting

    def walk(*arguments):
        raise AssertionError("walked")

    monkeypatch.setattr(hitting.walk_to_levels, "interpreted", walk)
    monkeypatch.setattr(hitting.walk_to_levels, "pays", lambda seconds: False)
    with pytest.raises(ValueError, match="more than limit=1000000000"):
        first_hit(s, -6.0, 0.5)
    least = math.log(3.0) / -math.log1p(
        -0.04
    )  # the odds grow from 1/3 to 1; within 1% of the limit the walk itself tells
    with pytest.raises(AssertionError, match="walked"):
        first_hit(0.02, -math.log(4.0), 0.5, limit=int(least) + 1)
    with pytest.raises(ValueError, match="more than limit"):
        first_hit(0.02, -math.log(4.0), 0.5, limit=int(0.95 * least))


@pytest.mark.parametrize(("log_z0", "theta"), [(-19.0, 0.5), (-19.0, 0.999), (-0.5, 0.999), (-3.0, 0.06)])
def test_a_walk_that_just_fits_is_not_refused(log_z0, theta):
    steps = first_hit(0.02, log_z0, theta)
    assert steps >= 5
    assert first_hit(0.02, log_z0, theta, limit=steps) == steps
    with pytest.raises(ValueError, match=f"more than limit={steps - 1} "):
        first_hit(0.02, log_z0, theta, limit=steps - 1)


@settings(deadline=None, max_examples=40)
@given(st.floats(0.01, 3.0), st.floats(1e-9, 1e-4), st.integers(1, 60))
def test_the_shortfall_of_the_count_is_known_to_second_order(s, climbed, steps):
    with precision(300):
        z0 = Ball(climbed) / (1 + Ball(s)) ** (2 * steps)
        z = descent(Ball(s), z0, steps)[-1]
        left = np.log(Ball(climbed) / z) - shortfall(Ball(s), z0, Ball(climbed))
        assert abs(left) <= Ball(climbed) ** 2


def test_helpers():
    assert log_initial_fraction(2.0, 1.0, 3.0) == -math.log(2.0) - 6.0
    k = vanishing_steps(0.1, -100.0)
    assert -100.0 + 2 * k * math.log1p(0.1) <= math.log(JUMP_TO) < -100.0 + 2 * (k + 1) * math.log1p(0.1)


@settings(deadline=None, max_examples=60)
@given(st.fractions(F(1, 60), 1, max_denominator=90), st.fractions(1, 40), st.fractions(F(1, 50), F(49, 50)))
def test_narrow_balls_hit_when_what_they_hold_does(s, depth, theta):
    with precision(192):
        assert first_hit(Ball(s), Ball(-depth), Ball(theta)) == first_hit(s, -depth, theta)


def test_narrow_balls_are_not_walked_in_balls():
    with precision(192):  # a walk in balls takes minutes
        assert first_hit(Ball(F(1, 3 * 10**6)), Ball(-20), Ball(F(1, 2))) == 30_000_005


@pytest.mark.parametrize("blurred", ["s", "log_z0", "theta"])
def test_blurred_balls_do_not_hit_where_only_their_middle_does(blurred):
    values = {"s": F(1, 3), "log_z0": F(-10), "theta": F(1, 2)}
    with precision(192):
        exact = {name: Ball(value) for name, value in values.items()}
        values[blurred] = Ball(values[blurred]) * (1 + hull(F(-1, 8), F(1, 8)))
        assert first_hit(**exact) == first_hit(F(1, 3), -10, F(1, 2))
        with pytest.raises(Undecided):
            first_hit(**{**exact, blurred: values[blurred]})


def every_step_in_balls(s, z0, gap):
    """The first step with ``1 − z <= gap``, by all of them in thousands of bits."""
    with precision(4000):
        step, x, k = Ball(s), 1 - Ball(z0), 0
        while x > gap:
            x = Ball((x * ((1 - 2 * step) + step * x * (2 - step + step * x))).arb.mid())
            k += 1
    return k


@pytest.mark.parametrize("s", [F(1, 100), F(1, 4), F(2, 5), F(9, 10), F(3, 2)])
@pytest.mark.parametrize("z0", [F(1, 10**6), F(2, 3), 1 - F(1, 10**12)])
@pytest.mark.parametrize("gap", [F(1, 3 * 2**40), F(1, 2**53), F(1, 2**60), F(2, 3 * 10**40), F(1, 10**400)])
def test_levels_that_float64_rounds_to_one_are_reached(s, z0, gap):
    theta, expected = 1 - gap, every_step_in_balls(s, z0, gap)
    assert first_hit(s, None, theta, z0=z0) == expected
    with precision(2000):
        assert first_hit(Ball(s), None, Ball(theta), z0=Ball(z0)) == expected
        assert first_hit(s, np.log(Ball(z0)), theta) == expected


def test_levels_near_one_are_reached_in_float64_too():
    s, log_z0 = np.array([0.05, 0.25, 0.3, 1.0]), -5.0
    theta = 1.0 - 2.0**-53
    found = first_hits(s, log_z0, theta)
    assert found.tolist() == [first_hit(float(one), log_z0, theta) for one in s]
    # ten million steps of float64, and not of balls
    assert first_hit(1e-6, -5.0, 1 - F(1, 2**60)) > 20_000_000


def test_starts_beside_their_level_are_told_from_it():
    level = 1 - F(1, 10**30)
    assert first_hit(0.1, None, level, z0=level) == 0
    assert first_hit(0.1, None, level, z0=level - F(1, 10**60)) == 1
    assert first_hit(0.1, F(-1, 10**31), level) == 0 and first_hit(0.1, F(-1, 10**29), level) == 11
    assert first_hit(0.1, -1e-300, 1 - F(1, 10**301)) == 11


def test_a_walk_in_balls_has_a_limit_too():
    with pytest.raises(TooLong, match="needs more than 500000 steps in balls"):
        first_hit(1e-5, -2.0, 1 - F(1, 10**400))


def test_a_ball_just_below_the_level_is_told_from_it_in_as_many_bits_as_it_has():
    with precision(1024):
        start = Ball(F(1, 2)).log() - F(1, 2**300)
        assert first_hit(F(1, 2), start, F(1, 2)) == 1
