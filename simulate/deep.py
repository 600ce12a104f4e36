"""Linear networks of any depth, ``W = W_1 W_2 … W_L``: gradients, descent, and the time one balanced mode takes.

Plain NumPy on its arguments: float64, ``Fraction`` and ``Ball`` entries all work.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from flint import acb, arb
from numpy.typing import NDArray

from rankladder.numbers.arguments import as_matrix, as_numbers, check_room, large, step_size, together, whole
from rankladder.numbers.arithmetic import is_exact
from rankladder.numbers.balls import Ball, as_balls
from rankladder.simulate.dynamics import GradientDescent, Layers
from rankladder.simulate.own import is_replaced, stand_in
from rankladder.simulate.problems import one_layer_gradient

__all__ = ["deep_descent", "deep_flow_time", "deep_gradients"]

Factors = list[NDArray[Any]]


def deep_gradients(Sxx: Any, Sxy: Any, factors: Sequence[Any]) -> Factors:
    """Gradients of ``f(W_1 … W_L)`` in every factor: ``(W_1 … W_{j−1})ᵀ R (W_{j+1} … W_L)ᵀ``, ``R = Sxx W − Sxy``.

    Args:
        Sxx: (d, d). Sxy: (d, p). factors: (d, r_1), (r_1, r_2), …, (r_{L−1}, p), at least one.

    Raises:
        ValueError: for no factor, factors that do not fit each other, entries that are not real, or an ``Sxx`` that is
            not symmetric.

    >>> [G.tolist() for G in deep_gradients([[2.0]], [[1.0]], [[[3.0]], [[1.0]], [[1.0]]])]
    [[[5.0]], [[15.0]], [[15.0]]]
    """
    chain = _chain(factors)
    return list(Layers(partial(one_layer_gradient, Sxx, Sxy)).gradients(chain))


def _chain(factors: Sequence[Any]) -> Factors:
    """The factors as matrices that fit each other."""
    chain = [as_numbers(W, f"factor {j}") for j, W in enumerate(factors, 1)]
    if not chain:
        raise ValueError("0 factors but at least 1 is needed; pass [W]")
    for j, W in enumerate(chain, 1):
        if W.ndim != 2 or W.size == 0:
            raise ValueError(
                f"factor {j} has shape {W.shape} but must have 2 dimensions >= 1; pass a list of matrices"
            )
    for j, (left, right) in enumerate(pairwise(chain), 1):
        if left.shape[1] != right.shape[0]:
            raise ValueError(
                f"factor {j} has {left.shape[1]} columns but factor {j + 1} has {right.shape[0]} rows; they must agree"
            )
    return chain


def deep_descent(Sxx: Any, Sxy: Any, factors: Sequence[Any], eta: Any, steps: int) -> list[Factors]:
    """The factors after 0, 1, …, ``steps`` steps of gradient descent, all of them updated at once.

    For some steps of a small problem: balls keep the precision in force, and lose a few bits a step.

    Raises:
        ValueError: as :func:`deep_gradients`, for a negative number of steps, a step size that is not > 0, or more
            states than memory should hold.

    >>> orbit = deep_descent([[1.0]], [[1.0]], [[[0.5]], [[0.5]], [[0.5]]], 1.0, 1)
    >>> orbit[1][0].tolist()
    [[0.71875]]
    """
    steps, rate = whole(steps, "steps"), step_size(eta)
    orbit = [_chain(factors)]
    numbers = (steps + 1) * sum(W.size for W in orbit[0])
    check_room(
        numbers, f"{large(steps)} steps", "take fewer steps", exact=is_exact(Sxx, Sxy, *orbit[0], rate)
    )
    step = GradientDescent(rate).step(Layers(partial(one_layer_gradient, Sxx, Sxy)))

    def ours() -> list[Factors]:
        for _ in range(steps):
            orbit.append(list(step(tuple(orbit[-1]))))
        return orbit

    if not is_replaced():
        return ours()
    data = (as_matrix(Sxx, "Sxx"), as_matrix(Sxy, "Sxy"))
    own = stand_in(
        "layers",
        data,
        tuple(orbit[0]),
        rate,
        range(steps + 1),
        lambda: [np.array(part) for part in zip(*ours(), strict=True)],
    )
    return ours() if own is None else [list(state) for state in zip(*own, strict=True)]


def deep_flow_time(sigma: Any, lam: Any, layers: int, first: Any, last: Any) -> Any:
    """Time in which gradient flow carries the entry of one balanced mode from ``first`` to ``last``.

    Solves: ``∫ da / (a^{L−1} (σ − λ a^L))`` over ``[first, last]``, by quadrature in ``log a``.

    Source: the gradient in one factor of ``λ a^{2L}/2 − σ a^L``, all factors equal, divided among ``L`` of them.

    Args:
        sigma, lam, first, last: numbers or arrays of one shape, ``0 < first <= last < (sigma/lam)^{1/L}``.
        layers: L ≥ 2.

    Returns:
        The time; balls enclose it. Not a number where the entry never gets to ``last``.

    Raises:
        ValueError: for fewer than two layers, or arguments that are not real numbers.

    >>> round(float(deep_flow_time(1.0, 1.0, 2, 0.1, 0.5)), 6), round(math.log(33) / 2, 6)
    (1.748254, 1.748254)
    """
    layers = whole(layers, "layers", 2)
    parts = together(sigma=sigma, lam=lam, first=first, last=last)
    exact = any(part.dtype == object for part in parts)
    rule = np.frompyfunc(_enclosed if exact else _quadrature, 5, 1)
    if exact:
        parts = [as_balls(part) for part in parts]
    found = rule(*parts[:2], layers, *parts[2:])
    return found if exact else np.asarray(found, dtype=float)[()]


def _quadrature(sigma: float, lam: float, layers: int, first: float, last: float) -> float:
    import warnings

    from scipy.integrate import IntegrationWarning, quad

    if not 0 < first <= last or lam * last**layers >= sigma:
        return math.nan
    begin, end = math.log(first), math.log(last)

    def rate(y: float) -> float:
        return math.exp(-(layers - 2) * y) / (sigma - lam * math.exp(layers * y))

    with warnings.catch_warnings():
        # close to the fitted value the last digits are lost, which a float may be
        warnings.simplefilter("ignore", IntegrationWarning)
        return float(quad(rate, begin, end, epsabs=0.0, epsrel=1e-11, limit=400)[0])


def _enclosed(sigma: Ball, lam: Ball, layers: int, first: Ball, last: Ball) -> Ball:
    a, b = first.arb, last.arb
    if not (a > 0 and b >= a and lam.arb * b**layers < sigma.arb):
        return Ball(arb("nan"))
    s, x = acb(sigma.arb), acb(lam.arb)

    def rate(y: acb, _: bool) -> acb:
        return (-(layers - 2) * y).exp() / (s - x * (layers * y).exp())

    return Ball(acb.integral(rate, acb(a.log()), acb(b.log())).real)
