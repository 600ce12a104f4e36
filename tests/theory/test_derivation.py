"""What a derivation is made of: verification, and its three ways to be read."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from importlib import import_module

import pytest
import sympy

from rankladder import theory
from rankladder.theory import Derivation, DerivationError, Step, all_derivations, derivations_for
from rankladder.theory.derivation import _claims, vanishes

x, y = sympy.symbols("x y", positive=True)

TITLED = {
    "commuting-distance": ("PERT-4",),
    "conservation": ("FLOW-3", "FLOW-4"),
    "curvature": ("STEP-7", "RRR-5"),
    "cycle": ("STEP-3",),
    "decoupling": ("FLOW-1", "GD-1", "STEP-6"),
    "depth": ("DEPTH-1", "DEPTH-2"),
    "distance": ("GD-10",),
    "entry-signs": ("GD-1",),
    "frames": ("INIT-1",),
    "gaussian-start": ("INIT-2",),
    "gradients": ("FLOW-1", "FLOW-3", "FLOW-4", "GD-1"),
    "hitting-steps": ("GD-6",),
    "hitting-time": ("FLOW-6",),
    "loss": ("LOSS-1", "LOSS-2"),
    "loss-descends": ("LOSS-3",),
    "lower-curve": ("GD-4",),
    "mode-flow": ("FLOW-2", "FLOW-5", "RRR-4"),
    "next-order": ("GD-12",),
    "noncommuting-plateaus": ("GEN-1", "GEN-2"),
    "normal-form": ("GD-2", "GD-3", "GD-11"),
    "one-layer": ("LIN-1", "LIN-2", "LIN-3", "LIN-4"),
    "one-layer-fractions": ("LIN-5",),
    "order": ("ORDER-1", "ORDER-2", "LIMIT-5"),
    "perturbation": ("PERT-1", "PERT-2", "PERT-3"),
    "rates": ("GD-4", "GD-5"),
    "reduced-rank": ("RRR-1", "RRR-2", "RRR-3"),
    "residual-transition": ("GEN-3",),
    "step-bounded": ("STEP-3", "STEP-4", "STEP-5", "STEP-6"),
    "step-convergent": ("STEP-2", "STEP-6"),
    "step-monotone": ("STEP-1", "RRR-4", "STEP-6"),
    "transition": ("GD-7", "GD-8", "GD-9"),
    "vanishing": ("LIMIT-1", "LIMIT-2", "LIMIT-3", "LIMIT-4"),
}


def test_every_derivation_says_which_claims_it_leads_to() -> None:
    assert all_derivations().keys() == TITLED.keys()
    assert _claims.keys() == {c for claims in TITLED.values() for c in claims}
    for claim in _claims:  # what derivations_for looks up, underived
        assert set(_claims[claim]) == {n for n, claims in TITLED.items() if claim in claims}
    assert [d.claims for d in derivations_for("PERT-4")] == [("PERT-4",)]
    assert derivations_for("GD-1.child.of-child") == derivations_for("GD-1")
    assert derivations_for("NONE-1") == []


def test_what_is_derived_is_kept() -> None:
    """A derivation runs once; so does every function without arguments that a derivation or a formula calls."""
    for name, build in all_derivations().items():
        assert build() is build(), name
    for module in theory._HOMES:
        for name, value in vars(import_module(f"rankladder.theory.{module}")).items():
            own = getattr(value, "__module__", None) == f"rankladder.theory.{module}" and callable(value)
            if own and (
                name.endswith(("_expr", "_exprs", "_polynomial", "_formulas", "_formula", "solution"))
            ):
                assert value() is value(), name


KEPT = {
    "depth": ["switch_split", "switch_bounds"],
    "limits": ["bounds"],
    "network": ["_diagonal_problem", "_diagonal_gradient", "mode_gradient"],
    "noncommuting": ["subset_curvature", "escape_curvature"],
    "perturbation": ["second_variation"],
    "stability": ["_off_diagonal_curvature", "plateau_matrix"],
    "starts": ["frame_condition", "growing_combination"],
    "step_regimes": ["lower_curve_gap", "thresholds", "threshold_polynomials"],
}


@pytest.mark.parametrize("module", KEPT)
def test_what_takes_time_is_derived_once(module: str) -> None:
    for name in KEPT[module]:
        derive = getattr(import_module(f"rankladder.theory.{module}"), name)
        assert derive() is derive(), name


def test_what_depends_on_a_shape_is_kept_by_shape() -> None:
    from rankladder.theory.depth import gradient_entry
    from rankladder.theory.network import network

    assert network((2, 2, 2)) is network((2, 2, 2)) is not network((3, 2, 3))
    assert gradient_entry(3) is gradient_entry(3)


def test_nothing_derived_can_be_changed() -> None:
    step = Step("a", "b", "c", 0)
    found = Derivation("i", "t", ("A-1",), (step,))
    with pytest.raises(dataclasses.FrozenInstanceError):
        step.residual = 1  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.steps = ()  # type: ignore[misc]
    from rankladder.theory.network import network

    with pytest.raises(dataclasses.FrozenInstanceError):
        network((2, 2, 2)).X = sympy.eye(2)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("residual", "zero"),
    [
        (None, False),
        (True, True),
        (False, False),
        (sympy.true, True),
        (sympy.false, False),
        ([], True),
        ((x - x, 0), True),
        ([0, x], False),
        ([x, 0], False),
        ([None, 0], False),
        (sympy.zeros(2, 1), True),
        (sympy.Matrix([0, x]), False),
        (sympy.Matrix([(x + 1) ** 2 - x**2 - 2 * x - 1, 0]), True),
        (0, True),
        (1, False),
        ((x + y) ** 2 - x**2 - 2 * x * y - y**2, True),
        (1 / (x + 1) - 1 / x + 1 / (x * (x + 1)), True),
        (sympy.log(x**2 * y) - 2 * sympy.log(x) - sympy.log(y), True),
        (sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1, True),
        (sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1 + sympy.Rational(1, 10**40), False),
        # zero at the one rational point that is tried first, but not zero
        (x - sympy.Rational(3, 11), False),
        (sympy.Symbol("a", commutative=False) * sympy.Symbol("b", commutative=False), False),
    ],
)
def test_only_zero_vanishes(residual: object, zero: bool) -> None:
    assert vanishes(residual) is zero


def test_a_failure_names_its_step_and_shows_the_residual_cut_short() -> None:
    Step("fine", "0 = 0", "it is", 0).verify()
    with pytest.raises(DerivationError, match=r"^step 'bad' does not verify: residual x - 1$"):
        Step("bad", "x = 1", "it is not", x - 1).verify()
    long = sum(sympy.Symbol(f"v{i:03}") for i in range(200))
    with pytest.raises(DerivationError) as caught:
        Step("long", "", "", long).verify()
    assert str(caught.value) == f"step 'long' does not verify: residual {sympy.sstr(long)[:200]}"
    assert issubclass(DerivationError, ArithmeticError)


def sample() -> Derivation:
    steps = (
        Step("50% & more", sympy.Eq(x, y / 2), "half of y_1", 0),
        Step("in words", "a_b <= c^2 {~}", "because", 0),
        Step("a relation", sympy.Ge(x, y), "sign", 0),
    )
    return Derivation("one", "Title", ("A-1",), steps)


def test_plain_text() -> None:
    assert sample().text().splitlines() == [
        "Derivation one: Title",
        "  1. 50% & more",
        "       x = y/2",
        "       because half of y_1",
        "  2. in words",
        "       a_b <= c^2 {~}",
        "       because because",
        "  3. a relation",
        "       x >= y",
        "       because sign",
    ]


def test_latex_is_escaped() -> None:
    lines = sample().latex().splitlines()
    assert lines[:2] == [r"\paragraph{Title}", r"\begin{enumerate}"] and lines[-1] == r"\end{enumerate}"
    assert lines[2] == r"\item \textbf{50\% \& more}: $\displaystyle x = \frac{y}{2}$ (half of y\_1)"
    assert lines[3] == r"\item \textbf{in words}: \texttt{a\_b <= c\^{}2 \{\~{}\}} (because)"
    assert lines[4] == r"\item \textbf{a relation}: $\displaystyle x \geq y$ (sign)"
    assert sample()._repr_latex_().startswith(r"$\begin{aligned} \text{50\% \& more} &: \displaystyle x = ")
    assert sample()._repr_latex_().count(r" \\ ") == 2 and sample()._repr_latex_().endswith(r"\end{aligned}$")


def test_a_notebook_shows_markup() -> None:
    page = sample()._repr_html_()
    assert page.startswith(
        "<div><b>one</b> Title<ol><li><b>50% &amp; more</b>: $\\displaystyle x = \\frac{y}{2}$<br>"
    )
    assert "<code>a_b &lt;= c^2 {~}</code><br><small>because because</small></li>" in page
    assert page.count("<li>") == 3 and page.endswith("</ol></div>")


def test_nothing_is_derived_on_import_and_every_name_is_found() -> None:
    words = "import sys; from rankladder import theory; assert not any(m.startswith('theory.') or m == 'sympy' for m in sys.modules)"
    subprocess.run([sys.executable, "-c", words], check=True)
    assert "rates" in theory._HOMES and sorted(theory.__all__) == theory.__all__
    for name in theory.__all__:
        assert callable(getattr(theory, name))
        assert vars(theory)[name] is getattr(theory, name)  # kept: the second look-up is plain
    with pytest.raises(AttributeError, match="module 'theory' has no attribute 'absent'"):
        _ = theory.absent  # type: ignore[attr-defined]
