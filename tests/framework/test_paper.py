"""What is said of the assertions of a source follows from the verdicts on their claims, and the README says the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rankladder import Assertion, Catalogue, Real, Result, Verdict, lemma, symbols
from rankladder.app.main import main
from rankladder.language.catalogue import catalogue
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation
from rankladder.report.assertions import answers, text, verdicts_on
from rankladder.storage.counterexamples import Stored, save

ROOT = Path(__file__).resolve().parents[2]
x = symbols("x")


def answer(home: Catalogue, **verdicts: str) -> dict:
    results = {
        c.id: Result(c.id, c.title, c.expects, Verdict(verdicts[c.id.split(".")[1]]))
        for c in home.claims.values()
    }
    (found,) = answers(home, results)["assertions"]
    return found


def paper(folder: Path, monkeypatch, name: str, *claims: Claim) -> Catalogue:
    """A catalogue of a single module, whose assertion all its claims carry."""
    monkeypatch.syspath_prepend(folder)
    (folder / f"{name}.py").write_text("")
    home = Catalogue(name=name, package=name, title="", assertions=(Assertion("Z1", "so it is", ("Z-1",)),))
    vars(home)["claims"] = {c.id: c for c in claims}
    return home


def stated(name: str, child: str, expects: str = "holds", **given: object) -> Claim:
    made = lemma(f"Z-1.{child}", x <= 1, over={"x": Real(0, 4)}, given=given, expects=expects)
    return Claim(**{**made.__dict__, "module": name})


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ("proved", "proved", "proved"), ("proved", "tested", "tested"), ("proved", "certified", "tested"),
        ("tested", "refuted", "refuted"), ("suspect", "refuted", "refuted"), ("proved", "suspect", "inconclusive"),
        ("vacuous", "tested", "inconclusive"), ("error", "proved", "inconclusive"),
    ],
)  # fmt: skip
def test_an_assertion_is_as_strong_as_its_weakest_claim(
    tmp_path, monkeypatch, a: str, b: str, said: str
) -> None:
    name = f"t_weakest_{a}_{b}"
    home = paper(tmp_path, monkeypatch, name, stated(name, "a"), stated(name, "b", small=x <= 1))
    whole = answer(home, a=a, b=b)["answer"]
    assert whole == said + " under" * (said in ("proved", "tested"))
    # a check says the same, once all its claims were checked
    checked = {
        c.id: Result(c.id, "", c.expects, Verdict(v))
        for c, v in zip(home.claims.values(), (a, b), strict=True)
    }
    assert verdicts_on(home, checked) == {"Z1": (whole, "so it is")}
    assert verdicts_on(home, {"Z-1.a": checked["Z-1.a"]}) == {}


def test_questions_and_false_neighbours_do_not_weaken_it(tmp_path, monkeypatch) -> None:
    name = "t_neighbours"
    others = stated(name, "b", "refuted"), stated(name, "c", "open")
    home = paper(tmp_path, monkeypatch, name, stated(name, "a"), *others)
    assert answer(home, a="proved", b="refuted", c="suspect")["answer"] == "proved"
    only = paper(tmp_path, monkeypatch, "t_questions", stated("t_questions", "c", "open"))
    assert answer(only, c="proved")["answer"] == "inconclusive"


def test_what_an_assertion_needs_is_what_a_counterexample_shows(tmp_path, monkeypatch) -> None:
    name = "t_needed"
    home = paper(tmp_path, monkeypatch, name, stated(name, "a", small=x < 1, positive=x > 0))
    found = answer(home, a="proved")
    # it was shown under both, though of neither it is known whether it is needed
    assert (found["answer"], found["under"], found["also_assumed"]) == (
        "proved under",
        [],
        ["small", "positive"],
    )
    assert "not known to be needed" in text(answers(home, {"Z-1.a": Result("Z-1.a", "", Expectation.holds, Verdict.proved)}))  # fmt: skip
    other = "t_needed_kept"
    folder = tmp_path / "kept"
    folder.mkdir()
    for instance, dropped in (("x=3/2", "small"), ("x=1/2", "positive")):  # the second is none any more
        save(Stored("Z-1.a", dropped, instance, -0.5, 64, {}), folder / "counterexamples")
    home = paper(folder, monkeypatch, other, stated(other, "a", small=x < 1, positive=x > 0))
    found = answer(home, a="tested")
    assert (found["answer"], found["under"], found["also_assumed"]) == (
        "tested under",
        ["small"],
        ["positive"],
    )
    assert [(f["assumption"], f["counterexample"]) for f in found["fails_without"]] == [("small", "x=3/2")]


def test_a_page_without_a_place_for_the_table_is_left_as_it_is(tmp_path, capsys) -> None:
    (tmp_path / "page.md").write_text("mine\n")
    assert main(["paper", "--markdown", str(tmp_path / "page.md")]) == 2
    assert "has no place for the table" in capsys.readouterr().err
    assert (tmp_path / "page.md").read_text() == "mine\n"


def test_an_assertion_that_the_source_does_not_have_is_named(capsys) -> None:
    assert main(["paper", "A6"]) == 2
    assert "has no assertion A6; it has A1, A2, A3, A4, A5" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("README.md", "gidel2019"),
        ("docs/paper.md", "gidel2019"),
        ("docs/layers.md", "layers"),
        ("docs/diagonal.md", "diagonal"),
    ],
)
def test_the_pages_say_what_the_command_says(page: str, name: str, tmp_path, capsys) -> None:
    every = [a.id for a in catalogue(name).assertions]
    ids = [] if page == "README.md" else every
    written = (ROOT / page).read_text(encoding="utf-8")
    copy = tmp_path / Path(page).name
    copy.write_text(written, encoding="utf-8")
    assert main(["paper", *ids, "--catalogue", name, "--json", "--markdown", str(copy)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["source"] == catalogue(name).source
    assert [a["id"] for a in found["assertions"]] == every
    assert copy.read_text(encoding="utf-8") == written, (
        f"write it anew: rankladder paper {' '.join(ids)} --catalogue {name} --markdown {page}"
    )
