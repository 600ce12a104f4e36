"""LIN-5: the one-layer model learns its modes side by side, at rates that do not depend on sigma."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from fractions import Fraction
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
    determinant,
    equal,
    forall,
    implies,
    least,
    most,
    strictly,
    symbols,
)
from rankladder.language.orbits import follows, keeps_form
from rankladder.numbers.derivatives import derivative
from rankladder.numbers.words import table
from rankladder.properties.gidel2019.lin import chosen_times, one_layer
from rankladder.simulate import GradientDescent, Layers, iterates, one_layer_descent, one_layer_gradient
from rankladder.theory import one_layer_descent_fraction, one_layer_flow_fraction

Array = np.ndarray[Any, Any]
s1, a, b, u, v, u0 = symbols("s1 a b u v u0")

ANY = Otherwise("problem", Problem(kind="noncommuting"))


def ratio_bound() -> Any:
    """Where the gain per unit of eta lambda after three steps is least: the last a that no b < a undercuts."""
    x = sympy.Symbol("x")
    (bound,) = sympy.solve(sympy.diff(sympy.cancel(one_layer_descent_fraction(1, x, 3) / x), x), x)
    return bound


RATIO_BOUND = ratio_bound()


def largest_row(problem: Any) -> Any:
    """Greatest row sum of ``|Lambda + B|``: the largest eigenvalue of Sxx where ``B = 0``, a bound elsewhere."""
    return most(problem.lam + abs(problem.B).sum(axis=1))


def from_zero(problem: Any, eta: Any, times: Any) -> Array:
    """The iterates of gradient descent from zero (len(times), d, p)."""
    return one_layer_descent(problem.Sxx, problem.Sxy, 0 * problem.Sxy, eta, times).W


def active(problem: Any) -> Array:
    """The eigenvalues of the active modes (m,)."""
    return problem.lam[: problem.m]  # type: ignore[no-any-return]


def learned(problem: Any, iterates: Array) -> Array:
    """Fractions ``u_i^T W v_i / omega_i`` of the active modes (len, m)."""
    inside = problem.U[:, : problem.m].T @ iterates @ problem.V[:, : problem.m]
    return np.asarray(np.diagonal(inside, axis1=1, axis2=2) / problem.omega)


@claim(
    "LIN-5.descent",
    title="from zero, descent has learned the fraction 1 - (1 - eta lambda)^k of a mode, whatever its sigma",
    statement=r"W_0 = 0,\ B = 0:\quad W_k = \sum_i \omega_i \left[1 - (1 - \eta\lambda_i)^k\right] u_i v_i^\top",
    over={"problem": Problem(), "s1": Real(0, drawn=4), "steps": Int(1, 40)},
    given={"commuting": ANY},
    constants={"fraction": one_layer_descent_fraction, "rates": active},
)
def descent(problem, s1, steps, fraction, rates):  # type: ignore[no-untyped-def]
    eta = s1 / most(problem.lam)
    return follows(
        one_layer(problem, eta),
        (0 * problem.Sxy,),
        lambda: chosen_times(steps),
        lambda k: (problem.compose(problem.omega * fraction(eta, rates(problem), k)),),
    )


descent.twin(
    "one-step-less", "k - 1 in place of k",
    constants={"fraction": lambda eta, lam, k: one_layer_descent_fraction(eta, lam, k - 1)},
)  # fmt: skip
descent.twin("by-sigma", "sigma in place of lambda", constants={"rates": lambda problem: problem.sigma})
descent.twin("not-commuting", "data that do not commute", drop="commuting")


@claim(
    "LIN-5.flow",
    title="from zero, the flow has learned the fraction 1 - e^(-lambda t) of a mode, whatever its sigma",
    statement=r"W(0) = 0,\ B = 0:\quad W(t) = \sum_i \omega_i \left[1 - e^{-\lambda_i t}\right] u_i v_i^\top",
    over={"problem": Problem(), "t": Real(0, drawn=16)},
    given={"commuting": ANY},
    constants={"slope": 1, "rates": active},
)
def flow(problem, t, slope, rates):  # type: ignore[no-untyped-def]
    lam = rates(problem)
    state = problem.compose(problem.omega * one_layer_flow_fraction(lam, t))
    velocity = problem.compose(problem.omega * derivative(lambda at: one_layer_flow_fraction(lam, at), t))
    start = problem.compose(problem.omega * one_layer_flow_fraction(lam, 0 * t))
    gradient = one_layer_gradient(problem.Sxx, problem.Sxy, state)
    return forall(equal(velocity, -slope * gradient), equal(start, 0))


flow.twin("faster", "velocity 5% above the gradient", constants={"slope": Fraction(21, 20)})
flow.twin("by-sigma", "sigma in place of lambda", constants={"rates": lambda problem: problem.sigma})
flow.twin("not-commuting", "data that do not commute", drop="commuting")


def full_rank(problem: Any, s1: Any, times: list[int], rank: int) -> Any:
    """At each time W vanishes on v_i for i > rank, and its block on the active modes is regular.

    The block is measured in units of its first value, ``eta sigma``.
    """
    eta, m = s1 / largest_row(problem), problem.m
    margins = []
    for W in from_zero(problem, eta, times):
        block = problem.U[:, :m].T @ W @ problem.V[:, :m] / (eta * problem.sigma)
        margins.append(strictly(abs(determinant(block))))
        if rank < problem.p:
            margins.append(equal(W @ problem.V[:, rank:], 0))
    return forall(*margins)


def in_modes(
    problem: Any, eta: Any, times: Callable[[], Any], start: Any, modes: Any = None, **says: Any
) -> Any:
    """The margin of what is claimed of the weights ``u_i^T W v_i`` from the state at step ``start`` on; all else of W is 0."""
    m = problem.m if modes is None else modes
    run = one_layer(problem, eta)
    (first,) = run((0 * problem.Sxy,), [start])

    def read(state: Any) -> Any:
        return np.diagonal(problem.U.T @ state[0] @ problem.V)[:m]

    return keeps_form(run, first, times, form=lambda a: (problem.compose(a),), read=read, **says)


def rate(problem: Any, s1: Any) -> Any:
    """``eta = s1/lambda_max``."""
    return s1 / most(problem.lam)


@claim(
    "LIN-5.rank",
    title="from zero, every iterate has the rank of Sxy: the rank does not grow step by step",
    statement=r"W_0 = 0,\ B = 0,\ \eta\lambda_{\max} < 1:\quad W_k = \sum_{i \le m} a_i(k)\, u_i v_i^\top,\ a_i(k) > 0,"
    r"\text{ so } \mathrm{rank}\, W_k = \mathrm{rank}\, S_{xy} \text{ for all } k \ge 1",
    over={"problem": Problem(), "s1": Real(0, drawn=4), "steps": Int(1, 40)},
    given={"small-step": s1 < 1},
    constants={"first": 1, "rank": lambda problem: problem.m},
)
def rank(problem, s1, steps, first, rank):  # type: ignore[no-untyped-def]
    def positive(a: Any) -> list[Any]:
        return [strictly(a)]

    def says(state: Any) -> Any:
        return strictly(np.diagonal(problem.U.T @ state[0] @ problem.V)[: problem.m])

    times = lambda: chosen_times(steps - 1)  # noqa: E731
    return in_modes(problem, rate(problem, s1), times, first, rank(problem), along=positive, says=says)


@claim(
    "LIN-5.rank-any",
    title="the rank is that of Sxy on data that do not commute too, and at twice that step size",
    statement=r"W_0 = 0,\ \eta\lambda_{\max} < 2:\quad \mathrm{rank}\, W_k = \mathrm{rank}\, S_{xy}"
    r" \text{ for all } k \ge 1",
    over={"problem": Problem(kind="noncommuting"), "s1": Real(0, drawn=4), "steps": Int(1, 40)},
    given={"stable-step": s1 < 2},
    constants={"first": 1, "rank": lambda problem: problem.m},
)
def rank_any(problem, s1, steps, first, rank):  # type: ignore[no-untyped-def]
    return full_rank(problem, s1, chosen_times(steps)[first:], rank(problem))


for _ranked in (rank, rank_any):
    _ranked.twin("one-less", "rank one less", constants={"rank": lambda problem: problem.m - 1})
    _ranked.twin("from-the-start", "from k = 0 on", constants={"first": 0})


@claim(
    "LIN-5.rank-margin",
    title="every mode keeps a stated share of its first step, so the rank is kept with room",
    statement=r"W_0 = 0,\ B = 0,\ \eta\lambda_{\max} < 2:\quad u_i^\top W_k v_i \ge \eta\sigma_i \min(1, 2 - \eta\lambda_{\max})"
    r" \text{ for all } k \ge 1,\ i \le m",
    over={"problem": Problem(), "s1": Real(0, drawn=4), "steps": Int(1, 40)},
    given={"stable-step": s1 < 2},
    constants={"share": lambda s1: least(1, 2 - s1)},
)
def rank_margin(problem, s1, steps, share):  # type: ignore[no-untyped-def]
    eta, omega = rate(problem, s1), problem.omega
    x = eta * active(problem)

    def room(a: Any) -> Any:
        """Of what the claim says of the weights, with what is left no larger than after the first step."""
        return a / omega - x * share(s1)

    def along(a: Any) -> list[Any]:
        left = 1 - a / omega
        return [(1 - x) ** 2 - left**2, room(a)]

    def says(state: Any) -> Any:
        return room(np.diagonal(problem.U.T @ state[0] @ problem.V)[: problem.m])

    return in_modes(problem, eta, lambda: chosen_times(steps - 1), 1, along=along, says=says)


rank_margin.twin(
    "no-loss", "no less than the first step at any stable step size", constants={"share": lambda s1: 1}
)
rank_margin.twin(
    "larger-share", "share 5% too large", constants={"share": lambda s1: Fraction(21, 20) * least(1, 2 - s1)}
)


def pairs_in_order(problem: Any, s1: Any, steps: int, margin: Callable[..., Any]) -> Any:
    """The margin of ``margin(lam_i, lam_j, phi_i, phi_j)`` at every step, for every pair of modes with lambda_i >= lambda_j."""
    lam, omega, m = problem.lam, problem.omega, problem.m

    def pairs(a: Any) -> Any:
        larger = table(m, m, lambda i, j: lam[i] - lam[j])
        return implies(
            larger, table(m, m, lambda i, j: margin(lam[i], lam[j], a[i] / omega[i], a[j] / omega[j]))
        )

    def says(state: Any) -> Any:
        return pairs(np.diagonal(problem.U.T @ state[0] @ problem.V)[:m])

    eta = rate(problem, s1)
    return in_modes(
        problem, eta, lambda: chosen_times(steps), 0,
        along=lambda a: [1 - eta * active(problem), a, omega - a, pairs(a)], says=says,
    )  # fmt: skip


@claim(
    "LIN-5.ratio",
    title="learned fractions never differ by more than the eigenvalues: no rescaling of time separates modes",
    statement=r"\lambda_i \ge \lambda_j,\ \eta\lambda_{\max} \le 1:\quad"
    r"\frac{1 - (1 - \eta\lambda_i)^k}{1 - (1 - \eta\lambda_j)^k} \le \frac{\lambda_i}{\lambda_j}",
    over={"problem": Problem(), "s1": Real(0, drawn=4), "steps": Int(1, 40)},
    given={"commuting": ANY, "small-step": s1 <= 1},
    constants={"scale": 1},
)
def ratio(problem: Any, s1: Any, steps: int, scale: Any) -> Any:
    return pairs_in_order(
        problem, s1, steps,
        lambda lam_i, lam_j, phi_i, phi_j: scale * lam_i / lam_j * phi_j - phi_i,
    )  # fmt: skip


ratio.twin("smaller", "bound 1% too small", constants={"scale": Fraction(99, 100)})
ratio.twin("not-commuting", "data that do not commute", drop="commuting")
ratio.twin("any-step", "beyond eta lambda_max = 2", given={"small-step": s1 >= 2})


@claim(
    "LIN-5.larger-first",
    title="up to eta lambda_max = 1 the mode of larger lambda has never learned the smaller fraction",
    statement=r"\lambda_i \ge \lambda_j,\ \eta\lambda_{\max} \le 1:\quad"
    r"1 - (1 - \eta\lambda_j)^k \le 1 - (1 - \eta\lambda_i)^k",
    over={"problem": Problem(), "s1": Real(0, drawn=4), "steps": Int(1, 40)},
    given={"commuting": ANY, "small-step": s1 <= 1},
    constants={"scale": 1},
)
def larger_first(problem: Any, s1: Any, steps: int, scale: Any) -> Any:
    return pairs_in_order(
        problem, s1, steps,
        lambda _lam_i, _lam_j, phi_i, phi_j: phi_i - scale * phi_j,
    )  # fmt: skip


larger_first.twin("ahead", "ahead by 1%", constants={"scale": Fraction(101, 100)})
larger_first.twin("not-commuting", "data that do not commute", drop="commuting")
larger_first.twin("any-step", "beyond eta lambda_max = 1", drop="small-step")


@claim(
    "LIN-5.flow-ratio",
    title="under the flow too, learned fractions never differ by more than the eigenvalues",
    statement=r"\lambda_i \ge \lambda_j:\quad 1 \le \frac{1 - e^{-\lambda_i t}}{1 - e^{-\lambda_j t}}"
    r" \le \frac{\lambda_i}{\lambda_j} \text{ for all } t > 0",
    over={"a": Real(0, drawn=16), "b": Real(0, drawn=16), "t": Real(0, drawn=16)},
    given={"larger": b <= a},
    constants={"power": 1},
)
def flow_ratio(a, b, t, power):  # type: ignore[no-untyped-def]
    upper, lower = one_layer_flow_fraction(a, t), one_layer_flow_fraction(b, t)
    return forall(upper - lower, (a / b) ** power * lower - upper)


flow_ratio.twin("smaller", "(a/b)^0.95 in place of a/b", constants={"power": Fraction(19, 20)})
flow_ratio.twin("any-order", "either eigenvalue the larger", drop="larger")


def lead(a: Any, b: Any, k: int) -> Any:
    """phi(b)/b - phi(a)/a after k steps with eta lambda = a, b: at least 0 where phi(a)/phi(b) <= a/b."""
    return one_layer_descent_fraction(1, b, k) / b - one_layer_descent_fraction(1, a, k) / a


def leads(a: Any, b: Any, steps: int) -> Any:
    """The margins of the bound on the ratio at k = 1, ..., steps."""
    return forall(*(lead(a, b, k) for k in range(1, steps + 1)))


def left_of(rate: str) -> Callable[..., Any]:
    """What is left of a mode with that eta lambda, step by step: 1 less the weight, for the target 1."""

    def run(steps: int, u0: Any, **rates: Any) -> list[Any]:
        moments = np.array([[rates[rate]]], dtype=object)
        step = GradientDescent(1).step(Layers.of_moments(moments, moments))
        return [1 - W[0, 0] for (W,) in iterates(step, (np.array([[1 - u0]], dtype=object),), steps)]

    names = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in (rate, "u0", "steps")]
    run.__signature__ = inspect.Signature(names)  # type: ignore[attr-defined]
    return run


# u and v are what is left after k steps, of u0 at the start: u0 (1 - a)^k and u0 (1 - b)^k; of the start u0 is left to learn.
# The second relation of "pair" is the first one step later
ratio_sharp = always(
    "LIN-5.ratio-sharp",
    b * (u0 - u) <= a * (u0 - v),
    start={u: u0, v: u0},
    step={u: u * (1 - a), v: v * (1 - b)},
    orbit={u: left_of("a"), v: left_of("b")},
    title="the bound on the ratio of learned fractions holds up to eta lambda_max = 3/2",
    over={"a": Real(0, drawn=4), "b": Real(0, drawn=4), "u0": Real(0, drawn=4), "steps": Int(1, 20)},
    given={"small-step": a <= RATIO_BOUND, "larger": b <= a},
    along={
        "below": (2 * u >= -u0) & (u <= u0) & (2 * v >= -u0) & (v <= u0),
        "first": (a <= 1) | (u >= (1 - a) * u0),
        "room": a * u0 + (2 - a - b) * (u0 - u) >= 0,
        "pair": (b * (u0 - u) <= a * (u0 - v)) & (b * (u0 - (1 - a) * u) <= a * (u0 - (1 - b) * v)),
    },
    direct=True,
)
ratio_sharp.twin(
    "larger-step", "bound on the step 5% too large", given={"small-step": a <= sympy.Rational(63, 40)}
)
ratio_sharp.twin("any-order", "either eigenvalue the larger", drop="larger")


@claim(
    "LIN-5.ratio-beyond",
    title="beyond 3/2 the bound fails at the third step, by the square of the excess",
    statement=r"a > \tfrac32,\ b = \tfrac32:\quad"
    r"\frac{1 - (1 - a)^3}{a} - \frac{1 - (1 - b)^3}{b} = (a - \tfrac32)^2 > 0",
    over={"a": Real(0, drawn=4)},
    given={"large-step": a > RATIO_BOUND},
    constants={"step": 3, "scale": 1},
)
def ratio_beyond(a, step, scale):  # type: ignore[no-untyped-def]
    b = Fraction(int(RATIO_BOUND.p), int(RATIO_BOUND.q))
    violation = -lead(a, b, step)
    return forall(equal(violation, scale * (a - b) ** 2), strictly(violation))


ratio_beyond.twin("later-step", "at the fifth step", constants={"step": 5})
ratio_beyond.twin("larger", "violation 5% too large", constants={"scale": Fraction(21, 20)})
ratio_beyond.twin(
    "threshold-too", "at the threshold as well", given={"large-step": a >= sympy.Rational(3, 2)}
)


@claim(
    "LIN-5.not-ratio",
    title="the ratio of learned fractions never exceeds that of the eigenvalues at any stable step size",
    statement=r"0 < b \le a < 2:\quad \frac{1 - (1 - a)^k}{1 - (1 - b)^k} \le \frac{a}{b} \text{ for all } k",
    over={"a": Real(0, drawn=4), "b": Real(0, drawn=4), "steps": Int(1, 20)},
    given={"stable-step": a < 2, "larger": b <= a},
    expects="refuted",
)
def _(a, b, steps):  # type: ignore[no-untyped-def]
    return leads(a, b, steps)


@claim(
    "LIN-5.not-sigma-order",
    title="the one-layer model learns modes in order of sigma",
    statement=r"\sigma_i > \sigma_j \Rightarrow \frac{u_i^\top W_k v_i}{\omega_i} \ge \frac{u_j^\top W_k v_j}{\omega_j}"
    r" \text{ for all } k",
    over={"problem": Problem(gap=Fraction(1, 64)), "s1": Real(0, drawn=4), "steps": Int(1, 40)},
    given={"small-step": s1 <= 1},
    expects="refuted",
)
def _(problem, s1, steps):  # type: ignore[no-untyped-def]
    fractions = learned(problem, from_zero(problem, s1 / largest_row(problem), chosen_times(steps)[1:]))
    return forall(fractions, *(fractions[:, i] - fractions[:, i + 1] for i in range(problem.m - 1)))
