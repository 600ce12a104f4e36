"""Derivations verify, and a wrong step does not."""

import re
import sys
from collections.abc import Iterator
from importlib import import_module

import numpy as np
import pytest
import sympy

from rankladder import theory
from rankladder.language.library import load_catalogue
from rankladder.theory import Derivation, DerivationError, Step, all_derivations, derivations_for
from rankladder.theory.notation import eta, s, sigma, t, w
from tests.samples import one_in

CLAIMS = sorted({id.split(".")[0] for id in load_catalogue()})


@pytest.mark.parametrize("name", one_in(3, sorted(all_derivations())))
def test_derivation_verifies_and_prints(name: str) -> None:
    derivation = all_derivations()[name]()
    derivation.verify()
    for step in derivation.steps:
        assert step.name in derivation.text()
        assert step.name in re.sub(r"\\([\^#$%&_{}])(\{\})?", r"\1", derivation.latex())
        assert step.equation not in (True, sympy.true), step.name  # SymPy decided it: nothing to read


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_has_a_derivation(claim: str) -> None:
    assert derivations_for(claim)


def first_expression(residual: object) -> object:
    parts = residual if isinstance(residual, (list, tuple)) else [residual]
    return next((r for r in parts if isinstance(r, (sympy.Expr, sympy.MatrixBase))), None)


@pytest.mark.parametrize("name", one_in(3, sorted(all_derivations())))
def test_a_perturbed_step_is_caught(name: str) -> None:
    """An error of any size in any step must fail, and the message must name the step."""
    derivation = all_derivations()[name]()
    for i, step in enumerate(derivation.steps):
        first = first_expression(step.residual)
        assert first is not None, step.name
        excess = sympy.Symbol("epsilon") * (
            sympy.ones(*first.shape) if isinstance(first, sympy.MatrixBase) else 1
        )
        broken = Step(step.name, step.equation, step.reason, first + excess)
        steps = (*derivation.steps[:i], broken, *derivation.steps[i + 1 :])
        with pytest.raises(DerivationError, match=re.escape(repr(step.name))):
            Derivation(derivation.id, derivation.title, derivation.claims, steps).verify()


@pytest.fixture
def fresh_caches() -> Iterator[None]:
    """What is derived is kept: forget it before and after a mutation."""

    def forget() -> None:
        for key, module in list(sys.modules.items()):
            if key.startswith("rankladder.theory."):
                for value in vars(module).values():
                    getattr(value, "cache_clear", lambda: None)()

    forget()
    yield
    forget()


@pytest.mark.parametrize(
    ("module", "name", "wrong", "derivation"),
    one_in(4, [
        ("network", "mode_velocity_expr", lambda e: -e, "decoupling"),
        ("network", "descent_step_expr", lambda e: sympy.expand(e) / w, "decoupling"),
        ("descent", "growth_factor_expr", lambda e: e * (1 + s), "normal-form"),
        ("descent", "rate_lower_expr", lambda e: e * sympy.Rational(3, 2), "rates"),
        ("descent", "rate_upper_expr", lambda e: 2 * s, "rates"),
        ("descent", "transition_expr", lambda e: e.subs(sympy.log(1 + eta * sigma), eta * sigma), "transition"),
        ("descent", "next_order_expr", lambda e: e + s - s**2, "next-order"),
        ("flow", "stable_solution", lambda e: e.subs(t, 2 * t), "vanishing"),
        ("flow", "hitting_time_expr", lambda e: 2 * e, "hitting-time"),
        ("limits", "plateau_time_expr", lambda e: e / 2, "vanishing"),
        ("limits", "order_delta_expr", lambda e: -e, "order"),
        ("one_layer", "descent_expr", lambda e: e.subs(eta, -eta), "one-layer"),
        ("one_layer", "flow_expr", lambda e: e.subs(t, -t), "one-layer"),
        ("reduced_rank", "gain_expr", lambda e: e / sigma, "reduced-rank"),
        ("reduced_rank", "fitted_expr", lambda e: 1 / e, "loss"),
        ("stability", "hessian_eigenvalue_expr", lambda e: 2 * e, "curvature"),
        ("stability", "cycle_multiplier_expr", lambda e: e + 1, "cycle"),
        ("step_regimes", "lower_curve_polynomial", lambda e: e + s, "lower-curve"),
        ("step_regimes", "descent_threshold_polynomial", lambda e: e + s**3, "loss-descends"),
        ("noncommuting", "second_transition_expr", lambda e: 2 * e, "residual-transition"),
        ("noncommuting", "second_transition_step_expr", lambda e: 2 * e, "residual-transition"),
        ("noncommuting", "escape_steps_expr", lambda e: e / 2, "noncommuting-plateaus"),
        ("noncommuting", "subset_curvature", lambda found: (found[0], found[1] / 2), "noncommuting-plateaus"),
        ("noncommuting", "escape_curvature", lambda found: (found[0], sympy.Integer(1)), "noncommuting-plateaus"),
    ]),
)  # fmt: skip
def test_a_wrong_formula_breaks_its_derivation(
    module, name, wrong, derivation, fresh_caches, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    """Mutate what a module derives; the steps that lead to it or use it must notice."""
    right = getattr(import_module(f"rankladder.theory.{module}"), name)()
    for other in [
        m for key, m in sys.modules.items() if key.startswith("rankladder.theory.") and hasattr(m, name)
    ]:
        monkeypatch.setattr(other, name, lambda: wrong(right))
    build = all_derivations()[derivation].__wrapped__
    with pytest.raises((DerivationError, ArithmeticError, ValueError)):
        build().verify()


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
