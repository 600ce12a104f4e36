"""Broken twins of the claims about gradient flow."""

from __future__ import annotations

from fractions import Fraction

from properties import forall, strictly
from properties.catalogue.flow import (
    arrives,
    conserved,
    converges,
    dissipates,
    drift,
    null_falls,
    solves_flow,
    solves_mode,
    solves_null,
    window,
)
from simulate import two_layer_gradients
from tests.quality.twin import twin
from theory import fitted_value

MORE, LESS = Fraction(101, 100), Fraction(99, 100)

twin("FLOW-1", "any-data", "without commuting data", drop="commuting")
twin(
    "FLOW-1",
    "time-off",
    "time runs one per cent faster",
    conclusion=lambda problem, delta, t: solves_flow(
        problem, delta, t, lambda s, x, d, at: fitted_value(s, x, d, MORE * at)
    ),
)
twin(
    "FLOW-1",
    "start-off",
    "from e^{-2 delta} in each factor",
    conclusion=lambda problem, delta, t: solves_flow(
        problem, delta, t, lambda s, x, d, at: fitted_value(s, x, 2 * d, at)
    ),
)
twin(
    "FLOW-2.active",
    "velocity-off",
    "with a velocity one per cent larger",
    conclusion=lambda sigma, lam, delta, t: solves_mode(sigma, lam, delta, t, rate=MORE),
)
twin(
    "FLOW-2.active",
    "start-off",
    "from e^{-1.98 delta}",
    conclusion=lambda sigma, lam, delta, t: solves_mode(sigma, lam, delta, t, start=2 * LESS),
)
twin(
    "FLOW-2.null",
    "velocity-off",
    "with a velocity one per cent smaller",
    conclusion=lambda lam, delta, t: solves_null(lam, delta, t, rate=LESS),
)
twin(
    "FLOW-2.null",
    "velocity-half",
    "with half the velocity, as for the entry in place of its square",
    conclusion=lambda lam, delta, t: solves_null(lam, delta, t, rate=Fraction(1, 2)),
)
twin(
    "FLOW-3.flow",
    "sum",
    "conserves W1^T W1 + W2 W2^T",
    conclusion=lambda root, Sxy, W1, W2: sum_conserved(root, Sxy, W1, W2),
)
twin(
    "FLOW-3.flow",
    "transposed",
    "with one gradient in place of the other",
    conclusion=lambda root, Sxy, W1, W2: (
        conserved(root, Sxy * MORE, W1, W2 * 0 + W2) * 0 + one_per_cent(root, Sxy, W1, W2)
    ),
)


def sum_conserved(root, Sxy, W1, W2):
    G1, G2 = two_layer_gradients(root @ root.T, Sxy, W1, W2)
    return -abs(G1.T @ W1 + W1.T @ G1 + G2 @ W2.T + W2 @ G2.T)


def one_per_cent(root, Sxy, W1, W2):
    G1, G2 = two_layer_gradients(root @ root.T, Sxy, W1, W2)
    return -abs(G1.T @ W1 + W1.T @ G1 - MORE * (G2 @ W2.T + W2 @ G2.T))


twin(
    "FLOW-3.drift",
    "first-order",
    "eta in place of eta^2",
    conclusion=lambda root, Sxy, W1, W2, eta: drift(root, Sxy, W1, W2, eta, power=1),
)
twin(
    "FLOW-3.drift",
    "sign-off",
    "the sum in place of the difference",
    conclusion=lambda root, Sxy, W1, W2, eta: drift(root, Sxy, W1, W2, eta, sign=-1),
)
twin(
    "FLOW-4",
    "one-per-cent",
    "one per cent more",
    conclusion=lambda root, Sxy, W1, W2: dissipates(root, Sxy, W1, W2, MORE),
)
twin(
    "FLOW-4",
    "half",
    "half of it",
    conclusion=lambda root, Sxy, W1, W2: dissipates(root, Sxy, W1, W2, Fraction(1, 2)),
)
twin("FLOW-5.active", "any-start", "from any start", drop="small-start")
twin(
    "FLOW-5.active",
    "overshoot-allowed",
    "stays below 0.99 omega",
    conclusion=lambda sigma, lam, delta, t, later: strictly(
        LESS * sigma / lam - fitted_value(sigma, lam, delta, t)
    ),
)
twin(
    "FLOW-5.limit",
    "rate-off",
    "the rate one per cent larger",
    conclusion=lambda sigma, lam, delta, t: converges(sigma, lam, delta, t, 2 * MORE),
)
twin(
    "FLOW-5.limit",
    "rate-of-loss",
    "the rate 4 sigma of the loss",
    conclusion=lambda sigma, lam, delta, t: converges(sigma, lam, delta, t, 4),
)
twin(
    "FLOW-5.null",
    "by-one-per-cent",
    "falls by one per cent",
    conclusion=lambda lam, delta, t, later: null_falls(lam, delta, t, later, LESS),
)
twin(
    "FLOW-5.null",
    "backwards",
    "grows",
    conclusion=lambda lam, delta, t, later: forall(null_falls(lam, delta, t + later, -later)),
)
twin(
    "FLOW-6.hit",
    "one-per-cent-late",
    "one per cent later",
    conclusion=lambda sigma, lam, theta, delta: arrives(sigma, lam, theta, delta, factor=MORE),
)
twin(
    "FLOW-6.hit",
    "half-the-time",
    "1/(4 sigma) in place of 1/(2 sigma)",
    conclusion=lambda sigma, lam, theta, delta: arrives(sigma, lam, theta, delta, factor=Fraction(1, 2)),
)
twin(
    "FLOW-6.window",
    "one-per-cent",
    "one per cent longer",
    conclusion=lambda sigma, lam, theta, delta: window(sigma, lam, theta, delta, MORE),
)
twin(
    "FLOW-6.window",
    "half",
    "half as long",
    conclusion=lambda sigma, lam, theta, delta: window(sigma, lam, theta, delta, Fraction(1, 2)),
)
