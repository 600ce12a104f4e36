"""The command line: parsing, one-line errors, exit codes.

Exit codes: 0 all verdicts as expected, 1 some verdict is not the expected one, 2 bad usage or input,
3 inconclusive, 4 internal error.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from rankladder.app.option_types import positive_integer, positive_number
from rankladder.language.catalogue import DEFAULT, catalogue
from rankladder.usage import UsageError

__all__ = ["main"]

# command -> (module, one line of help); a module is imported only when its command runs
_COMMANDS = {
    "check": ("rankladder.app.check_command", "check claims: a catalogue, or a file of your own"),
    "paper": ("rankladder.app.paper_command", "what became of the assertions of a catalogue's source"),
    "new": ("rankladder.app.new_command", "write a file of claims to start from"),
    "list": ("rankladder.app.list_command", "list every claim, a line each"),
    "show": ("rankladder.app.show_command", "one claim: statement, assumptions, derivation, source"),
    "explore": ("rankladder.app.explore_command", "hunt for a counterexample, or drop an assumption"),
    "boundary": ("rankladder.app.boundary_command", "the sharp threshold of a claim in one parameter"),
    "prove": (
        "rankladder.app.prove_command",
        "obligations, the answers of both solvers, the proof as text",
    ),
    "replay": ("rankladder.app.replay_command", "judge stored counterexamples again"),
}

_TARGETS = "claim files (.py); none: the catalogue"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # argparse counts arguments that may be left out among those that are required
        for action in self._actions:
            if action.nargs == "*" and message.startswith("the following arguments are required"):
                message = message.replace(f", {action.metavar}", "", 1)
        raise UsageError(f"{message}; see {self.prog} --help")


def parser(words: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser of the command line, with the commands of the catalogue that it names.

    Args:
        words: the command line: only the commands named in it get their options, as that imports modules; None: all.
    """
    top = _Parser(
        prog="rankladder",
        description="Check theorems about the gradient dynamics of linear networks: a claim goes in, a verdict with evidence comes out.",
    )
    top.add_argument("--version", action="version", version=f"rankladder {_version()}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    contributed = catalogue(_catalogue_named(words or ())).commands
    known = _COMMANDS | {name: command for name, command in contributed.items() if name not in _COMMANDS}
    for name, (module, line) in known.items():
        sub = commands.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        sub.add_argument("--json", action="store_true", help="print one JSON document on stdout")
        sub.add_argument(
            "--catalogue", metavar="NAME", default=DEFAULT, help=f"the catalogue (default {DEFAULT})"
        )
        sub.set_defaults(module=module)
        if name in _ARGUMENTS:
            _ARGUMENTS[name](sub)
        elif words is None or name in words:
            import_module(module).add_arguments(sub)
    return top


def _catalogue_named(words: Sequence[str]) -> str:
    """The catalogue that a command line names: its commands must be known before the line can be read."""
    for n, word in enumerate(words):
        if word == "--catalogue" and n + 1 < len(words):
            return words[n + 1]
        if word.startswith("--catalogue="):
            return word.partition("=")[2]
    return DEFAULT


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("rankladder")
    except PackageNotFoundError:
        return "(not installed)"


def _check_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("targets", nargs="*", metavar="TARGET", help=_TARGETS)
    sub.add_argument("--only", nargs="+", action="extend", default=[], metavar="ID",
                     help="only these claims: an id with its children, a family, =ID for that one alone, ID~SLUG for a twin")  # fmt: skip
    sub.add_argument(
        "--twins", action="store_true", help="check the twins of the claims instead: each must be refuted"
    )
    sub.add_argument(
        "--profile", choices=("quick", "default", "deep"), default="default", help="how hard to look"
    )
    sub.add_argument("--examples", type=positive_integer, metavar="N", help="instances to judge per claim")
    sub.add_argument("--budget", type=positive_number, metavar="SECONDS", help="stop after this long")
    sub.add_argument("--against", metavar="OLD.json",
                     help="what changed since an earlier check --json; a verdict got worse: exit code 1")  # fmt: skip
    sub.add_argument("--at", metavar="INSTANCE",
                     help="one claim on one instance, step by step: --at 's=1/3, z0=1/2, steps=3'")  # fmt: skip
    sub.add_argument("--data", nargs="+", metavar=("X", "Y"),
                     help="the matrix claims on your own data: .npy, .csv or .npz, as for rankladder data")  # fmt: skip
    sub.add_argument("--html", metavar="FILE", help="write a report that needs no other file and no network")
    sub.add_argument("--fresh", action="store_true", help="prove again what was proved before")
    sub.add_argument(
        "--resume", action="store_true", help="keep what an interrupted run of the same command has finished"
    )
    sub.add_argument("--seed", type=int, default=0, metavar="N", help="fixes every draw (default 0)")
    sub.add_argument(
        "--workers", type=positive_integer, metavar="N", help="processes (default: the processors there are)"
    )


def _new_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("file", metavar="FILE", help="the file to write (.py); it must not exist")


def _list_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("targets", nargs="*", metavar="TARGET", help=_TARGETS)
    sub.add_argument("--only", nargs="+", action="extend", default=[], metavar="ID", help="only these claims")
    sub.add_argument(
        "--markdown", metavar="FOLDER", help="write them as pages (.md): a page a family, and the derivations"
    )


def _show_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("id", metavar="ID", help="a claim's id; a parent shows all its children")
    sub.add_argument("targets", nargs="*", metavar="FILE", help=_TARGETS)
    sub.add_argument("--latex", action="store_true", help="print the derivation as LaTeX")


def _explore_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("id", nargs="?", metavar="ID", help="a claim's id; a parent explores all its children")
    sub.add_argument("targets", nargs="*", metavar="FILE", help=_TARGETS)
    sub.add_argument(
        "--drop", metavar="ASSUMPTION", help="draw where this assumption fails and the others hold"
    )
    sub.add_argument(
        "--all-assumptions", action="store_true", help="drop each assumption in turn: which are needed?"
    )
    sub.add_argument("--refuted", action="store_true", help="hunt every claim that is expected to be refuted")
    sub.add_argument(
        "--markdown", metavar="FILE", help="with --all-assumptions: write the table as a page (.md)"
    )
    sub.add_argument(
        "--resume", action="store_true", help="keep what an interrupted run of the same command has finished"
    )
    sub.add_argument(
        "--workers", type=positive_integer, metavar="N", help="processes (default: the processors there are)"
    )
    sub.add_argument(
        "--budget", type=positive_number, default=60.0, metavar="SECONDS", help="per hunt (default 60)"
    )
    sub.add_argument(
        "--examples", type=positive_integer, default=200_000, metavar="N", help="stop after N instances"
    )
    sub.add_argument("--seed", type=int, default=0, metavar="N", help="fixes every draw (default 0)")
    sub.add_argument(
        "--parts", type=positive_integer, default=1, metavar="N",
        help="cut each hunt's budget and instances into N parts, which run side by side and are kept one by one",
    )  # fmt: skip
    sub.add_argument("--store", metavar="FOLDER", help="where counterexamples are kept (default .rankladder)")
    sub.add_argument("--dask", metavar="tcp://HOST:PORT", help="let the workers of this Dask scheduler do it")


def _boundary_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("id", metavar="ID", help="a claim's id")
    sub.add_argument("targets", nargs="*", metavar="FILE", help=_TARGETS)
    sub.add_argument(
        "--parameter", required=True, metavar="NAME", help="the parameter whose threshold is wanted"
    )
    sub.add_argument(
        "--width", type=positive_number, default=1e-6, metavar="W", help="width of the bracket (1e-6)"
    )
    sub.add_argument(
        "--budget", type=positive_number, default=600.0, metavar="SECONDS", help="stop after this (600)"
    )
    sub.add_argument("--seed", type=int, default=0, metavar="N", help="fixes every draw (default 0)")


def _prove_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "id", nargs="?", metavar="ID", help="a claim, an id with its children, or a family; none: all"
    )
    sub.add_argument("targets", nargs="*", metavar="TARGET", help=_TARGETS)
    sub.add_argument("--smtlib", metavar="DIR", help="write every obligation as an SMT-LIB file")
    sub.add_argument(
        "--workers", type=positive_integer, metavar="N", help="processes (default: the processors there are)"
    )


