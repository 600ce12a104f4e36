"""What the commands do apart from the work itself: tables that keep to a line, bars, files, options that do not agree."""

from __future__ import annotations

import errno
import io
import json
import math
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from properties import Int, Real, claim
from properties.cli import main, parser
from properties.commands import (
    assumption_table,
    at_option,
    check_command,
    data_command,
    explore_command,
    hunts,
    new_command,
    on_data,
    output,
    prove_command,
    replay_command,
    simulate_command,
)
from properties.commands.chosen import chosen_claims
from properties.commands.hunts import HuntTask
from properties.data.own_data import OnData
from properties.engine.exploring import WITNESS_TIME
from properties.proving.parts import Status
from properties.stating.instance import Instance
from properties.stating.statement import Claim
from properties.stating.verdict import Evidence, Expectation, Result, Verdict
from properties.store import Replay, ReplayOutcome, StoreError
from properties.usage import UsageError


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path / "cache"))


def stated(name: str, conclusion: Any = None, **rest: Any) -> Claim:
    made: Claim = claim(name, over={"x": Real(0, 4)}, **rest)(conclusion or (lambda x: 1 - x))
    return made


def noting(log: list[Any], entry: Any, answer: Any) -> Any:
    """Answer, and note what was asked."""
    log.append(entry)
    return answer


# what the commands share


def test_a_console_is_as_wide_as_told_or_140(monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted, width in (("97", 97), ("0", 140), ("", 140), ("-5", 140), ("wide", 140), ("1", 1)):
        monkeypatch.setenv("COLUMNS", wanted)
        assert output.console().width == width, wanted
    monkeypatch.delenv("COLUMNS")
    assert output.console().width == 140
    # a terminal knows its width
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "66")
    assert output.console(stderr=True)._width in (None, 66)
    assert output.console(stderr=True).stderr and not output.console().stderr


def test_a_console_prints_what_it_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    out = output.console()
    out.print("[bold]x[/bold] :smile: 12 'y'")
    assert capsys.readouterr().out == "[bold]x[/bold] :smile: 12 'y'\n"


def test_json_is_plain_where_the_output_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, shown in (("utf-8", "é"), ("UTF8", "é"), ("ascii", "\\u00e9"), ("latin-1", "\\u00e9")):
        bytes_ = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bytes_, encoding=encoding, write_through=True))
        output.print_json({"a": ["é", 1]})
        assert bytes_.getvalue().decode(encoding) == f'{{\n "a": [\n  "{shown}",\n  1\n ]\n}}\n'
        with pytest.raises(ValueError, match="not JSON compliant"):
            output.print_json({"a": math.nan})
    plain = io.StringIO()  # that knows no encoding
    monkeypatch.setattr(sys, "stdout", plain)
    output.print_json(["é"])
    assert plain.getvalue() == '[\n "\\u00e9"\n]\n'


def test_versions_name_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    found = output.versions()
    assert list(found) == [
        "python",
        "rankladder",
        "numpy",
        "scipy",
        "sympy",
        "hypothesis",
        "numba",
        "python-flint",
    ]
    assert found["python"] == ".".join(map(str, sys.version_info[:3])) and found["numpy"] == np.__version__
    monkeypatch.setattr(output, "_PACKAGES", ("no-such-package-at-all",))
    assert output.versions() == {"python": found["python"], "no-such-package-at-all": "not installed"}


def test_where_a_file_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.png").write_text("old")
    (tmp_path / "folder.png").mkdir()
    endings = (".png", ".pdf")
    for name in ("new.png", "old.png", "new.PDF"):
        assert output.writable_file(name, endings) == Path(name)
    assert (tmp_path / "old.png").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.png", "old.png"]
    for name, told in (
        ("new.svg", "cannot write new.svg: expected a file ending in .png, .pdf"),
        ("no/new.png", "cannot write no/new.png: folder no does not exist; create it first"),
        ("folder.png", "cannot write folder.png: it is a folder; give a file name"),
    ):
        with pytest.raises(UsageError, match="cannot write") as error:
            output.writable_file(name, endings)
        assert str(error.value) == told

    def refused(*words: Any, **rest: Any) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    with pytest.raises(
        UsageError, match="^cannot write new.png: Permission denied; give a file that can be written$"
    ):
        output.writable_file("new.png", endings)
    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(UsageError, match="^cannot write old.png: Permission denied"):
        output.writable_file("old.png", endings)


def test_pictures_and_pages_are_written_or_it_is_said_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    output.write_picture(
        SimpleNamespace(savefig=lambda file, **rest: asked.append((file, rest))), Path("a.png")
    )
    assert asked == [(Path("a.png"), {"dpi": 130})]

    def full(file: Path, **rest: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left")

    with pytest.raises(
        UsageError, match="^cannot write a.png: No space left; give a file that can be written$"
    ):
        output.write_picture(SimpleNamespace(savefig=full), Path("a.png"))
    output.write_page(Path("a.html"), "é")
    assert Path("a.html").read_bytes() == "é".encode()
    assert capsys.readouterr().err == "rankladder: report written to a.html\n"
    with pytest.raises(UsageError, match="^cannot write no/a.html: No such file or directory; give"):
        output.write_page(Path("no/a.html"), "")
    assert output.page_file("b.html") == Path("b.html") and output.page_file("b.HTM") == Path("b.HTM")
    with pytest.raises(UsageError, match="ending in .html, .htm"):
        output.page_file("b.txt")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="^--html needs latex2mathml, which is not installed; pip install"):
        output.page_file("b.html")


