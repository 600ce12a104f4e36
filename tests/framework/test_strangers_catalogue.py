"""A stranger's package of claims, found through its entry point: every command works on it, and nothing of ours is loaded.

The package states five claims about Newton's method for a square root: two are proved, one of them by induction, one is
false and comes with a counterexample, one is about matrices. Each command runs in one process, at the end of which no
module of the paper may have been imported.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.processes import python

PACKAGE = {
    "__init__.py": '''
from rankladder import Assertion, Catalogue

CATALOGUE = Catalogue(
    name="newton",
    package="newton_roots",
    title="Newton's method for square roots",
    source="Heron of Alexandria, Metrica",
    families={"NEWTON": "one number", "ROOT": "matrices"},
    assertions=(Assertion("H1", "from above, the method falls to the root", ("NEWTON",)),),
    commands={"root": ("newton_roots.root_command", "a square root, step by step")},
)
''',
    "dynamics.py": '''
def newton(a, x0, steps):
    """x, and its successors under x <- (x + a/x)/2."""
    found = [x0]
    for _ in range(steps):
        found.append((found[-1] + a / found[-1]) / 2)
    return found
''',
    "number.py": '''
from rankladder import Int, Real, always, claim, forall, lemma, symbols

from .dynamics import newton

a, w, x, x0 = symbols("a w x x0")
ABOVE = {"start-above": x0**2 >= a}

lemma(
    "NEWTON-1.damped", (2 - w) * x + w / x >= 2, over={"w": Real(0, 2), "x": Real(0, 4)},
    given={"damped": w <= 1, "above": x >= 1}, title="a damped step from above stays above the root of 1",
).twin("a-tenth-beyond", "damping up to 1.1", given={"damped": w <= 1.1})

always(
    "NEWTON-2.above", x**2 >= a, start={x: x0}, step={x: (x + a / x) / 2},
    over={"a": Real(0, 9), "x0": Real(0, 9)}, given=ABOVE, along={"positive": x > 0},
    title="from above every step stays above the root",
)


@claim(
    "NEWTON-2.falls", over={"a": Real(0, 9), "x0": Real(0, 9), "steps": Int(1, 6)}, given=ABOVE,
    constants={"share": 1}, title="from above every step falls",
)
def falls(a, x0, steps, share):
    found = newton(a, x0, steps)
    return forall(*(share * before - after for before, after in zip(found, found[1:])))


falls.twin("by-a-tenth", "every step falls by a tenth", constants={"share": 0.9})
falls.twin("any-start", "from any start", drop="start-above")


@claim(
    "NEWTON-3.not-from-below", over={"a": Real(0, 9), "x0": Real(0, 9)}, expects="refuted",
    title="the first step falls from any start",
)
def not_from_below(a, x0):
    before, after = newton(a, x0, 1)
    return before - after
''',
    "others.py": '''
from rankladder import Matrix, claim, equal


@claim("ROOT-1.square", over={"A": Matrix(2, 2)}, title="one step from the identity: X^2 - A is a square")
def square(A):
    one = 0 * A
    one[0, 0] = one[1, 1] = 1
    X = (one + A) / 2
    return equal(X @ X - A, (one - A) @ (one - A) / 4)
''',
    "root_command.py": '''
import json

from .dynamics import newton


def add_arguments(parser):
    parser.add_argument("number", type=float)


def run(options):
    print(json.dumps(newton(options.number, options.number, 8)))
    return 0
''',
}  # fmt: skip
KEPT = {
    ("NEWTON-3.not-from-below", None): ("a=1, x0=1/2", -0.75),
    ("NEWTON-2.falls", "start-above"): ("a=1, x0=1/2, steps=1", -0.75),
}

# one process: each line of the input is a command line; the answer is what each printed, and what was imported
RUNNER = """
import contextlib, io, json, sys
from rankladder.app.main import main

