"""The command line as words: what is taken when nothing is said, what is refused, what each way to end says."""

from __future__ import annotations

import argparse
import errno
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from properties import cli
from properties.cli import main, parser
from properties.usage import UsageError

CHECK = {"command": "check", "json": False, "targets": [], "only": [], "profile": "default", "examples": None, "budget": None,
         "against": None, "at": None, "data": None, "html": None, "fresh": False, "resume": False, "seed": 0, "workers": None}  # fmt: skip
EXPLORE = {"command": "explore", "json": False, "id": None, "targets": [], "drop": None, "all_assumptions": False, "refuted": False,
           "markdown": None, "resume": False, "workers": None, "budget": 60.0, "examples": 200_000, "seed": 0, "parts": 1,
           "store": None, "dask": None}  # fmt: skip
DATA = {"command": "data", "json": False, "X": "X.npy", "Y": None, "eta": None, "delta": None, "center": None, "standardize": False,
        "max_steps": None, "seed": 0, "plot": None, "html": None}  # fmt: skip
BOUNDARY = {
    "command": "boundary",
    "json": False,
    "id": "A",
    "targets": [],
    "parameter": "x",
    "width": 1e-6,
    "budget": 120.0,
    "seed": 0,
}
SWEEP = {"command": "sweep", "json": False, "id": None, "targets": [], "grid": [], "range": [], "sample": None, "out": None, "seed": 0,
         "resume": False, "workers": None, "dask": None}  # fmt: skip
REPLAY = {"command": "replay", "json": False, "files": [], "claims": [], "store": None, "kept": False}


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("check", CHECK), ("explore", EXPLORE), ("data X.npy", DATA), ("boundary A --parameter x", BOUNDARY), ("sweep", SWEEP),
        ("replay", REPLAY), ("list --only A B --only C", {"command": "list", "json": False, "targets": [], "only": ["A", "B", "C"], "markdown": None}),
        ("show A b.py --latex", {"command": "show", "json": False, "id": "A", "targets": ["b.py"], "latex": True}),
        ("prove", {"command": "prove", "json": False, "id": None, "targets": [], "smtlib": None, "workers": None}),
        ("new a.py --json", {"command": "new", "json": True, "file": "a.py"}),
        ("check --fresh --resume --json", CHECK | {"fresh": True, "resume": True, "json": True}),
        ("explore --all-assumptions --refuted --resume", EXPLORE | {"all_assumptions": True, "refuted": True, "resume": True}),
        ("data X.npy --standardize --no-center", DATA | {"standardize": True, "center": False}),
        ("replay --kept", REPLAY | {"kept": True}), ("sweep --resume", SWEEP | {"resume": True}),
    ],
)  # fmt: skip
def test_what_is_taken_when_nothing_is_said(words: str, taken: dict[str, Any]) -> None:
    assert vars(parser().parse_args(words.split())) == taken


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("simulate --lam 1 --eta 1 --delta 1", "--sigma"), ("simulate --sigma 1 --eta 1 --delta 1", "--lam"),
        ("simulate --sigma 1 --lam 1 --delta 1", "--eta"), ("simulate --sigma 1 --lam 1 --eta 1", "--delta"),
        ("boundary A", "--parameter"), ("", "COMMAND"), ("new", "FILE"), ("show", "ID"),
    ],
)  # fmt: skip
def test_what_must_be_said(words: str, missing: str) -> None:
    with pytest.raises(
        UsageError, match=f"the following arguments are required: {missing}; see rankladder.* --help$"
    ):
        parser().parse_args(words.split())


def test_numbers_are_read_up_to_their_borders() -> None:
    assert (
        cli._number("-1.5"),
        cli._positive_number("1e-9"),
        cli._whole("0"),
        cli._positive_integer("1"),
    ) == (-1.5, 1e-9, 0, 1)
    assert cli._numbers("1,-2.5,3e2") == (1, -2.5, 300)
    bad: list[tuple[Callable[[str], object], str, str]] = [
        (cli._number, "x", "expected a number but got 'x'"), (cli._number, "nan", "expected a finite number but got 'nan'"),
        (cli._number, "-inf", "expected a finite number but got '-inf'"), (cli._positive_number, "0", "expected a number above 0 but got 0"),
        (cli._positive_number, "-2", "expected a number above 0 but got -2"), (cli._whole, "-1", "expected at least 0 but got -1"),
        (cli._whole, "1.5", "expected a whole number but got '1.5'"), (cli._positive_integer, "0", "expected at least 1 but got 0"),
        (cli._positive_integer, "-3", "expected at least 1 but got -3"), (cli._positive_integer, "a", "expected a whole number but got 'a'"),
        (cli._numbers, "1,,2", "expected a number but got ''"),
    ]  # fmt: skip
    for read, text, told in bad:
        with pytest.raises(argparse.ArgumentTypeError) as error:
            read(text)
        assert str(error.value) == told


