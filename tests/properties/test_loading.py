"""Where claims are found, and instances read back from their text: every way, and every refusal in full."""

import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from rankladder import Real, check, claim
from rankladder.language.library import (
    ClaimFileError,
    UnknownClaim,
    forget,
    load_catalogue,
    load_file,
    select,
)
from rankladder.language.parsing import InstanceSyntaxError, parse_instance
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


WHY = "cannot read instance {!r}; write parameters by name: s=1/4, z0=1/16"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", WHY.format("")), ("1/2", WHY.format("1/2")), ("Mode()", WHY.format("Mode()")),
        ("1, x=2", WHY.format("1, x=2")), ("x=1)", "cannot read instance 'x=1)': unmatched ')'; write s=1/4, z0=1/16"),
        ("x=y", "cannot read 'y' in an instance"), ("x=1 + 1", "cannot read '1 + 1' in an instance"),
        ("x='a'", "cannot read number 'a'; write 1/4 or 0.25"), ("x='1/0'", "cannot read number '1/0'; write 1/4 or 0.25"),
        ("x=1, y=2, x=1", "cannot read instance 'x=1, y=2, x=1': x stands there twice; give it one value"),
    ],
)  # fmt: skip
def test_text_that_is_no_instance(text: str, said: str) -> None:
    with pytest.raises(InstanceSyntaxError) as error:
        parse_instance(text)
    assert str(error.value) == said


# the catalogue


def stated(id: str) -> Claim:
    return Claim(id, id, "", "", {}, {}, lambda: 1)


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
    assert (
        refused(empty)
        == f"claim file {empty} states no claim; state one with lemma(...), always(...) or @claim(...)"
    )


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
def test_claims_are_chosen_by_id_by_parent_and_by_family(asked: list[str], found: list[str]) -> None:
    assert list(select(KNOWN, asked)) == found and select(KNOWN, asked) == {i: KNOWN[i] for i in found}


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
