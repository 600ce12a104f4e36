"""GD-9: descent on matrices passes close to every plateau."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rankladder import Int, Otherwise, Problem, Real, at_most, claim, exp, forall, symbols
from rankladder.numbers import choosing, midpoints
from rankladder.numbers.words import entrywise
from rankladder.properties.gidel2019.spectral_descent import on_the_way
from rankladder.properties.gidel2019.spectral_starts import quiet_null, ranks, slowest_rate, small_fraction

s1, delta = symbols("s1 delta")
PAPER = "Gidel, Bach, Lacoste-Julien 2019, abstract (A1, A5); restated"
ANY = Otherwise("problem", Problem(kind="noncommuting", modes=Int(1, 4), sigma=(1, 4)))


def plateau_bound(problem: Any, delta: Any, j: Any, grown: Any) -> Any:
    """Squared distance allowed between an iterate and plateau j, mode by mode; ``grown`` is ``e^{-2 delta} (1+s)^{2k}``."""
    start = exp(-2 * delta)

    def square(i: Any) -> Any:
        if i < problem.m:
            return (problem.omega[i] ** 2 / grown[i]) ** 2 if i < j else grown[i] ** 2
        return start**2 + 0 * problem.lam[i]

    return entrywise(problem.q, square).sum()


@choosing()
def spread(problem: Any, s1: Any, delta: Any) -> list[int]:
    """Steps from 1 until the last active mode has finished."""
    last = 4 + int(2 * (float(midpoints(delta)) + 2) / slowest_rate(problem, s1))
    return sorted({max(1, last * i // 6) for i in range(7)})


PLATEAUS = {
    "problem": Problem(modes=Int(1, 4), sigma=(1, 4), null=(0, 16)),
    "s1": Real(0, drawn=(Fraction(1, 4), 2)),
    "delta": Real(drawn=(-1, 4)),
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
    def says(state: Any, _w: Any, grown: Any) -> Any:
        margins = []
        for j in ranks(problem.m):
            gap = state[0] @ state[1] - problem.plateau(j)
            margins.append(at_most((gap * gap).sum(), share * plateau_bound(problem, delta, j, grown)))
        return forall(*margins)

    return on_the_way(problem, s1, delta, lambda: spread(problem, s1, delta), says, behind=behind)


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
    start, omega = exp(-2 * delta), problem.omega

    def says(_state: Any, w: Any, grown: Any) -> Any:
        active = w[: problem.m]
        rest = omega - active
        null = entrywise(problem.q, lambda i: 0 * w[i] if i < problem.m else w[i])
        return forall(
            at_most(active, grown),
            rest / omega,
            at_most(rest * grown, omega**2),
            at_most(null, start + 0 * null),
        )

    return on_the_way(problem, s1, delta, lambda: spread(problem, s1, delta), says, behind=behind)


modes.twin("no-step-bound", "at every step", drop="small-step")
modes.twin("loud-null", "without the bound on null modes", drop="quiet-null")
modes.twin("one-step-less", "bounds one step behind", constants={"behind": 1})
