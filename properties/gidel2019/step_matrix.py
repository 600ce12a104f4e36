"""STEP-6: the regimes of eta sigma_1 on real matrices, in exact arithmetic from a spectral start."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from rankladder import (
    Otherwise,
    Problem,
    Real,
    claim,
    equal,
    exists,
    exp,
    forall,
    least,
    log,
    most,
    strictly,
    symbols,
)
from rankladder.language.orbits import keeps_form
from rankladder.numbers.words import entrywise, first_of
from rankladder.properties.gidel2019.flow import factors
from rankladder.properties.gidel2019.gd import spectral_entries, two_layers
from rankladder.properties.gidel2019.spectral_starts import (
    descended,
    horizon,
    quiet_null,
    small_start,
    steps_of,
)
from rankladder.properties.gidel2019.step import first_pass, landing, two_step_decay
from rankladder.properties.gidel2019.step_escape import peak
from rankladder.properties.gidel2019.step_large import top
from rankladder.simulate import spectral_start

Array = np.ndarray[Any, Any]
s1, delta = symbols("s1 delta")
ANY = Otherwise("problem", Problem(kind="noncommuting"))
OVER = {
    "problem": Problem(sigma=(1, 4), null=(0, 16)),
    "s1": Real(0, drawn=(Fraction(1, 4), 4)),
    "delta": Real(drawn=(-2, 4)),
}


def spectral_orbit(problem: Any, s1: Any, delta: Any, times: list[int]) -> Array:
    """Products in the joint frame, ``U^T W_k V``, of the orbit from the spectral start (len(times), d, p)."""
    orbit = descended(problem, s1, delta, times)
    return np.stack([(problem.U.T @ A) @ (C @ problem.V) for A, C in zip(orbit.W1, orbit.W2, strict=True)])


def diagonal(problem: Any, framed: Array) -> tuple[Array, Any]:
    """The modes' coefficients (times, min(d, p)), and the margin of everything else being zero."""
    w = np.stack([np.diagonal(each) for each in framed])
    mask = ~np.eye(problem.d, problem.p, dtype=bool)
    return w, forall(equal(framed[:, mask], 0)) if mask.any() else equal(w[0, 0], w[0, 0])


def kept(problem: Any, s1: Any, delta: Any, **says: Any) -> Any:
    """The margin of what is claimed of the entries of every state of descent from the spectral start, which stay diagonal."""
    return keeps_form(
        two_layers(problem, s1 / problem.sigma[0]),
        spectral_start(problem.U, problem.V, problem.Q, delta),
        lambda: {horizon(problem, s1, delta) * i // 4 for i in range(5)},
        form=partial(factors, problem),
        read=partial(spectral_entries, problem),
        **says,
    )


@claim(
    "STEP-6.monotone",
    title="matrices: up to eta sigma_1 = 1/2 every active mode rises to its fitted value, null modes shrink",
    statement=r"\eta\sigma_1 \le \tfrac12,\ z_i(0) \le 1,\ \eta\lambda_i w_i(0) < 2 \text{ (null)}:\quad"
    r" U^\top W_k V = \mathrm{diag}(w_i(k)),\ w_i(k) \le w_i(k+1) \le \omega_i,\ "
    r"w_i(k) \ge w_i(k+1) \ge 0 \text{ (null)}",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A4); restated",
    over=OVER,
    given={"commuting": ANY, "small-step": 2 * s1 <= 1, "small-start": small_start, "quiet-null": quiet_null},
    constants={"cap": 1},
)
def monotone(problem: Any, s1: Any, delta: Any, cap: Any) -> Any:
    start = exp(-2 * delta)

    def below(a: Any, share: Any) -> Any:
        w, omega = a**2, problem.omega
        return entrywise(problem.q, lambda i: share * omega[i] - w[i] if i < problem.m else start - w[i])

    def moves(here: Any, there: Any) -> Any:
        w, later = here**2, there**2
        rise = entrywise(problem.q, lambda i: later[i] - w[i] if i < problem.m else w[i] - later[i])
        return forall(rise, below(there, cap))

    return kept(problem, s1, delta, along=lambda a: [below(a, 1)], moves=moves)


for _name in ("commuting", "small-start", "quiet-null"):
    monotone.twin(f"no-{_name}", f"without {_name}", drop=_name)
monotone.twin("larger-step", "steps up to 0.525/sigma_1", given={"small-step": 40 * s1 <= 21})
monotone.twin("lower-cap", "a cap 1% below the fitted value", constants={"cap": Fraction(99, 100)})


