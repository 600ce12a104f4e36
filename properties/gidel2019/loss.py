"""LOSS-1 to LOSS-3: the loss along the modes, its staircase, and how large a step lets it decrease."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import sympy

from rankladder import (
    Int,
    Otherwise,
    Problem,
    Real,
    always,
    claim,
    equal,
    exp,
    forall,
    strictly,
    symbols,
    within,
)
from rankladder.language.orbits import keeps_form
from rankladder.numbers.words import entrywise, smallest
from rankladder.properties.gidel2019.flow import factors, mode_values
from rankladder.properties.gidel2019.gd import spectral_entries, two_layers
from rankladder.properties.gidel2019.one_mode import MODE, later, s, z, z0
from rankladder.properties.gidel2019.spectral_descent import on_the_way
from rankladder.properties.gidel2019.spectral_starts import between, horizon, ranks, small_start
from rankladder.simulate import descent, loss, one_layer_gradient, spectral_start
from rankladder.theory import growth_factor, mode_excess_loss, plateau_excess_loss, threshold

Array = np.ndarray[Any, Any]
s1, share = symbols("s1 share")

ANY = Otherwise("problem", Problem(kind="noncommuting"))


def spread_times(last: int) -> list[int]:
    """At most six steps spread evenly from 0 to ``last``, both included."""
    return sorted({last * i // 5 for i in range(6)})


def modes(problem: Any) -> tuple[Array, Array]:
    """``sigma`` (zero on null modes) and ``lam`` of the modes that W can hold (min(d, p),)."""
    size = smallest(problem.d, problem.p)
    sigma = entrywise(size, lambda i: problem.sigma[i] if i < problem.m else 0 * problem.lam[i])
    return sigma, problem.lam[:size]


def excess(problem: Any, w: Array) -> Any:
    """What modes with the values ``w`` cost above the least loss."""
    sigma, lam = modes(problem)

    def cost(i: Any) -> Any:
        return mode_excess_loss(sigma[i], lam[i], w[i]) if lam[i] != 0 else 0 * lam[i]

    return entrywise(smallest(problem.d, problem.p), cost).sum()


def least_loss(problem: Any) -> tuple[Any, Any]:
    """The loss with every mode fitted, and the margin of its being the least: no gradient there."""
    best = problem.plateau(problem.m)
    stationary = equal(one_layer_gradient(problem.Sxx, problem.Sxy, best), 0)
    return loss(problem.Sxx, problem.Sxy, best), stationary


def modewise(problem: Any, W: Any, cost: Callable[..., Any] = excess) -> Any:
    """The loss is the least loss plus what the modes cost."""
    floor, stationary = least_loss(problem)
    modes_cost = cost(problem, np.diagonal(problem.U.T @ W @ problem.V))
    return forall(stationary, equal(loss(problem.Sxx, problem.Sxy, W), floor + modes_cost))


@claim(
    "LOSS-1",
    title="in the spectral state the loss is a sum over modes",
    statement=r"f = f^* + \tfrac12 \sum_{\lambda_i > 0} \lambda_i (w_i - \omega_i)^2",
    over={
        "problem": Problem(sigma=(1, 4)),
        "s1": Real(Fraction(1, 16), Fraction(1, 2)),
        "delta": Real(0, drawn=6),
    },
    given={"commuting": ANY},
    constants={"cost": excess},
)
def sum_over_modes(problem, s1, delta, cost):  # type: ignore[no-untyped-def]
    return keeps_form(
        two_layers(problem, s1 / problem.sigma[0]),
        spectral_start(problem.U, problem.V, problem.Q, delta),
        lambda: spread_times(horizon(problem, s1, delta)),
        form=partial(factors, problem),
        read=partial(spectral_entries, problem),
        says=lambda state: modewise(problem, state[0] @ state[1], cost),
    )


sum_over_modes.twin(
    "larger", "the modes cost 1% more",
    constants={"cost": lambda problem, w: Fraction(101, 100) * excess(problem, w)},
)  # fmt: skip
sum_over_modes.twin(
    "neighbour", "each mode at its neighbour's place",
    constants={"cost": lambda problem, w: excess(problem, np.roll(w, 1))},
)  # fmt: skip
sum_over_modes.twin("not-commuting", "data that do not commute", drop="commuting")


def level(problem: Any, j: int) -> Any:
    """What plateau j leaves of the loss above its least value."""
    return plateau_excess_loss(problem.sigma[j:], problem.lam[j : problem.m]).sum()


@claim(
    "LOSS-2.level",
    title="the loss on plateau j is the least loss plus sigma^2/(2 lambda) of every mode not yet learned",
    statement=r"f\Big(\sum_{i \le j} \omega_i u_i v_i^\top\Big) = f^* + \tfrac12 \sum_{i > j} \sigma_i^2/\lambda_i",
    over={"problem": Problem()},
    given={"commuting": ANY},
    constants={"level": level},
)
def plateau_level(problem, level):  # type: ignore[no-untyped-def]
    floor, stationary = least_loss(problem)
    margins = [stationary]
    for j in ranks(problem.m):
        here = loss(problem.Sxx, problem.Sxy, problem.plateau(j))
        margins.append(equal(here - floor, level(problem, j)))
    return forall(*margins)


plateau_level.twin(
    "higher", "levels 1% too high",
    constants={"level": lambda problem, j: Fraction(101, 100) * level(problem, j)},
)  # fmt: skip
plateau_level.twin(
    "next", "the level of the next plateau",
    constants={"level": lambda problem, j: level(problem, min(j + 1, problem.m))},
)  # fmt: skip
plateau_level.twin("not-commuting", "data that do not commute", drop="commuting")


def staircase(problem: Any, W: Array, j: int, fitted: Array, rising: Array, null: Any, scale: Any) -> Any:
    """The loss is within ``scale`` times the explicit bound of level j: learned modes are off by less than ``fitted``, modes
    to come are below ``rising``, null modes below ``null``.
    """
    sigma, lam = modes(problem)

    def bound(i: Any) -> Any:
        if i < j:
            return lam[i] * fitted[i] ** 2 / 2
        return sigma[i] * rising[i] if i < problem.m else lam[i] * null**2 / 2

    floor, stationary = least_loss(problem)
    here = loss(problem.Sxx, problem.Sxy, W) - floor
    return forall(stationary, within(here, level(problem, j), scale * entrywise(problem.q, bound).sum()))


def quiet_null(problem, s1, delta):  # type: ignore[no-untyped-def]
    """For every null mode that the start carries, eta lambda w(0) <= 2."""
    null = entrywise(problem.q, lambda i: 0 * problem.lam[i] if i < problem.m else problem.lam[i])
    return forall(2 - s1 / problem.sigma[0] * null * exp(-2 * delta))


@claim(
    "LOSS-2.descent",
    title="gradient descent: the loss stays on the level of a plateau, exponentially close in delta",
    statement=r"|f(W_k) - f^* - \tfrac12 \sum_{i > j} \sigma_i^2/\lambda_i| \le"
    r" \tfrac12 \sum_{i \le j} \lambda_i \omega_i^4 e^{4\delta} (1 + \eta\sigma_i)^{-4k}"
    r" + \sum_{j < i \le m} \sigma_i e^{-2\delta} (1 + \eta\sigma_i)^{2k}"
    r" + \tfrac12 \sum_{m < i \le q} \lambda_i e^{-4\delta}",
    over={
        "problem": Problem(sigma=(1, 4)),
        "s1": Real(0, drawn=(Fraction(1, 8), 4)),
        "delta": Real(drawn=(-1, 5)),
    },
    given={"commuting": ANY, "small-step": 2 * s1 <= 1, "small-start": small_start, "quiet-null": quiet_null},
    constants={"scale": 1, "growth": growth_factor},
)
def descent_staircase(problem, s1, delta, scale, growth):  # type: ignore[no-untyped-def]
    # before its transition a mode is at most e^(-2 delta) (1+s)^(2k), after it within omega^2 over that
    def says(state: Any, _w: Any, grown: Any) -> Any:
        bounds = problem.omega**2 / grown, grown, exp(-2 * delta)
        W = state[0] @ state[1]
        return forall(*(staircase(problem, W, j, *bounds, scale) for j in ranks(problem.m)))

    return on_the_way(
        problem, s1, delta, lambda: spread_times(horizon(problem, s1, delta)), says, growth=growth
    )


descent_staircase.twin("tighter", "bound 5% too small", constants={"scale": Fraction(19, 20)})
descent_staircase.twin(
    "slower",
    "rate of growth 5% too small",
    constants={"growth": lambda s: growth_factor(s) ** Fraction(19, 20)},
)
descent_staircase.twin(
    "continuous-rate", "the continuous rate of growth", constants={"growth": lambda s: exp(2 * s)}
)
for _dropped in descent_staircase.given:
    descent_staircase.twin(f"no-{_dropped}", f"without {_dropped}", drop=_dropped)


@claim(
    "LOSS-2.flow",
    title="gradient flow: at rescaled times between 1/sigma_j and 1/sigma_{j+1} the loss tends to level j",
    statement=r"|f(W(\delta\tau)) - f^* - \tfrac12 \sum_{i > j} \sigma_i^2/\lambda_i| \le"
    r" \tfrac12 \sum_{i \le j} \lambda_i \omega_i^4 e^{-4\delta(\sigma_i\tau - 1)}"
    r" + \sum_{j < i \le m} \sigma_i e^{-2\delta(1 - \sigma_i\tau)}"
    r" + \tfrac12 \sum_{m < i \le q} \lambda_i e^{-4\delta}",
    over={"problem": Problem(), "delta": Real(0, drawn=64), "place": Int(0, 8), "share": Real(0, 1)},
    given={"commuting": ANY, "small-start": small_start},
    constants={"scale": 1, "late": 0},
)
def flow_staircase(problem, delta, place, share, scale, late):  # type: ignore[no-untyped-def]
    margins = []
    for j in [place % (problem.m + 1)] if isinstance(place, int) else ranks(problem.m):
        tau = between(problem, j, share)
        w, _ = mode_values(problem, delta, delta * (tau + late))
        risen = exp(2 * delta * (problem.sigma * tau - 1))
        margins.append(
            staircase(problem, problem.compose(w), j, problem.omega**2 / risen, risen, exp(-2 * delta), scale)
        )
    return forall(*margins)


flow_staircase.twin("tighter", "bound 5% too small", constants={"scale": Fraction(19, 20)})
flow_staircase.twin(
    "later", "the state at a rescaled time later by a twentieth", constants={"late": Fraction(1, 20)}
)
flow_staircase.twin("no-small-start", "a start beyond the fitted value", drop="small-start")


# a rational s lies below the algebraic threshold, its only root in (0, 1), iff this is positive: exact to decide
STEP_BOUND = sympy.minimal_polynomial(threshold("loss descends"), s)


# the loss is proportional to the square of 1 - z
DESCENDS = (1 - later) ** 2 <= (1 - z) ** 2
descends = always(
    "LOSS-3.descent",
    DESCENDS,
    **MODE,
    then={z: later},
    title="one mode: up to s_desc = 0.9357... the loss never increases from any start z_0 in (0, 1]",
    over={"s": Real(0, drawn=4), "z0": Real(0, drawn=4), "steps": Int(1, 60)},
    given={"small-step": (STEP_BOUND >= 0) & (s < 1), "small-start": z0 <= 1},
    # no orbit from (0, 1] passes the top of the map; a step multiplies 1 - z by 1 - v, v = s z (2 + s - s z)
    along={
        "positive": z >= 0,
        "top": 27 * s * z <= 4 * (1 + s) ** 3,
        "half": 2 * s * z <= 2 + s,
        "v at most 2": s * z * (2 + s - s * z) <= 2,
    },
)
descends.twin("larger-step", "largest step 1% too large", given={"small-step": 1000 * s <= 945})
descends.twin("large-start", "from any start", drop="small-start")
descends.twin(
    "faster", "the distance loses 1% a step", relation=10000 * (1 - later) ** 2 <= 9801 * (1 - z) ** 2
)


@claim(
    "LOSS-3.above",
    title="one mode: above s_desc the loss increases from the start that overshoots most",
    statement=r"s > s_{desc},\ P(s) < 0,\ z_0 = \tfrac{1 + s}{3s}:\quad (1 - z_2)^2 > (1 - z_1)^2",
    over={"s": Real(0, drawn=4)},
    given={"large-step": STEP_BOUND < 0},
    constants={"start": lambda s: (1 + s) / (3 * s)},
)
def above(s, start):  # type: ignore[no-untyped-def]
    x = abs(descent(s, start(s), 2).x)
    return strictly(x[2] - x[1])


above.twin("smaller-step", "threshold 1% too small", given={"large-step": (10000 * s > 9264) & (s < 1)})
above.twin("other-start", "start 10% smaller", constants={"start": lambda s: 3 * (1 + s) / (10 * s)})


@claim(
    "LOSS-3.above-one",
    title="one mode: above s = 1 the first step from z_0 = 1/s increases the loss",
    statement=r"s > 1,\ z_0 = 1/s:\quad (1 - z_1)^2 > (1 - z_0)^2",
    over={"s": Real(0, drawn=4)},
    given={"large-step": s > 1},
    constants={"factor": 1},
)
def above_one(s, factor):  # type: ignore[no-untyped-def]
    x = abs(descent(s, 1 / s, 1).x)
    return strictly(x[1] - factor * x[0])


above_one.twin("smaller-step", "from 5% below one on", given={"large-step": 20 * s > 19})
above_one.twin("larger", "the distance grows by 5%", constants={"factor": Fraction(21, 20)})


always(
    "LOSS-3.not-to-one",
    DESCENDS,
    **MODE,
    then={z: later},
    title="one mode: the loss never increases from any z_0 in (0, 1] at every step that converges",
    over={"s": Real(0, drawn=4), "z0": Real(0, drawn=4), "steps": Int(1, 60)},
    given={"convergent": s <= 1, "small-start": z0 <= 1},
    expects="refuted",
)