def test_negative_values_are_joined_to_their_options() -> None:
    for words, joined in (
        (["--sigma", "-3,1"], ["--sigma=-3,1"]), (["--eta", "-.5", "x"], ["--eta=-.5", "x"]), (["--lam", "-0"], ["--lam=-0"]),
        (["--delta", "--json"], ["--delta", "--json"]), (["--budget", "-9"], ["--budget=-9"]), (["--sigma", "3"], ["--sigma", "3"]),
        (["--seed", "-3"], ["--seed", "-3"]), (["-3"], ["-3"]), (["--sigma", "-x"], ["--sigma", "-x"]), ([], []),
    ):  # fmt: skip
        assert cli._protect_negative(words) == joined


def ended(monkeypatch: pytest.MonkeyPatch, found: BaseException | int) -> int:
    def run(options: Any) -> int:
        if isinstance(found, BaseException):
            raise found
        return found

    monkeypatch.setattr(cli, "import_module", lambda name: SimpleNamespace(run=run))
    monkeypatch.setattr(cli, "_close_stdout", lambda: None)
    return main(["list"])


def test_every_way_to_end_has_its_code_and_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RANKLADDER_TRACEBACK", raising=False)
    room = "make room, then go on with the same command and --resume"
    report = "set RANKLADDER_TRACEBACK=1 for the traceback and report it"
    for found, code, told in (
        (0, 0, ""), (3, 3, ""), (UsageError("two\nlines"), 2, "two lines"), (KeyboardInterrupt(), 3, "interrupted"), (BrokenPipeError(), 0, ""),
        (OSError(errno.ENOSPC, "full"), 3, f"full; {room}"), (OSError(errno.EDQUOT, "quota"), 3, f"quota; {room}"),
        (OSError(errno.EIO, "broken"), 4, f"internal error: OSError: [Errno 5] broken; {report}"),
        (ValueError("a\n  b"), 4, f"internal error: ValueError: a b; {report}"),
    ):  # fmt: skip
        assert ended(monkeypatch, found) == code
        assert capsys.readouterr().err == (f"rankladder: {told}\n" if told else "")
    monkeypatch.setenv("RANKLADDER_TRACEBACK", "1")
    with pytest.raises(ValueError, match="^c$"):
        ended(monkeypatch, ValueError("c"))


def test_the_first_word_may_be_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Any] = []

    def run(options: Any) -> int:
        seen.append(options)
        return 0

    monkeypatch.setattr(cli, "import_module", lambda name: SimpleNamespace(run=run))
    for words in (["explore", "a.py", "b.py"], ["explore", "A", "b.py"], ["new", "a.py"]):
        assert main(words) == 0
    assert [(o.id, o.targets) for o in seen[:2]] == [(None, ["a.py", "b.py"]), ("A", ["b.py"])]
    assert main(["boundary", "a.py", "--parameter", "x"]) == 2
    assert "name a claim of a.py: rankladder boundary ID a.py --parameter NAME" in capsys.readouterr().err
    assert main(["explore", ""]) == 2 and main(["data", "X", "--delta=--"]) == 2
    assert capsys.readouterr().err == (
        "rankladder: a claim's id must not be empty; rankladder list names them\n"
        "rankladder: --delta needs a value but got --; see rankladder --help\n"
    )


def test_help_and_version_say_what_there_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import PackageNotFoundError, version

    assert cli._version() == version("rankladder")
    with pytest.raises(SystemExit):
        main(["list", "--help"])
    assert "List every claim, a line each." in capsys.readouterr().out

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    assert cli._version() == "(not installed)"
