"""Gradient descent as users write it: right ones, which must pass, and others with one mistake each, which must fall."""

import numpy as np

# Right ones.


def plain_run(Sxx, Sxy, W1, W2, eta, steps):
    W1s, W2s = [W1], [W2]
    for _ in range(steps):
        R = Sxx @ W1 @ W2 - Sxy
        W1, W2 = W1 - eta * R @ W2.T, W2 - eta * W1.T @ R
        W1s.append(W1)
        W2s.append(W2)
    return np.array(W1s), np.array(W2s)


def other_order(Sxx, Sxy, W1, W2, eta, steps):
    """In place, with the products in another order, into arrays made before."""
    W1, W2 = np.array(W1, dtype=float), np.array(W2, dtype=float)
    W1s, W2s = np.empty((steps + 1, *W1.shape)), np.empty((steps + 1, *W2.shape))
    W1s[0], W2s[0] = W1, W2
    for k in range(1, steps + 1):
        G1 = Sxx @ (W1 @ (W2 @ W2.T)) - Sxy @ W2.T
        G2 = (W1.T @ Sxx @ W1) @ W2 - W1.T @ Sxy
        W1 -= eta * G1
        W2 -= eta * G2
        W1s[k], W2s[k] = W1, W2
    return W1s, W2s


def in_float32(Sxx, Sxy, W1, W2, eta, steps):
    Sxx, Sxy, W1, W2 = (np.asarray(part, dtype=np.float32) for part in (Sxx, Sxy, W1, W2))
    return plain_run(Sxx, Sxy, W1, W2, np.float32(eta), steps)


def from_samples(X, Y, W1, W2, eta, steps):
    """Samples, as a training loop has them: the forward pass, then the backward one."""
    n, W1s, W2s = len(X), [W1], [W2]
    for _ in range(steps):
        hidden = X @ W1
        error = (hidden @ W2 - Y) / n
        W1, W2 = W1 - eta * X.T @ (error @ W2.T), W2 - eta * hidden.T @ error
        W1s.append(W1)
        W2s.append(W2)
    return np.array(W1s), np.array(W2s)


def mode_step(z, s):
    return z * (1 + s * (1 - z)) ** 2


def entry_by_weight(a, sigma, lam, eta):
    return a - eta * (lam * a**3 - sigma * a)


def one_layer_step(Sxx, Sxy, W, eta):
    return W - eta * (Sxx @ W - Sxy)


def any_depth(Sxx, Sxy, eta):
    def step(factors):
        moved = []
        for j, W in enumerate(factors):
            product = np.eye(len(Sxx))
            for factor in factors:
                product = product @ factor
            G = Sxx @ product - Sxy
            for factor in factors[:j]:
                G = factor.T @ G
            for factor in reversed(factors[j + 1 :]):
                G = G @ factor.T
            moved.append(W - eta * G)
        return tuple(moved)

    return step


def by_einsum(Sxx, Sxy, W1, W2, eta):
    """Indices written out, the two terms of the gradient apart."""
    first = np.einsum("ab,bc,cd,ed->ae", Sxx, W1, W2, W2) - np.einsum("ad,ed->ae", Sxy, W2)
    second = np.einsum("ab,ac,cd,de->be", W1, Sxx, W1, W2) - np.einsum("ab,ae->be", W1, Sxy)
    return W1 - eta * first, W2 - eta * second


def sample_by_sample(X, Y, W1, W2, eta):
    """The mean of the gradients of single samples."""
    G1, G2 = np.zeros(W1.shape), np.zeros(W2.shape)
    for x, y in zip(X, Y, strict=True):
        error = x @ W1 @ W2 - y
        G1 = G1 + np.outer(x, W2 @ error) / len(X)
        G2 = G2 + np.outer(x @ W1, error) / len(X)
    return W1 - eta * G1, W2 - eta * G2


def through_decompositions(Sxx, Sxy, W, eta):
    """Rounds each matrix of data as a whole: where an entry is zero, too."""
    values, Q = np.linalg.eigh(np.asarray(Sxx, dtype=float))
    U, sigma, Vt = np.linalg.svd(np.asarray(Sxy, dtype=float), full_matrices=False)
    return W - eta * ((Q * values) @ (Q.T @ W) - (U * sigma) @ Vt)


def mode_in_python(w, sigma, lam, eta, steps):
    """Python's floats, which raise where they overflow."""
    states = [float(w)]
    for _ in range(steps):
        states.append(states[-1] * (1 + eta * (sigma - lam * states[-1])) ** 2)
    return states


