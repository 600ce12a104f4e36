"""The checker: each verdict, on claims whose truth is plain."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from rankladder import (
    Int,
    Otherwise,
    Real,
    Spectrum,
    Verdict,
    check,
    claim,
    equal,
    forall,
    lemma,
    logit,
    symbols,
)
from rankladder.search.check import check_claim
from rankladder.search.draws import satisfies
from rankladder.search.judgement import judge
from rankladder.simulate import descent
from tests.packaging.checkout import ROOT

s, z0, x, y = symbols("s z0 x y")
SCALAR = {"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 60)}


def test_readme_example_is_refuted_with_a_simple_witness() -> None:
    @claim("t-rate", over=SCALAR, given={"small-step": 2 * s < 1, "small-start": z0 < 1})
    def made(s, z0, steps):
        z = descent(s, z0, steps)
        return forall((logit(z0) + 2 * s * z.k - z.logit)[1:])

    result = check("t-rate")
    assert result.verdict is Verdict.refuted
    assert result.counterexample is not None
    assert result.counterexample["s"] < Fraction(1, 2)
    assert judge(made, result.counterexample).outcome == "violated"
    assert satisfies(made, result.counterexample) is True
    assert max(v.denominator for v in result.counterexample.values()) <= 64


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("factor", ["101/100", "99/100"])
def test_one_per_cent_off_a_tight_constant_is_found(seed: int, factor: str) -> None:
    constant = Fraction(factor)

    @claim(f"t-max-{factor}", over={"x": Real(0, 10)})
    def made(x):
        return x * x - 3 * x + float(Fraction(9, 4) * constant)

    expected = Verdict.tested if constant > 1 else Verdict.refuted
    assert check_claim(made, seed=seed, examples=200).verdict is expected


def test_rounding_is_never_a_counterexample() -> None:
    @claim("t-rounding", over={"x": Real(0, 1), "y": Real(0, 1)})
    def made(x, y):
        return equal((x + y) - y, x)  # false in float64 on most draws

    result = check_claim(made)
    assert result.verdict is Verdict.tested
    assert result.undecided == 0


def test_a_violation_below_rounding_is_found() -> None:
    @claim("t-tiny", over={"x": Real(0, 1)})
    def made(x):
        return -(x * Fraction(1, 10**30))

    assert check_claim(made).verdict is Verdict.refuted


def test_strict_inequality_fails_where_equality_occurs() -> None:
    given = {"left": x >= 0, "right": x <= 1, "step": (s > 0) & (s < 1)}
    over = {"s": Real(-4, 4), "x": Real(-4, 4)}
    held = lemma("t-weak", (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1, given=given, over=over)
    broken = lemma("t-strict", (1 - 2 * s * x) * (1 + s * x) ** 2 < 1, given=given, over=over)
    assert check_claim(held).verdict is Verdict.tested
    assert check_claim(broken).verdict is Verdict.refuted


def test_vacuous_when_the_assumptions_leave_nothing() -> None:
    made = lemma("t-vacuous", x * x + 1 >= x, given={"a": x > 2, "b": x < 1}, over={"x": Real(-4, 4)})
    result = check_claim(made)
    assert result.verdict is Verdict.vacuous
    assert not result.as_expected


def test_undefined_margins_are_suspect_not_success() -> None:
    @claim("t-undefined", over={"x": Real(-1, 1)})
    def made(x):
        return np.log(x) + 100

    result = check_claim(made)
    assert result.verdict is Verdict.suspect
    assert "undefined" in result.evidence[-1].detail


def test_errors_name_the_line() -> None:
    @claim("t-error", over={"x": Real(0, 1)})
    def made(x):
        return x.no_such_thing

    result = check_claim(made)
    assert result.verdict is Verdict.error
    assert "test_checking.py" in result.evidence[0].detail


def test_truth_values_are_refused() -> None:
    @claim("t-bool", over={"x": Real(0, 1)})
    def made(x):
        return x > 0

    result = check_claim(made)
    assert result.verdict is Verdict.error
    assert "signed margin" in result.evidence[0].detail


def test_dropping_assumptions() -> None:
    made = lemma(
        "t-drop", x * y >= 0, given={"x-positive": x >= 0, "y-positive": y >= 0, "idle": x + y < 100}
    )
    assert check_claim(made).verdict is Verdict.tested
    for name in ("x-positive", "y-positive"):
        assert check_claim(made.without(name)).verdict is Verdict.refuted
    assert check_claim(made.without("idle")).verdict is Verdict.tested
    with pytest.raises(KeyError, match="x-positive, y-positive, idle"):
        made.without("typo")


def test_structural_assumptions_swap_the_domain() -> None:
    @claim(
        "t-structure",
        over={"sigma": Spectrum(Int(2, 5))},
        given={"ordered": Otherwise("sigma", Spectrum(Int(2, 5), ordered=False))},
    )
    def made(sigma):
        return sigma[:-1] - sigma[1:]

    assert check_claim(made).verdict is Verdict.tested
    broken = check_claim(made.without("ordered"))
    assert broken.verdict is Verdict.refuted
    assert broken.counterexample is not None
    assert len(broken.counterexample["sigma"]) == 2


def test_same_seed_same_result_and_the_margin_is_reported() -> None:
    made = lemma("t-seed", x**4 - 3 * x**3 + x + 10 >= 0, over={"x": Real(-3, 3)})
    first, second, other = (check_claim(made, seed=n) for n in (3, 3, 4))
    assert (first.margin, first.region, first.instances) == (second.margin, second.region, second.instances)
    assert first.margin != other.margin


def test_a_thin_region_is_found() -> None:
    """A violation on a strip of relative width 1e-3 around no simple number."""

    @claim("t-thin", over={"x": Real(0, 1), "y": Real(0, 1)})
    def made(x, y):
        return abs(x - float(np.pi / 5)) + y / 1000 - 1 / 2000

    assert check_claim(made, profile="default").verdict is Verdict.refuted


def test_transcendental_relations_are_solved_for_the_last_parameter() -> None:
    import sympy

    lam, delta = symbols("lam delta")
    made = lemma(
        "t-exp", lam * sympy.exp(-2 * delta) <= 1, given={"vanishing": lam * sympy.exp(-2 * delta) <= 1},
        over={"lam": Real(0, 100), "delta": Real(0, 8)},
    )  # fmt: skip
    result = check_claim(made, examples=200)
    assert result.verdict is Verdict.tested
    assert result.discarded < 200
    assert check_claim(made.without("vanishing"), examples=200).verdict is Verdict.refuted


def test_a_claim_cannot_end_the_run() -> None:
    import sys

    @claim("t-exit", over={"x": Real(0, 1)})
    def made(x):
        sys.exit(0)

    assert check_claim(made).verdict is Verdict.error


def test_maximum_and_minimum_in_lemmas() -> None:
    import sympy

    over = {"x": Real(-4, 4), "y": Real(-4, 4)}
    assert check_claim(lemma("t-min", sympy.Min(x, y) <= (x + y) / 2, over=over)).verdict is Verdict.tested
    assert check_claim(lemma("t-max", sympy.Max(x, y) <= (x + y) / 2, over=over)).verdict is Verdict.refuted


def test_a_parameter_fixed_at_a_rational_stays_exactly_there() -> None:
    import sympy

    made = lemma(
        "t-fixed", x >= 1, given={"fixed": sympy.Eq(x, sympy.Rational(101, 50))}, over={"x": Real(0, 4)}
    )
    result = check_claim(made, examples=20)
    assert result.verdict is Verdict.tested
    assert result.region["x"] == (2.02, 2.02)


def test_draws_do_not_depend_on_what_else_is_loaded(tmp_path: Path) -> None:
    """Hypothesis would mix constants of loaded modules into what it draws."""
    program = """
import sys
from pathlib import Path
if sys.argv[1] == "more":
    Path("many.py").write_text("numbers = [" + ", ".join(map(str, range(2, 4000, 7))) + "]")
    import many
from rankladder import Int, claim
from rankladder.search.rounds import Effort, Tally, look
drawn = []
@claim("t-drawn", over=dict(n=Int(0, 5000), k=Int(0, 5000)))
def _(n, k):
    drawn.append((n, k))
    return n + k
look(Tally(_), Effort(0, 0, 0, hypothesis=120, coincidences=False), lambda way: 1)
print(drawn)
"""

    def draws(word: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program, word],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    plain = draws("plain")
    assert plain.count("(") > 100
    assert draws("more") == plain
