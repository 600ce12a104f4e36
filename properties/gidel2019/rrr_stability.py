"""RRR-5: a plateau is stable inside its rank exactly when it is a reduced-rank solution."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Int, Otherwise, Problem, claim, equal, forall, iff, implies, least, most, sqrt
from rankladder.domains.matrices import fitted, numbers
from rankladder.numbers.ball_arrays import BallArray
from rankladder.properties.gidel2019.rrr_optimum import ANY, gains_of, lead, stray
from rankladder.simulate import hessian_two_layer, two_layer_gradients
from rankladder.theory import rrr_gain, unstable_rate

Array = np.ndarray[Any, Any]

OVER = {"problem": Problem(), "place": Int(1, 3)}


def hidden_frame(problem: Any, order: int) -> Array:
    """An orthogonal matrix of the hidden layer: the reflections of Q, cut (or padded) to the order."""
    return numbers(fitted(problem.value.Q, order).exact(), problem.number)


def balanced_plateau(problem: Any, j: int, *, spare: int = 0) -> tuple[Array, Array, Array]:
    """Balanced factors of plateau j with ``j + spare`` hidden units, and the frame of the units."""
    frame = hidden_frame(problem, j + spare)
    roots = sqrt(problem.omega[:j])
    return (problem.U[:, :j] * roots) @ frame[:j], (frame[:j].T * roots) @ problem.V[:, :j].T, frame


def pair_rates(problem: Any, j: int) -> list[tuple[int, int, Any]]:
    """The rate at which each learned mode is left towards each active mode to come."""
    sigma, lam = problem.sigma, problem.lam
    return [
        (learned, other, unstable_rate(sigma[learned], lam[learned], sigma[other], lam[other]))
        for learned in range(j)
        for other in range(j, problem.m)
    ]


def joint_hessian(problem: Any, W1: Array, W2: Array, frame: Array, j: int) -> tuple[Array, Array, Array]:
    """Hessian along the directions ``u_a q_b^T`` of W1 and the one of W2 that each goes with, in three blocks.

    That is ``q_a v_b^T`` where a and b are both learned (they change the same entry of W), else
    ``q_b v_a^T`` (the residual couples them). Rows are ordered by a, then b.
    """
    d, p, r = problem.d, problem.p, len(frame)
    partner = [b * r + a if a < j and b < j else a * r + b for a in range(p) for b in range(r)]
    second = np.kron(frame, problem.V.T).reshape(r, p, r * p).transpose(1, 0, 2).reshape(p * r, r * p)
    turn = 0 * np.resize(W1, (r * (d + p), r * (d + p)))
    turn[: d * r, : d * r] = np.kron(problem.U.T, frame)
    turn[d * r :, d * r :] = second[partner]
    if turn.dtype == object:
        turn = turn.view(BallArray)  # so that balls are multiplied by matrices and not by entries
    whole = turn @ hessian_two_layer(problem.Sxx, problem.Sxy, W1, W2) @ turn.T
    return whole[: d * r, : d * r], whole[: d * r, d * r :], whole[d * r :, d * r :]


def spectrum(first: Array, cross: Array, second: Array) -> list[Any]:
    """All eigenvalues of a Hessian that couples each direction of W1 with one of W2 only."""
    both = min(len(first), len(second))
    values = [*np.diagonal(first)[both:], *np.diagonal(second)[both:]]
    for i in range(both):
        x, y, z = first[i, i], cross[i, i], second[i, i]
        spread = sqrt((x - z) ** 2 + 4 * y * y)
        values += [(x + z - spread) / 2, (x + z + spread) / 2]
    return values


@claim(
    "RRR-5.stable",
    title="matrices: inside rank j the Hessian at plateau j is positive semidefinite iff its modes lead",
    statement=r"r = j:\quad \nabla^2 f(P_j) \succeq 0 \iff \min_{i \le j} \sigma_i^2/\lambda_i \ge"
    r" \max_{i > j} \sigma_i^2/\lambda_i,\text{ else its least eigenvalue is at most } -\mu < 0",
    over=OVER,
    given={"commuting": ANY},
    constants={"gain": rrr_gain, "spare": 0, "scale": 1},
)
def stable(problem, place, gain, spare, scale):  # type: ignore[no-untyped-def]
    j = min(place, problem.m)
    W1, W2, frame = balanced_plateau(problem, j, spare=spare)
    gradients = [part.ravel() for part in two_layer_gradients(problem.Sxx, problem.Sxy, W1, W2)]
    blocks = joint_hessian(problem, W1, W2, frame, j)
    margins, lowest = [*stray(*blocks), equal(np.concatenate(gradients), 0)], least(*spectrum(*blocks))
    if j == problem.m:
        return forall(*margins, lowest)
    # a pair's rate is positive exactly where the mode to come gains more
    gains, pairs = gains_of(problem, gain), pair_rates(problem, j)
    signs = [iff(rate, gains[other] - gains[learned]) for learned, other, rate in pairs]
    steepest = most(*(scale * rate for _, _, rate in pairs))
    return forall(*margins, implies(lead(gains, j), lowest), -lowest - steepest, *signs)


stable.twin("no-commuting", "without commuting", drop="commuting")
stable.twin("sigma-over-lam", "ranked by sigma/lambda", constants={"gain": lambda sigma, lam: sigma / lam})
stable.twin("spare-unit", "with one hidden unit more than the rank", constants={"spare": 1})
stable.twin("faster", "rates 1% larger", constants={"scale": Fraction(101, 100)})


def unstable_direction(problem: Any, unit: Array, learned: int, other: int, mu: Any) -> Array:
    """The direction that turns a learned mode towards another, as a vector of both factors' entries."""
    A1 = (problem.sigma[learned] + mu) * np.outer(problem.U[:, other], unit)
    A2 = problem.sigma[other] * np.outer(unit, problem.V[:, other])
    return np.concatenate([A1.ravel(), A2.ravel()])


