"""Proofs about the one-layer model: exact solution, exact iterates, contraction along eigenvectors (LIN-1, LIN-2, LIN-4).

One column with two coordinates in an eigenbasis of Sxx, with and without a kernel.
"""

from __future__ import annotations

from typing import Any

import sympy

from rankladder.language.library import load_catalogue
from rankladder.language.margins import equal
from rankladder.proof.parts import Part
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import Case, by_symbols, cases, equations, show
from rankladder.properties.gidel2019.lin import Moments
from rankladder.simulate import one_layer_descent
from rankladder.theory import one_layer_descent_fraction

SHAPES = tuple({"d": 2, "p": 1, "kernel": kernel} for kernel in (0, 1))
ONE_STEP = tuple({**shape, "steps": 1} for shape in SHAPES)
JOINT: dict[str, Any] = {"problem": (2, 2, 1, 1), "steps": 1}


def _moments(case: Case) -> Moments:
    value = case.values
    return Moments(*(value[n] for n in ("U", "lam", "kernel", "target", "stray")))


def flow() -> Proof:
    """LIN-1."""
    return by_symbols(
        load_catalogue()["LIN-1"], SHAPES,
        argument="""The closed form begins at W_0, and at every time its velocity is minus the gradient at the closed
        form; by uniqueness it is the flow.""",
        facts={"uniqueness of ODE solutions": "the gradient is linear in W"},
    )  # fmt: skip


def _powers() -> list[Part]:
    """After k steps one more makes k + 1, for a whole number k that stays a symbol."""
    k, q = sympy.Symbol("k", integer=True, nonnegative=True), sympy.Symbol("q", real=True)
    eta, lam = sympy.symbols("eta lambda", real=True)
    here, there, one = (one_layer_descent_fraction(eta, lam, n) for n in (k, k + 1, 1))
    residual = sympy.expand_power_exp(there - (here + one - one * here)).subs((1 - eta * lam) ** k, q)
    return [equations("learned fractions compose: f(k + 1) = f(k) + f(1) - f(1) f(k)", [residual])]


def _compose(shape: Any) -> list[Part]:
    """Moving by one fraction and then by another is moving by what they compose to."""
    claim = load_catalogue()["LIN-2"]
    (case,) = cases(claim, [shape])
    data, W0 = _moments(case), case.values["W0"]
    f, g = case.matrix("f", 1, 2)[0], case.matrix("g", 1, 2)[0]
    return list(
        show(
            f"moves compose, {case.name}",
            case,
            lambda: equal(data.moved(data.moved(W0, f), g), data.moved(W0, f + g - g * f)),
        )
    )


def descent() -> Proof:
    """LIN-2."""
    return by_symbols(
        load_catalogue()["LIN-2"], ONE_STEP,
        argument="""By induction on k. W_0 and one step from any W_0 are as claimed: a step moves W by the learned fraction
        f(1) of its way, coordinate by coordinate in the eigenbasis. If k steps move it by f(k), k + 1 steps move it by
        f(k) and then by f(1), which is f(k + 1).""",
        others=lambda: [*_powers(), *(p for shape in ONE_STEP for p in _compose(shape))],
    )  # fmt: skip


def _same_limit(shape: Any) -> list[Part]:
    """A step does not move the limit."""
    claim = load_catalogue()["LIN-4.eigenvectors"]
    (case,) = cases(claim, [shape])
    data, W0 = _moments(case), case.values["W0"]
    eta = data.step(case.values["s1"])

    def stays() -> Any:
        after = one_layer_descent(data.Sxx, data.Sxy, W0, eta, 1).W[1]
        return equal(data.limit(after), data.limit(W0))

    return list(show(f"a step keeps the limit, {case.name}", case, stays))


def eigenvectors() -> Proof:
    """LIN-4 along eigenvectors of Sxx."""
    return by_symbols(
        load_catalogue()["LIN-4.eigenvectors"], ONE_STEP,
        argument="""One step from any W_0 contracts each coordinate's squared distance to the limit of W_0 by
        (1 - eta lambda_i)^2, and does not move that limit; every iterate is the W_0 of the next step.""",
        others=lambda: [p for shape in ONE_STEP for p in _same_limit(shape)],
    )  # fmt: skip


def joint_basis() -> Proof:
    """LIN-4 along the columns of the joint basis of commuting data."""
    claim = load_catalogue()["LIN-4.joint-basis"]

    def from_any_start() -> list[Part]:
        (case,) = cases(claim, [JOINT])
        values = {**case.values, "spread": case.matrix("W0", 2, 2)}
        return list(show("one step from any W_0", case, lambda: claim.conclude(values)))

    return by_symbols(
        claim, [JOINT],
        argument="""On commuting data the columns of U are eigenvectors of Sxx. One step from any W_0 contracts each
        coordinate's squared distance to Sxx^{-1} Sxy by (1 - eta lambda_i)^2; every iterate is the W_0 of the next step.""",
        others=from_any_start,
    )  # fmt: skip


PROOFS = {
    "LIN-1": flow,
    "LIN-2": descent,
    "LIN-4.eigenvectors": eigenvectors,
    "LIN-4.joint-basis": joint_basis,
}
