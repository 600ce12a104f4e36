"""Where claims are found, and instances read back from their text: every way, and every refusal in full."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from rankladder import Instance, Int, Matrix, Orthogonal, Problem, Real, Spectrum, check, claim
from rankladder.domains.matrices import Rational, Reflections
from rankladder.language.catalogue import catalogue_of
from rankladder.language.library import (
    ClaimFileError,
    UnknownClaim,
    forget,
    load_catalogue,
    load_file,
    select,
)
from rankladder.language.parsing import InstanceSyntaxError, fitted, parse_instance
from rankladder.language.statement import Claim, registered

# instances


def read(text: str) -> dict[str, Any]:
    return dict(parse_instance(text))


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("3", 3, int), ("-3", -3, int), ('"3"', 3, int), ('"-6/2"', -3, int), ('"1/4"', F(1, 4), F), ('"0.25"', F(1, 4), F),
        ("0.1", F(1, 10), F), ("-0.5", F(-1, 2), F), ("1e-3", F(1, 1000), F), ("1/4", F(1, 4), F), ("-1/4", F(-1, 4), F),
        ("4/2", F(2), F), ("0.5/2", F(1, 4), F), ("1/0.25", F(4), F), ("Fraction(3, 6)", F(1, 2), F), ("Fraction(3)", F(3), F),
        ("(2, 1/2)", (2, F(1, 2)), tuple), ("[2, [1]]", (2, (1,)), tuple), ("()", (), tuple),
    ],
)  # fmt: skip
def test_a_value_is_read_as_what_it_says(text: str, value: Any, kind: type) -> None:
    assert read(f"x={text}") == {"x": value}
    assert type(read(f"x={text}")["x"]) is kind


@pytest.mark.parametrize(
    "text", ["x=1, y=2/3", "  Mode(x=1, y=2/3)\n", "Instance(x=1, y=2/3)", " One (x=1, y=2/3)"]
)
def test_a_name_around_an_instance_may_be_there_or_not(text: str) -> None:
    assert str(parse_instance(text)) == "x=1, y=2/3"


WHY = "cannot read instance {!r}; write parameters by name: s=1/4, z0=1/16"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", WHY.format("")), ("1/2", WHY.format("1/2")), ("Mode()", WHY.format("Mode()")),
        ("1, x=2", WHY.format("1, x=2")), ("x=1)", "cannot read instance 'x=1)': unmatched ')'; write s=1/4, z0=1/16"),
        ("x=True", "cannot read 'True' in an instance"), ("x=None", "cannot read 'None' in an instance"),
        ("x=y", "cannot read 'y' in an instance"), ("x=1 + 1", "cannot read '1 + 1' in an instance"),
        ("x=2*3", "cannot read '2 * 3' in an instance"), ("x=+1", "cannot read '+1' in an instance"),
        ("x=f.g(1)", "cannot read 'f.g(1)' in an instance"),
        ("x='a'", "cannot read number 'a'; write 1/4 or 0.25"), ("x='1/0'", "cannot read number '1/0'; write 1/4 or 0.25"),
        ("x=1/0", "cannot read a number with denominator 0"), ("x=1/(-0)", "cannot read a number with denominator 0"),
        ("x=1, y=2, x=1", "cannot read instance 'x=1, y=2, x=1': x stands there twice; give it one value"),
    ],
)  # fmt: skip
def test_text_that_is_no_instance(text: str, said: str) -> None:
    with pytest.raises(InstanceSyntaxError) as error:
        parse_instance(text)
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("exec(1)", "unknown constructor 'exec'; known: Fraction, JointProblem, Reflections"),
        ("Reflections()", "cannot build Reflections: "),
        (
            "Reflections(2, ((1/2, 1),))",
            "cannot build Reflections: Expected nonzero vectors of 2 whole numbers",
        ),
        ("Reflections(2, width=1)", "cannot build Reflections: "),
        ("JointProblem(sigma=(1,))", "cannot build JointProblem: "),
    ],
)
def test_what_cannot_be_built_is_said_to_be(value: str, said: str) -> None:
    with pytest.raises(InstanceSyntaxError) as error:
        fitted(parse_instance(f"x={value}"), {"x": Problem()})
    assert str(error.value).startswith(said)


def test_an_instance_takes_the_types_that_its_domains_draw() -> None:
    over = {
        "n": Int(0, 9),
        "x": Real(0, 9),
        "M": Matrix(2, 2),
        "s": Spectrum(2),
        "U": Orthogonal(2),
        "k": Int(0, 9),
    }
    given = Instance.of(n=F(3), x=2, M=((1, F(1, 2)), (0, 3)), s=(2, F(1, 2)), U=Reflections(2), k=F(7, 2))
    made = fitted(given, over)
    assert list(made) == list(over)
    assert made["n"] == 3 and type(made["n"]) is int and made["k"] == F(7, 2)
    assert made["x"] == 2 and type(made["x"]) is F
    assert made["M"] == Rational(((F(1), F(1, 2)), (F(0), F(3)))) and type(made["M"]) is Rational
    assert all(type(v) is F for row in made["M"].rows for v in row)
    assert made["s"] == (2, F(1, 2)) and {type(v) for v in made["s"]} == {F}
    assert made["U"] == Reflections(2)


# the catalogue


def stated(id: str) -> Claim:
    return Claim(id, id, "", "", {}, {}, lambda: 1)


def module(folder: Path, monkeypatch, name: str, text: str) -> Any:
    """A module of somebody else's, imported."""
    (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module(name)


ORDERED = """
from rankladder import Catalogue, lemma, symbols

CATALOGUE = Catalogue(name="t-order", package=__name__, title="", families={"LIN": "lines", "GD": "descent"})
for id in ("ZZZ-1", "GD-1", "LIN-10.a", "LIN-2.b", "LIN-2.a", "my-claim", "LIN-x", "GD-4.curve"):
    lemma(id, symbols("x") >= 0)
"""


def test_claims_are_listed_by_family_then_number_then_id(tmp_path, monkeypatch) -> None:
    made = module(tmp_path, monkeypatch, "t_ordered_claims", ORDERED)
    # a family that the catalogue does not name comes last, a number that is none first
    assert list(made.CATALOGUE.claims) == [
        "LIN-x", "LIN-2.a", "LIN-2.b", "LIN-10.a", "GD-1", "GD-4.curve", "my-claim", "ZZZ-1",
    ]  # fmt: skip
    assert all(catalogue_of(c) is made.CATALOGUE for c in made.CATALOGUE.claims.values())


def test_an_id_stands_once_in_a_catalogue_and_again_beside_it(tmp_path, monkeypatch) -> None:
    twice = ORDERED.replace("t-order", "t-twice").replace('"GD-1"', '"ZZZ-2", "GD-1"')
    with pytest.raises(ValueError, match="Expected a new claim id but got 'ZZZ-1', already stated at"):
        module(tmp_path, monkeypatch, "t_twice_claims", twice + "lemma('ZZZ-1', symbols('x') >= 1)\n")
    own = claim("GD-4.upper", over={"x": Real(0, 1)})(lambda x: x)
    assert catalogue_of(own) is None and load_catalogue()["GD-4.upper"] is not own


# files of claims

HEAD = "from rankladder import Real, claim, lemma, symbols\n\nx = symbols('x')\n"


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    before = dict(registered())
    registered().clear()
    yield
    forget()
    registered().clear()
    registered().update(before)


def written(folder: Path, text: str, name: str = "mine.py") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def refused(path: Path | str) -> str:
    with pytest.raises(ClaimFileError) as error:
        load_file(path)
    return str(error.value)


def test_the_claims_of_a_file_are_those_it_states_itself(tmp_path) -> None:
    for name in ("beside", "zeta"):  # before and after it in the alphabet
        written(tmp_path, HEAD + f"lemma('t-{name}', x >= 0)\n", f"{name}.py")
    file = written(tmp_path, HEAD + "import beside, zeta\nlemma('t-b', x >= 0)\nlemma('t-a', x >= -1)\n")
    path = list(sys.path)
    assert list(load_file(file)) == ["t-b", "t-a"] and sys.path == path
    # loaded again, it states them anew
    file.write_text(HEAD + "lemma('t-a', x >= -2)\n")
    again = load_file(str(file))
    assert list(again) == ["t-a"] and str(again["t-a"].relation) == "x >= -2"
    assert "t-b" not in registered() and {"t-beside", "t-zeta"} <= registered().keys()
    del sys.modules["beside"], sys.modules["zeta"]


def test_what_is_no_file_of_claims_is_refused(tmp_path) -> None:
    where = tmp_path / "no.py"
    assert refused(where) == f"claim file {where} does not exist; give the path of a Python file"
    assert refused(tmp_path) == f"claim file {tmp_path} is a folder; give the path of a Python file"
    bare, text = written(tmp_path, "", "bare"), written(tmp_path, "", "claims.txt")
    assert refused(bare) == f"claim file {bare} must end in .py; got no ending"
    assert refused(text) == f"claim file {text} must end in .py; got .txt"
    assert refused("a\0.py").startswith("claim file 'a\\x00.py' cannot be a path: ")
    empty = written(tmp_path, HEAD)
    assert refused(empty) == f"claim file {empty} states no claim; decorate a function with @claim(...)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ny = (\n", ", line 2: '(' was never closed; mend the syntax"),
        ("\n\n1 / 0\n", ", line 3: ZeroDivisionError: division by zero"),
        ("def f():\n    raise KeyError('a')\n\nf()\n", ", line 2: KeyError: 'a'"),
        ("raise SystemExit(3)\n", ", line 1: SystemExit: 3"),
        ("raise ValueError('two\\n   lines')\n", ", line 1: ValueError: two lines"),
        (HEAD + "0 < x < 1\n", ", line 4: TypeError: cannot determine truth value of Relational…; "
                               "write 0 < s < 1 as (s > 0) & (s < 1)"),
        ("from fractions import Fraction\nFraction('a')\n", ", line 2: ValueError: Invalid literal for Fraction: 'a'"),
        (HEAD + "lemma('t-a', x >= 0)\nlemma('t-a', x >= 1)\n", ", line 5: ValueError: Expected a new claim id but got 't-a', already …; choose another id"),
    ],
)  # fmt: skip
def test_a_file_that_breaks_is_named_with_its_line(tmp_path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    path = list(sys.path)
    message = refused(file)
    begin, _, end = said.partition("…")
    assert message.startswith(f"claim file {file}{begin}") and message.endswith(end) and sys.path == path
    assert end or message == f"claim file {file}{said}"


# the choice of claims

KNOWN: Mapping[str, Claim] = {
    id: stated(id) for id in ("GD-4.upper", "GD-4.lower", "GD-4", "GD-40", "LIN-1", "gdx-4.upper", "GD-41.a")
}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([], list(KNOWN)), (["GD-4"], ["GD-4.upper", "GD-4.lower", "GD-4"]), (["gd-4.UPPER"], ["GD-4.upper"]),
        (["GD"], ["GD-4.upper", "GD-4.lower", "GD-4", "GD-40", "GD-41.a"]), (["lin", "GDX-4"], ["LIN-1", "gdx-4.upper"]),
        (["LIN-1", "GD-40"], ["GD-40", "LIN-1"]), (["=GD-4"], ["GD-4"]), (["=gd-4", "LIN"], ["GD-4", "LIN-1"]),
    ],
)  # fmt: skip
def test_claims_are_chosen_by_id_by_what_stands_before_a_dot_and_by_family(
    asked: list[str], found: list[str]
) -> None:
    assert list(select(KNOWN, asked)) == found and select(KNOWN, asked) == {i: KNOWN[i] for i in found}


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("GD-4.uper", "nearest: GD-4.upper, GD-4.lower"), ("GD-4.qqqq", "nearest: GD-4."), ("lin-2", "nearest: LIN-1"),
        ("=GD", "nearest: GD-4, gdx-4, GD-41, GD-40"), ("GD-41.b", "nearest: GD-41.a"), ("qqqq", "see rankladder list"), ("GD-4.", "nearest"),
    ],
)  # fmt: skip
def test_an_id_that_nothing_bears_is_told_the_nearest_ones(asked: str, hint: str) -> None:
    with pytest.raises(UnknownClaim) as error:
        select(KNOWN, ["GD-4", asked])
    assert str(error.value).startswith(f"unknown claim id {asked!r}; {hint}")
    if hint not in ("nearest", "nearest: GD-4."):
        assert str(error.value).endswith(hint)