def _replay_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("files", nargs="*", metavar="FILE", help="stored counterexamples; none: the whole store")
    sub.add_argument(
        "--claims", nargs="+", default=[], metavar="FILE", help="claim files (.py) they speak of"
    )
    sub.add_argument("--store", metavar="FOLDER", help="the store (default .rankladder)")
    sub.add_argument("--kept", action="store_true", help="those that come with the claims of the catalogue")


def _paper_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--fresh", action="store_true", help="check again what was checked before")
    sub.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    sub.add_argument(
        "--workers", type=positive_integer, metavar="N", help="processes (default: the processors there are)"
    )


_ARGUMENTS = {
    "check": _check_arguments,
    "paper": _paper_arguments,
    "new": _new_arguments,
    "list": _list_arguments,
    "show": _show_arguments,
    "explore": _explore_arguments,
    "boundary": _boundary_arguments,
    "prove": _prove_arguments,
    "replay": _replay_arguments,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the words after ``rankladder`` (default: this process's).

    Returns:
        The exit code.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # a terminal of another encoding shows an escape for what it does not know; a file name is no reason to fail
        sys.stdout.reconfigure(errors="backslashreplace")
    if os.environ.get("RANKLADDER_TRACEBACK"):
        return _dispatch(arguments)
    from rankladder.app.workers import interruptible

    try:
        with interruptible():
            return _dispatch(arguments)
    except UsageError as error:
        return _complain(str(error), 2)
    except KeyboardInterrupt:
        return _complain("interrupted", 3)
    except BrokenPipeError:
        # the reader of our output has left: nothing more can be said, and nothing is wrong
        _close_stdout()
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return _internal(error)
        _close_stdout()
        return _complain(f"{error.strerror}; make room, then go on with the same command and --resume", 3)
    except Exception as error:
        return _internal(error)


def _dispatch(arguments: Sequence[str] | None) -> int:
    words = _protect_negative(arguments)
    for word in words:
        if word.startswith("--") and word.endswith("=--"):  # argparse would take it for an empty list
            raise UsageError(f"{word[:-3]} needs a value but got --; see rankladder --help")
    options: Any = parser(words).parse_args(words)
    if getattr(options, "id", None) == "":
        raise UsageError("a claim's id must not be empty; rankladder list names them")
    if str(getattr(options, "id", "")).endswith(".py") and hasattr(options, "targets"):
        # `explore my_claims.py`: the first word is a file, and no claim is named
        if options.command == "boundary":
            raise UsageError(
                f"name a claim of {options.id}: rankladder boundary ID {options.id} --parameter NAME"
            )
        options.targets, options.id = [options.id, *options.targets], None
    code: int = import_module(options.module).run(options)
    sys.stdout.flush()  # here a full disk can still be spoken of
    return code


def _protect_negative(arguments: Sequence[str] | None) -> list[str]:
    """Join ``--sigma -3,1`` into ``--sigma=-3,1``: argparse would take the value for an option."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    joined: list[str] = []
    for word in words:
        if (
            joined
            and joined[-1].startswith("--")
            and "=" not in joined[-1]
            and word[:1] == "-"
            and word[1:2] in "0123456789."
        ):
            joined[-1] = f"{joined[-1]}={word}"
        else:
            joined.append(word)
    return joined


def _close_stdout() -> None:
    """Let what can no longer be written go nowhere, or Python would try again when it ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _internal(error: Exception) -> int:
    where = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return _complain(
        f"internal error: {where}; set RANKLADDER_TRACEBACK=1 for the traceback and report it", 4
    )


def _complain(message: str, code: int) -> int:
    print(f"rankladder: {' '.join(message.splitlines())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
