"""Compiled descent of small networks against slow and obvious NumPy."""

import numpy as np
import pytest

from rankladder.simulate import GradientDescent, Layers, matrix_descent, moments
from rankladder.simulate.iteration import BLOCK, iterate_floats
from rankladder.simulate.matrix_kernels import LARGEST, LEAST_STEPS, run_small, suits

SHAPES = [
    (4, 4, 4),
    (1, 1, 1),
    (3, 2, 4),
    (2, 4, 1),
    (5, 4, 4),
    (4, 3, 7),
    (8, 8, 8),
    (16, 3, 2),
    (2, 30, 5),
    (33, 1, 33),
]


def problem(seed, d, r, p):
    rng = np.random.default_rng(seed)
    Sxx, Sxy = moments(rng.standard_normal((2 * d + 3, d)), rng.standard_normal((2 * d + 3, p)))
    return Sxx, Sxy, 0.1 * rng.standard_normal((d, r)), 0.1 * rng.standard_normal((r, p))


def numpy_run(Sxx, Sxy, W1, W2, eta, times):
    return iterate_floats(GradientDescent(eta).step(Layers.of_moments(Sxx, Sxy)), (W1, W2), times, None)


def ordered(A, B):
    """The product with every entry summed from 0 in the order of its terms, each rounded."""
    total = np.zeros((A.shape[0], B.shape[1]))
    for k in range(A.shape[1]):
        total = total + A[:, k : k + 1] * B[k]
    return total


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if max(shape) <= 4])
def test_tiny_networks_have_the_bits_of_ordered_sums(shape):
    Sxx, Sxy, W1, W2 = problem(1, *shape)
    run = run_small(Sxx, Sxy, W1, W2, 0.05, list(range(301)))
    for k in range(301):
        assert np.array_equal(run.states[0][k], W1) and np.array_equal(run.states[1][k], W2)
        R = ordered(Sxx, ordered(W1, W2)) - Sxy
        W1, W2 = W1 - 0.05 * ordered(R, W2.T), W2 - 0.05 * ordered(W1.T, R)
    assert run.diverged_at is None


@pytest.mark.parametrize("shape", SHAPES)
def test_small_networks_follow_numpy(shape):
    arguments = problem(2, *shape)
    eta, times = 0.3 / np.linalg.norm(arguments[0], 2), [0, 1, 31, 32, 33, 400]
    run, expected = run_small(*arguments, eta, times), numpy_run(*arguments, eta, times)
    assert run.times.tolist() == times
    for found, wanted in zip(run.states, expected.states, strict=True):
        assert found.shape == wanted.shape
        # each step rounds an entry by some d + r + p units of numbers of size 1 at most, and while a mode grows
        # an error grows with it: a start of 0.1 to size 1, so tenfold
        assert np.abs(found - wanted).max() <= 10 * 400 * sum(shape) * 2.0**-53
    assert np.array_equal(run.states[0][0], arguments[2]) and np.array_equal(run.states[1][0], arguments[3])


@pytest.mark.parametrize("shape", [(3, 3, 3), (8, 5, 6)])
@pytest.mark.parametrize("size", [2.0, 30.0, 1e60, 1e160])
def test_the_first_divergent_step_is_that_of_numpy(shape, size):
    Sxx, Sxy, W1, W2 = problem(3, *shape)
    arguments = (Sxx, Sxy, size * W1, size * W2)
    for times in (list(range(101)), [100], [0, BLOCK, 100]):
        run, expected = run_small(*arguments, 3.0, times), numpy_run(*arguments, 3.0, times)
        assert run.diverged_at == expected.diverged_at is not None
        for found, wanted in zip(run.states, expected.states, strict=True):
            assert np.array_equal(np.isnan(found), np.isnan(wanted))


def test_long_runs_are_compiled_ones_and_short_runs_are_numpys():
    arguments = problem(4, 6, 3, 5)
    for last, runner in ((LEAST_STEPS, run_small), (LEAST_STEPS - 1, numpy_run)):
        found, wanted = matrix_descent(*arguments, 0.01, [0, last]), runner(*arguments, 0.01, [0, last])
        assert np.array_equal(found.W1, wanted.states[0]) and np.array_equal(found.W2, wanted.states[1])
    seen = []
    watched = matrix_descent(*arguments, 0.01, [LEAST_STEPS], callback=lambda k, A, B: seen.append(k))
    assert len(seen) == LEAST_STEPS + 1
    assert np.array_equal(watched.W1, numpy_run(*arguments, 0.01, [LEAST_STEPS]).states[0])
    large = np.zeros((LARGEST + 1, 1))
    assert not suits(large, np.zeros((1, 1)), [LEAST_STEPS]) and suits(
        large[1:], np.zeros((1, 1)), [LEAST_STEPS]
    )


def test_arguments_are_left_as_they_were_and_may_be_strided():
    Sxx, Sxy, W1, W2 = problem(5, 8, 8, 8)
    copies = [part.copy() for part in (Sxx, Sxy, W1, W2)]
    strided = [np.asfortranarray(part) for part in copies]
    one, other = run_small(Sxx, Sxy, W1, W2, 0.1, [50]), run_small(*strided, 0.1, [50])
    assert np.array_equal(one.states[0], other.states[0])
    assert all(np.array_equal(a, b) for a, b in zip((Sxx, Sxy, W1, W2), copies, strict=True))
