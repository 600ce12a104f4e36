"""What every public function makes of arguments that it cannot use: one line with value, requirement and remedy."""

import inspect
from fractions import Fraction as F

import numpy as np
import pytest

from rankladder import simulate
from rankladder.numbers import Ball, TooLong

SXX, SXY, W1, W2 = [[2.0, 1.0], [1.0, 2.0]], [[1.0], [0.5]], [[0.1], [0.2]], [[0.3]]
MOMENTS = {"Sxx": SXX, "Sxy": SXY}
FACTORS = {"W1": W1, "W2": W2}
DATA = {"X": [[1.0, 0.0], [0.0, 1.0]], "Y": [[1.0], [2.0]]}
TURNED = {"U": np.eye(2), "V": np.eye(2), "Q": np.eye(2), "delta": 1.0}

# good arguments of everything that computes with numbers
GOOD = {
    "check_moments": MOMENTS,
    "deep_descent": {**MOMENTS, "factors": [W1, W2], "eta": 0.1, "steps": 2},
    "deep_flow_time": {"sigma": 1.0, "lam": 1.0, "layers": 2, "first": 0.1, "last": 0.5},
    "deep_gradients": {**MOMENTS, "factors": [W1, W2]},
    "descent": {"s": 0.25, "z0": 0.1, "steps": 2},
    "first_hit": {"s": 0.25, "log_z0": -2.0, "theta": 0.5},
    "first_hits": {"s": 0.25, "log_z0": -2.0, "theta": 0.5},
    "gaussian_start": {"d": 2, "p": 1, "r": 1, "delta": 1.0, "seed": 0},
    "gradient_flow": {**MOMENTS, **FACTORS, "times": [0.0, 1.0]},
    "hessian_two_layer": {**MOMENTS, **FACTORS},
    "joint_decomposition": MOMENTS,
    "least_squares_loss": {**DATA, "W": SXY},
    "loss": {**MOMENTS, "W": SXY},
    "matrix_descent": {**MOMENTS, **FACTORS, "eta": 0.1, "times": 2},
    "matrix_descent_data": {**DATA, **FACTORS, "eta": 0.1, "times": 2},
    "mode_descent": {"sigma": 1.0, "lam": 1.0, "eta": 0.1, "w0": 0.1, "steps": 2},
    "mode_flow": {"sigma": 1.0, "lam": 1.0, "w0": 0.1, "times": [0.0, 1.0]},
    "mode_trajectory": {"sigma": [1.0], "lam": [1.0], "eta": 0.1, "delta": 2.0, "times": 2},
    "moments": DATA,
    "one_layer_descent": {**MOMENTS, "W0": SXY, "eta": 0.1, "times": 2},
    "one_layer_flow": {**MOMENTS, "W0": SXY, "times": [0.0, 1.0]},
    "one_layer_gradient": {**MOMENTS, "W": SXY},
    "prediction_norm": {"Sxx": SXX, "W": SXY},
    "reduced_rank_losses": MOMENTS,
    "reduced_rank_regression": {**MOMENTS, "rank": 1},
    "spectral_start": TURNED,
    "two_layer_gradients": {**MOMENTS, **FACTORS},
    "unbalanced_start": {**TURNED, "delta2": 1.0},
}  # fmt: skip
# what holds results, makes a step or takes it, or takes logarithms of plain numbers
OTHERS = {
    "Decayed", "Diagonal", "GradientDescent", "HeavyBall", "Mode", "Stay", "diagonal_descent", "diagonal_path", "iterates", "JointDecomposition", "Layers", "ModeFlow", "ModeOrbit", "ModeRun", "OneLayerTrajectory", "Orbit",
    "Trajectory", "horizon_bits", "log_initial_fraction", "vanishing_steps",
}  # fmt: skip
COUNTS = {"steps", "times", "layers", "rank", "seed", "d", "p", "r"}
CASES = [(function, name) for function, arguments in GOOD.items() for name in arguments]
ARRAYS = [(function, name) for function, name in CASES if name not in COUNTS and name != "factors"]
WORDS = r"must|needed"


def called(function, **changed):
    return getattr(simulate, function)(**{**GOOD[function], **changed})


def refused(function, name, value, words=WORDS):
    with pytest.raises(ValueError, match=words) as error:
        called(function, **{name: value})
    assert "\n" not in str(error.value) and len(str(error.value)) < 300
    assert ";" in str(error.value) or ":" in str(error.value), "no remedy"


