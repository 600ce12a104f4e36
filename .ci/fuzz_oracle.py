"""What ``data --json`` and ``simulate --json`` must say, worked out slowly and apart: NumPy alone, straight from the samples."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["centred", "check_data", "check_simulate", "nothing_to_learn", "starts_too_high"]

EPS = float(np.finfo(float).eps)
Problems = list[str]


def centred(
    X: np.ndarray, Y: np.ndarray | None, *, center: bool, standardize: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The samples as the options want them."""
    X = np.asarray(X, dtype=float)
    targets = X if Y is None else np.asarray(Y, dtype=float)
    same = X.max(axis=0) == X.min(axis=0)
    if standardize:
        deviation = np.where(same, 1.0, X.std(axis=0))
    if center:
        X, targets = X - X.mean(axis=0), targets - targets.mean(axis=0)
        X[:, same] = 0.0
    if standardize:
        X = X / deviation
    return X, X if Y is None else targets


class _Truth:
    """Modes, fits and least squares of samples."""

    def __init__(self, X: np.ndarray, Y: np.ndarray) -> None:
        self.X, self.Y, self.n = X, Y, len(X)
        self.U, self.sigma, self.Vt = np.linalg.svd(X.T @ Y / self.n)
        P, s, Qt = np.linalg.svd(X, full_matrices=False)
        kept = s > s[0] * max(X.shape) * EPS if s[0] > 0 else np.zeros(len(s), bool)
        self.P, self.s, self.Qt = P[:, kept], s[kept], Qt[kept]
        self.T = self.P.T @ Y
        # what rounding does to an entry of X^T Y / n, and so to sigma
        self.noise = 64 * EPS * np.linalg.norm(X) * np.linalg.norm(Y) / self.n

    def lam(self, j: int) -> float:
        return float(np.linalg.norm(self.X @ self.U[:, j])) ** 2 / self.n

    def vague(self, j: int) -> float:
        """How far rounding may turn mode j towards its neighbours."""
        others = np.delete(self.sigma, j)
        gap = min([abs(self.sigma[j] - o) for o in others] + [self.sigma[j]])
        return float(self.noise / gap) if gap > 0 else math.inf


def nothing_to_learn(X: np.ndarray, Y: np.ndarray) -> bool:
    """Whether X^T Y is rounding."""
    truth = _Truth(X, Y)
    return bool(truth.sigma[0] <= truth.noise)


def starts_too_high(X: np.ndarray, Y: np.ndarray, delta: float) -> bool:
    """Whether some mode starts above its fitted value."""
    truth = _Truth(X, Y)
    modes = [j for j, s in enumerate(truth.sigma) if s > max(1e-11 * truth.sigma[0], truth.noise / 1e3)]
    return any(truth.lam(j) * math.exp(-2 * delta) > truth.sigma[j] * (1 - 1e-6) for j in modes)