def test_a_twin_is_chosen_by_its_slug_and_never_with_its_parent() -> None:
    made = claim("t-parent", over={"x": Real(0, 1)}, constants={"most": 1})(lambda x, most: most - x)
    twin = made.twin("less", "at most a half", constants={"most": 0.5})
    known = {"t-parent": made}
    assert (
        select(known, ["t-parent~less"]) == {"t-parent~less": twin} and select(known, ["t-parent"]) == known
    )
    with pytest.raises(UnknownClaim, match="nearest: t-parent~less"):
        select(known, ["t-parent~les"])


def test_a_claim_is_found_by_its_id_and_checked_as_asked() -> None:
    here = claim("t-check.one", over={"x": Real(0, 1)})(lambda x: x)
    own = claim("GD-4.upper", title="own", over={"x": Real(0, 1)})(lambda x: x)
    for target, made in (
        (here, here), ("t-check.one", here), ("t-check", here), ("T-CHECK.ONE", here),
        ("GD-4.upper", own), ("GD-4.step-upper", load_catalogue()["GD-4.step-upper"]),
    ):  # fmt: skip
        found = check(target, profile="quick", examples=7, seed=3)
        assert (found.id, found.title, found.seed) == (made.id, made.title, 3) and found.instances < 60
    with pytest.raises(TypeError, match="^Expected a claim or its id but got 3; pass what @claim returned$"):
        check(3)  # type: ignore[arg-type]
    with pytest.raises(UnknownClaim):
        check("t-nothing-like-it")


def test_what_lies_beside_a_file_of_claims_comes_before_all_else(tmp_path, monkeypatch) -> None:
    for name, number in (("own", 1), ("other", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t_helper_of_claims.py").write_text(f"NUMBER = {number}\n")
    monkeypatch.syspath_prepend(tmp_path / "other")
    file = written(
        tmp_path / "own", HEAD + "from t_helper_of_claims import NUMBER\nlemma('t-a', x >= NUMBER)\n"
    )
    assert str(load_file(file)["t-a"].relation) == "x >= 1"
    assert sys.path[0] == str(tmp_path / "other")
    del sys.modules["t_helper_of_claims"]
