"""GD-9: descent on matrices passes close to every plateau."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from rankladder import Int, Otherwise, Problem, Real, claim, exp, forall, strictly, symbols
from rankladder.numbers import choosing, midpoints
from rankladder.properties.gidel2019.gd import framed
from rankladder.properties.gidel2019.spectral_starts import slowest_rate, small_fraction
from rankladder.theory import growth_factor

s1, delta = symbols("s1 delta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A1, A5); restated"
ANY = Otherwise("problem", Problem(kind="noncommuting", modes=Int(1, 4), sigma=(1, 4)))


def plateau_bound(problem: Any, s1: Any, delta: Any, j: int, k: int) -> Any:
    """Squared distance allowed between the iterate after k steps and plateau j, mode by mode."""
    start = exp(-2 * delta)
    growth = growth_factor(s1 * problem.sigma / problem.sigma[0])
    total = (problem.q - problem.m) * start**2
    for i in range(problem.m):
        grown = start * growth[i] ** k
        total = total + ((problem.omega[i] ** 2 / grown) ** 2 if i < j else grown**2)
    return total


@choosing()
def spread(problem: Any, s1: Any, delta: Any) -> list[int]:
    """Steps from 1 until the last active mode has finished."""
    last = 4 + int(2 * (float(midpoints(delta)) + 2) / slowest_rate(problem, s1))
    return sorted({max(1, last * i // 6) for i in range(7)})


def quiet_null(problem, s1, delta):  # type: ignore[no-untyped-def]
    """Eta lam w(0) < 2 for every null mode that the start carries."""
    loudest = [2 - s1 / problem.sigma[0] * x * exp(-2 * delta) for x in problem.lam[problem.m : problem.q]]
    return strictly(forall(*loudest)) if loudest else problem.sigma[0]


PLATEAUS = {
    "problem": Problem(modes=Int(1, 4), sigma=(1, 4), null=(0, 16)),
    "s1": Real(Fraction(1, 4), 2),
    "delta": Real(-1, 4),
}
VISIBLE = {
    "commuting": ANY,
    "small-step": 2 * s1 <= 1,
    "small-start": small_fraction,
    "quiet-null": quiet_null,
}


@claim(
    "GD-9.plateaus",
    title="matrices: descent passes within explicit, exponentially small bounds of every plateau",
    statement=r"\eta\sigma_1\le\tfrac12:\ \|W_k - \textstyle\sum_{i\le j}\omega_i u_i v_i^\top\|_F^2 \le "
    r"\sum_{i\le j}\omega_i^4 e^{4\delta}(1+\eta\sigma_i)^{-4k} + \sum_{j<i\le m} e^{-4\delta}(1+\eta\sigma_i)^{4k} + (q-m)e^{-4\delta}",
    source=PAPER,
    over=PLATEAUS,
    given=VISIBLE,
    constants={"behind": 0, "share": 1},
)
def plateaus(problem: Any, s1: Any, delta: Any, behind: int, share: Any) -> Any:
    # not at k = 0, where the bound of plateau 0 is attained and every margin would read 0
    times = spread(problem, s1, delta)
    left, right = framed(problem, s1, delta, times)
    margins = []
    for n, k in enumerate(times):
        W = problem.U @ (left[n] @ right[n]) @ problem.V.T
        for j in range(problem.m + 1):
            gap = W - problem.plateau(j)
            allowed = plateau_bound(problem, s1, delta, j, k - behind)
            # relative: the bounds span many orders of magnitude
            margins.append(share - (gap * gap).sum() / allowed)
    return forall(*margins)


plateaus.twin("no-step-bound", "at every step", drop="small-step")
plateaus.twin("any-data", "without commuting data", drop="commuting")
plateaus.twin("one-step-less", "bounds one step behind", constants={"behind": 1})
plateaus.twin("a-tenth-closer", "a tenth closer", constants={"share": Fraction(81, 100)})


@claim(
    "GD-9.modes",
    title="matrices: each weight of descent keeps its own bounds on the way to a plateau",
    statement=r"\eta\sigma_1\le\tfrac12:\ w_i \le e^{-2\delta}(1+\eta\sigma_i)^{2k},\ "
    r"0 \le \omega_i - w_i \le \omega_i^2 e^{2\delta}(1+\eta\sigma_i)^{-2k},\ w_i \le e^{-2\delta} \text{ for null modes}",
    source=PAPER,
    over=PLATEAUS,
    given=VISIBLE,
    constants={"behind": 0},
)
def modes(problem: Any, s1: Any, delta: Any, behind: int) -> Any:
    """Every weight is within its own bounds, relative to them: growth, distance to omega from below, null modes."""
    start = exp(-2 * delta)
    growth = growth_factor(s1 * problem.sigma / problem.sigma[0])
    times = spread(problem, s1, delta)
    left, right = framed(problem, s1, delta, times)
    margins = []
    for n, k in enumerate(times):
        w = np.diagonal(left[n] @ right[n])
        for i in range(problem.m):
            grown, rest = start * growth[i] ** (k - behind), problem.omega[i] - w[i]
            margins += [1 - w[i] / grown, rest / problem.omega[i], 1 - rest * grown / problem.omega[i] ** 2]
        margins += [1 - each / start for each in w[problem.m : problem.q]]
    return forall(*margins)


modes.twin("no-step-bound", "at every step", drop="small-step")
modes.twin("loud-null", "without the bound on null modes", drop="quiet-null")
modes.twin("one-step-less", "bounds one step behind", constants={"behind": 1})