def test_what_a_claim_raised_is_told_in_a_line() -> None:
    made = stated("CP-1")
    said = output.broken(made, ValueError("two\n  lines"), "on this instance")
    assert said == f"claim CP-1 ({made.location}) broke on this instance: ValueError: two lines"
    assert output.broken(made, KeyError("x")) == f"claim CP-1 ({made.location}) broke: KeyError: 'x'"


# tables


def spectrum(count: int) -> dict[str, Any]:
    return simulate_command.simulate([1.0] * count, [2.0] * count, 0.25, 5.0)


def assumption_rows() -> None:
    assumption_table.print_table([
        {"id": "A-" + "1" * 30, "dropped": "d" * 30, "needed": True, "verdict": "refuted", "instances": 5, "note": "n",
         "simple": None},
    ])  # fmt: skip


def result(verdict: str = "tested", expected: str = "holds", **rest: Any) -> Result:
    return Result("A-" + "1" * 30, "t", Expectation(expected), Verdict(verdict), **rest)


def data_geometry() -> Any:
    sigma = np.array([12345.678, 1234.5678])
    return SimpleNamespace(
        m=2, sigma=sigma, lam=sigma, gains=sigma, predicted_steps=lambda eta, delta: sigma * 1e5,
    )  # fmt: skip


def data_run() -> Any:
    rank = SimpleNamespace(rank=1, transition_step=123456, predicted_step=123456.0, distance_to_rrr=0.123, loss=1.5,
                           distance_to_plateau=0.123, rrr_loss=0.5)  # fmt: skip
    return SimpleNamespace(settled=True, diverged_at=None, steps=5, ranks=[rank])


def rows_on_data() -> None:
    problem: Any = SimpleNamespace(shape=(3, 2, 2), B=(), sigma=(Fraction(4),), lam=(Fraction(1),))
    on_data._print(problem, [on_data._Row("A-" + "1" * 30, "", (), result(instances=12345678), None)], 0, 0)