def first_layer_in_float32(Sxx, Sxy, W1, W2, eta, steps):
    """Leaves the range of float32 long before that of float64."""
    W1s, W2s = [np.asarray(W1, dtype=np.float32)], [np.asarray(W2, dtype=np.float64)]
    for _ in range(steps):
        R = Sxx @ W1s[-1] @ W2s[-1] - Sxy
        moved = W1s[-1] - eta * R @ W2s[-1].T, W2s[-1] - eta * W1s[-1].T @ R
        W1s.append(moved[0].astype(np.float32))
        W2s.append(moved[1])
    return np.array(W1s), np.array(W2s)


RIGHT = [
    plain_run, other_order, in_float32, from_samples, mode_step, entry_by_weight, one_layer_step, any_depth, by_einsum,
    sample_by_sample, through_decompositions, mode_in_python, first_layer_in_float32,
]  # fmt: skip

# With one mistake each.


def _run(step):
    """A run from a step that also knows its number."""

    def run(Sxx, Sxy, W1, W2, eta, steps):
        W1s, W2s = [W1], [W2]
        for k in range(steps):
            W1, W2 = step(Sxx, Sxy, W1, W2, eta, k)
            W1s.append(W1)
            W2s.append(W2)
        return np.array(W1s), np.array(W2s)

    run.__name__ = step.__name__
    return run


def _gradients(Sxx, Sxy, W1, W2):
    R = Sxx @ W1 @ W2 - Sxy
    return R @ W2.T, W1.T @ R


@_run
def alternating(Sxx, Sxy, W1, W2, eta, k):
    W1 = W1 - eta * _gradients(Sxx, Sxy, W1, W2)[0]
    return W1, W2 - eta * _gradients(Sxx, Sxy, W1, W2)[1]