def check_data(
    doc: dict[str, Any], X: np.ndarray, Y: np.ndarray, *, default_eta: bool, seed: int
) -> Problems:
    """What is wrong in a report on samples that are centred as it was asked to."""
    truth, wrong = _Truth(X, Y), []
    n, m = len(X), len(doc["modes"])

    def near(what: str, got: float | None, expected: float, rtol: float, atol: float = 0.0) -> None:
        if got is None or not abs(got - expected) <= atol + rtol * max(abs(got), abs(expected)):
            wrong.append(f"{what}: reported {got}, oracle {expected}")

    for j, s in enumerate(truth.sigma):
        if j >= m and s > max(1.1e-10 * truth.sigma[0], truth.noise):
            wrong.append(f"mode {j + 1} with sigma {s} is missing")
    clear = [truth.vague(j) < 1e-8 for j in range(m)]
    lam = [truth.lam(j) for j in range(m)]
    for j, mode in enumerate(doc["modes"]):
        near(f"sigma {j + 1}", mode["sigma"], truth.sigma[j], 1e-10, truth.noise)
        if clear[j]:
            near(f"lam {j + 1}", mode["lam"], lam[j], 1e-6)
            near(f"gain {j + 1}", mode["rrr_gain"], truth.sigma[j] ** 2 / lam[j], 1e-6)
    # a minimiser of the Frobenius norm of B: null directions may be turned freely
    rotated = truth.U.T @ (X.T @ X / n) @ truth.U
    diagonal = float(np.sum(np.diag(rotated)[:m] ** 2) + np.sum(np.linalg.eigvalsh(rotated[m:, m:]) ** 2))
    off = math.sqrt(max(0.0, float(np.linalg.norm(rotated)) ** 2 - diagonal))
    if all(clear):
        near("share", doc["noncommuting_share"], off / float(np.linalg.norm(rotated)), 1e-5, 1e-6)
    eta, delta, top = doc["eta"], doc["delta"], float(truth.sigma[0])
    near("monotone", doc["step_sizes"]["monotone"], 0.5 / top, 1e-9, truth.noise / top**2)
    near("convergent", doc["step_sizes"]["convergent"], 1 / top, 1e-9, truth.noise / top**2)
    h = _sharpness(truth)
    # where X is nearly singular the least-squares fit itself is known to so many digits only
    digits = 1e-7 + 100 * EPS * float(truth.s[0] / truth.s[-1])
    near("stable", doc["step_sizes"]["stable"], 2 / h, digits)
    if default_eta:
        near("eta", eta, min(0.5 / top, 1 / h), digits)
    total = float(np.linalg.norm(Y)) ** 2 / (2 * n)
    least = float(np.linalg.norm(Y - truth.P @ truth.T)) ** 2 / (2 * n)
    near("least loss", doc["least_loss"], least, 1e-7, 1e-13 * total)
    t = np.linalg.svd(truth.T, compute_uv=False)
    for kind in ("spectral", "gaussian"):
        for j, row in enumerate(doc["starts"][kind]):
            near(
                f"{kind} predicted {j + 1}",
                row["predicted_step"],
                delta / math.log1p(eta * truth.sigma[j]),
                1e-9 + truth.noise / truth.sigma[j],
            )
            near(
                f"{kind} rrr loss {j + 1}",
                row["rrr_loss"],
                least + float(np.sum(t[j + 1 :] ** 2)) / (2 * n),
                1e-7,
                1e-12 * total,
            )
        if all(clear) and doc["runs"][kind]["diverged_at"] is None:
            wrong += _check_run(doc, truth, kind, lam, seed)
    return wrong


def _sharpness(truth: _Truth) -> float:
    """Largest eigenvalue of J^T J, J the change of the predictions with the factors, at the balanced fit."""
    X, W = truth.X, truth.Qt.T @ (truth.T / truth.s[:, None])
    left, values, right = np.linalg.svd(W, full_matrices=False)
    W1, W2 = left * np.sqrt(values), np.sqrt(values)[:, None] * right
    d, p, r = X.shape[1], W.shape[1], len(values)
    s = np.diag(truth.s) @ truth.Qt / math.sqrt(truth.n)
    columns = [np.outer(s[:, i], W2[k]).ravel() for i in range(d) for k in range(r)]
    columns += [np.outer(s @ W1[:, k], np.eye(p)[j]).ravel() for k in range(r) for j in range(p)]
    return float(np.linalg.norm(np.array(columns), 2)) ** 2


