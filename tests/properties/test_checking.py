"""The checker: each verdict, on claims whose truth is plain."""

import os
from fractions import Fraction

from rankladder import Int, Real, Spectrum, Verdict, check, claim, forall, symbols
from rankladder.app.main import main
from rankladder.search.check import check_claim
from rankladder.search.judgement import judge
from tests.packaging.checkout import ROOT
from tests.processes import python

s, z0, x, y = symbols("s z0 x y")


def test_a_claim_cannot_end_the_run() -> None:
    import sys

    @claim("t-exit", over={"x": Real(0, 1)})
    def made(x):
        sys.exit(0)

    assert check_claim(made).verdict is Verdict.error


def test_code_of_a_claim_file_that_ends_the_program_is_an_error_of_every_command(tmp_path, capsys) -> None:
    file = tmp_path / "ends.py"
    file.write_text(
        "from rankladder import Real, claim\n"
        "class Unspoken(Real):\n    def __str__(self):\n        exit()\n"
        "def assumed(x):\n    quit()\n"
        "@claim('t-assumes', over=dict(x=Real(0, 1)), given=dict(a=assumed))\ndef _(x):\n    return x\n"
        "@claim('t-domain', over=dict(x=Unspoken(0, 1)))\ndef _(x):\n    return x\n"
    )
    for words, code, place in (
        (["check", str(file), "--only", "t-assumes"], 4, f"{file}:6"),
        (["check", str(file), "--only", "t-assumes", "--at", "x=1/2"], 2, f"{file}:7"),
        (["explore", str(file), "--budget", "1"], 4, "SystemExit"),
        (["boundary", "t-assumes", str(file), "--parameter", "x"], 2, f"{file}:7"),
        (["show", "t-domain", str(file)], 4, f"{file}:4"),
    ):
        assert main(words) == code
        said = capsys.readouterr()
        assert place in "".join((said.out + said.err).split())


def test_draws_do_not_depend_on_what_else_is_loaded(tmp_path) -> None:
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
        path = os.pathsep.join([str(ROOT), str(tmp_path)])
        return python(
            "-c", program, word, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, check=True
        ).stdout

    plain = draws("plain")
    assert plain.count("(") > 100
    assert draws("more") == plain


def test_for_all_of_nothing_a_claim_says_nothing() -> None:
    def falls(lam, by):
        return forall(lam[:-1] - lam[1:] - by)

    def stated(id, size, by):
        return claim(id, over={"lam": Spectrum(size)}, constants={"by": by})(falls)

    # one entry has no neighbour: it counts neither for nor against
    some = check(stated("t-some", Int(1, 3), 0))
    assert some.verdict == "tested" and some.region["lam.size"] == (2, 3)
    assert "more of which the claim says nothing" in some.evidence[0].detail
    false = check(stated("t-some-false", Int(1, 3), Fraction(1, 4)))
    assert false.verdict == "refuted" and len(false.counterexample["lam"]) > 1
    none = stated("t-none", 1, 0)
    assert check(none).verdict == "vacuous" and check(none).instances == 0
    assert judge(none, {"lam": (Fraction(2),)}).outcome == "silent"
    huge = claim("t-huge", over={"n": Int(1, 9)})(lambda n: Fraction(10) ** (400 + n))
    assert check(huge).verdict == "tested"  # beyond float64, and not infinite