def test_every_export_is_one_or_the_other():
    assert set(GOOD) | OTHERS == set(simulate.__all__) and not set(GOOD) & OTHERS
    for function, arguments in GOOD.items():
        named = inspect.signature(getattr(simulate, function)).parameters
        assert {n for n, p in named.items() if p.default is inspect.Parameter.empty} <= set(arguments)
        called(function)


@pytest.mark.parametrize(("function", "name"), ARRAYS)
def test_what_is_no_real_number_is_refused(function, name):
    value = np.asarray(GOOD[function][name])
    for bad in (value + 1j, value.astype(str), value > 0, np.full(value.shape, None)):
        refused(function, name, bad[()])
    hidden = np.ma.masked_array(np.atleast_1d(value), mask=True)
    refused(function, name, hidden)
    refused(function, name, "a")


@pytest.mark.parametrize(("function", "name"), [c for c in CASES if c[1] in COUNTS and c[1] != "times"])
def test_counts_are_whole_numbers(function, name):
    for bad in (-1, 1.5, "2", True, None, [2]):
        refused(function, name, bad, "must be an integer >=")


@pytest.mark.parametrize("function", [f for f, a in GOOD.items() if "times" in a])
def test_times_increase(function):
    for bad in (-1, "12", [], [1, 0], [float("nan")], [-1.0], None, [1 + 1j], [True, False]):
        refused(function, "times", bad)


@pytest.mark.parametrize("function", [f for f, a in GOOD.items() if "eta" in a and f != "mode_descent"])
def test_step_sizes_are_positive_finite_numbers(function):
    for bad in ("a", 0.0, -0.1, float("nan"), float("inf"), True, 1j, None, F(-1), Ball(0), [0.1, 0.2]):
        refused(function, "eta", bad, "step size .* must be")


NONFINITE = {
    "check_moments", "gradient_flow", "joint_decomposition", "least_squares_loss", "matrix_descent", "matrix_descent_data",
    "moments", "one_layer_descent", "one_layer_flow", "reduced_rank_losses", "reduced_rank_regression",
    "spectral_start", "unbalanced_start", "mode_trajectory",
}  # fmt: skip


@pytest.mark.parametrize(
    ("function", "name"), [(f, n) for f, n in ARRAYS if f in NONFINITE and n not in ("W", "eta")]
)
def test_runs_and_data_need_finite_numbers(function, name):
    for bad in (np.nan, np.inf):
        refused(function, name, np.full(np.shape(GOOD[function][name]), bad)[()], "finite|must be >= 0")


@pytest.mark.parametrize(
    ("function", "name"),
    [(f, n) for f, n in ARRAYS if n in ("Sxx", "Sxy", "W", "W0", "W1", "W2", "X", "Y", "U", "V", "Q")],
)
def test_wrong_shapes_are_refused(function, name):
    for bad in (np.ones(5), np.ones((5, 7)), np.ones((0, 2)), 1.0):
        refused(function, name, bad)


@pytest.mark.parametrize("function", [f for f, a in GOOD.items() if "Sxx" in a])
def test_a_covariance_is_symmetric_in_every_arithmetic(function):
    lopsided = [[2.0, 1.0], [1.0 + 1e-6, 2.0]]
    refused(function, "Sxx", lopsided, "symmetric")
    rounded = [[2.0, 1.0], [1.0 + 2**-52, 2.0]]
    called(function, Sxx=rounded)
    if "reduced" not in function and function not in ("joint_decomposition", "check_moments"):
        exact = np.array([[F(2), F(1)], [F(1) + F(1, 10**30), F(2)]], dtype=object)
        refused(function, "Sxx", exact, "symmetric")


HUGE = {
    "descent": {"steps": 10**13},
    "mode_descent": {"steps": 10**13},
    "deep_descent": {"steps": 10**13},
    "matrix_descent": {"times": 10**13},
    "matrix_descent_data": {"times": 10**13},
    "one_layer_descent": {"times": 10**13},
    "mode_trajectory": {"times": 10**13},
    "gaussian_start": {"d": 10**6, "r": 10**6},
}  # fmt: skip


@pytest.mark.parametrize("function", HUGE)
def test_more_than_memory_should_hold_is_refused_before_it_is_made(function):
    with pytest.raises(TooLong, match=r"would record [\d,]+ numbers but must record at most [\d,]+; .*"):
        called(function, **HUGE[function])


@pytest.mark.parametrize("function", ["matrix_descent", "matrix_descent_data", "one_layer_descent"])
@pytest.mark.parametrize("last", [10**12, 10**40])
def test_more_steps_of_matrices_than_can_be_walked_are_refused_before_the_first(function, last):
    with pytest.raises(TooLong, match="ask for earlier times"):
        called(function, times=[0, last])
