"""Descent on commuting data from a spectral start, up to eta sigma_1 = 1/2: what each of its states keeps to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rankladder import exp, strictly
from rankladder.language.orbits import keeps_form
from rankladder.numbers.words import entrywise
from rankladder.properties.gidel2019.flow import factors
from rankladder.properties.gidel2019.gd import spectral_entries, two_layers
from rankladder.properties.gidel2019.spectral_starts import steps_of
from rankladder.simulate import spectral_start
from rankladder.theory import growth_factor

__all__ = ["on_the_way"]


def on_the_way(
    problem: Any,
    s1: Any,
    delta: Any,
    times: Callable[[], Any],
    says: Callable[..., Any],
    *,
    growth: Any = growth_factor,
    behind: int = 0,
) -> Any:
    """The margin of what a claim says of every state of descent from a spectral start, given the diagonal entries and
    ``e^{-2 delta} (1+s)^{2k}``.

    Along the way each active weight is below its fitted value and above the lower logistic curve, and null ones do not grow.
    """
    start, omega = exp(-2 * delta), problem.omega
    factor = growth(steps_of(problem, s1))

    def along(a: Any, grown: Any) -> list[Any]:
        w = a**2
        cap = entrywise(problem.q, lambda i: omega[i] if i < problem.m else start + 0 * problem.lam[i])
        w_active = w[: problem.m]
        return [strictly(grown), cap - w, grown - w_active, omega * w_active - grown * (omega - w_active)]

    def said(state: Any, grown: Any) -> Any:
        return says(state, spectral_entries(problem, state) ** 2, grown)

    return keeps_form(
        two_layers(problem, s1 / problem.sigma[0]),
        spectral_start(problem.U, problem.V, problem.Q, delta),
        times,
        form=partial(factors, problem),
        read=partial(spectral_entries, problem),
        along=along,
        beside=(start / factor**behind, factor),
        says=said,
    )
