"""What a notebook shows of a claim, a verdict, an instance, a derivation and a trajectory."""

from __future__ import annotations

import numpy as np

from rankladder import Ball, Real, check, claim, symbols
from rankladder.language.library import load_catalogue
from rankladder.simulate import (
    descent,
    gradient_flow,
    matrix_descent,
    mode_descent,
    mode_trajectory,
    one_layer_descent,
)
from rankladder.simulate.showing import curves
from rankladder.theory.derivation import derivations_for
from tests.properties.test_report import Structure

x = symbols("x")


def well_formed(text: str | None) -> str:
    assert text is not None
    parser = Structure()
    parser.feed(text)
    assert parser.open == []
    return text


def stated():
    # inside a function: the plugin makes a test of every claim that has a name in a test module
    @claim(
        "shown",
        over={"x": Real(0, 4)},
        given={"below <2>": x < 2},
        title="x & its square",
        statement=r"x^2 \le \frac{x}{2}",
    )
    def shown(x):
        return x / 2 - x * x

    return shown


def test_claim_shows_statement_and_assumptions() -> None:
    text = well_formed(stated()._repr_html_())
    assert "<msup>" in text
    assert "\\" not in text
    assert "below &lt;2&gt;" in text
    assert "x &amp; its square" in text
    assert stated()._repr_latex_() == r"$\displaystyle x^2 \le \frac{x}{2}$"


def test_every_claim_of_the_catalogue_shows_itself() -> None:
    for c in load_catalogue().values():
        text = well_formed(c._repr_html_())
        if c.statement:
            assert "<math" in text, c.id


def test_without_the_library_the_notebook_typesets(monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert r"$\displaystyle x^2 \le \frac{x}{2}$" in well_formed(stated()._repr_html_())


def test_verdict_shows_its_counterexample() -> None:
    result = check(stated(), profile="quick")
    text = well_formed(result._repr_html_())
    assert f"<code>{result.counterexample}</code>" in text
    assert "refuted</b> <i>(expected: holds)</i>" in text


def test_derivation_shows_every_step_with_its_reason() -> None:
    for claim_id in ("FLOW-2", "GD-4", "LIMIT-1"):
        for derivation in derivations_for(claim_id):
            text = well_formed(derivation._repr_html_())
            assert text.count("<li>") == text.count("because ") == len(derivation.steps)


def test_trajectories_show_curves() -> None:
    Sxx, Sxy = np.eye(2), np.array([[2.0, 0.0], [0.0, 1.0]])
    W = 0.1 * np.eye(2)
    for run, count in (
        (matrix_descent(Sxx, Sxy, W, W, 0.1, 30), 2),
        (gradient_flow(Sxx, Sxy, W, W, [0.0, 1.0, 2.0]), 2),
        (one_layer_descent(Sxx, Sxy, W, 0.1, 30), 2),
        (mode_trajectory([3, 2, 1], [1, 1, 1], 0.1, 5, 60), 3),
        (mode_descent(2.0, 1.0, 0.1, 0.01, 40), 1),
        (descent(0.3, 0.01, 20), 1),
        (descent(Ball(1) / 3, Ball(1) / 100, 20), 1),
    ):
        text = well_formed(run._repr_html_())
        assert text.count("<polyline") == count
        assert "nan" not in text


def test_a_run_that_diverges_says_when() -> None:
    run = matrix_descent(np.eye(1), np.eye(1), 2 * np.eye(1), 2 * np.eye(1), 9.0, 60)
    assert run.diverged_at is not None
    assert f"diverged at step {run.diverged_at}" in well_formed(run._repr_html_())


def test_symbols_have_no_picture() -> None:
    assert curves([0, 1], np.array([x, x * x], dtype=object), what="z") is None