@claim(
    "STEP-6.convergent",
    title="matrices: up to eta sigma_1 = 1 every two steps bring every active mode closer to its fitted value",
    statement=r"\eta\sigma_1 \le 1:\quad"
    r"(1 - z_i(k+2))^2 \le (1 - z_i(k))^2 \left(1 - 4 s_i z_i(k) (1 - s_i + (1 - z_i(k))^2)\right)",
    source="Gidel, Bach, Lacoste-Julien 2019, abstract (A4); restated",
    over=OVER,
    given={"commuting": ANY, "convergent": s1 <= 1, "small-start": small_start, "quiet-null": quiet_null},
    constants={"rate": 4, "apart": 2},
)
def convergent(problem: Any, s1: Any, delta: Any, rate: Any, apart: int) -> Any:
    """Two steps bring every active mode closer, by the share that one mode alone is sure of."""
    s, omega, start = steps_of(problem, s1), problem.omega, exp(-2 * delta)

    def inside(a: Any) -> Any:
        """Beyond its fitted value no mode is larger than the largest image 4(1 + s)^3/(27 s) of its map."""

        def room(i: Any) -> Any:
            z = a[i] ** 2 / omega[i]
            return most(1 - z, least(z - 1, 2 * s[i] - 1, 4 * (1 + s[i]) ** 3 - 27 * s[i] * z))

        return entrywise(problem.q, lambda i: room(i) if i < problem.m else start - a[i] ** 2)

    def moves(here: Any, there: Any, after: Any) -> Any:
        later = (here, there, after)[apart]

        def closer(i: Any) -> Any:
            z, last = here[i] ** 2 / omega[i], later[i] ** 2 / omega[i]
            return (1 - z) ** 2 * two_step_decay(s[i], z, 1 - z, rate) - (1 - last) ** 2

        return entrywise(problem.q, lambda i: closer(i) if i < problem.m else here[i] ** 2 - later[i] ** 2)

    return kept(problem, s1, delta, along=lambda a: [inside(a)], moves=moves)


for _name in ("commuting", "small-start", "quiet-null"):
    convergent.twin(f"no-{_name}", f"without {_name}", drop=_name)
convergent.twin("larger-step", "steps up to 1.05/sigma_1", given={"convergent": 20 * s1 <= 21})
convergent.twin("one-step", "one step in place of two", constants={"apart": 1})


def room(problem: Any, s1: Any, w: Any, share: Any) -> Any:
    """How far ``eta lambda_i w_i`` is below a share of ``2 + s_i``, for the modes that the start carries (q,); s_i = 0 for
    null modes.
    """
    s, eta = steps_of(problem, s1), s1 / problem.sigma[0]

    def left(i: Any) -> Any:
        return share * (2 + s[i] if i < problem.m else 2) - eta * problem.lam[i] * w[i]

    return entrywise(problem.q, left)


def inside(problem: Any, s1: Any, delta: Any) -> Any:
    """For every mode that the start carries, eta lambda_i w_i(0) <= 2 + s_i."""
    return forall(room(problem, s1, exp(-2 * delta) + 0 * problem.lam[: problem.q], 1))


@claim(
    "STEP-6.bounded",
    title="matrices: up to eta sigma_1 = 2 no mode leaves its invariant interval",
    statement=r"\eta\sigma_1 \le 2,\ \eta\lambda_i w_i(0) \le 2 + \eta\sigma_i:\quad"
    r"0 \le \eta\lambda_i w_i(k) \le 2 + \eta\sigma_i",
    over=OVER,
    given={"commuting": ANY, "small-step": s1 <= 2, "inside": inside},
    constants={"share": 1},
)
def bounded(problem: Any, s1: Any, delta: Any, share: Any) -> Any:
    return kept(
        problem,
        s1,
        delta,
        along=lambda a: [room(problem, s1, a**2, 1)],
        moves=lambda here, there: forall(*(room(problem, s1, a**2, share) for a in (here, there))),
    )


bounded.twin("no-commuting", "data that do not commute", drop="commuting")
bounded.twin("not-inside", "starts outside", drop="inside")
bounded.twin("lower", "bounds 5% lower", constants={"share": Fraction(19, 20)})
bounded.twin("larger-step", "steps up to 2.2/sigma_1", given={"small-step": 5 * s1 <= 11})


