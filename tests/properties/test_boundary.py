"""Sharp thresholds are bracketed, certified on the failing side, and named where they are simple."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from properties import Int, Real, claim, forall, lemma, symbols
from properties.cli import main
from properties.engine.boundary import find_boundary
from properties.library import load_catalogue
from simulate import descent

s, z0, x, a = symbols("s z0 x a")


@pytest.mark.parametrize("seed", range(2))
def test_overshoot_begins_at_one_half(seed: int) -> None:
    @claim(
        "t-boundary",
        over={"s": Real(0, 3), "z0": Real(0, 4), "steps": Int(1, 20)},
        given={"small-step": 2 * s <= 1, "small-start": z0 < 1},
    )
    def made(s, z0, steps):
        return forall(descent(s, z0, steps).x)

    found = find_boundary(made, "s", width=1e-6, seed=seed)
    assert found.holds_at is not None
    assert found.fails_at is not None
    assert found.holds_at <= Fraction(1, 2) < found.fails_at
    assert found.fails_at - found.holds_at <= 1e-6
    assert found.witness is not None
    assert found.witness.judgement.outcome == "violated"
    assert found.estimate == 0.5
    assert found.confirmed


def test_an_irrational_threshold_gets_its_polynomial() -> None:
    # x^2 - a x + 1 >= 0 for all x iff a <= 2: the threshold of a^2 + a in place of a is (sqrt 33 - 1)/2 - ...
    made = lemma("t-golden", x * x - (a * a + a) * x + 1 >= 0, over={"a": Real(0, 3), "x": Real(0, 4)})
    found = find_boundary(made, "a", width=1e-9)
    assert found.estimate == pytest.approx(1.0)
    golden = lemma("t-root", x * x + 1 >= a * a * x / 2, over={"a": Real(0, 5), "x": Real(0, 4)})
    found = find_boundary(golden, "a", width=1e-8)
    assert found.estimate == pytest.approx(2.0)
    root = lemma("t-sqrt", x * x + 2 >= a * x, over={"a": Real(0, 5), "x": Real(0, 4)})
    found = find_boundary(root, "a", width=1e-8)
    assert found.polynomial == "x**2 - 8"


def test_no_threshold_and_bad_parameters(capsys: pytest.CaptureFixture[str], tmp_path, monkeypatch) -> None:
    made = lemma("t-never", x * x + 1 > a * x / 9, over={"a": Real(0, 4), "x": Real(0, 4)})
    assert not find_boundary(made, "a").reached
    with pytest.raises(ValueError, match="a, x"):
        find_boundary(made, "q")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.py").write_text(
        "from properties import Real, lemma, symbols\na, x = symbols('a x')\n"
        "lemma('c', x * x + 2 >= a * x, over=dict(a=Real(0, 5), x=Real(0, 4)))\n"
    )
    assert main(["boundary", "c", "c.py", "--parameter", "a", "--width", "1e-4", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["holds_at"]["float"] < 8**0.5 < report["fails_at"]["float"]
    assert report["certified"] is True
    assert main(["boundary", "c", "c.py", "--parameter", "q"]) == 2


SHARP = (
    ("STEP-1.monotone", "s", "2*x - 1"),
    ("STEP-2.limit", "s", "x - 1"),
    ("STEP-3.stable", "s", "x**2 + 2*x - 4"),
    ("STEP-5.lemma", "s", "x - 2"),
    ("STEP-7.stable", "x", "x - 2"),
    ("LIN-3.contraction", "s1", "x - 2"),
    ("LIN-5.ratio-sharp", "a", "2*x - 3"),
    ("LOSS-3.descent", "s", "8*x**6 + 48*x**5 + 66*x**4 - 110*x**3 - 366*x**2 - 330*x + 629"),
    ("GD-4.lower", "s", "2*x**3 + 3*x**2 - 2"),
    ("GD-1.sign", "s", "4*x**2 + 8*x - 23"),
)


@pytest.mark.slow
@pytest.mark.parametrize(("id", "parameter", "polynomial"), SHARP)
def test_the_catalogue_has_sharp_thresholds(id: str, parameter: str, polynomial: str) -> None:
    # a loaded machine may take many times the minute that the longest of these needs
    found = find_boundary(load_catalogue()[id], parameter, width=1e-7, budget=1500)
    assert found.holds_at is not None
    assert found.fails_at is not None
    assert abs(found.fails_at - found.holds_at) <= 1e-7
    assert found.witness is not None
    assert found.witness.judgement.outcome == "violated"
    assert found.polynomial == polynomial
    assert found.confirmed


def test_a_polynomial_of_high_degree_is_found_from_a_narrow_bracket_alone() -> None:
    found = find_boundary(load_catalogue()["LOSS-3.above"], "s", width=1e-30)
    assert found.polynomial == "8*x**6 + 48*x**5 + 66*x**4 - 110*x**3 - 366*x**2 - 330*x + 629"
    assert found.confirmed
