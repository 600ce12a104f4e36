"""DECAY-1: weight decay gamma on both factors is descent and flow with sigma - gamma in the place of sigma.

The paper's claims about one mode are taken over, not written again. Those about every step keep their relation, start,
step and twins, and are tested along descent with decay; those about the flow are asked at sigma - gamma.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

from sympy import Abs, Rational

from rankladder import Claim, Int, Otherwise, Problem, Real, always, claim, equal, sqrt, symbols
from rankladder.language.orbits import keeps_form
from rankladder.numbers.words import entrywise
from rankladder.properties.gidel2019 import flow_mode, gd, gd_sandwich, gd_timing, limit, step, step_large
from rankladder.properties.gidel2019.flow import factors
from rankladder.properties.gidel2019.order import vanishing
from rankladder.simulate import Decayed, GradientDescent, Layers, Mode, iterates, spectral_start
from rankladder.theory import entry_step, mode_velocity

sigma, gamma, lam, eta, w0, w, later = symbols("sigma gamma lam eta w0 w w_next")


def decayed(sigma: Any, lam: Any, eta: Any, gamma: Any, start: tuple[Any, ...], steps: int) -> list[Any]:
    """The entries of a mode after 0, 1, ..., steps steps of descent with decay."""
    return iterates(GradientDescent(eta).step(Decayed(Mode(sigma, lam), gamma)), start, steps)


def with_decay(sigma: Any, lam: Any, eta: Any, gamma: Any, w0: Any, steps: int) -> list[Any]:
    """``w = a^2`` at every step, from equal entries."""
    return [a * a for (a,) in decayed(sigma, lam, eta, gamma, (sqrt(w0),), steps)]


def fraction_with_decay(s: Any, z0: Any, eta: Any, lam: Any, gamma: Any, steps: int) -> list[Any]:
    """What is learned of ``(sigma - gamma)/lam`` at every step, for ``s = eta (sigma - gamma)``."""
    excess = s / eta
    fitted = excess / lam
    return [w / fitted for w in with_decay(gamma + excess, lam, eta, gamma, z0 * fitted, steps)]


def along_decay(parent: Claim) -> None:
    """A claim of the paper about every step of one mode, with its twins, along descent with decay."""
    of = parent.induction
    (state,) = of.orbit
    parts = {name: part for name, part in vars(of).items() if name not in ("holds", "orbit")}
    child = always(
        f"DECAY-1.{parent.id}", of.holds, **parts, orbit={state: fraction_with_decay}, source=parent.source,
        title=f"with decay, s = eta (sigma - gamma): {parent.title}",
        over=dict(parent.over) | {"gamma": Real(0, drawn=4), "eta": Real(0, drawn=2), "lam": Real(0, drawn=4)},
    )  # fmt: skip
    for slug, twin in parent.twins.items():
        changed = twin.induction
        child.twin(
            slug, twin.title, relation=changed.holds, while_=changed.while_, given=dict(twin.given),
            start={x: e for x, e in changed.start.items() if e != of.start[x]},
            step={x: e for x, e in changed.step.items() if e != of.step[x]},
            over={n: d for n, d in twin.over.items() if d != parent.over[n]},
        )  # fmt: skip


for parent in (
    gd.growth, gd_sandwich.upper, gd_sandwich.lower, gd_timing.hit_lower, gd_timing.hit_upper, step.monotone,
    step.limit_monotone, step_large.bounded,
):  # fmt: skip
    along_decay(parent)


def at_the_excess(of: Claim, singular: tuple[str, ...]) -> Callable[..., Any]:
    """The conclusion of a claim with ``sigma - gamma`` for each singular value."""

    def conclusion(gamma: Any, **values: Any) -> Any:
        return of.conclusion(**values | {name: values[name] - gamma for name in singular})

    names = ("gamma", *inspect.signature(of.conclusion).parameters)
    kinds = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names]
    conclusion.__signature__ = inspect.Signature(kinds)  # type: ignore[attr-defined]
    return conclusion


def of_flow(parent: Claim, *singular: str) -> Claim:
    """A claim of the paper about the flow of one mode or two, with its twins, at ``sigma - gamma``."""

    def assumed(given: Any) -> dict[str, Any]:
        """The relations with ``sigma - gamma``."""
        less = {v: v - gamma for a in given.values() for v in a.relation.free_symbols if str(v) in singular}
        return {name: a.relation.xreplace(less) for name, a in given.items()}

    active = {f"active-{v}": symbols(v) - gamma > parent.reals[v].bounds.lower for v in singular}
    child = claim(
        f"DECAY-1.{parent.id}", title=f"with decay, sigma - gamma for sigma: {parent.title}",
        statement=r"\sigma \to \sigma - \gamma:\quad " + parent.statement, source=parent.source,
        over=dict(parent.over) | {"gamma": Real(0, drawn=4)}, constants=parent.constants,
        given=active | assumed(parent.given),
    )(at_the_excess(parent, singular))  # fmt: skip
    for slug, twin in parent.twins.items():
        if twin.conclusion is not parent.conclusion:
            child.twin(slug, twin.title, conclusion=at_the_excess(twin, singular))
        elif twin.dropped:
            child.twin(slug, twin.title, drop=twin.dropped)
        else:
            child.twin(slug, twin.title, constants=dict(twin.constants), given=assumed(twin.given))
    return child


ONE_MODE = (
    flow_mode.active, flow_mode.growth, flow_mode.limit, flow_mode.hit, limit.before, limit.at, limit.after
)  # fmt: skip
OF_FLOW = [*(of_flow(parent, "sigma") for parent in ONE_MODE), of_flow(vanishing, "sigma_i", "sigma_j")]


@claim(
    "DECAY-1.velocity",
    title="one mode: the flow with decay moves w as the flow without, at sigma - gamma",
    statement=r"w' = 2 w (\sigma - \gamma - \lambda w)", constants={"share": 1},
    over={"sigma": Real(0, drawn=4), "lam": Real(0, drawn=4), "gamma": Real(0, drawn=4), "a": Real(drawn=4)},
)  # fmt: skip
def velocity(sigma: Any, lam: Any, gamma: Any, a: Any, share: Any) -> Any:
    """Minus the gradient of the loss with decay, at equal entries."""
    (slope,) = Decayed(Mode(sigma, lam), gamma).gradients((a,))
    return equal(-2 * a * slope, mode_velocity(sigma - share * gamma, lam, a * a))


velocity.twin("one-per-cent", "1.01 gamma", constants={"share": Fraction(101, 100)})
velocity.twin("both-once", "gamma counted for both factors", constants={"share": 2})

SMALL: dict[str, Any] = {"d": Int(1, 3), "p": Int(1, 3), "r": Int(1, 3)}
ANY = Otherwise("problem", Problem(**(SMALL | {"d": Int(2, 3)}), kind="noncommuting"))


def excesses(problem: Any, gamma: Any) -> Any:
    """``sigma - gamma`` of the modes that a spectral start carries, null modes too (q,)."""
    return entrywise(problem.q, lambda i: (problem.sigma[i] if i < problem.m else 0 * problem.lam[i]) - gamma)


@claim(
    "DECAY-1.decoupling",
    title="matrices: descent with decay from a spectral start keeps both factors diagonal, with sigma - gamma for sigma",
    statement=r"W_1(k) = U\,\mathrm{diag}(a_i)\,Q,\ W_2(k) = Q^\top \mathrm{diag}(a_i) V^\top,\ "
    r"a_i \leftarrow a_i (1 + \eta(\sigma_i - \gamma - \lambda_i a_i^2))",
    over={"problem": Problem(**SMALL), "delta": Real(0, 2), "eta": Real(0, Fraction(1, 8)), "gamma": Real(0, drawn=4)},
    given={"commuting": ANY}, constants={"step": entry_step},
)  # fmt: skip
def decoupling(problem: Any, delta: Any, eta: Any, gamma: Any, step: Any) -> Any:
    """Every iterate has the form of the start, with the entries of the map."""
    move = GradientDescent(eta).step(Decayed(Layers.of_moments(problem.Sxx, problem.Sxy), gamma))

    def run(state: Any, times: Any) -> Any:
        orbit = iterates(move, tuple(state), max(times))
        return [orbit[k] for k in times]

    return keeps_form(
        run, spectral_start(problem.U, problem.V, problem.Q, delta), lambda: range(3),
        form=partial(factors, problem), read=partial(gd.spectral_entries, problem),
        moves=lambda here, there:
            equal(there, step(eta, excesses(problem, gamma), problem.lam[: problem.q], here)),
    )  # fmt: skip


decoupling.twin("any-data", "without commuting data", drop="commuting")
decoupling.twin(
    "one-more", "the entry map with sigma - gamma + 1",
    constants={"step": lambda eta, excess, lam, a: entry_step(eta, excess + 1, lam, a)},
)  # fmt: skip

x0 = eta * (gamma - sigma + lam * w0)
VALUES = {"sigma": Real(0, closed="left", drawn=4), "gamma": Real(0, drawn=4)}
VALUES |= {"lam": Real(0, drawn=4), "eta": Real(0, drawn=2)}
ORBIT: dict[str, Any] = {
    "start": {w: w0}, "step": {w: w * (1 + eta * (sigma - gamma - lam * w)) ** 2}, "orbit": {w: with_decay}, "then": {w: later},
    "over": VALUES | {"w0": Real(0, drawn=2), "steps": Int(1, 30)},
}  # fmt: skip
FALL = eta * (gamma - sigma + lam * w) * (2 - x0)
dropped = always(
    "DECAY-1.dropped", later <= w * (1 - FALL), **ORBIT, given={"weak": sigma <= gamma, "quiet": x0 < 2},
    along={"falls": (w >= 0) & (w <= w0)},
    title="one mode: with sigma <= gamma it falls to 0 from every start with eta (gamma - sigma + lam w_0) < 2",
)  # fmt: skip
dropped.twin("any-start", "from any start", drop="quiet")
dropped.twin("active", "modes with sigma > gamma too", drop="weak")
dropped.twin("faster", "one per cent faster", relation=later <= w * (1 - Rational(101, 100) * FALL))

always(
    "DECAY-1.not-from-every-start", later <= w, **ORBIT, given={"weak": sigma <= gamma},
    title="one mode: with sigma <= gamma it never grows, whatever the start and the step", expects="refuted",
)  # fmt: skip
always(
    "DECAY-1.not-only-delayed", later >= w, **ORBIT, expects="refuted",
    given={"stable-step": 2 * eta * (sigma + gamma) <= 1, "small-start": 2 * lam * w0 <= Abs(sigma - gamma), "active": sigma > 0},
    title="one mode: decay delays and drops none: every mode with sigma > 0 grows from a small start",
)  # fmt: skip


@claim(
    "DECAY-1.not-rescaled",
    title="one mode: decay only rescales time: the step that fits the first step of descent fits the second",
    statement=r"1 + \eta'(\sigma - \lambda w_0) = 1 + \eta(\sigma - \gamma - \lambda w_0) \implies w'_2 = w_2",
    over=VALUES | {"gamma": Real(0, drawn=2), "w0": Real(0, drawn=2)},
    given={"active": gamma < sigma, "small-start": lam * w0 < sigma - gamma}, expects="refuted",
)  # fmt: skip
def rescaled(sigma: Any, gamma: Any, lam: Any, eta: Any, w0: Any) -> Any:
    """No other step can do, so no rescaling of time does."""
    other = eta * (sigma - gamma - lam * w0) / (sigma - lam * w0)
    return equal(
        with_decay(sigma, lam, other, 0 * gamma, w0, 2)[2], with_decay(sigma, lam, eta, gamma, w0, 2)[2]
    )
