"""Many networks at once against slow and obvious NumPy, one by one."""

import numpy as np
import pytest

from rankladder.simulate import batches, matrix_descent, matrix_descents
from rankladder.simulate.lanes import SIDES, WIDTH


def problems(seed, count, d, r, p):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((count, 2 * d + 3, d))
    Sxx = X.transpose(0, 2, 1) @ X / X.shape[1]
    return (
        Sxx,
        rng.standard_normal((count, d, p)),
        0.1 * rng.standard_normal((count, d, r)),
        0.1 * rng.standard_normal((count, r, p)),
    )


def ordered(A, B):
    """The product with every entry summed in the order of its terms, each rounded."""
    total = A[:, :1] * B[0]
    for k in range(1, A.shape[1]):
        total = total + A[:, k : k + 1] * B[k]
    return total


@pytest.fixture
def in_lanes(monkeypatch):
    monkeypatch.setattr(batches, "LEAST_WORK", 0)


@pytest.mark.parametrize(
    "shape", [(4, 4, 4), (1, 1, 1), (2, 3, 4), (8, 8, 8), (5, 2, 7), (16, 16, 16), (9, 1, 16)]
)
@pytest.mark.parametrize("count", [1, WIDTH, 11])
def test_lanes_have_the_bits_of_ordered_sums(in_lanes, shape, count):
    Sxx, Sxy, W1, W2 = problems(1, count, *shape)
    run = matrix_descents(Sxx, Sxy, W1, W2, 0.02, [0, 1, 7, 60])
    assert run.W1.shape == (4, *W1.shape) and run.W2.shape == (4, *W2.shape)
    for one in range(count):
        A, B, row = W1[one], W2[one], 0
        for k in range(61):
            if k == run.times[row]:
                assert np.array_equal(run.W1[row, one], A) and np.array_equal(run.W2[row, one], B)
                row += 1
            R = ordered(Sxx[one], ordered(A, B)) - Sxy[one]
            A, B = A - 0.02 * ordered(R, B.T), B - 0.02 * ordered(A.T, R)
        assert row == 4


def test_stacks_follow_single_runs():
    parts = problems(2, 5, 20, 3, 4)
    run = matrix_descents(*parts, 0.02, 40)
    for one in range(5):
        single = matrix_descent(*(part[one] for part in parts), 0.02, 40)
        # 40 stable steps on numbers of size 1
        assert np.abs(run.W1[:, one] - single.W1).max() < 1e-12
        assert np.abs(run.W[:, one] - single.W).max() < 1e-12
    assert run.W1.shape == (41, 5, 20, 3)


def test_long_runs_of_small_networks_are_the_compiled_ones(monkeypatch):
    seen = []
    monkeypatch.setattr(
        batches, "_in_lanes", lambda parts, eta, times: seen.append(times[-1]) or (None, None)
    )
    parts = problems(3, 10, 4, 4, 4)
    matrix_descents(*parts, 0.1, [batches.LEAST_WORK // 10 - 1])
    assert seen == []
    matrix_descents(*parts, 0.1, [batches.LEAST_WORK // 10])
    assert seen == [batches.LEAST_WORK // 10]
    assert max(SIDES) == 16
    matrix_descents(*problems(3, 10, 17, 1, 1), 0.1, [20])
    assert len(seen) == 1


def test_a_problem_that_diverges_does_not_disturb_its_neighbours(in_lanes):
    Sxx, Sxy, W1, W2 = problems(4, 9, 4, 4, 4)
    alone = matrix_descents(Sxx[:3], Sxy[:3], W1[:3], W2[:3], 0.02, [200])
    W1[3] *= 1e80
    run = matrix_descents(Sxx, Sxy, W1, W2, 0.02, [200])
    assert not np.isfinite(run.W1[0, 3]).any()
    assert np.array_equal(run.W1[:, :3], alone.W1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Sxx": np.ones((2, 2))}, "Sxx has shape .2, 2. but must have 3"),
        ({"Sxy": np.ones((3, 2, 1))}, "Sxy has shape"),
        ({"W2": np.ones((2, 3, 1))}, "W2 has shape"),
        ({"W1": np.full((2, 2, 2), np.nan)}, "W1 has entries"),
        ({"eta": 0.0}, "step size 0.0"),
        ({"times": -1}, "must be >= 0"),
    ],
)
def test_bad_input(change, message):
    good = {"Sxx": np.ones((2, 2, 2)), "Sxy": np.ones((2, 2, 1)), "W1": np.ones((2, 2, 2)), "W2": np.ones((2, 2, 1)), "eta": 0.1, "times": 3}  # fmt: skip
    with pytest.raises(ValueError, match=message):
        matrix_descents(**{**good, **change})