@_run
def twice_too_large(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    return W1 - 2 * eta * G1, W2 - 2 * eta * G2


@_run
def transposed_when_square(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    return W1 - eta * G1, W2 - eta * (G2.T if W2.shape[0] == W2.shape[1] else G2)


def momentum_left_on(Sxx, Sxy, W1, W2, eta, steps):
    V1, V2 = 0 * W1, 0 * W2
    W1s, W2s = [W1], [W2]
    for _ in range(steps):
        G1, G2 = _gradients(Sxx, Sxy, W1, W2)
        V1, V2 = 0.02 * V1 + G1, 0.02 * V2 + G2
        W1, W2 = W1 - eta * V1, W2 - eta * V2
        W1s.append(W1)
        W2s.append(W2)
    return np.array(W1s), np.array(W2s)


@_run
def weight_decay(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    return W1 - eta * (G1 + 1e-4 * W1), W2 - eta * (G2 + 1e-4 * W2)


def float32_as_float64(Sxx, Sxy, W1, W2, eta, steps):
    W1s, W2s = in_float32(Sxx, Sxy, W1, W2, eta, steps)
    return W1s.astype(float), W2s.astype(float)


@_run
def larger_after_40(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    eta = eta * 1.005 if k >= 40 else eta
    return W1 - eta * G1, W2 - eta * G2


def centred(X, Y, W1, W2, eta, steps):
    return from_samples(X - X.mean(axis=0), Y - Y.mean(axis=0), W1, W2, eta, steps)


def not_divided(X, Y, W1, W2, eta, steps):
    return from_samples(X, Y, W1, W2, eta * len(X), steps)


def recorded_late(Sxx, Sxy, W1, W2, eta, steps):
    W1s, W2s = plain_run(Sxx, Sxy, W1, W2, eta, steps + 1)
    return W1s[1:], W2s[1:]


def second_recorded_late(Sxx, Sxy, W1, W2, eta, steps):
    W1s, W2s = plain_run(Sxx, Sxy, W1, W2, eta, steps + 1)
    return W1s[:-1], np.concatenate([W2s[:1], W2s[2:]])


@_run
def clipped(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    norm = np.sqrt((np.asarray(G1, dtype=float) ** 2).sum() + (np.asarray(G2, dtype=float) ** 2).sum())
    scale = min(1.0, 1.0 / norm) if norm > 0 else 1.0
    return W1 - eta * scale * G1, W2 - eta * scale * G2


@_run
def stops_early(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = (np.asarray(G, dtype=float) for G in _gradients(Sxx, Sxy, W1, W2))
    if np.abs(G1).max() < 1e-3 and np.abs(G2).max() < 1e-3:
        return W1, W2
    return W1 - eta * G1, W2 - eta * G2


@_run
def frozen_second(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    return W1 - eta * G1, W2 - eta * G2 * (k % 10 != 9)


def rank_one_only(Sxx, Sxy, W1, W2, eta):
    G1, G2 = _gradients(Sxx, Sxy, W1[:, :1], W2[:1])
    moved1, moved2 = W1.copy(), W2.copy()
    moved1[:, :1], moved2[:1] = W1[:, :1] - eta * G1, W2[:1] - eta * G2
    return moved1, moved2


def mode_by_flow(z, s):
    return 1 / (1 + (1 - z) / z * np.exp(-2 * s))


def mode_first_order(z, s):
    return z * (1 + 2 * s * (1 - z))


def one_layer_decayed(Sxx, Sxy, W, eta):
    return (1 - 1e-4 * eta) * W - eta * (Sxx @ W - Sxy)


def deep_alternating(Sxx, Sxy, factors, eta):
    factors = list(factors)
    for j in range(len(factors)):
        factors[j] = any_depth(Sxx, Sxy, eta)(factors)[j]
    return factors


def updated_in_place(Sxx, Sxy, W1, W2, eta):
    """The second gradient sees the factor that has moved already."""
    R = Sxx @ W1 @ W2 - Sxy
    W1 -= eta * R @ W2.T
    W2 -= eta * W1.T @ R
    return W1, W2


def stale_gradient(Sxx, Sxy, W1, W2, eta, steps):
    """Every tenth step takes the gradient of the step before."""
    W1s, W2s, G1, G2 = [W1], [W2], 0 * W1, 0 * W2
    for k in range(1, steps + 1):
        if k % 10:
            G1, G2 = _gradients(Sxx, Sxy, W1, W2)
        W1, W2 = W1 - eta * G1, W2 - eta * G2
        W1s.append(W1)
        W2s.append(W2)
    return np.array(W1s), np.array(W2s)


def step_size_in_float32(Sxx, Sxy, W1, W2, eta):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    rate = float(np.float32(eta))
    return W1 - rate * G1, W2 - rate * G2


@_run
def step_size_decays(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    eta = eta / (1 + k / 100_000)
    return W1 - eta * G1, W2 - eta * G2


def last_sample_dropped(X, Y, W1, W2, eta, steps):
    """Batches of two, and no incomplete one."""
    n = max(1, len(X) // 2 * 2)
    return from_samples(X[:n], Y[:n], W1, W2, eta, steps)


@_run
def wobbling_step_size(Sxx, Sxy, W1, W2, eta, k):
    """Plain NumPy, but for a number that is computed in floats."""
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    eta = eta * (1 + 1e-11 * np.sin(k))
    return W1 - eta * G1, W2 - eta * G2


def mode_kept_below_one(z, s):
    z = z * (1 + s * (1 - z)) ** 2
    return z if z < 1 else z / z


def divided_by_zero(Sxx, Sxy, W, eta):
    return W - eta * (Sxx @ W - Sxy) / (eta - eta)


def two_layers_with_momentum(Sxx, Sxy, eta):
    """Made for two layers alone: at any other number of them it breaks."""
    kept = []

    def step(factors):
        W1, W2 = factors
        R = Sxx @ W1 @ W2 - Sxy
        kept.append((R @ W2.T, W1.T @ R))
        before = kept[-2] if len(kept) > 1 else kept[-1]
        return tuple(W - eta * (0.9 * G + 0.1 * H) for W, G, H in zip(factors, kept[-1], before, strict=True))

    return step


def centred_in_place(X, Y, W1, W2, eta, steps):
    """Leaves other data behind than it was given."""
    X -= X.mean(axis=0)
    return from_samples(X, Y, W1, W2, eta, steps)


def step_size_capped(Sxx, Sxy, W1, W2, eta):
    """As data of small size would ask for a larger one."""
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    eta = min(eta, 100)
    return W1 - eta * G1, W2 - eta * G2


def kept_stable(Sxx, Sxy, W, eta):
    top = np.linalg.norm(np.asarray(Sxx, dtype=float), 2)
    return W - (min(eta, 1.9 / top) if top > 0 else eta) * (Sxx @ W - Sxy)


def entry_kept_positive(a, sigma, lam, eta):
    return abs(a - eta * (lam * a**3 - sigma * a))


def small_modes_dropped(Sxx, Sxy, W1, W2, eta):
    U, sizes, Vt = np.linalg.svd(np.asarray(Sxy, dtype=float), full_matrices=False)
    R = Sxx @ W1 @ W2 - (U * np.where(sizes < sizes[0] / 100, 0, sizes)) @ Vt
    return W1 - eta * R @ W2.T, W2 - eta * W1.T @ R


WRONG = [
    alternating, twice_too_large, transposed_when_square, momentum_left_on, weight_decay, float32_as_float64,
    larger_after_40, centred, not_divided, recorded_late, second_recorded_late, clipped, stops_early, frozen_second,
    rank_one_only, mode_by_flow, mode_first_order, one_layer_decayed, deep_alternating,
    updated_in_place, stale_gradient, step_size_in_float32, step_size_decays, last_sample_dropped, wobbling_step_size,
    mode_kept_below_one, divided_by_zero, two_layers_with_momentum,
    small_modes_dropped, centred_in_place, step_size_capped, kept_stable, entry_kept_positive,
]  # fmt: skip
# elsewhere it is the first
FIRST_WRONG = {
    "momentum_left_on": 2, "larger_after_40": 41, "recorded_late": 0, "frozen_second": 10,
    "stale_gradient": 10, "step_size_decays": 2, "wobbling_step_size": 2,
    "two_layers_with_momentum": 2,
}  # fmt: skip

# With one mistake each that acts on some sizes alone, or late.


def first_five_samples(X, Y, W1, W2, eta, steps):
    return from_samples(X[:5], Y[:5], W1, W2, eta, steps)


@_run
def smaller_after_200(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    eta = eta * 0.99 if k >= 200 else eta
    return W1 - eta * G1, W2 - eta * G2


@_run
def second_frozen_when_wide(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    return W1 - eta * G1, W2 - eta * G2 if W1.shape[1] < 9 else W2


def only_eight_inputs(Sxx, Sxy, W, eta):
    G = Sxx @ W - Sxy
    moved = W - eta * G
    moved[8:] = W[8:]
    return moved


@_run
def halved_after_2500(Sxx, Sxy, W1, W2, eta, k):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    eta = eta / 2 if k >= 2500 else eta
    return W1 - eta * G1, W2 - eta * G2


def transposed_when_width_is_outputs(Sxx, Sxy, W1, W2, eta):
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    return W1 - eta * G1, W2 - eta * (G2.T if G2.shape[0] == G2.shape[1] > 4 else G2)


def doubled_with_eight_outputs(Sxx, Sxy, W, eta):
    return W - eta * (Sxx @ W - Sxy) * (2 if W.shape == (8, 8) else 1)


def as_many_samples_as_inputs(X, Y, W1, W2, eta, steps):
    return from_samples(X, Y, W1, W2, 2 * eta if X.shape[0] == X.shape[1] > 5 else eta, steps)


def inner_layer_frozen_when_oblong(Sxx, Sxy, factors, eta):
    moved = any_depth(Sxx, Sxy, eta)(factors)
    return [
        W if 0 < j < len(factors) - 1 and W.shape[0] != W.shape[1] else V
        for j, (W, V) in enumerate(zip(factors, moved, strict=True))
    ]


# and the least sizes at which it is wrong
WRONG_AT_SIZES = [
    (first_five_samples, {"n": 6}), (smaller_after_200, {"steps": 201}), (second_frozen_when_wide, {"r": 9}),
    (only_eight_inputs, {"d": 9}), (halved_after_2500, {"steps": 2501}),
    (transposed_when_width_is_outputs, {"r": 5, "p": 5}), (doubled_with_eight_outputs, {"d": 8, "p": 8}),
    (as_many_samples_as_inputs, {"n": 6, "d": 6}), (inner_layer_frozen_when_oblong, {"layers": 3}),
]  # fmt: skip

# With what is no function of its arguments.


def momentum_kept_between_runs(Sxx, Sxy, W1, W2, eta, kept={}):  # noqa: B006 - the mistake
    G1, G2 = _gradients(Sxx, Sxy, W1, W2)
    V1, V2 = kept.get((W1.shape, W2.shape), (0, 0))
    kept[W1.shape, W2.shape] = V1, V2 = 0.1 * V1 + G1, 0.1 * V2 + G2
    return W1 - eta * V1, W2 - eta * V2


def samples_left_out(X, Y, W1, W2, eta, steps, random=np.random.default_rng(0)):  # noqa: B008 - the mistake
    kept = random.random(len(X)) < 0.9
    kept[0] = True
    return from_samples(X[kept], Y[kept], W1, W2, eta, steps)


NO_FUNCTIONS = [momentum_kept_between_runs, samples_left_out]

# With records that later steps overwrite.


def same_array_recorded(Sxx, Sxy, W1, W2, eta, steps):
    """What is updated in place is recorded without a copy, so that every state is the last."""
    W1s, W2s = [W1], [W2]
    for _ in range(steps):
        G1, G2 = _gradients(Sxx, Sxy, W1, W2)
        W1 -= eta * G1
        W2 -= eta * G2
        W1s.append(W1)
        W2s.append(W2)
    return np.array(W1s), np.array(W2s)


def views_recorded(Sxx, Sxy, W, eta, steps):
    """A black box, as a training loop is that records views of its weights."""
    weights, states = np.array(W.T, dtype=np.float64), [W]
    for _ in range(steps):
        weights -= eta * (Sxx @ weights.T - Sxy).T
        states.append(weights.T)
    return np.array(states)


OVERWRITING = [same_array_recorded, views_recorded]