def _check_run(doc: dict[str, Any], truth: _Truth, kind: str, lam: list[float], seed: int) -> Problems:
    X, Y, n, m = truth.X, truth.Y, truth.n, len(lam)
    d, p = X.shape[1], Y.shape[1]
    q, scale, eta = min(d, p), math.exp(-doc["delta"]), doc["eta"]
    if kind == "gaussian":
        rng = np.random.default_rng(seed)
        W1, W2 = scale * rng.standard_normal((d, q)), scale * rng.standard_normal((q, p))
    else:
        W1, W2 = scale * truth.U[:, :q], scale * truth.Vt[:q]
    left, t, right = np.linalg.svd(truth.T, full_matrices=False)
    gaps = np.minimum(t[:m], np.append(t[1:m], np.inf))
    rrr = [truth.P @ ((left[:, :j] * t[:j]) @ right[:j]) for j in range(1, m + 1)]
    omega = truth.sigma[:m] / np.array(lam)
    plateaus = [X @ ((truth.U[:, :j] * omega[:j]) @ truth.Vt[:j]) for j in range(1, m + 1)]
    W = truth.Qt.T @ (truth.T / truth.s[:, None])
    final = np.array([truth.U[:, j] @ W @ truth.Vt[j] for j in range(m)])
    rows, steps = doc["starts"][kind], doc["runs"][kind]["steps"]
    nearest = np.full((2, m), np.inf)
    fractions = np.empty((steps + 1, m))
    for k in range(steps + 1):
        product = W1 @ W2
        predictions = X @ product
        fractions[k] = np.einsum("ij,ij->j", truth.U[:, :m], product @ truth.Vt[:m].T) / final
        for row, goals in enumerate((rrr, plateaus)):
            for j, goal in enumerate(goals):
                nearest[row, j] = min(nearest[row, j], np.linalg.norm(predictions - goal) / gaps[j])
        G = X.T @ (predictions - Y) / n
        W1, W2 = W1 - eta * (G @ W2.T), W2 - eta * (W1.T @ G)
    wrong = []
    for j, row in enumerate(rows):
        # null directions of a spectral start are not determined: they hold exp(-2 delta) each
        vague = 1e-6 + scale**2 * q * float(np.linalg.norm(X)) / gaps[j]
        for name, best in (("distance_to_rrr", nearest[0, j]), ("distance_to_plateau", nearest[1, j])):
            # steps beyond 1000 are looked at a thousandth of the time apart
            if not best * 0.99 - vague <= row[name] <= best * 1.02 + vague:
                wrong.append(f"{kind} {name} {j + 1}: reported {row[name]}, oracle {best}")
        seen, passed = row["transition_step"], fractions[:, j] >= 0.5 + 1e-3
        if seen is None:
            if passed.any():
                wrong.append(f"{kind} transition {j + 1}: reported none, oracle {int(np.argmax(passed))}")
        elif seen > steps or fractions[seen, j] < 0.5 - 1e-3 or passed[: max(0, seen - 2)].any():
            wrong.append(f"{kind} transition {j + 1}: reported {seen}, oracle {int(np.argmax(passed))}")
    return wrong


def check_simulate(
    doc: dict[str, Any], sigma: list[float], lam: list[float], eta: float, delta: float
) -> Problems:
    """The modes by their recursion, every step taken."""
    wrong = []
    for mode, s1, x in zip(doc["modes"], sigma, lam, strict=True):
        if s1 == 0:
            if mode["transition_step"] is not None:
                wrong.append("a null mode has a transition")
            continue
        s, w, k = eta * s1, math.exp(-2 * delta), 0
        while x * w < 0.5 * s1 and k < 200_000:
            w, k = w * (1 + eta * (s1 - x * w)) ** 2, k + 1
        low, high = mode["bracket"]
        if k < 200_000 and abs(mode["transition_step"] - k) > 1:
            wrong.append(f"transition of sigma {s1}: reported {mode['transition_step']}, oracle {k}")
        if not low <= mode["transition_step"] <= high:
            wrong.append(f"transition {mode['transition_step']} outside its bracket {low}, {high}")
        if not math.isclose(mode["predicted_step"], delta / math.log1p(s), rel_tol=1e-9):
            wrong.append(f"predicted {mode['predicted_step']}, oracle {delta / math.log1p(s)}")
    return wrong