@claim(
    "RRR-5.rate",
    title="matrices: inside rank j, mode i is left towards mode l at the rate mu of an explicit quadratic",
    statement=r"r = j,\ i \le j < l:\quad \nabla^2 f(P_j)\, x = -\mu x,\quad"
    r" \mu^2 + (\lambda_l \omega_i + \sigma_i)\mu + \lambda_l \omega_i \sigma_i - \sigma_l^2 = 0,\quad"
    r" x = (\sigma_i + \mu)\, u_l q_i^\top \oplus \sigma_l\, q_i v_l^\top",
    over={"problem": Problem(modes=Int(2, 8)), "place": Int(1, 2)},
    given={"commuting": Otherwise("problem", Problem(kind="noncommuting", modes=Int(2, 8)))},
    constants={"scale": 1, "neighbour": 0},
)
def rate_of_leaving(problem, place, scale, neighbour):  # type: ignore[no-untyped-def]
    j = min(place, problem.m - 1)
    W1, W2, frame = balanced_plateau(problem, j)
    hessian = hessian_two_layer(problem.Sxx, problem.Sxy, W1, W2)
    sigma, lam, omega = problem.sigma, problem.lam, problem.omega
    margins = []
    for learned, other, rate in pair_rates(problem, j):
        mu = scale * rate
        x = unstable_direction(problem, frame[learned], learned, other, mu)
        drag = lam[other - neighbour] * omega[learned]
        margins.append(equal(hessian @ x, -mu * x))
        margins.append(
            equal(mu * mu + (drag + sigma[learned]) * mu + drag * sigma[learned], sigma[other] * sigma[other])
        )
    return forall(*margins)


rate_of_leaving.twin("no-commuting", "without commuting", drop="commuting")
rate_of_leaving.twin("faster", "the rate 1% larger", constants={"scale": Fraction(101, 100)})
rate_of_leaving.twin(
    "neighbour", "lambda of the neighbouring mode in the quadratic", constants={"neighbour": 1}
)
