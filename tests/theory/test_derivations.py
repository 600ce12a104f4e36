"""Derivations verify, and a wrong step does not."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

import theory
from theory import Derivation, DerivationError, Formula, Step, all_derivations, derivations_for
from theory.derivation import vanishes

IDS = [
    *(f"LIN-{i}" for i in range(1, 6)),
    *(f"FLOW-{i}" for i in range(1, 7)),
    *(f"LIMIT-{i}" for i in range(1, 6)),
    *(f"ORDER-{i}" for i in range(1, 3)),
    *(f"RRR-{i}" for i in range(1, 6)),
    *(f"LOSS-{i}" for i in range(1, 4)),
    *(f"GD-{i}" for i in range(1, 13)),
    *(f"STEP-{i}" for i in range(1, 8)),
]


@pytest.mark.parametrize("name", sorted(all_derivations()))
def test_derivation_verifies_and_prints(name: str) -> None:
    derivation = all_derivations()[name]()
    derivation.verify()
    for step in derivation.steps:
        assert step.name in derivation.text()
        assert step.name in derivation.latex()


@pytest.mark.parametrize("claim", IDS)
def test_every_claim_has_a_derivation(claim: str) -> None:
    assert derivations_for(claim)
    assert derivations_for(f"{claim}.child") == derivations_for(claim)


@pytest.mark.parametrize("name", sorted(all_derivations()))
def test_a_perturbed_step_is_caught(name: str) -> None:
    """Adding a symbol to a residual must fail, and the error must name the step."""
    derivation = all_derivations()[name]()
    for i, step in enumerate(derivation.steps):
        if isinstance(step.residual, bool):
            continue
        first = step.residual[0] if isinstance(step.residual, (list, tuple)) else step.residual
        excess = sympy.Symbol("epsilon") * (
            sympy.ones(*first.shape) if isinstance(first, sympy.MatrixBase) else 1
        )
        broken = Step(step.name, step.equation, step.reason, first + excess)
        steps = (*derivation.steps[:i], broken, *derivation.steps[i + 1 :])
        with pytest.raises(DerivationError, match="does not verify"):
            Derivation(derivation.id, derivation.title, derivation.claims, steps).verify()


def test_wrong_identities_do_not_vanish() -> None:
    x, y = sympy.symbols("x y", positive=True)
    assert vanishes(sympy.log(x * y) - sympy.log(x) - sympy.log(y))
    assert not vanishes(sympy.log(x * y) - sympy.log(x) + sympy.log(y))
    assert not vanishes(sympy.Rational(1, 10**30))
    assert vanishes([sympy.Integer(0), sympy.zeros(2, 2)])
    assert not vanishes([sympy.Integer(0), sympy.eye(2)])
    assert not vanishes(False)


def test_thresholds_are_roots_of_what_they_claim() -> None:
    found = theory.thresholds()
    assert found["monotone"] == sympy.Rational(1, 2)
    assert found["stable 2-cycle"] == sympy.sqrt(5) - 1
    assert abs(theory.cycle_multiplier(float(found["stable 2-cycle"])) + 1) < 1e-12
    loss = float(found["loss descends"])
    starts = np.linspace(1e-3, 1, 20001)
    for step, grows in ((loss - 1e-4, False), (loss + 1e-4, True)):
        worst, z = -np.inf, starts
        for _ in range(3):
            following = theory.normal_form_step(step, z)
            worst, z = max(worst, float(np.max((following - 1) ** 2 - (z - 1) ** 2))), following
        assert (worst > 1e-12) == grows
    sign = float(found["entries keep their sign"])
    for step, changes in ((sign - 1e-4, False), (sign + 1e-4, True)):
        top = theory.normal_form_step(step, starts).max()
        assert (theory.entry_step(step, 1.0, 1.0, np.sqrt(top)) < 0) == changes


def test_formula_arithmetics_agree() -> None:
    from fractions import Fraction

    from simulate.balls import Ball

    s, x = sympy.symbols("s x")
    formula = Formula(sympy.log(1 - 2 * s) / 3 + sympy.exp(-x) * sympy.Rational(1, 7) + sympy.sqrt(x), (s, x))
    exact = [Fraction(1, 10), Fraction(5, 3)]
    ball = formula(*(Ball(v) for v in exact))
    high = formula.expr.subs({s: sympy.Rational(1, 10), x: sympy.Rational(5, 3)}).evalf(40)
    assert (
        ball.arb.overlaps(Ball(Fraction(str(sympy.Rational(str(high))))).arb)
        or abs(ball.mid - float(high)) < 1e-15
    )
    assert abs(formula(*map(float, exact)) - float(high)) < 1e-15
    assert np.allclose(formula(np.array([0.1, 0.2]), 1.0), [formula(0.1, 1.0), formula(0.2, 1.0)])
    assert Formula(s / 3, (s,))(Fraction(1, 2)) == Fraction(1, 6)
    with pytest.raises(ValueError, match="missing"):
        Formula(s + x, (s,))
