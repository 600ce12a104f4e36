"""The command line: parsing, one-line errors, exit codes.

Exit codes: 0 all verdicts as expected, 1 some verdict is not the expected one, 2 bad usage or input,
3 inconclusive, 4 internal error.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from rankladder.app.arguments import add_catalogue
from rankladder.language.catalogue import DEFAULT, catalogue
from rankladder.usage import UsageError

__all__ = ["main"]

# command -> (module, one line of help); a module is imported only when its command is named
_COMMANDS = {
    "check": ("rankladder.app.check_command", "check claims: a catalogue, or a file of your own"),
    "paper": (
        "rankladder.app.paper_command",
        "which assertions of a catalogue's source stand, and under what",
    ),
    "new": ("rankladder.app.new_command", "write a file of claims to start from"),
    "list": ("rankladder.app.list_command", "list every claim and what it says"),
    "show": ("rankladder.app.show_command", "one claim: statement, assumptions, derivation, source"),
    "explore": ("rankladder.app.explore_command", "hunt for a counterexample, or drop an assumption"),
    "boundary": ("rankladder.app.boundary_command", "the sharp threshold of a claim in one parameter"),
    "prove": ("rankladder.app.prove_command", "obligations, the answers of both solvers, the proof as text"),
    "replay": ("rankladder.app.replay_command", "judge stored counterexamples again"),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # argparse counts arguments that may be left out among those that are required
        for action in self._actions:
            if action.nargs == "*" and message.startswith("the following arguments are required"):
                message = message.replace(f", {action.metavar}", "", 1)
        raise UsageError(f"{message}; see {self.prog} --help")


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of a command line: it knows every command, and what those among its words take.

    The commands are the framework's and those of the catalogue that the words name.
    """
    top = _Parser(
        prog="rankladder",
        description="Check theorems about the gradient dynamics of linear networks: a claim goes in, a verdict with evidence comes out.",
    )
    top.add_argument("--version", action="version", version=f"rankladder {_version()}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    contributed = catalogue(_catalogue_named(words)).commands
    known = _COMMANDS | {name: command for name, command in contributed.items() if name not in _COMMANDS}
    for name, (module, line) in known.items():
        sub = commands.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        sub.set_defaults(parser=sub, module=module)
        if name in words:
            import_module(module).add_arguments(sub)
            add_catalogue(sub)
            sub.add_argument("--json", action="store_true", help="print one JSON document on stdout")
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
        return _complain(str(error.args[0]), 2, error.args[1:])
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
        return _complain(
            f"{error.strerror}; make room, then give the same command again (explore, sweep: with --resume)",
            3,
        )
    except Exception as error:
        return _internal(error)


def _dispatch(arguments: Sequence[str] | None) -> int:
    os.environ.setdefault("SYMPY_CACHE_SIZE", "20000")  # read when SymPy is imported, here and by workers
    gc.set_threshold(50_000, 20, 100)  # what a catalogue is made of stays, and takes long to look through
    words = _protect_negative(arguments)
    for word in words:
        if word.startswith("--") and word.endswith("=--"):  # argparse would take it for an empty list
            raise UsageError(f"{word[:-3]} needs a value but got --; see rankladder --help")
    if "_ARGCOMPLETE" in os.environ:  # the shell asks for completions
        import_module("argcomplete").autocomplete(parser(os.environ["COMP_LINE"].split()[1:]))
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
    command = import_module(options.module)
    try:
        code: int = command.run(options)
    except SystemExit as error:  # of code that is not ours: its exit code 0 is no verdict
        frames = traceback.extract_tb(error.__traceback__)
        # exit() and quit() are Python's own
        where = next(f"{f.filename}:{f.lineno}" for f in frames[::-1] if not f.filename.startswith("<frozen"))
        raise RuntimeError(f"{where} ended the program: SystemExit: {error}") from error
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


def _complain(message: str, code: int, below: Sequence[str] = ()) -> int:
    print(f"rankladder: {' '.join(message.splitlines())}", *below, sep="\n", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
