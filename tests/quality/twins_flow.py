"""Broken twins of the claims about gradient flow."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rankladder import strictly
from rankladder.properties.gidel2019.flow import conserved, dissipates, drift, solves_flow
from rankladder.properties.gidel2019.flow_mode import (
    arrives,
    converges,
    crosses,
    fraction,
    grows,
    null_falls,
    solves_mode,
    solves_null,
)
from rankladder.simulate import spectral_start, unbalanced_start
from rankladder.theory import fitted_value
from tests.quality.twin import twin

MORE, LESS = Fraction(101, 100), Fraction(99, 100)


def transposed_start(U: Any, V: Any, Q: Any, delta: Any) -> Any:
    return spectral_start(U, V, Q, delta)[0], spectral_start(U, V, Q.T, delta)[1]


def slow_start(U: Any, V: Any, Q: Any, delta: Any) -> Any:
    return spectral_start(U, V, Q, LESS * delta)


twin("FLOW-1", "any-data", "without commuting data", drop="commuting")
twin(
    "FLOW-1",
    "time-off",
    "time runs one per cent faster",
    conclusion=lambda problem, delta, t: solves_flow(
        problem, delta, t, value=lambda s, x, d, at: fitted_value(s, x, d, MORE * at)
    ),
)
twin(
    "FLOW-1",
    "lam-off",
    "with lam one per cent larger",
    conclusion=lambda problem, delta, t: solves_flow(
        problem, delta, t, value=lambda s, x, d, at: fitted_value(s, MORE * x, d, at)
    ),
)
twin(
    "FLOW-1",
    "start-off",
    "from e^{-0.99 delta}",
    conclusion=lambda problem, delta, t: solves_flow(problem, delta, t, start=slow_start),
)
twin(
    "FLOW-1",
    "more-entries",
    "from all diagonal entries that either factor has room for",
    conclusion=lambda problem, delta, t: solves_flow(
        problem, delta, t, start=lambda U, V, Q, d: unbalanced_start(U, V, Q, d, d)
    ),
)
twin(
    "FLOW-1",
    "transposed-frame",
    "with Q^T in place of Q in the second factor",
    conclusion=lambda problem, delta, t: solves_flow(problem, delta, t, start=transposed_start),
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
    "start-off",
    "from e^{-2.02 delta}",
    conclusion=lambda lam, delta, t: solves_null(lam, delta, t, start=2 * MORE),
)


def with_sum(root: Any, Sxy: Any, W1: Any, W2: Any) -> Any:
    return conserved(root, Sxy, W1, W2, factor=-1)


twin("FLOW-3.flow", "sum", "conserves W1^T W1 + W2 W2^T", conclusion=with_sum)
twin(
    "FLOW-3.flow",
    "weighted",
    "conserves W1^T W1 - 1.01 W2 W2^T",
    conclusion=lambda root, Sxy, W1, W2: conserved(root, Sxy, W1, W2, factor=MORE),
)
twin(
    "FLOW-3.drift",
    "one-per-cent",
    "one per cent more",
    conclusion=lambda root, Sxy, W1, W2, eta: drift(root, Sxy, W1, W2, eta, scale=MORE),
)
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
    conclusion=lambda root, Sxy, W1, W2: dissipates(root, Sxy, W1, W2, factor=MORE),
)
twin(
    "FLOW-4",
    "second-off",
    "one per cent less of the second gradient",
    conclusion=lambda root, Sxy, W1, W2: dissipates(root, Sxy, W1, W2, second=LESS),
)

twin("FLOW-5.active", "any-start", "from any start", drop="small-start")
twin(
    "FLOW-5.active",
    "lower-cap",
    "stays below 0.99 omega",
    conclusion=lambda sigma, lam, z0, t, later: grows(sigma, lam, z0, t, later, cap=LESS),
)
twin(
    "FLOW-5.active",
    "by-one-per-cent",
    "grows by one per cent every unit of time",
    conclusion=lambda sigma, lam, z0, t, later: strictly(
        fraction(sigma, lam, z0, t + later) - (1 + later / 100) * fraction(sigma, lam, z0, t)
    ),
)
twin("FLOW-5.limit", "any-start", "from any start", drop="small-start")
twin(
    "FLOW-5.limit",
    "rate-off",
    "the rate one per cent larger",
    conclusion=lambda sigma, lam, z0, t: converges(sigma, lam, z0, t, rate=2 * MORE),
)
twin(
    "FLOW-5.null",
    "by-one-per-cent",
    "falls by one per cent",
    conclusion=lambda lam, delta, t, later: null_falls(lam, delta, t, later, factor=LESS),
)
twin(
    "FLOW-5.null",
    "strictly",
    "falls strictly, also where lam = 0",
    conclusion=lambda lam, delta, t, later: strictly(null_falls(lam, delta, t, later)),
)
twin(
    "FLOW-6.hit",
    "one-per-cent-late",
    "one per cent later",
    conclusion=lambda sigma, lam, z0, theta: arrives(sigma, lam, z0, theta, factor=MORE),
)
twin("FLOW-6.hit", "any-level", "from above the level", drop="below-level")
twin(
    "FLOW-6.window",
    "one-per-cent",
    "one per cent longer",
    conclusion=lambda sigma, lam, delta, theta: crosses(sigma, lam, delta, theta, factor=MORE),
)
twin("FLOW-6.window", "any-level", "for every level", drop="low-level")
