"""STEP-7: orbits that leave the spectral manifold, in balls and in float64."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Int, Matrix, Problem, Real, claim, exp, forall, most, strictly, symbols, within
from rankladder.numbers import choosing, midpoints
from rankladder.properties.gidel2019.spectral_starts import horizon, quiet_null, small_start
from rankladder.properties.gidel2019.step_stability import ANY, curvatures, minimiser, sharpest
from rankladder.simulate import loss, matrix_descent, mode_descent, spectral_start

Array = np.ndarray[Any, Any]
s1 = symbols("s1")
MODES = Problem(sigma=(1, 4))
STEPS = Real(0, drawn=(Fraction(1, 4), 4))
NEAR = {"problem": MODES, "s1": STEPS, "delta": Real(0, drawn=5)}


def sharp(problem: Any, s1: Any) -> Any:
    """The step is too large for the fit: eta h > 2."""
    return strictly(s1 / problem.sigma[0] * most(curvatures(problem)) - 2)


@claim(
    "STEP-7.growth",
    title="beyond 2/h an offset along the sharpest direction grows by |1 - eta h| a step",
    statement=r"\eta h > 2,\ |\epsilon| \ll 1:\quad"
    r"\left|\frac{\langle A, \theta_k - \theta_*\rangle}{\epsilon \|A\|^2 (1 - \eta h)^k} - 1\right| \le 10^{-6},\quad"
    r"|1 - \eta h| > 1",
    over={"problem": Problem(), "s1": Real(0, drawn=(Fraction(1, 16), 64)), "steps": Int(1, 12)},
    given={"commuting": ANY, "sharp": sharp},
    constants={"multiplier": lambda eta, h: 1 - eta * h},
)
def grows(problem: Any, s1: Any, steps: int, multiplier: Any) -> Any:
    """An offset along the sharpest direction is multiplied by ``1 - eta h`` at each step, to 1e-6.

    The offset is so small that its square, which the linearisation leaves out, stays below that.
    """
    eta = s1 / problem.sigma[0]
    h, (A1, A2) = sharpest(problem)
    W1, W2 = minimiser(problem)
    factor = multiplier(eta, h)
    offset = Fraction(1, 2**60) / (1 + abs(factor)) ** steps
    orbit = matrix_descent(problem.Sxx, problem.Sxy, W1 + offset * A1, W2 + offset * A2, eta, [steps])
    moved = ((orbit.W1[0] - W1) * A1).sum() + ((orbit.W2[0] - W2) * A2).sum()
    still = offset * ((A1 * A1).sum() + (A2 * A2).sum())
    return forall(strictly(abs(factor) - 1), within(moved / (still * factor**steps), 1, Fraction(1, 10**6)))


grows.twin("no-commuting", "data that do not commute", drop="commuting")
grows.twin("not-sharp", "eta h below 2", drop="sharp")
grows.twin(
    "faster",
    "rate |1 - 1.01 eta h|",
    constants={"multiplier": lambda eta, h: 1 - Fraction(101, 100) * eta * h},
)


def corner(block: Array, like: Array) -> Array:
    """The block in the upper left corner of a matrix of zeros with the shape of ``like``."""
    made, (rows, columns) = 0 * like, np.minimum(block.shape, like.shape)
    made[:rows, :columns] = block[:rows, :columns]
    return made


@claim(
    "STEP-7.not-half",
    title="on commuting data eta sigma_1 <= 1/2 is small enough for a start near the spectral one",
    statement=r"\eta\sigma_1 \le \tfrac12,\ \|\theta_0 - \theta_{spectral}\| \text{ small}:\quad f(W_k) \le f(W_0)",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A4); restated",
    over=NEAR | {"bump": Matrix(3, 3), "size": Real(0, Fraction(1, 16))},
    given={"small-step": 2 * s1 <= 1, "small-start": small_start, "quiet-null": quiet_null},
    expects="refuted",
)
def not_half(problem: Any, s1: Any, delta: Any, bump: Array, size: Any) -> Any:
    """How far the loss stays below where it began, as a share between -1 and 1, at its first excess or, if
    it never exceeds, at its greatest. The step is picked in float64; the share there is an enclosure.
    """
    W1, W2 = spectral_start(problem.U, problem.V, problem.Q, delta)
    W1, W2 = W1 + size * corner(bump, W1), W2 + size * corner(bump, W2)
    eta, last = s1 / problem.sigma[0], 64 + horizon(problem, s1, delta)
    with choosing(), np.errstate(all="ignore"):
        data, starts = (midpoints(problem.Sxx), midpoints(problem.Sxy)), (midpoints(W1), midpoints(W2))
        rough = loss(*data, matrix_descent(*data, *starts, float(midpoints(eta)), last).W)
    above = np.flatnonzero(rough > rough[0])
    k = int(above[0]) if above.size else 1 + int(np.nanargmax(rough[1:]))
    orbit = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, eta, [0, k])
    floor = loss(problem.Sxx, problem.Sxy, problem.plateau(problem.m))
    first, later = (loss(problem.Sxx, problem.Sxy, orbit.W1[i] @ orbit.W2[i]) - floor for i in (0, 1))
    return (first - later) / (first + later)


def rounded_orbit(problem: Any, s1: Any, delta: Any, frames: list[Array]) -> tuple[range, Array]:
    """Float64 gradient descent from the spectral start, in frames U, V, Q: recorded steps and products."""
    U, V, Q = (midpoints(frame) for frame in frames)
    sigma, lam = midpoints(problem.sigma), midpoints(problem.lam)
    S = np.zeros((problem.d, problem.p))
    S[range(problem.m), range(problem.m)] = sigma
    last = 200 + horizon(problem, s1, delta)
    times = range(0, last, max(8, last // 1024))
    W1, W2 = spectral_start(U, V, Q, float(midpoints(delta)))
    eta = float(midpoints(s1)) / sigma[0]
    return times, matrix_descent((U * lam) @ U.T, U @ S @ V.T, W1, W2, eta, times).W


@claim(
    "STEP-7.not-in-floats",
    title="on commuting data with eta sigma_1 <= 1/2, float64 from the spectral start follows the exact orbit",
    statement=r"\eta\sigma_1 \le \tfrac12:\quad \|\mathrm{fl}(W_k) - W_k\|_{max} \le 10^{-3} \omega_{max}",
    over=NEAR,
    given={"small-step": 2 * s1 <= 1, "small-start": small_start, "quiet-null": quiet_null},
    expects="refuted",
    arithmetic="float64",
)
def not_in_floats(problem: Any, s1: Any, delta: Any) -> Any:
    """How close float64 stays to the exact orbit, as a share of omega_1 (1 where it is not even finite)."""
    times, W = rounded_orbit(problem, s1, delta, [problem.U, problem.V, problem.Q])
    eta = s1 / problem.sigma[0]
    sigma = np.concatenate([problem.sigma, 0 * problem.lam[problem.m : problem.q]])
    exact = mode_descent(sigma, problem.lam[: problem.q], eta, exp(-2 * delta), times[-1]).w[list(times)]
    gaps = np.stack([W[i] - midpoints(problem.compose(w)) for i, w in enumerate(exact)])
    share = np.abs(gaps).max() / midpoints(most(problem.omega))
    return 1e-3 - (min(1.0, float(share)) if np.isfinite(share) else 1.0)


@claim(
    "STEP-7.aligned",
    title="axis-aligned frames hide the instability: float64 iterates stay exactly diagonal",
    statement=r"U = V = Q = I,\ \eta\sigma_1 \le 1:\quad \mathrm{fl}(W_k)_{ij} = 0 \ (i \ne j)",
    over={**NEAR, "delta": Real(0, drawn=64)},
    # without them iterates overflow, and zero times infinity is not zero
    given={"convergent": s1 <= 1, "small-start": small_start, "quiet-null": quiet_null},
    arithmetic="float64",
    constants={"turned": ""},
)
def aligned(problem: Any, s1: Any, delta: Any, turned: str) -> Any:
    """Minus the number of off-diagonal entries that are not zero, of float64 iterates in axis-aligned frames but
    for one that is ``turned``. What has overflown is not zero.
    """
    frames = [
        getattr(problem, name) if name == turned else np.eye(size)
        for name, size in zip("UVQ", (problem.d, problem.p, problem.r), strict=True)
    ]
    _times, W = rounded_orbit(problem, s1, delta, frames)
    mask = ~np.eye(problem.d, problem.p, dtype=bool)
    return -float(np.count_nonzero(W[:, mask]))


aligned.twin("turned-U", "a drawn frame of the inputs", constants={"turned": "U"})
aligned.twin("turned-V", "a drawn frame of the outputs", constants={"turned": "V"})
aligned.twin("turned-Q", "a drawn frame of the hidden layer", constants={"turned": "Q"})