@claim(
    "STEP-6.overshoot",
    title="matrices: at every eta sigma_1 > 1/2 the first mode reaches its fitted value or passes it",
    statement=r"\eta\sigma_1 > \tfrac12,\ z_1(0) < 1,\ w_i(0) < w_1(0)\ (i > 1):\quad \max_{k \le K+1} w_1(k) \ge \omega_1,\ "
    r"K \text{ the hitting bound of } z_{land}(\eta\sigma_1) < 1",
    over={**OVER, "s1": Real(0, drawn=(Fraction(1, 4), 64)), "delta": Real(drawn=(-16, 16))},
    given={"commuting": ANY, "large-step": 2 * s1 > 1},
    constants={"horizon": first_pass},
)
def overshoots(problem: Any, s1: Any, delta: Any, horizon: Any) -> Any:
    last = horizon(s1, exp(-2 * delta) / problem.omega[0])
    # the others start so much smaller that none of them can diverge before the first has passed
    scales = [delta, *[3 + abs(delta)] * (problem.q - 1)]
    w, rest = diagonal(problem, spectral_orbit(problem, s1, scales, list(range(last + 1))))
    return forall(rest, strictly(1 - landing(s1)), exists(w[:, 0] / problem.omega[0] - 1))


overshoots.twin("no-commuting", "data that do not commute", drop="commuting")
overshoots.twin("smaller-step", "steps from 0.475/sigma_1 on", given={"large-step": 40 * s1 > 19})
overshoots.twin(
    "one-earlier",
    "the step that reaches z_land, not the one after it",
    constants={"horizon": lambda s, z0: first_pass(s, z0) - 1},
)


@claim(
    "STEP-6.unbounded",
    title="matrices: at every eta sigma_1 > 2 a spectral start with z_1(0) < 1 leaves for infinity",
    statement=r"\eta\sigma_1 > 2,\ z_1(0) = \tfrac{1 + s}{3 s},\ T = \tfrac{2 + s}{s}:\quad"
    r" z_1(1) > T,\ z_1(k+1) - T \ge (5 + 2 s)(z_1(k) - T) \text{ for all } k \ge 1",
    over=OVER,
    given={"commuting": ANY, "large-step": s1 > 2},
    constants={"start": peak},
)
def leaves(problem: Any, s1: Any, delta: Any, start: Any) -> Any:
    """From the peak of the first mode's map it jumps above ``T`` and then moves away from it."""
    one = first_of(problem.m)
    run = two_layers(problem, s1 / problem.sigma[0])
    first = -log(start(s1) * problem.omega[0]) / 2
    scales = entrywise(problem.q, lambda i: first if i < one else delta + 0 * problem.lam[i])
    (after,) = run(spectral_start(problem.U, problem.V, problem.Q, scales), [1])

    def beyond(a: Any) -> Any:
        """How far z_1 is above T."""
        return a[: problem.m][:one] ** 2 / problem.omega[:one] - top(s1)

    return keeps_form(
        run,
        after,
        lambda: [0],
        form=partial(factors, problem),
        read=partial(spectral_entries, problem),
        along=lambda a: [strictly(beyond(a))],
        moves=lambda here, there: s1 * (beyond(there) - (5 + 2 * s1) * beyond(here)),
        says=lambda state: strictly(beyond(spectral_entries(problem, state))),
    )


leaves.twin("no-commuting", "data that do not commute", drop="commuting")
leaves.twin("smaller-step", "steps from 1.9/sigma_1 on", given={"large-step": 10 * s1 > 19})
leaves.twin(
    "beside", "a start 5% to the right of the peak", constants={"start": lambda s: Fraction(21, 20) * peak(s)}
)

claim(
    "STEP-6.not-to-one",
    title="matrices: every active mode rises at every step size that converges",
    statement=r"\eta\sigma_1 \le 1:\quad w_i(k) \le w_i(k+1) \le \omega_i",
    over=OVER,
    given={"commuting": ANY, "convergent": s1 <= 1, "small-start": small_start, "quiet-null": quiet_null},
    expects="refuted",
)(lambda problem, s1, delta: monotone.conclusion(problem, s1, delta, cap=1))
claim(
    "STEP-6.not-to-two",
    title="matrices: every two steps bring every active mode closer at every step size that keeps it bounded",
    statement=r"\eta\sigma_1 \le 2:\quad |1 - z_i(k+2)| \le |1 - z_i(k)|",
    over=OVER,
    given={"commuting": ANY, "bounded": s1 <= 2, "small-start": small_start, "quiet-null": quiet_null},
    expects="refuted",
)(lambda problem, s1, delta: convergent.conclusion(problem, s1, delta, rate=0, apart=2))