done = []
for words in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    done.append([code, out.getvalue(), err.getvalue()])
print(json.dumps([done, [m for m in sys.modules if "gidel2019" in m]]))
"""


def installed(folder: Path, package: str, files: Mapping[str, str], catalogue: str) -> dict[str, str]:
    """A package in a folder with the entry point that an installer would write; the environment that finds it."""
    (folder / package).mkdir()
    for name, text in files.items():
        (folder / package / name).write_text(text)
    metadata = folder / f"{package}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        f"[rankladder.catalogues]\n{catalogue} = {package}:CATALOGUE\n"
    )
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "COLUMNS": "80", "RANKLADDER_CACHE": str(folder / "cache")}


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("stranger")
    environment = installed(folder, "newton_roots", PACKAGE, "newton")
    kept = folder / "newton_roots" / "counterexamples"
    kept.mkdir()
    for (id, dropped), (instance, margin) in KEPT.items():
        row = {"schema": 1, "claim": id, "dropped": dropped, "instance": instance, "margin": margin, "bits": 64,
               "versions": {}}  # fmt: skip
        (kept / f"{id}--{f'{dropped}--' if dropped else ''}0.json").write_text(json.dumps(row))
    return folder, environment


COMMANDS = {
    "check": ["check", "--profile", "quick", "--workers", "1", "--json", "--html", "page.html"],
    "twins": ["check", "--twins", "--profile", "quick", "--workers", "1"],
    "one-twin": ["check", "--only", "NEWTON-2.falls~any-start", "--profile", "quick", "--workers", "1", "--json"],
    "drop": ["explore", "NEWTON-1.damped", "--drop", "damped", "--budget", "20", "--examples", "300", "--json"],
    "boundary": ["boundary", "NEWTON-1.damped", "--parameter", "w", "--width", "0.01", "--json"],
    "prove": ["prove", "--workers", "1", "--json"],
    "replay": ["replay", "--kept", "--json"],
    "paper": ["paper", "--workers", "1", "--json"],
    "own": ["root", "2"],
    "lacking": ["data", "X.npy"],
    "no-data": ["check", "--data", "X.npy"],
}  # fmt: skip


@pytest.fixture(scope="module")
def said(stranger: tuple[Path, dict[str, str]]) -> dict[str, list[Any]]:
    folder, environment = stranger
    lines = [[*words, "--catalogue", "newton"] for words in COMMANDS.values()]
    ran = python("-c", RUNNER, input=json.dumps(lines), cwd=folder, env=environment, check=True)
    done, ours = json.loads(ran.stdout)
    return {**dict(zip(COMMANDS, done, strict=True)), "modules": ours}


def printed(said: Mapping[str, list[Any]], command: str, code: int = 0) -> Any:
    assert said[command][0] == code, said[command]
    return json.loads(said[command][1])


def test_nothing_of_the_paper_is_imported(said: dict[str, list[Any]]) -> None:
    assert said["modules"] == []


def test_each_claim_gets_its_verdict(said: dict[str, list[Any]], stranger: tuple[Path, Any]) -> None:
    found = printed(said, "check")
    assert {c["id"]: c["verdict"] for c in found["claims"]} == {
        "NEWTON-1.damped": "proved", "NEWTON-2.above": "proved", "NEWTON-2.falls": "tested",
        "NEWTON-3.not-from-below": "refuted", "ROOT-1.square": "tested",
    }  # fmt: skip
    page = (stranger[0] / "page.html").read_text(encoding="utf-8")
    assert "needed (without it false at" in page and "prove NEWTON-2.above --catalogue newton" in page


def test_twins_are_refuted_and_what_has_none_is_named(said: dict[str, list[Any]]) -> None:
    code, out, _ = said["twins"]
    assert code == 0 and "3 of 3 twins refuted" in out
    assert "claims without a twin: NEWTON-2.above, ROOT-1.square" in out
    (twin,) = printed(said, "one-twin")["claims"]
    assert (twin["id"], twin["verdict"]) == ("NEWTON-2.falls~any-start", "refuted")


def test_an_assumption_is_dropped_and_its_threshold_found(said: dict[str, list[Any]]) -> None:
    assert printed(said, "drop")["needed"] is True
    found = printed(said, "boundary")
    assert found["estimate"] == 1 and found["kind"] == "proved"


def test_two_claims_are_proved(said: dict[str, list[Any]]) -> None:
    assert [(p["id"], p["status"]) for p in printed(said, "prove")["proofs"]] == [
        ("NEWTON-1.damped", "proved"), ("NEWTON-2.above", "proved"),
    ]  # fmt: skip


def test_kept_counterexamples_are_replayed(said: dict[str, list[Any]]) -> None:
    assert {(r["claim"], r["dropped"]): r["outcome"] for r in printed(said, "replay")} == dict.fromkeys(
        KEPT, "violates"
    )


def test_the_assertion_of_its_source_is_answered(said: dict[str, list[Any]]) -> None:
    found = printed(said, "paper")
    (answer,) = found["assertions"]
    assert found["source"] == "Heron of Alexandria, Metrica" and answer["id"] == "H1"
    # NEWTON-2.falls is tested, not proved; what is known to be needed is what has a kept counterexample
    assert answer["answer"] == "tested under" and answer["under"] == ["start-above"]
    assert set(answer["also_assumed"]) == {"damped", "above"}
    assert [(f["assumption"], f["claim"], f["counterexample"]) for f in answer["fails_without"]] == [
        ("start-above", "NEWTON-2.falls", "a=1, x0=1/2, steps=1"),
        (None, "NEWTON-3.not-from-below", "a=1, x0=1/2"),
    ]
    assert {c["id"]: c["verdict"] for c in answer["claims"]}["NEWTON-1.damped"] == "proved"


def test_it_brings_its_own_commands_and_not_ours(said: dict[str, list[Any]]) -> None:
    assert printed(said, "own")[-1] == pytest.approx(2**0.5)
    for command, message in (("lacking", "invalid choice: 'data'"), ("no-data", "newton takes no data")):
        code, out, err = said[command]
        assert (code, out, err.count("\n")) == (2, "", 1) and message in err


BROKEN = {
    "__init__.py": """
