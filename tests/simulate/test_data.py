import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from rankladder.simulate import (
    joint_decomposition,
    loss,
    moments,
    reduced_rank_losses,
    reduced_rank_regression,
)

sizes = st.integers(1, 8)
seeds = st.integers(0, 10**6)


def orthogonal(rng, order):
    return np.linalg.qr(rng.standard_normal((order, order)))[0]


def random_moments(seed, d, p, n=None):
    rng = np.random.default_rng(seed)
    n = n or d + 3
    return moments(rng.standard_normal((n, d)), rng.standard_normal((n, p)))


@settings(deadline=None, max_examples=60)
@given(seeds, sizes, sizes, st.integers(1, 12))
def test_decomposition_rebuilds_the_moments(seed, d, p, n):
    Sxx, Sxy = random_moments(seed, d, p, n)
    modes = joint_decomposition(Sxx, Sxy)
    scale = np.linalg.norm(Sxx) + np.linalg.norm(Sxy)
    assert np.abs(modes.U.T @ modes.U - np.eye(d)).max() < 1e-13
    assert np.abs(modes.V.T @ modes.V - np.eye(p)).max() < 1e-13
    assert np.abs(modes.U @ modes.S @ modes.V.T - Sxy).max() < 1e-13 * scale
    assert np.abs(modes.U @ (np.diag(modes.lam) + modes.B) @ modes.U.T - Sxx).max() < 1e-13 * scale
    assert not modes.B.diagonal().any() and np.array_equal(modes.B, modes.B.T)
    assert modes.rank == np.linalg.matrix_rank(Sxy, tol=1e-10 * np.linalg.norm(Sxy, 2))
    assert (np.diff(modes.sigma) <= 0).all() and not modes.sigma[modes.rank :].any()
    assert 0 <= modes.noncommuting_share < 1


@settings(deadline=None, max_examples=40)
@given(seeds, st.integers(2, 8), st.integers(1, 8), st.integers(0, 3))
def test_commuting_data_with_ties_and_null_spaces_is_recognised(seed, d, p, distinct):
    # singular values from a few integers, zeros included: ties and null spaces are the rule
    rng = np.random.default_rng(seed)
    U, V = orthogonal(rng, d), orthogonal(rng, p)
    sigma = rng.integers(0, distinct + 2, min(d, p)).astype(float)
    lam = rng.uniform(0.5, 3.0, d)
    S = np.zeros((d, p))
    np.fill_diagonal(S, sigma)
    modes = joint_decomposition(U @ np.diag(lam) @ U.T, U @ S @ V.T)
    assert modes.noncommuting_share < 1e-12
    found = sorted(zip(modes.sigma[: modes.rank].round(9), modes.lam[: modes.rank].round(9), strict=True))
    expected = sorted(
        (s, l_) for s, l_ in zip(sigma.round(9), lam[: sigma.size].round(9), strict=True) if s > 0
    )
    assert np.allclose(found, expected, atol=1e-8)


@settings(deadline=None, max_examples=15)
@given(seeds, st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_no_factored_descent_beats_the_reduced_rank_solution(seed, d, p, rank):
    rng = np.random.default_rng(seed)
    Sxx, Sxy = random_moments(seed, d, p)
    solution = reduced_rank_regression(Sxx, Sxy, rank)
    assert np.linalg.matrix_rank(solution, tol=1e-9) <= rank
    value = loss(Sxx, Sxy, solution)

    def objective(theta):
        A, B = theta[: d * rank].reshape(d, rank), theta[d * rank :].reshape(rank, p)
        R = Sxx @ A @ B - Sxy
        return loss(Sxx, Sxy, A @ B), np.concatenate([(R @ B.T).ravel(), (A.T @ R).ravel()])

    found = min(
        minimize(objective, rng.standard_normal(d * rank + rank * p), jac=True, tol=1e-12).fun
        for _ in range(6)
    )
    # another method, from random starts, gets as low but no lower
    assert value <= found + 1e-10
    assert found <= value + 1e-5


@settings(deadline=None, max_examples=40)
@given(seeds, sizes, sizes, st.integers(1, 12))
def test_losses_decrease_to_the_least_squares_fit(seed, d, p, n):
    rng = np.random.default_rng(seed)
    X, Y = rng.standard_normal((n, d)), rng.standard_normal((n, p))
    Sxx, Sxy = moments(X, Y)
    losses = reduced_rank_losses(Sxx, Sxy, Syy_trace=float((Y * Y).sum()) / n)
    assert losses.shape == (min(d, p) + 1,)
    assert (np.diff(losses) <= 1e-10).all()
    assert losses[0] == pytest.approx((Y * Y).sum() / (2 * n))
    fit = np.linalg.lstsq(X, Y, rcond=None)[0]
    assert losses[-1] == pytest.approx(((X @ fit - Y) ** 2).sum() / (2 * n), abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("d", "p"), [(6, 4), (4, 6), (5, 5)])
def test_the_order_and_the_signs_of_the_modes(seed, d, p):
    """Ties by lam increasing, null directions by lam decreasing, and the largest entry of each u_i positive."""
    rng = np.random.default_rng(seed)
    U, V = orthogonal(rng, d), orthogonal(rng, p)
    S = np.zeros((d, p))
    S[range(3), range(3)] = [2.0, 2.0, 1.0]
    lam = rng.permutation(d) + 1.0
    modes = joint_decomposition(U @ np.diag(lam) @ U.T, U @ S @ V.T)
    assert modes.rank == 3 and np.allclose(modes.sigma[:3], [2, 2, 1])
    assert modes.lam == pytest.approx([*sorted(lam[:2]), lam[2], *sorted(lam[3:], reverse=True)])
    for u in modes.U.T:
        assert u[np.abs(u).argmax()] > 0
    assert np.abs(modes.U @ modes.S @ modes.V.T - U @ S @ V.T).max() < 1e-12
    assert modes.omega == pytest.approx([*(modes.sigma[:3] / modes.lam[:3]), *[0.0] * (min(d, p) - 3)])
