"""Thresholds: certified on the failing side, named where they are simple, and what the other side rests on."""

import re
from fractions import Fraction
from typing import Any

import pytest

from rankladder import Int, Real, always, claim, forall, lemma, symbols
from rankladder.app.main import main
from rankladder.language.library import load_catalogue
from rankladder.simulate import descent
from rankladder.verdicts import boundary as find_boundary

s, z, z0, x, a, r = symbols("s z z0 x a r")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_overshoot_begins_at_one_half(seed: int) -> None:
    @claim(
        "t-boundary",
        over={"s": Real(0, 3), "z0": Real(0, 4), "steps": Int(1, 6)},
        given={"small-step": 2 * s <= 1, "small-start": z0 < 1},
    )
    def made(s, z0, steps):
        return forall(descent(s, z0, steps).x)

    found = find_boundary(made, "s", width=1e-6, seed=seed)
    assert (found.kind, found.estimate, found.polynomial) == ("found", 0.5, "2*x - 1")
    assert found.holds_at is not None
    assert found.fails_at is not None
    assert found.holds_at <= Fraction(1, 2) < found.fails_at <= found.holds_at + Fraction(2, 10**6)
    assert found.witness is not None
    assert found.witness.judgement.outcome == "violated"
    assert found.set_aside == ("small-step",)


@pytest.mark.slow
def test_a_lemma_is_proved_up_to_an_irrational_threshold() -> None:
    made = lemma("t-sqrt", x * x + 2 >= a * x, over={"a": Real(0, 5), "x": Real(0, 4)})
    found = find_boundary(made, "a", width=1e-8)
    assert (found.kind, found.polynomial) == ("proved", "x**2 - 8")
    assert found.to_json()["holding_side"]["kind"] == "proof"


@pytest.mark.slow
def test_the_proof_is_of_the_side_that_holds_and_not_of_what_was_set_aside() -> None:
    powers: dict[str, Any] = {
        "start": {z: 1},
        "step": {z: r * z},
        "over": {"r": Real(0, 4), "steps": Int(1, 9)},
        "given": {"small": 2 * r <= 1},
    }
    made = always("t-shrinks", z <= 1, **powers, along={"positive": z >= 0})
    found = find_boundary(made, "r")
    assert (found.kind, found.estimate) == ("proved", 1.0)
    unaided = always("t-grows", z <= 1, **powers, along={"half": 2 * (z + r) <= 3})
    assert find_boundary(unaided, "r").kind == "found"  # its induction needs what was set aside


@pytest.mark.slow
def test_a_threshold_without_a_short_polynomial_has_the_digits_that_searches_agree_on(
    capsys, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "e.py").write_text(
        "from rankladder import Real, claim, exp\n"
        "@claim('e', over=dict(a=Real(0, 5), x=Real(0, 4)))\ndef _(a, x): return exp(x) - a * x\n"
    )
    assert main(["boundary", "e", "e.py", "--parameter", "a"]) == 0
    said = capsys.readouterr().out
    assert "fails from a = 2.72 on (one-sided)" in said
    assert "2.718" not in said


@pytest.mark.slow
def test_a_claim_that_holds_between_two_values_is_said_to_fail_on_both_sides(
    capsys, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.py").write_text(
        "from rankladder import Int, Real, claim\n@claim('w', over=dict(a=Real(-2, 2), n=Int(2, 6)))\n"
        "def _(a, n): return (1 - a) * (1 + (n - 1) * a)\n"
    )
    assert main(["boundary", "w", "w.py", "--parameter", "a"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "holds, as far as was seen, for a from -0.2 to 1; fails up to -0.2 and from 1 on" in said


@pytest.mark.slow
def test_what_fails_at_or_past_a_recognised_value_has_no_threshold_there() -> None:
    tiny = Fraction(1, 10**13)

    @claim("t-past", over={"t": Real(0, 30), "x": Real(-12, 12)})
    def past(t, x):
        return x + t - tiny

    found = find_boundary(past, "t")
    assert (found.kind, found.fails_above, found.polynomial) == ("one-sided", False, None)
    strict = lemma("t-strict", x + a > 0, over={"a": Real(0, 30), "x": Real(-12, 12)})
    assert (
        find_boundary(strict, "a").polynomial == "x - 12"
    )  # it fails at 12 too, but for want of more than 0


@pytest.mark.slow
def test_ends_are_printed_apart_once_and_on_their_side(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.py").write_text(
        "from fractions import Fraction\nfrom rankladder import Real, claim, exp, strictly\n"
        "OVER = dict(h=Real(0, 10), x=Real(0, 1))\n"
        "@claim('point', over=OVER)\ndef _(h, x): return strictly((h - 3) ** 2 + 0 * x)\n"
        "@claim('band', over=OVER)\ndef _(h, x): return (h - 3) * (h - Fraction(3001, 1000)) + x / 10**9\n"
        "@claim('below', over=OVER)\ndef _(h, x): return h - exp(x)\n"
    )

    def told(id: str) -> str:
        assert main(["boundary", id, "p.py", "--parameter", "h"]) == 0
        return capsys.readouterr().out

    point = told("point")
    assert "fails at 3 alone" in point and point.count("\n  3: ") == 1
    assert "fails from 3 to about 3.001" in told("band")
    below = told("below")
    assert re.search(r"fails up to h = 2\.\d+ \(one-sided\)", below) and "above 2." in below


@pytest.mark.slow
def test_a_narrow_failure_is_seen_and_is_no_single_point(tmp_path, monkeypatch, capsys) -> None:
    made = lemma("t-needle", (x * x - 2) ** 2 >= Fraction(1, 10**10), over={"x": Real(0, 4)})
    assert find_boundary(made, "x").fails_at == pytest.approx(2**0.5, abs=1e-4)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "from fractions import Fraction\nfrom rankladder import Real, lemma, symbols\nx = symbols('x')\n"
        "lemma('wide', (x - 1)**2 >= Fraction(1, 10**8), over={'x': Real(0, 4)})\n"
    )
    assert main(["boundary", "wide", "mine.py", "--parameter", "x"]) == 0
    out = capsys.readouterr().out
    assert "fails near 1" in out and "alone" not in out


def test_where_there_is_no_threshold_that_is_said(capsys, tmp_path, monkeypatch) -> None:
    never = lemma("t-never", x * x + 1 > a * x / 9, over={"a": Real(0, 4), "x": Real(0, 4)})
    assert find_boundary(never, "a").kind == "no failure found"
    everywhere = lemma("t-everywhere", x * x > a * x, over={"a": Real(0, 4), "x": Real(0, 4)})
    assert find_boundary(everywhere, "a").kind == "fails everywhere"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.py").write_text(
        "from rankladder import Int, Real, lemma, symbols\na, x, n = symbols('a x n')\n"
        "lemma('c', x * x + n >= a * x, over=dict(a=Real(0, 5), x=Real(0, 4), n=Int(2, 3)))\n"
    )
    for name in ("q", "n"):
        assert main(["boundary", "c", "c.py", "--parameter", name]) == 2
        said = capsys.readouterr().err
        assert "Expected a bounded real parameter of c (a, x)" in said
        assert ("n=Int(k, k)" in said) is (name == "n")


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
    found = find_boundary(load_catalogue()[id], parameter, budget=3000)
    assert found.kind in ("proved", "found")
    assert found.polynomial == polynomial
    assert found.fails_at is not None
    assert found.root is not None
    assert abs(float(found.fails_at) - found.root) <= 1e-6
    assert found.witness is not None
    assert found.witness.judgement.outcome == "violated"