from rankladder import Catalogue

CATALOGUE = Catalogue(name="torn", package="torn_claims", title="torn", proofs="torn_claims.proofs")
""",
    "fine.py": "from rankladder import Real, claim\nclaim('A-1', over={'x': Real(0, 1)})(lambda x: x)\n",
    "raises.py": "from rankladder import lemma, symbols\n1 / 0\nlemma('A-2', symbols('x') >= 0)\n",
    "unreadable.py": "x = (\n",
}


def test_what_cannot_be_loaded_hides_no_other_verdict(tmp_path) -> None:
    environment = installed(tmp_path, "torn_claims", BROKEN, "torn")
    (tmp_path / "torn_claims" / "proofs").mkdir()
    (tmp_path / "torn_claims" / "proofs" / "__init__.py").touch()
    (tmp_path / "torn_claims" / "proofs" / "torn.py").write_text("nothing\nPROOFS = {'A-1': None}\n")
    lines = [["check", "--catalogue", "torn", "--profile", "quick", "--workers", "1", "--json"],
             ["prove", "A-1", "--catalogue", "torn", "--workers", "1", "--json"],
             ["paper", "--catalogue", "torn"], ["list", "--catalogue", "nowhere"]]  # fmt: skip
    ran = python("-c", RUNNER, input=json.dumps(lines), cwd=tmp_path, env=environment, check=True)
    (check, prove, paper, nowhere), _ = json.loads(ran.stdout)
    claims = {c["id"]: c for c in json.loads(check[1])["claims"]}
    assert check[0] == 4 and {id: c["verdict"] for id, c in claims.items()} == dict.fromkeys(
        ("A-1", "A-2", "unreadable"), "error"
    )
    for id, why in (("A-2", "raises.py cannot be loaded: ZeroDivisionError"), ("unreadable", "unreadable.py cannot be loaded: SyntaxError"),
                    ("A-1", "torn.py cannot be loaded: NameError")):  # fmt: skip
        assert why in claims[id]["evidence"][-1]["detail"]
    # the claim itself was tested: its proof is what broke
    assert claims["A-1"]["instances"] > 0 and prove[0] == 4
    assert paper[0] == 2 and "has no assertions" in paper[2]
    assert nowhere[0] == 2 and "torn" in nowhere[2]
    assert "no catalogue 'nowhere' is installed; there is: " in nowhere[2]
