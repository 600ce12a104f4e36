"""A domain that is none of ours, stated in a claim file: every command asks it, and none knows its class."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rankladder.app.main import main
from rankladder.language.library import forget, load_file

# the least that makes a domain: draw, contains, a text, and how its text is read
BARE = """
from dataclasses import dataclass
from fractions import Fraction
from rankladder import Domain, Entry, Real, claim, symbols

@dataclass(frozen=True)
class Interval:
    middle: Fraction
    radius: Fraction
    def __post_init__(self):
        if self.radius < 0:
            raise ValueError("an interval has a radius from 0 on")

class Intervals(Domain):
    constructors = {"Interval": Interval}
    def __str__(self):
        return "intervals within [-2, 2]"
    def draw(self, source, bounds, earlier):
        return Interval(Fraction(source.integer(-8, 8), 8), Fraction(source.integer(0, 8), 8))
    def contains(self, value, earlier):
        return isinstance(value, Interval) and value.radius >= 0 and abs(value.middle) + value.radius <= 2
    def realise(self, value, number):
        return number(value.middle), number(value.radius)
"""
# what more methods give
MORE = """
    def entries(self, value):
        return (Entry(value.middle, -2, 2, "middle"), Entry(value.radius, 0, 2, "radius"))
    def with_entries(self, value, numbers):
        return Interval(*numbers)
    def symbols(self, name, case, choice):
        return case.symbol(f"{name}_middle"), case.symbol(f"{name}_radius", nonnegative=True)
"""
CLAIMS = """
@claim("ends", over=dict(i=Intervals()), statement="upper end at least lower end")
def _(i):
    return (i[0] + i[1]) - (i[0] - i[1])

@claim("square", over=dict(x=Real(0, 1), i=Intervals()), given={"short": lambda i: 1 - 4 * i[1]})
def _(x, i):
    return 1 + i[0] - i[1] + x

@claim("narrow", over=dict(i=Intervals()), given={"short": lambda i: 1 - 8 * i[1]})
def _(i):
    return 1 - 2 * i[1]
"""


@pytest.fixture(params=[pytest.param("bare", marks=pytest.mark.slow), "more"])
def file(request, tmp_path, monkeypatch) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(BARE + (MORE if request.param == "more" else "") + CLAIMS)
    yield request.param
    forget(str((tmp_path / "mine.py").resolve()))


def run(capsys, *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    return code, capsys.readouterr().out


def test_it_is_drawn_checked_and_refuted(file: str, capsys) -> None:
    page = ["--html", "out.html"] if file == "more" else []
    code, text = run(capsys, "check", "mine.py", "--json", *page, "--profile", "quick")
    rows = {row["id"]: row for row in json.loads(text)["claims"]}
    assert code == 1
    true = "proved" if file == "more" else "tested"  # what says how it is written in symbols is proved
    verdicts = {id: row["verdict"] for id, row in rows.items()}
    assert verdicts == {"ends": true, "square": "refuted", "narrow": true}
    assert "Interval(" in json.dumps(rows["square"]["counterexample"])
    assert ("i" in rows["ends"]["region"] or "i.middle" in rows["ends"]["region"]) is (file == "more")
    if page:
        text = Path("out.html").read_text()
        assert "intervals within [-2, 2]" in text and "Interval(" in text
    # answered from what is kept, the second time: the counterexample is read back
    again = json.loads(run(capsys, "check", "mine.py", "--json", "--profile", "quick")[1])["claims"]
    assert {row["id"]: row["counterexample"] for row in again}["square"] == rows["square"]["counterexample"]


def test_one_instance_is_read_and_examined(file: str, capsys) -> None:
    text = "x=1/2, i=Interval(middle=Fraction(-7, 4), radius=1/8)"
    code, said = run(capsys, "check", "mine.py", "--only", "square", "--at", text)
    assert code == 1 and "violated" in said and "in intervals within [-2, 2]" in " ".join(said.split())
    code, said = run(capsys, "check", "mine.py", "--only", "square", "--at", "x=1/2, i=Interval(3, 0)")
    assert code == 3 and "NOT in intervals within [-2, 2]" in said
    for wrong, why in (("Box(1, 2)", "unknown constructor 'Box'"), ("Interval(1)", "cannot build Interval")):
        assert main(["check", "mine.py", "--only", "square", "--at", f"x=1/2, i={wrong}"]) == 2
        assert why in capsys.readouterr().err


def test_a_counterexample_is_found_made_simple_kept_and_replayed(file: str, capsys) -> None:
    code, text = run(capsys, "explore", "narrow", "mine.py", "--drop", "short", "--store", "kept", "--json")
    row = json.loads(text)
    assert code == 0 and row["needed"] is True
    assert row["worst"]["margin"] <= row["simple"]["margin"] < 0
    if file == "more":
        assert row["simple"]["instance"].startswith("i=Interval(middle=Fraction(0, 1)")
    code, text = run(capsys, "replay", "--store", "kept", "--claims", "mine.py", "--json")
    assert code == 0 and "Interval(" in text


def test_it_is_proved_with_symbols_and_refused_with_a_reason_without(file: str, capsys) -> None:
    from rankladder.proof.symbolic import by_symbols

    proof = by_symbols(load_file(Path("mine.py"))["ends"])
    if file == "more":
        assert proof.status == "proved"
    else:
        assert "parameter i of Intervals has no symbols" in str(proof.parts)
