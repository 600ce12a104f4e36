"""What is said of the assertions of a source follows from the verdicts on their claims, and the README says the same."""

import re
from pathlib import Path

import pytest

from rankladder import Assertion, Catalogue, Real, Result, Verdict, lemma, symbols
from rankladder.language.catalogue import catalogue
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation
from rankladder.report.assertions import answers, claims_of, verdicts_on
from rankladder.report.words import assumption_texts
from tests import commands

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
def test_an_assertion_is_as_strong_as_its_weakest_claim(tmp_path, monkeypatch, a, b, said) -> None:
    name = f"t_weakest_{a}_{b}"
    home = paper(tmp_path, monkeypatch, name, stated(name, "a"), stated(name, "b", small=x <= 1))
    whole = answer(home, a=a, b=b)["answer"]
    assert whole == said + " under" * (said in ("proved", "tested"))
    # a check says the same, once all its claims were checked
    each = zip(home.claims.values(), (a, b), strict=True)
    checked = {c.id: Result(c.id, "", c.expects, Verdict(v)) for c, v in each}
    assert verdicts_on(home, checked) == {"Z1": (whole, "so it is")}
    assert verdicts_on(home, {"Z-1.a": checked["Z-1.a"]}) == {}


def test_questions_and_false_neighbours_do_not_weaken_it(tmp_path, monkeypatch) -> None:
    name = "t_neighbours"
    others = stated(name, "b", "refuted"), stated(name, "c", "open")
    home = paper(tmp_path, monkeypatch, name, stated(name, "a"), *others)
    assert answer(home, a="proved", b="refuted", c="suspect")["answer"] == "proved"
    only = paper(tmp_path, monkeypatch, "t_questions", stated("t_questions", "c", "open"))
    assert answer(only, c="proved")["answer"] == "inconclusive"


@pytest.mark.parametrize("name", ["gidel2019", "layers", "diagonal"])
def test_every_assumption_that_an_answer_names_is_explained_in_words(name: str) -> None:
    home = catalogue(name)
    carrying = (c for a in home.assertions for c in claims_of(home, a).values())
    assert {n for c in carrying if c.expects is Expectation.holds for n in c.given} <= home.words.keys()


@pytest.mark.parametrize("name", ["gidel2019", "layers", "diagonal"])
def test_what_an_assumption_says_begins_with_no_letter_of_the_theory(name: str) -> None:
    """Eta, at the beginning of a sentence, is another symbol than eta."""
    letters = re.compile(r"(Eta|Sigma|Lam(bda)?|Delta|Theta|Omega|Tau|Alpha|Beta|Gamma|Rho)\b")
    said = {text for c in catalogue(name).claims.values() for text in assumption_texts(c).values()}
    assert said and not [text for text in said if letters.match(text)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "name"),
    [("README.md", "gidel2019"), ("docs/glossary.md", "gidel2019"), ("docs/paper.md", "gidel2019"), ("docs/layers.md", "layers"), ("docs/diagonal.md", "diagonal")],
)  # fmt: skip
def test_the_pages_say_what_the_command_says(page: str, name: str, tmp_path, capsys) -> None:
    every = [a.id for a in catalogue(name).assertions]
    ids = [] if page in ("README.md", "docs/glossary.md") else every
    written = (ROOT / page).read_text(encoding="utf-8")
    copy = tmp_path / Path(page).name
    copy.write_text(written, encoding="utf-8")
    found = commands.answer(capsys, "paper", *ids, "--catalogue", name, "--markdown", str(copy))
    assert found["source"] == catalogue(name).source
    assert [a["id"] for a in found["assertions"]] == every
    assert copy.read_text(encoding="utf-8") == written, (
        f"write it anew: rankladder paper {' '.join(ids)} --catalogue {name} --markdown {page}"
    )
