"""One question has one verdict, with one reason, by every route; and a route says what is not installed."""

import contextlib
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rankladder import check, lemma, prove, symbols
from rankladder.app.main import main
from rankladder.language.library import load_file
from tests.processes import python

x, s = symbols("x s")

TEN = """
from sympy import log
from rankladder import Int, Real, always, claim, exp, forall, lemma, symbols
from rankladder.simulate import descent

n, s, x, y, z, z0 = symbols("n s x y z z0")
MAP = {"start": {z: z0}, "step": {z: z * (1 + s * (1 - z)) ** 2}}

lemma("t-means", x**2 + y**2 >= 2 * x * y, over={"x": Real(-2, 2), "y": Real(-2, 2)})
lemma("t-square", x**2 >= x, over={"x": Real(0, 3)})
lemma("t-logarithm", log(1 + s) >= 2 * s / (2 + s), over={"s": Real(0, 3)})
lemma("t-whole", (n - 2) * (n - 3) >= 0, over={"n": Int(0, 9)})
lemma("t-known-false", 2 * x >= 1, over={"x": Real(0, 3)}, expects="refuted")
lemma("t-question", x**4 + 1 >= x, over={"x": Real(-2, 2)}, expects="open")
always("t-orbit", z <= 1, **MAP, over={"s": Real(0, 1), "z0": Real(0, 1)}, given={"small-step": 2 * s <= 1})
always("t-large-step", z <= 1, **MAP, over={"s": Real(0, 2), "z0": Real(0, 1)})
claim("t-descent", over={"s": Real(0, "1/2"), "z0": Real(0, 1), "steps": Int(1, 9)})(
    lambda s, z0, steps: forall(1 - descent(s, z0, steps).z)
)
claim("t-no-value", over={"x": Real(0, 1)})(lambda x: exp(x) * 0 / (x - x))
"""
VERDICTS = {
    "t-means": "proved", "t-square": "refuted", "t-logarithm": "proved", "t-whole": "tested",
    "t-known-false": "refuted", "t-question": "proved", "t-orbit": "proved", "t-large-step": "refuted",
    "t-descent": "tested", "t-no-value": "suspect",
}  # fmt: skip
MISSING = "not attempted: z3-solver and cvc5 are not installed; pip install 'rankladder[proof]'"
PYTEST = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def ten(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("ten") / "ten_claims.py"
    file.write_text(TEN, encoding="utf-8")
    return file


def command_line(*words: str | Path) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        main([*map(str, words), "--workers", "1"])
    return out.getvalue()


def of_claims(printed: str) -> dict[str, Mapping[str, Any]]:
    return {c["id"]: c for c in json.loads(printed)["claims"]}


def by_pytest(ten: Path, *more: str, solvers: bool = True) -> str:
    code = PYTEST if solvers else f"import sys; sys.modules.update(z3=None, cvc5=None); {PYTEST}"
    words = ["-v", "-p", "no:cacheprovider", "--claims-profile", "quick", f"--rootdir={ten.parent}"]
    return python("-c", code, *words, *more, ten).stdout


@pytest.fixture(scope="module")
def printed(ten: Path) -> dict[str, Mapping[str, Any]]:
    return of_claims(
        command_line("check", ten, "--profile", "quick", "--json", "--html", ten.parent / "page.html")
    )


def test_the_command_line_decides_ten_claims_of_a_user(printed: Mapping[str, Any]) -> None:
    assert {id: c["verdict"] for id, c in printed.items()} == VERDICTS


def test_python_says_of_each_what_the_command_line_says(ten: Path, printed: Mapping[str, Any]) -> None:
    for claim in load_file(ten).values():
        result = check(claim, profile="quick")
        told = [e["detail"] for e in printed[claim.id]["evidence"]]
        assert (str(result.verdict), [e.detail for e in result.evidence]) == (VERDICTS[claim.id], told)
        assert all(e.detail in repr(result) and f"<b>{result.verdict}</b>" in result._repr_html_() for e in result.evidence)  # fmt: skip


@pytest.mark.slow
def test_pytest_prints_the_same_verdicts(ten: Path) -> None:
    out = by_pytest(ten)
    for id, verdict in VERDICTS.items():
        passes = id not in ("t-square", "t-large-step", "t-no-value")
        assert (f"::{id} PASSED ({verdict})" if passes else f"claim {id}: {verdict}") in out


def test_the_report_shows_the_same_verdicts(ten: Path, printed: Mapping[str, Any]) -> None:
    page = (ten.parent / "page.html").read_text(encoding="utf-8")
    assert all(f'id="{id}" data-verdict="{c["verdict"]}"' in page for id, c in printed.items())


@pytest.mark.slow
def test_without_solvers_every_route_says_what_is_missing(ten: Path, tmp_path, monkeypatch) -> None:
    for name in ("z3", "cvc5"):  # Python's own way to say that a module cannot be imported
        monkeypatch.setitem(sys.modules, name, None)
    lacking = {"t-logarithm", "t-whole"}  # the others have identities, or are on a box
    quick = ["check", ten, "--profile", "quick", "--only", *sorted(lacking), "t-means"]
    document = of_claims(command_line(*quick, "--json"))
    for id, claim in document.items():
        assert claim["verdict"] == ("tested" if id in lacking else VERDICTS[id])
        assert (MISSING in [e["detail"] for e in claim["evidence"] if e["kind"] == "proof"]) is (
            id in lacking
        )
    table = command_line(*quick, "--html", tmp_path / "page.html")
    told = f"no proof was tried of 2 claims ({', '.join(id for id in VERDICTS if id in lacking)}): z3-solver and cvc5 are not"
    assert told in " ".join(table.split())
    assert (tmp_path / "page.html").read_text(encoding="utf-8").count("z3-solver and cvc5 are not") == len(lacking)  # fmt: skip
    assert by_pytest(ten, "-k", "logarithm or whole", solvers=False).count(MISSING) == len(lacking)
    assert command_line("prove", ten).count("not attempted: z3") == len(lacking)
    lacks = lemma("t-own-lacking", x**4 + 1 >= x)
    found = check(lacks)
    for told in (repr(found), found._repr_html_(), repr(prove(lacks))):
        assert "not attempted: z3-solver" in told
