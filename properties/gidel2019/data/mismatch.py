"""Why a recorded run is none of gradient descent with the step size and the data that were given for it: usual reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.reading import data_of_moments
from rankladder.properties.gidel2019.data.record import Factors

__all__ = ["Descent", "loss_factors", "plain", "usual_reason"]

Descent = Callable[[Factors, int], Factors | None]  # from factors after so many steps; None where it diverges


def plain(geometry: Geometry, eta: float) -> Descent:
    """Gradient descent on a geometry's data."""

    def descend(state: Factors, length: int) -> Factors | None:
        part = geometry.descend(*state, eta, [0, length])
        return None if part.diverged_at is not None else (part.W1[-1], part.W2[-1])

    return descend


def usual_reason(geometry: Geometry, eta: float, leads: Callable[[Descent], bool]) -> str:
    """The usual mistake that explains the run, in words; empty where none does.

    Tried are gradients too large or small by the factors that another form of the loss brings, and data that are centred
    in one place and not in the other; then both; at last factors that are updated one after the other.

    Args:
        leads: whether a descent leads from recorded state to recorded state.
    """
    data = geometry.data
    other = None if data.otherwise is None else Geometry.of(data_of_moments(*data.otherwise))
    which = (
        "on data that are not centred, and here they are (--no-center leaves them as they are)"
        if data.centred
        else "on centred data, and here they are not (leave out --no-center)"
    )
    for made, where in ((geometry, ""), (other, which)):
        for factor, form in loss_factors(data.n, geometry.shape[1]) if made is not None else ():
            if not (factor == 1 and not where) and made is not None and leads(plain(made, eta * factor)):
                size = (
                    ""
                    if factor == 1
                    else f"with a gradient {factor:.4g} times as large ({form}) or with eta = {eta * factor:.8g}"
                )
                return (
                    f"its steps are those of descent {' and '.join(part for part in (size, where) if part)}"
                )
    for first in (0, 1):
        for anew, residual in ((False, "the residual of before"), (True, "the residual taken anew")):
            if leads(partial(_alternating, geometry, eta, first, anew)):
                one, two = f"W{first + 1}", f"W{2 - first}"
                return (
                    f"its steps update {one} first, and {two} with the new {one} and {residual}: compute both gradients "
                    "before either update"
                )
    return ""


def _alternating(
    geometry: Geometry, eta: float, first: int, anew: bool, state: Factors, length: int
) -> Factors | None:
    """Where ``length`` steps lead that update one factor, and the other with what the first has become."""
    Sxx, Sxy = geometry.data.Sxx, geometry.data.Sxy
    W1, W2 = state
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(length):
            residual = Sxx @ W1 @ W2 - Sxy
            for turn in (first, 1 - first):
                if anew and turn != first:
                    residual = Sxx @ W1 @ W2 - Sxy
                if turn:
                    W2 = W2 - eta * W1.T @ residual
                else:
                    W1 = W1 - eta * residual @ W2.T
    return (W1, W2) if np.isfinite(W1).all() and np.isfinite(W2).all() else None


def loss_factors(n: int | None, p: int) -> Iterator[tuple[float, str]]:
    """How many times as large as that of ``||XW - Y||_F^2/(2n)`` the gradient of another loss is, and which."""
    yield 1.0, ""
    yield 2.0, "a loss without the 1/2"
    yield 0.5, "half of the loss"
    if p > 1:
        yield 2 / p, "the mean over all entries of XW - Y, squared"
        yield 1 / p, "half of the mean over all entries of XW - Y, squared"
    if n is not None and n > 1:
        yield float(n), "a sum over the samples in the place of their mean"
        yield 2.0 * n, "a sum over the samples without the 1/2"
        yield n / (n - 1), "a mean that divides by n - 1"
        yield 1 / n, "divided by the number of samples twice"
