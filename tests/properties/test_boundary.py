"""Thresholds: certified on the failing side, named where they are simple, and what the other side rests on."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from rankladder import Int, Real, always, claim, lemma, symbols
from rankladder.app.main import main
from rankladder.language.library import load_catalogue
from rankladder.verdicts import boundary as find_boundary

s, z, z0, x, a, r = symbols("s z z0 x a r")


@pytest.fixture
def told(tmp_path, monkeypatch, capsys) -> Callable[..., str]:
    """What the command says of a claim in a file of these lines."""
    monkeypatch.chdir(tmp_path)

    def run(lines: str, id: str, parameter: str, code: int = 0) -> str:
        (tmp_path / "mine.py").write_text(
            f"from fractions import Fraction\nfrom rankladder import *\n{lines}\n"
        )
        assert main(["boundary", id, "mine.py", "--parameter", parameter]) == code
        said = capsys.readouterr()
        return str(said.err if code == 2 else said.out)

    return run


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
    assert (found.kind, found.estimate, found.set_aside) == ("proved", 1.0, ("small",))
    unaided = always("t-grows", z <= 1, **powers, along={"half": 2 * (z + r) <= 3})
    assert find_boundary(unaided, "r").kind == "found"  # its induction needs what was set aside


@pytest.mark.slow
def test_a_threshold_without_a_short_polynomial_has_the_digits_that_searches_agree_on(told) -> None:
    said = told("claim('e', over=dict(a=Real(0, 5), x=Real(0, 4)))(lambda a, x: exp(x) - a * x)", "e", "a")
    assert "fails from a = 2.72 on (one-sided)" in said and "2.718" not in said


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_root_that_happens_to_lie_near_is_none(seed: int) -> None:
    made = lemma("t-power", x**x >= a, over={"a": Real(0, 1), "x": Real(0, 1)})
    found = find_boundary(made, "a", seed=seed)
    assert (found.kind, found.polynomial) == ("one-sided", None)  # exp(-1/e) is no root of a polynomial
    assert abs(found.fails_at - Fraction("0.692200627555")) <= Fraction(1, 100)


@pytest.mark.slow
def test_a_failure_on_the_side_that_seemed_to_hold_is_pursued() -> None:
    needle = ((a - 1) ** 2 - Fraction(1, 10**6)) * (2 - a)
    made = lemma("t-two", needle + x**2 >= 0, over={"a": Real(0, 3), "x": Real(-1, 1)})
    found = find_boundary(made, "a")
    first, second, last = (found, *found.further)
    assert first.estimate == pytest.approx(1, rel=0.01) and second.estimate == pytest.approx(1, rel=0.01)
    assert (first.fails_above, second.fails_above, last.polynomial) == (True, False, "x - 2")


def test_where_nothing_could_be_judged_the_reason_is_given(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    given = "given={'never': lambda a, x: -1 - x}"
    stated = f"claim('none', over=dict(a=Real(0, 3), x=Real(0, 1)), {given})(lambda a, x: 2 - a)"
    (tmp_path / "mine.py").write_text(f"from rankladder import *\n{stated}\n")
    assert main(["boundary", "none", "mine.py", "--parameter", "a"]) == 3
    said = capsys.readouterr().out
    assert "vacuous: only 0 instances satisfied the assumptions" in said and "most for never" in said


@pytest.mark.slow
def test_a_claim_that_holds_between_two_values_is_said_to_fail_on_both_sides(told) -> None:
    stated = "claim('w', over=dict(a=Real(-2, 2), n=Int(2, 6)))(lambda a, n: (1 - a) * (1 + (n - 1) * a))"
    said = " ".join(told(stated, "w", "a").split())
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
    # it fails at 12 too, but for want of more than 0
    assert find_boundary(strict, "a").polynomial == "x - 12"


@pytest.mark.slow
def test_ends_are_printed_apart_once_and_on_their_side(told) -> None:
    point, band, below = (
        told(f"claim('c', over=dict(h=Real(0, 10), x=Real(0, 1)))(lambda h, x: {margin})", "c", "h")
        for margin in ("strictly((h - 3) ** 2 + 0 * x)", "(h - 3) * (h - Fraction(3001, 1000)) + x / 10**9", "h - exp(x)")
    )  # fmt: skip
    assert "fails at 3 alone" in point and point.count("\n  3: ") == 1
    assert "fails from 3 to about 3.001" in band
    assert re.search(r"fails up to h = 2\.\d+ \(one-sided\)", below) and "above 2." in below


@pytest.mark.slow
def test_a_narrow_failure_is_seen_and_is_no_single_point(told) -> None:
    made = lemma("t-needle", (x * x - 2) ** 2 >= Fraction(1, 10**10), over={"x": Real(0, 4)})
    assert find_boundary(made, "x").fails_at == pytest.approx(2**0.5, abs=1e-4)
    wide = "x = symbols('x')\nlemma('wide', (x - 1)**2 >= Fraction(1, 10**8), over={'x': Real(0, 4)})"
    out = told(wide, "wide", "x")
    assert "fails near 1" in out and "alone" not in out


def test_where_there_is_no_threshold_that_is_said(told) -> None:
    never = lemma("t-never", x * x + 1 > a * x / 9, over={"a": Real(0, 4), "x": Real(0, 4)})
    assert find_boundary(never, "a").kind == "no failure found"
    everywhere = lemma("t-everywhere", x * x > a * x, over={"a": Real(0, 4), "x": Real(0, 4)})
    assert find_boundary(everywhere, "a").kind == "fails everywhere"
    over = "dict(a=Real(0, 5), x=Real(0, 4), n=Int(2, 3))"
    for p in ("q", "n"):
        said = told(
            f"a, x, n = symbols('a x n')\nlemma('c', x * x + n >= a * x, over={over})", "c", p, code=2
        )
        assert "Expected a bounded real parameter of c (a, x)" in said
        assert ("n=Int(k, k)" in said) is (p == "n")
    said = told(
        "s, z = symbols('s z')\nlemma('c', s * z <= 1, over=dict(s=Real(0), z=Real(0, 1)))", "c", "s", code=2
    )
    assert "but got 's', which has no two ends" in said and "over={'s': Real(0, 4)}" in said


COORDINATE = "claim('c', over=dict(problem=Problem(kind='whitened'), a=Real({})))(lambda problem, a: 2 * problem.sigma[0] - a * problem.sigma)"
SHAPES = (
    ("inside", "lemma('c', (a - 1) * (2 * a - 3) + x >= 0, over=dict(a=Real(0, 7), x=Real(0, 4)))",
     "holds for a up to 1 and from 1.5 on; fails from 1 to 1.5"),
    ("outside", "lemma('c', (a - 1) * (5 - a) + x >= 0, over=dict(a=Real(0, 7), x=Real(0, 4)))",
     "holds for a from 1 to 5; fails up to 1 and from 5 on"),
    ("point", "lemma('c', (7 * a - 22) ** 2 + x > 0, over=dict(a=Real(0, 7), x=Real(0, 4, closed='both')))",
     "fails at 3.14285714286 alone"),
    ("points that accumulate", "claim('c', over=dict(a=Real(0, 1), n=Int(1, 10**6)))(lambda a, n: strictly((n * a - 1) ** 2))",
     "no threshold in a: failures lie among values at which nothing was found"),
    ("intervals that accumulate",
     "claim('c', over=dict(a=Real(0, 1), n=Int(1, 10**6)))(lambda a, n: (n * a - 1) ** 2 - Fraction(1, 10**6))",
     "no threshold in a: failures lie among values at which nothing was found"),
    ("a coordinate", COORDINATE.format("0, 5"), "threshold in a: 2 "),
    ("a coordinate, nowhere", COORDINATE.format("0, 2"), "no threshold in a: no failure found"),
    ("a coordinate, everywhere", COORDINATE.format("2, 5"), "no threshold in a: it fails at every value tried"),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("stated", "words"), [pytest.param(*rest, id=name) for name, *rest in SHAPES])
def test_where_a_claim_fails_has_the_shape_it_has(told, stated: str, words: str) -> None:
    said = told(f"a, x = symbols('a x')\n{stated}", "c", "a", code=3 if "no threshold" in words else 0)
    assert words in " ".join(said.split())


SHARP = (
    ("STEP-1.monotone", "s", "2*x - 1"), ("STEP-2.limit", "s", "x - 1"), ("STEP-3.stable", "s", "x**2 + 2*x - 4"),
    ("STEP-5.lemma", "s", "x - 2"), ("STEP-7.stable", "x", "x - 2"), ("LIN-3.contraction", "s1", "x - 2"),
    ("LIN-5.ratio-sharp", "a", "2*x - 3"),
    ("LOSS-3.descent", "s", "8*x**6 + 48*x**5 + 66*x**4 - 110*x**3 - 366*x**2 - 330*x + 629"),
    ("GD-4.lower", "s", "2*x**3 + 3*x**2 - 2"),
    ("GD-1.sign", "s", "4*x**2 + 8*x - 23"),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("id", "parameter", "polynomial"), SHARP)
def test_the_catalogue_has_sharp_thresholds(id: str, parameter: str, polynomial: str) -> None:
    found = find_boundary(load_catalogue()[id], parameter, budget=3000)
    assert found.kind in ("proved", "found") and found.polynomial == polynomial
    assert abs(float(found.fails_at) - found.root) <= 1e-6
    assert found.holds_at is None or found.holds_at <= found.fails_at <= found.holds_at + Fraction(1, 10**5)
    assert found.witness.judgement.outcome == "violated"