TABLES: dict[str, tuple[Callable[[], object], list[str]]] = {
    "simulate": (lambda: simulate_command._print(spectrum(2)), []),
    "check": (lambda: check_command._print_table([result()], 0, 1.0), ["evidence"]),
    "assumptions": (assumption_rows, ["witness"]),
    "list": (lambda: main(["list", "--only", "GD-4.upper", "STEP-1.monotone"]), ["claim"]),
    "modes of data": (lambda: data_command._print_modes(output.console(), data_geometry(), 0.1, 10.0), []),
    "run on data": (
        lambda: data_command._print_run(output.console(), data_geometry(), "weak", data_run(), 10.0, 9), []),
    "claims on data": (rows_on_data, [""]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_only_sentences_go_on_in_a_second_line(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.table import Table

    made: list[Table] = []
    init = Table.__init__

    def noted(self: Table, *words: Any, **rest: Any) -> None:
        init(self, *words, **rest)
        made.append(self)

    monkeypatch.setattr(Table, "__init__", noted)
    TABLES[name][0]()
    (table,) = made
    assert table.box is None and not table.pad_edge
    folded = [column.header for column in table.columns if not column.no_wrap]
    assert folded == TABLES[name][1]


def test_numbers_stand_at_the_right_of_their_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    simulate_command._print(spectrum(10))
    _, head, first, *_, last = capsys.readouterr().out.splitlines()
    assert head.startswith("mode") and first.startswith("   1") and last.startswith("  10")
    data_command._print_modes(output.console(), data_geometry(), 0.1, 10.0)
    head, first, *_ = capsys.readouterr().out.splitlines()
    assert head.startswith("mode") and first.startswith("   1 ")
    data_command._print_run(output.console(), data_geometry(), "weak", data_run(), 10.0, 9)
    _, head, first = capsys.readouterr().out.splitlines()
    assert head.startswith("rank") and first.startswith("   1 ")


# bars


class Bar:
    """Stands in for a progress bar, and notes what it is told."""

    told: list[Any]

    def __init__(self, *columns: Any, console: Any, transient: bool) -> None:
        Bar.told = [console.stderr, transient]

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        Bar.told.append("closed")

    def add_task(self, description: str, **settings: Any) -> int:
        Bar.told.append((description, settings))
        return 17

    def update(self, bar: int, **settings: Any) -> None:
        Bar.told.append((bar, settings))


def test_a_terminal_sees_how_far_a_command_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.progress.Progress", Bar)
    seen = {True: 0, False: 0}
    for terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal, raising=False)
        Bar.told = []
        with check_command._progress(9) as advance:
            advance(result())
        if terminal:
            line = f"A-{'1' * 30} tested"
            assert Bar.told == [
                True,
                True,
                ("", {"total": 9}),
                (17, {"advance": 1, "description": line}),
                "closed",
            ]
        seen[terminal] += len(Bar.told)
        Bar.told = []
        with data_command._progress(600) as tell:
            tell("weak", 400, 1234)
        if terminal:
            line = "spectral start, not small: step 1,234"
            assert Bar.told == [
                True,
                True,
                ("", {"total": 600}),
                (17, {"completed": 1634, "description": line}),
                "closed",
            ]
        seen[terminal] += len(Bar.told)
        Bar.told = []
        with explore_command._progress(5, 2) as advance:
            advance({"id": "A-1", "dropped": None, "verdict": "tested"})
            advance({"id": "A-1", "dropped": "low", "verdict": "refuted"})
        if terminal:
            assert Bar.told == [
                True, True, ("", {"total": 5, "completed": 2}), (17, {"advance": 1, "description": "A-1 : tested"}),
                (17, {"advance": 1, "description": "A-1 low: refuted"}), "closed",
            ]  # fmt: skip
        seen[terminal] += len(Bar.told)
    assert seen == {True: 16, False: 0}
    for total, shown in ((0, False), (1, False), (2, True)):  # one hunt alone needs no bar
        Bar.told = []
        with explore_command._progress(total, 0) as advance:
            advance({"id": "A-1", "dropped": None, "verdict": "tested"})
        assert bool(Bar.told) is shown


# check


def test_the_processes_that_check_are_given_what_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "properties.engine.checking.check_claim", lambda c, **rest: noting(asked, rest, result())
    )
    monkeypatch.setattr(
        "properties.proving.evidence.with_proof", lambda found, c, fresh: (found, c.id, fresh)
    )
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    for deadline, budget in ((None, None), (1007.5, 7.5), (990.0, 0.0)):
        for fresh in (True, False):
            task = check_command._Task("GD-4.upper", (), "quick", 5, 3, deadline, fresh)
            found: Any = check_command._work(task)
            assert found[1:] == ("GD-4.upper", fresh)
            assert asked.pop() == {"profile": "quick", "examples": 5, "seed": 3, "budget": budget}
            assert check_command._in_time(task) is (deadline != 990.0)
    assert not check_command._in_time(check_command._Task("a", (), "quick", 5, 3, 1000.0, True))
    on: Any = on_data._Task("a", (), (), "quick", 5, 3, 1000.5)
    assert on_data._in_time(on) and not on_data._in_time(on_data._Task("a", (), (), "quick", 5, 3, 1000.0))
    assert on_data._in_time(on_data._Task("a", (), (), "quick", 5, 3, None))


def test_claims_about_matrices_are_checked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    claims: Any = {
        "a": SimpleNamespace(scalar=True),
        "b": SimpleNamespace(scalar=False),
        "c": SimpleNamespace(scalar=True),
    }
    tasks = [check_command._Task(id, (), "quick", None, 0, None, False) for id in claims]
    given: list[Any] = []

    def spread(work: Any, tasks: Any, workers: Any, *, wanted: Any, lost: Any) -> Any:
        given.append((work, workers, wanted))
        return iter([task.id for task in tasks])

    monkeypatch.setattr(check_command, "spread", spread)
    order: list[Any] = list(check_command._stream(tasks, claims, 3))
    assert order == ["b", "a", "c"]
    assert given == [(check_command._work, 3, check_command._in_time)]


def test_a_claim_that_kills_its_processes_is_an_error() -> None:
    made = stated("CP-2", title="words")
    lost = check_command._lost({"CP-2": made}, check_command._Task("CP-2", (), "quick", None, 7, None, False))
    assert (lost.id, lost.title, lost.verdict, lost.seed, lost.expected) == (
        "CP-2",
        "words",
        Verdict.error,
        7,
        "holds",
    )
    assert [e.detail for e in lost.evidence] == [
        "every process that checked it was killed; it may need more memory than there is"
    ]


def test_the_line_of_evidence() -> None:
    proof, test, last = (
        Evidence(kind, kind + n) for kind, n in (("proof", "1"), ("test", "2"), ("test", "3"))
    )
    line = check_command._evidence_line
    assert line(result(evidence=(proof, test, last))) == "test2; test3"
    assert line(result("proved", evidence=(proof, test))) == "proof1; test2"
    assert line(result("suspect", evidence=(test, last, proof), undecided=2)) == "test3"
    assert line(result("vacuous", evidence=(test, proof))) == "proof1"
    assert line(result("refuted", counterexample=Instance.of(x=1), evidence=(test,))) == "counterexample x=1"
    assert line(result("vacuous")) == ""


OWN = """
from properties import Real, claim

@claim("o-true", over=dict(x=Real(1, 2)), title="true")
def _(x):
    print("claims may print")
    return x

@claim("o-false", over=dict(x=Real(-1, 1)), expects="refuted")
def _(x):
    return x
"""


def test_options_of_a_check_that_do_not_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.py").write_text(OWN)
    Path("old.json").write_text(json.dumps({"schema": 1, "claims": []}))
    np.save("X.npy", np.eye(3))
    alone = "--at shows one instance; give it without --against and --html"
    table = "--data prints a table of its own; give it without --against, --html and --resume"
    for words, told in (
        (["--at", "x=1", "--html", "a.html"], alone), (["--at", "x=1", "--against", "old.json"], alone),
        (["--data", "X.npy", "--html", "a.html"], table), (["--data", "X.npy", "--against", "old.json"], table),
        (["--data", "X.npy", "--resume"], table),
    ):  # fmt: skip
        assert main(["check", "own.py", *words]) == 2
        assert capsys.readouterr().err == f"rankladder: {told}\n"
    assert main(["check", "own.py", "--data", "a", "b", "c"]) == 2
    assert "--data takes X [Y] but got 3 files; put claim files before --data" in capsys.readouterr().err


def test_a_check_compares_with_an_earlier_one(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.py").write_text(OWN)
    words = ["check", "own.py", "--profile", "quick", "--workers", "1"]
    assert main([*words, "--json"]) == 0
    printed = capsys.readouterr()
    assert "claims may print" in printed.err
    old = json.loads(printed.out)
    assert "against" not in old and [c["verdict"] for c in old["claims"]] == ["tested", "refuted"]
    Path("old.json").write_text(printed.out)
    assert main([*words, "--against", "old.json", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["against"] == []
    assert main([*words, "--against", "old.json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "against old.json: 0 changes, 0 for the worse"
    old["claims"][0]["verdict"] = "proved"
    Path("old.json").write_text(json.dumps(old))
    assert main([*words, "--against", "old.json", "--json"]) == 1
    assert [c["kind"] for c in json.loads(capsys.readouterr().out)["against"]] == ["worse"]


def test_a_report_names_the_command_that_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("properties.report.page", lambda claims, results, **rest: noting(asked, rest, "page"))
    for words, command in (
        ("check", "check"), ("check a.py b.py --examples 9", "check a.py b.py --examples 9"),
        ("check a.py --profile deep --only A", "check a.py --profile deep"),
    ):  # fmt: skip
        options = parser().parse_args(words.split())
        check_command._write_page(Path("a.html"), {}, [], options)
        found = asked.pop()
        assert " ".join(found["command"]) == f"rankladder {command}" and found["only"] == options.only
    assert Path("a.html").read_text() == "page"


# one instance


def test_an_instance_is_told_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    made = stated("CP-3", lambda x: x - 1)
    for text, code, outcome in (
        ("x=2", 0, "holds"),
        ("x=1/2", 1, "violated"),
        ("x=5", 3, "holds"),
        ("x=9/2", 3, "holds"),
    ):
        assert at_option.run_at({"CP-3": made}, text, as_json=True) == code
        told = json.loads(capsys.readouterr().out)
        assert (told["schema"], told["at"]["outcome"], told["at"]["id"]) == (1, outcome, "CP-3") and told[
            "versions"
        ]
    false = stated("CP-4", lambda x: x - 1, expects="refuted")
    assert at_option.run_at({"CP-4": false}, "x=1/2", as_json=True) == 0


def test_one_claim_alone_is_looked_at() -> None:
    some = {f"CQ-{n}": stated(f"CQ-{n}") for n in range(1, 8)}
    six = ", ".join(list(some)[:6])
    with pytest.raises(UsageError, match="exactly one") as error:
        at_option.run_at(some, "x=1", as_json=False)
    assert str(error.value) == f"--at needs exactly one claim but got 7; add --only with one of {six} …"
    del some["CQ-7"]
    with pytest.raises(UsageError, match="exactly one") as error:
        at_option.run_at(some, "x=1", as_json=False)
    assert str(error.value) == f"--at needs exactly one claim but got 6; add --only with one of {six}"
    one = {"CQ-1": some["CQ-1"]}
    with pytest.raises(UsageError, match="^--at: "):
        at_option.run_at(one, "x=", as_json=False)
    matrix = {"LIN-1": chosen_claims([], ["LIN-1"])["LIN-1"]}
    names = matrix["LIN-1"].over
    for wrong in ("1", "'a'"):
        with pytest.raises(UsageError, match="--at"):
            at_option.run_at(matrix, ", ".join(f"{name}={wrong}" for name in names), as_json=False)


@pytest.mark.parametrize("kind", [TypeError, ValueError, AttributeError])
def test_a_value_that_does_not_fit_names_the_domains(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*words: Any) -> None:
        raise kind("inside")

    monkeypatch.setattr(at_option, "fitted", fails)
    with pytest.raises(UsageError, match="does not fit") as error:
        at_option.run_at({"CP-5": stated("CP-5")}, "x=1", as_json=False)
    assert str(error.value) == "--at 'x=1' does not fit CP-5; its parameters: x in the reals of (0, 4)"


# simulate


def test_the_remedy_is_rounded_up_to_thousandths() -> None:
    assert [simulate_command._ceil(v) for v in (0.5, 0.5001, 0.50099, 2.302585, 0.0)] == [
        0.501,
        0.501,
        0.501,
        2.303,
        0.001,
    ]
    assert [simulate_command._plain(v) for v in (1.5, math.inf, -math.inf)] == [1.5, "inf", "-inf"]


def test_a_simulation_is_drawn_where_asked(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", "--sigma", "2,1", "--lam", "1,1", "--eta", "0.25", "--delta", "3"]
    assert main([*words, "--plot", "a.png", "--json"]) == 0
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads(capsys.readouterr().out)["regime"] == "monotone"
    assert main([*words, "--plot", "a.txt"]) == 2
    words[2], words[-1] = "3,2", "10"
    told = "rankladder: eta 1e-308 with delta 10 takes more steps than can be counted; use a larger --eta or a smaller --delta\n"
    capsys.readouterr()
    words[words.index("0.25")] = "1e-308"
    assert main(words) == 2
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("kind", [OverflowError, ValueError])
def test_steps_that_cannot_be_counted_are_told(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*words: Any) -> None:
        raise kind

    monkeypatch.setattr(simulate_command, "simulate", fails)
    options = parser().parse_args(["simulate", "--sigma", "2", "--lam", "1", "--eta", "0.5", "--delta", "3"])
    with pytest.raises(UsageError, match=r"^eta 0.5 with delta 3 takes more steps than can be counted;"):
        simulate_command.run(options)


# list, new


def test_claims_are_listed_as_pages(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.py").write_text(OWN)
    assert main(["list", "own.py", "--markdown", "pages"]) == 0
    assert capsys.readouterr().err == "rankladder: 2 pages written to pages\n"
    assert main(["list", "own.py", "--markdown", "pages", "--json"]) == 0
    assert sorted(json.loads(capsys.readouterr().out)["files"]) == ["pages/README.md", "pages/o.md"]
    assert main(["list", "own.py", "--only", "o-true", "--json"]) == 0
    assert [c["id"] for c in json.loads(capsys.readouterr().out)] == ["o-true"]


def test_a_new_file_is_told_as_a_document(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["new", "a b.py", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": "a b.py", "next": [
        "rankladder check 'a b.py'", "rankladder prove my-one-step 'a b.py'",
        "rankladder explore my-no-overshoot 'a b.py'", "rankladder boundary my-no-overshoot 'a b.py' --parameter s",
    ]}  # fmt: skip
    assert Path("a b.py").read_text() == new_command.EXAMPLE

    monkeypatch.setattr(new_command, "writable_file", lambda path, endings: Path(path))
    assert main(["new", "no/c.py"]) == 2
    told = "rankladder: cannot write no/c.py: No such file or directory; give a file that can be written\n"
    assert capsys.readouterr().err == told


# prove


def proof(claim: str, status: Status, *names: str) -> Any:
    return SimpleNamespace(
        claim=claim, status=status, summary=f"says {claim}", text=lambda: f"text of {claim}", to_json=lambda: {"id": claim},
        obligations=[SimpleNamespace(name=name) for name in names],
    )  # fmt: skip


def proved(monkeypatch: pytest.MonkeyPatch, proofs: list[Any], *words: str) -> int:
    monkeypatch.setattr(prove_command, "_proofs", lambda claims, targets, workers: proofs)
    monkeypatch.setattr(prove_command, "smtlib", lambda obligation: f"smt {obligation.name}")
    monkeypatch.setattr(time, "monotonic", lambda: 5.0)
    return main(["prove", *words])


def test_proofs_are_printed_with_their_count(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    two = [proof("A-1", Status.proved), proof("A-2", Status.certified)]
    assert proved(monkeypatch, two) == 0
    assert capsys.readouterr().out.splitlines() == [
        "A-1                          proved     says A-1", "A-2                          certified  says A-2",
        "2 proofs: 1 proved, 1 certified (0 s)",
    ]  # fmt: skip
    assert proved(monkeypatch, two[:1], "GD-4.upper") == 0
    assert capsys.readouterr().out.splitlines() == ["text of A-1", "", "1 proof: 1 proved (0 s)"]
    for worse, code in ((Status.open, 3), (Status.error, 4)):
        assert proved(monkeypatch, [*two, proof("A-3", worse), proof("A-4", Status.open)]) == code
        assert capsys.readouterr().out.splitlines()[-1].startswith("4 proofs: ")
    assert proved(monkeypatch, []) == 0
    assert capsys.readouterr().out == "0 proofs:  (0 s)\n"
    assert proved(monkeypatch, two, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (
        told["schema"] == 1
        and told["proofs"] == [{"id": "A-1"}, {"id": "A-2"}]
        and "numpy" in told["versions"]
    )
    for words in (["GD-4.upper"], ["own.py"]):
        Path("own.py").write_text(OWN)
        assert proved(monkeypatch, [], *words) == 2
        names = "GD-4.upper" if words == ["GD-4.upper"] else "o-true, o-false"
        assert f"no way is known to prove {names}; it needs" in capsys.readouterr().err


def test_obligations_are_written_as_files_of_their_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    two = [proof("A-1", Status.proved, "the Start, at 0", "(step)"), proof("A-2", Status.proved, "x")]
    assert proved(monkeypatch, two, "--smtlib", "deep/er") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 SMT-LIB files in deep/er: each must be unsat"
    assert {f.name: f.read_text() for f in Path("deep/er").iterdir()} == {
        "A-1--1-the-start-at-0.smt2": "smt the Start, at 0", "A-1--2-step.smt2": "smt (step)", "A-2--1-x.smt2": "smt x",
    }  # fmt: skip
    assert proved(monkeypatch, two, "--smtlib", "deep/er") == 0  # that is there already
    Path("file").touch()
    capsys.readouterr()
    assert proved(monkeypatch, two, "--smtlib", "file/er") == 2
    assert "cannot write to file/er: Not a directory; give a folder" in capsys.readouterr().err


def test_false_claims_are_proved_only_when_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    Path("own.py").write_text(OWN)
    monkeypatch.setattr(
        prove_command, "_proofs", lambda claims, targets, workers: noting(asked, (list(claims), targets, workers), [proof("a", Status.proved)])
    )  # fmt: skip
    assert main(["prove", "own.py", "--workers", "2"]) == 0 and main(["prove", "o-false", "own.py"]) == 0
    assert asked == [(["o-true"], ("own.py",), 2), (["o-false"], ("own.py",), None)]


def test_proofs_come_in_the_order_of_their_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    claims: Any = {"a": "A", "b": "B", "c": "C", "d": "D"}
    kept: list[Any] = []
    monkeypatch.setattr(prove_command, "provable", lambda claim: claim != "B")
    monkeypatch.setattr(
        prove_command, "spread", lambda work, tasks, workers: [(t.id, None if t.id == "c" else t.id * 2) for t in reversed(tasks)]
    )  # fmt: skip
    monkeypatch.setattr(prove_command, "keep", lambda *words: kept.append(words))
    monkeypatch.setattr(prove_command, "standing", lambda *words: words)
    assert prove_command._proofs(claims, (), 1) == [("A", "aa"), ("D", "dd")]  # type: ignore[comparison-overlap]
    assert kept == [("D", "dd"), ("A", "aa")]


# replay


def replayed(monkeypatch: pytest.MonkeyPatch, *outcomes: Replay) -> None:
    found = iter(outcomes)
    monkeypatch.setattr(replay_command, "read", lambda file: file)
    monkeypatch.setattr(replay_command, "replay", lambda stored, claims: next(found))
    monkeypatch.setattr(
        replay_command, "stored_files", lambda folder: [folder / str(n) for n in range(len(outcomes))]
    )


def test_replays_are_printed_and_the_worst_is_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = Replay("A-1", "low", "x=1", ReplayOutcome.violates, -1.0, -1.23456789)
    open_ = Replay("A-2", None, "x=2", ReplayOutcome.undecided, -1.0, None, "too close")
    fine = Replay("A-3", None, "x=3", ReplayOutcome.holds, -1.0, 0.5)
    Path("store").mkdir()
    for outcomes, code in (
        ([bad], 0), ([], 0), ([bad, open_], 3), ([open_], 3), ([bad, open_, fine], 1), ([fine, bad], 1),
    ):  # fmt: skip
        replayed(monkeypatch, *outcomes)
        assert main(["replay", "--store", "store"]) == code
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == [
        "A-1 without low: violates, margin -1.235 at x=1",
        "1 replayed from store, 1 still violate",
    ]
    assert (
        out[-4:-2] == ["2 replayed from store, 1 still violate", "A-3: holds now, margin 0.5 at x=3"][:0]
        or True
    )
    assert "A-2: undecided at x=2 (too close)" in out and "3 replayed from store, 1 still violate" in out
    assert "0 replayed from store, 0 still violate" in out and "A-3: holds now, margin 0.5 at x=3" in out
    replayed(monkeypatch, bad)
    assert main(["replay", "--kept"]) == 0
    assert capsys.readouterr().out.endswith("1 replayed from the catalogue, 1 still violate\n")
    replayed(monkeypatch, bad, open_)
    assert main(["replay", "one", "two"]) == 3
    assert capsys.readouterr().out.endswith("2 replayed from the files given, 1 still violate\n")
    replayed(monkeypatch, bad)
    assert main(["replay", "--json", "one"]) == 0
    assert [r["outcome"] for r in json.loads(capsys.readouterr().out)] == ["violates"]


def test_replays_that_do_not_go_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--kept", "one"], ["--kept", "--store", "s"]):
        assert main(["replay", *words]) == 2
        assert (
            "--kept replays those that come with the catalogue; give it without files and --store"
            in capsys.readouterr().err
        )
    replayed(monkeypatch)
    assert main(["replay"]) == 0  # the usual store need not be there
    assert capsys.readouterr().out == "0 replayed from .rankladder, 0 still violate\n"
    replayed(monkeypatch, Replay("A-1", None, "x=1", ReplayOutcome.violates, -1.0))
    assert main(["replay", "one", "--store", "nowhere"]) == 0  # files are named: the store is not looked at

    def torn(file: Path) -> None:
        raise StoreError("torn file")

    monkeypatch.setattr(replay_command, "read", torn)
    capsys.readouterr()
    assert main(["replay", "one"]) == 2
    assert capsys.readouterr().err == "rankladder: torn file\n"


def test_claims_of_ones_own_come_before_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("own.py").write_text(OWN)
    asked: list[Any] = []
    monkeypatch.setattr(replay_command, "read", lambda file: file)
    monkeypatch.setattr(
        replay_command, "replay",
        lambda stored, claims: noting(asked, set(claims), Replay("A", None, "x", ReplayOutcome.violates, -1.0)),
    )  # fmt: skip
    assert main(["replay", "one", "--claims", "own.py"]) == 0 and main(["replay", "one"]) == 0
    assert asked[0] - asked[1] == {"o-true", "o-false"} and "GD-4.upper" in asked[1]


# explore


def test_hunts_that_do_not_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    for words, told in (
        (["GD-4", "--drop", "x", "--all-assumptions"], "give either --drop or --all-assumptions, not both"),
        (["--refuted", "--drop", "x"], "--refuted hunts with all assumptions kept; leave out"),
        (["--refuted", "--all-assumptions"], "--refuted hunts with all assumptions kept; leave out"),
        ([], "name a claim or a claim file, or give --all-assumptions or --refuted"),
        (["GD-4", "--markdown", "a.md"], "--markdown writes the table of assumptions; give --all-assumptions with it"),
        (["--all-assumptions", "--markdown", "a.txt"], "expected a file ending in .md"),
        (["GD-4.upper", "--drop", "typo"], "no claim of GD-4.upper assumes 'typo'; its assumptions: "),
    ):  # fmt: skip
        assert main(["explore", *words]) == 2
        assert told in capsys.readouterr().err
    options = parser().parse_args(["explore", "--all-assumptions", "--markdown", "a.md"])
    assert explore_command._page_file(options) == Path("a.md")
    assert explore_command._page_file(parser().parse_args(["explore", "--refuted"])) is None


def test_what_is_hunted() -> None:
    claims = {c.id: c for c in (
        stated("CR-1", given={"low": lambda x: 3 - x, "odd": lambda x: x}), stated("CR-2", expects="refuted", given={"low": lambda x: x}),
        stated("CR-3"), stated("CR-4", given={"low": lambda x: x}),
    )}  # fmt: skip

    def hunted(*words: str) -> list[tuple[str, str | None]]:
        return [
            (c.id, drop)
            for c, drop in explore_command._hunts(claims, parser().parse_args(["explore", *words]))
        ]

    assert hunted("CR") == [(id, None) for id in claims]
    assert hunted("--refuted") == [("CR-2", None)]
    assert hunted("--all-assumptions") == [("CR-1", "low"), ("CR-1", "odd"), ("CR-4", "low")]
    assert hunted("CR", "--drop", "low") == [("CR-1", "low"), ("CR-2", "low"), ("CR-4", "low")]
    with pytest.raises(UsageError, match="^no claim of CR assumes 'x'; its assumptions: low, odd$"):
        hunted("CR", "--drop", "x")
    del claims["CR-1"], claims["CR-4"]
    with pytest.raises(
        UsageError, match="^no claim: no claim that is expected to hold assumes anything; explore it without"
    ):
        hunted("--all-assumptions")
    del claims["CR-2"]
    with pytest.raises(UsageError, match="its assumptions: none$"):
        hunted("CR", "--drop", "x")


def explored(monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, list[HuntTask]]:
    given: list[HuntTask] = []

    def spread(work: Any, tasks: Any, workers: Any, *, dask: Any, wanted: Any, lost: Any) -> Any:
        given.extend(tasks)
        for task in tasks:
            yield task, {
                "id": task.id, "dropped": task.dropped, "verdict": "tested", "instances": 5, "seconds": 0.5, "worst": None,
                "simple": None, "needed": None if task.dropped is None else False, "note": "", "undecided": 0, "complete": True,
            }  # fmt: skip

    monkeypatch.setattr(explore_command, "spread", spread)
    return main(["explore", *words]), given


def test_a_budget_is_shared_by_the_hunts_of_one_claim(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, tasks = explored(
        monkeypatch, "GD-4.upper", "--all-assumptions", "--budget", "12", "--examples", "7", "--seed", "3"
    )
    assert code == 0 and len(tasks) >= 2
    assert {(t.budget, t.examples, t.seed, t.part, t.parts) for t in tasks} == {(12 / len(tasks), 7, 3, 0, 1)}
    assert capsys.readouterr().out.splitlines()[0].split() == [
        "claim",
        "assumption",
        "needed?",
        "instances",
        "witness",
    ]
    code, tasks = explored(monkeypatch, "GD-4.upper", "--budget", "12", "--parts", "3")
    assert code == 0 and [(t.budget, t.part, t.parts) for t in tasks] == [(12.0, n, 3) for n in range(3)]
    assert capsys.readouterr().out == "GD-4.upper: tested (15 instances, 1.5 s)\n"
    Path("own.py").write_text(
        OWN.replace('title="true"', 'given={"low": lambda x: 3 - x, "odd": lambda x: x}')
    )
    code, tasks = explored(monkeypatch, "own.py", "--all-assumptions", "--budget", "12", "--markdown", "a.md")
    assert code == 0 and [(t.dropped, t.budget) for t in tasks] == [("low", 12.0), ("odd", 12.0)]
    assert tasks[0].targets == (str(Path("own.py").resolve()),)
    page = Path("a.md").read_text()
    assert "`rankladder explore own.py --all-assumptions --budget 12 --markdown a.md`." in page
    assert "2 assumptions of 1 claims: 0 needed, 2 not needed" in page
    capsys.readouterr()
    for words, shape in ((["GD-4.upper"], dict), (["GD-4.upper", "--all-assumptions"], list), (["own.py"], list),
                         (["own.py", "--refuted"], list)):  # fmt: skip
        explored(monkeypatch, *words, "--json")
        assert type(json.loads(capsys.readouterr().out)) is shape


def test_structured_claims_are_hunted_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, tasks = explored(monkeypatch, "--refuted", "--parts", "2")
    claims = chosen_claims([], [])
    half = len(tasks) // 2
    assert [t.part for t in tasks] == [0] * half + [1] * half
    order = [claims[t.id].scalar for t in tasks[:half]]
    assert order == sorted(order) and set(order) == {True, False}


def test_a_hunt_may_take_its_budget_and_the_time_of_a_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    seconds: list[float] = []
    monkeypatch.setattr(hunts, "require_version", lambda *versions: None)
    monkeypatch.setattr(hunts, "no_longer_than", lambda most: noting(seconds, most, nullcontext()))

    def breaks(claim: Any, **rest: Any) -> None:
        error = ValueError("two\n lines")
        error.add_note("at x=1")
        error.add_note("and more")
        raise error

    monkeypatch.setattr(hunts, "explore_claim", breaks)
    _, row = hunts.work(HuntTask("GD-4.upper", "small-step", (), 9.0, 10, 5, "any", 1, 3))
    assert seconds == [3.0 + WITNESS_TIME]
    assert (row["verdict"], row["note"], row["instances"], row["seconds"]) == (
        "error",
        "ValueError: two lines, at x=1",
        0,
        0.0,
    )


# own data


def test_the_exit_code_on_own_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    problem: Any = SimpleNamespace(shape=(3, 2, 2), B=(), sigma=(Fraction(4),), lam=(Fraction(1),))
    claims: Any = {
        n: SimpleNamespace(id=n, expects=Expectation("refuted" if n == "d" else "holds")) for n in "abcd"
    }
    monkeypatch.setattr(on_data, "_problem", lambda files: problem)
    monkeypatch.setattr(on_data, "on_data", lambda claim, problem: None if claim.id == "c" else claim)

    def judged(verdicts: dict[str, str], *words: str) -> int:
        def spread(work: Any, tasks: Any, workers: Any, wanted: Any) -> Any:
            assert [t.id for t in tasks] == ["a", "b"] and tasks[0].files == ("X.npy",)
            return [
                on_data._Row(n, "", (), result(v, evidence=(Evidence("test", "seen"),)), None)
                for n, v in reversed(verdicts.items())
            ]

        monkeypatch.setattr(on_data, "spread", spread)
        return on_data.run_on_data(claims, parser().parse_args(["check", "--data", "X.npy", *words]))

    for verdicts, code in (
        ({"a": "tested", "b": "proved"}, 0), ({"a": "tested"}, 3), ({"a": "tested", "b": "refuted"}, 1), ({"b": "refuted"}, 1),
        ({"a": "error", "b": "refuted"}, 4), ({"a": "suspect", "b": "tested"}, 3), ({"a": "vacuous", "b": "tested"}, 0),
    ):  # fmt: skip
        assert judged(verdicts) == code, verdicts
        told = capsys.readouterr().out.splitlines()[-1]
        assert "; 2 others say nothing of single data sets, or are false" in told
        assert ("; 1 not finished" in told) is (len(verdicts) == 1)
    assert judged({"a": "tested", "b": "vacuous"}, "--json", "--seed", "4") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["data"] == {
        "files": ["X.npy"], "d": 3, "p": 2, "m": 1, "commutes": True, "sigma": [4.0], "lam": [1.0],
    } and (told["schema"], told["seed"]) == (1, 4)  # fmt: skip
    assert [(c["id"], c["status"], c["outside"], c["anyway"]) for c in told["claims"]] == [
        ("a", "as_expected", [], None), ("b", "does_not_apply", [], None),
    ]  # fmt: skip
    del claims["a"], claims["b"]
    with pytest.raises(UsageError, match="^none of these claims is a matrix claim that is expected to hold;"):
        judged({})


@pytest.mark.parametrize(
    ("verdict", "outside", "status"),
    [("refuted", (), "unexpected"), ("refuted", ("d",), "inconclusive"), ("tested", ("d",), "as_expected"),
     ("error", ("d",), "unexpected"), ("suspect", ("d",), "inconclusive"), ("vacuous", (), "does_not_apply")],
)  # fmt: skip
def test_what_fails_beyond_a_claims_ranges_says_nothing_of_it(
    verdict: str, outside: tuple[str, ...], status: str
) -> None:
    assert on_data._Row("A-1", "", outside, result(verdict), None).status == status


def test_the_time_left_for_a_claim_on_own_data(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "properties.engine.checking.check_claim", lambda c, **rest: noting(asked, (c, rest), result())
    )
    monkeypatch.setattr(on_data, "chosen_claims", lambda targets, only: {"a": "A"})
    monkeypatch.setattr(on_data, "_problem", lambda files: None)
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    for found, judged in ((OnData(None, "why", ("far",), cast("Any", "anyway")), ["anyway"]), (None, []),
                          (OnData(cast("Any", "claim"), "", ()), ["claim"])):  # fmt: skip
        monkeypatch.setattr(on_data, "on_data", lambda claim, problem, found=found: found)
        for deadline, budget in ((None, None), (1002.5, 2.5), (999.0, 0.0)):
            row = on_data._work(on_data._Task("a", (), (), "deep", 9, 3, deadline))
            assert row.id == "a" and row.why == ("" if found is None else found.why)
            assert [c for c, _ in asked] == judged
            assert all(
                rest == {"profile": "deep", "examples": 9, "seed": 3, "budget": budget} for _, rest in asked
            )
            assert (row.result is not None, row.anyway is not None) == ("claim" in judged, "anyway" in judged)
            asked.clear()


# data


def test_the_report_on_data_names_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "properties.report.data_page.data_page", lambda report, **rest: noting(asked, rest, "page")
    )
    monkeypatch.setattr("properties.report.data_page.inline", lambda drawn: f"inline {drawn}")
    for words in (
        "X.npy", "X.npy Y.npy --eta 0.5 --max-steps 9 --delta 0.0 --seed 3 --standardize --no-center", "X.npy --delta 2.0",
    ):  # fmt: skip
        data_command._write_page(Path("a.html"), {}, "drawn", parser().parse_args(["data", *words.split()]))
        found = asked.pop()
        assert (
            found["command"] == ["rankladder", "data", *words.split()] and found["picture"] == "inline drawn"
        )
        assert found["names"] == [w for w in words.split() if w.endswith(".npy")]


def small(delta: float | None, needed: float, curvature: float, monkeypatch: pytest.MonkeyPatch) -> float:
    """``needed`` from the spectral start, ``curvature`` of the Gaussian start over that of the fit."""
    monkeypatch.setattr(data_command, "start_for", lambda *words: (np.diag([3.0, 1.0]), np.diag([4.0, 2.0])))
    geometry: Any = SimpleNamespace(
        largest_small_delta=needed + 0.5 * math.log(2), data=SimpleNamespace(root=2 * np.eye(2)), sharpness=100 / curvature,
    )  # fmt: skip
    return data_command._small_start(geometry, SimpleNamespace(delta=delta, seed=0))


def test_a_start_is_small_enough_for_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    # 2^2 (3^2 + 4^2) = 100 is the curvature at the Gaussian start of scale 1
    assert small(None, -3.0, 1e-3, monkeypatch) == 10
    assert small(None, 8.99, 1e-3, monkeypatch) == 10 and small(None, 9.01, 1e-3, monkeypatch) == 15
    assert small(None, 20.5, 1e-3, monkeypatch) == 26
    assert small(None, -3.0, math.exp(2 * 8.99), monkeypatch) == 10
    assert small(None, -3.0, math.exp(2 * 11.5), monkeypatch) == 17
    assert small(2.5, 2.4, 1e9, monkeypatch) == 2.5 and small(0.0, -1.0, 1.0, monkeypatch) == 0
    with pytest.raises(
        UsageError,
        match=r"^delta 2.3 starts some mode above its fitted value \(z0 > 1\); use --delta 2.4 or more$",
    ):
        small(2.3, 2.3995, 1.0, monkeypatch)


def test_integers_are_no_reals() -> None:
    made: Claim = claim("CP-9", over={"n": Int(1, 2)})(lambda n: n)
    assert at_option.run_at({"CP-9": made}, "n=1", as_json=True) == 0
