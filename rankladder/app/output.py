"""What the commands share: JSON, tables, bars, files that the user named."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rankladder.numbers.nothing import NOTHING

if TYPE_CHECKING:  # what is heavy is imported where it is needed
    from rankladder.language.statement import Claim

__all__ = [
    "broken", "column", "console", "counted", "hanging", "in_a_line", "page_file", "paragraph", "print_json",
    "progress", "table", "titled", "wrapped", "writable_file", "write_page", "write_picture",
]  # fmt: skip

_MARGINS = ("margin", "stored_margin", "mid")  # the keys of margins in what is printed


def print_json(document: Mapping[str, Any] | list[Any], *, compact: bool = False) -> None:
    """One JSON document on stdout, on one line if compact; NaN and infinities must have become words before."""
    plain = (sys.stdout.encoding or "").casefold() not in ("utf-8", "utf8")
    shown = _with_zeros(document)
    print(json.dumps(shown, allow_nan=False, indent=None if compact else 1, ensure_ascii=plain))


def _with_zeros(part: Any) -> Any:
    """The document with 0 for margins that are exactly that where more is claimed."""
    if isinstance(part, Mapping):
        return {k: 0.0 if k in _MARGINS and v == NOTHING else _with_zeros(v) for k, v in part.items()}
    return [_with_zeros(x) for x in part] if isinstance(part, (list, tuple)) else part


def console(*, stderr: bool = False) -> Any:
    """A rich console; where the output is no terminal, ``COLUMNS`` wide or wide enough for the tables."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    wanted = os.environ.get("COLUMNS", "")
    width = None if stream.isatty() else int(wanted) if wanted.isdigit() and int(wanted) else 140
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def in_a_line(row: Any, width: int) -> Any:
    """Text, of rich or plain, cut off where the line ends."""
    from rich.text import Text

    made = Text(row) if isinstance(row, str) else row
    made.rstrip()
    made.truncate(width, overflow="ellipsis")
    return made


def column(names: Sequence[str], width: int) -> dict[str, str]:
    """Names as wide as the longest of them, what is longer than half a line cut off.

    >>> column(["one", "thirteen"], 10)
    {'one': 'one  ', 'thirteen': 'thir…'}
    """
    wide = min(max(map(len, names), default=0), width // 2)
    return {name: f"{in_a_line(name, wide).plain:{wide}}" for name in names}


def paragraph(out: Any, text: str, indent: int = 0, further: int = 2) -> None:
    """Print text on a console, each line after the first ``further`` columns deeper than ``indent``; no word is broken."""
    out.print(_filled(" " * indent + text, out.width, indent + further), soft_wrap=True)


def wrapped(text: str, width: int) -> str:
    r"""Text of which each line that is too long goes on below itself, two columns deeper; no word is broken.

    >>> print(wrapped("  a x + b y\n  c", 8))
      a x +
        b y
      c
    """
    lines = text.splitlines()
    return "\n".join(_filled(line, width, len(line) - len(line.lstrip()) + 2) for line in lines)


def hanging(start: str, text: str, width: int) -> str:
    """Text behind its start, and below itself where it takes more lines; no word is broken.

    >>> print(hanging("  gloss  ", "a x + b y", 14))
      gloss  a x +
             b y
    """
    return _filled(start + text, width, len(start))


def _filled(text: str, width: int, further: int) -> str:
    return textwrap.fill(
        text, width, subsequent_indent=" " * further, break_on_hyphens=False, break_long_words=False
    )


def titled(claim: Claim) -> list[str]:
    """The line with the title of a claim; none where it has only its id."""
    return [] if claim.title == claim.id else [f"  {claim.title}"]


def counted(number: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "claim"), counted(1200, "claim")
    ('1 claim', '1,200 claims')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def table(*columns: str, right: tuple[str, ...] = (), folded: str | None = None) -> Any:
    """A rich table as every command prints it: columns by name, some to the right, one that takes what is left."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        if name == folded:
            made.add_column(name, overflow="fold", ratio=1)
        else:
            # without one, cells are broken at spaces where the table is too wide
            made.add_column(name, justify="right" if name in right else "left", no_wrap=folded is not None)
    return made


@contextmanager
def progress(
    total: float, before: int = 0, *, at_most: float | None = None, description: str = ""
) -> Iterator[Callable[..., None]]:
    """Scope of a bar on stderr with an estimate of what is left, shown on a terminal only.

    Gives what moves it: ``move(advance=1, description="GD-4.upper proved")``, or ``completed`` in place of ``advance``.

    Args:
        total: how far it goes; of one thing that cannot be followed, 1. before: how much of it is done already.
        at_most: seconds after which the work ends at the latest: said while nothing better is known.
        description: what stands beside it at first.
    """
    if total == 0 or not sys.stderr.isatty():
        yield lambda **changes: None
        return
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Left(TimeRemainingColumn):
        def render(self, task: Any) -> Any:
            if task.time_remaining is None and at_most is not None and task.elapsed is not None:
                left = timedelta(seconds=max(0, round(at_most - task.elapsed)))
                return Text(f"at most {left} left", style="progress.remaining")
            return super().render(task)

    columns = (
        BarColumn(bar_width=20), TaskProgressColumn(), TimeElapsedColumn(), Left(), TextColumn("{task.description}")
    )  # fmt: skip
    # long tasks and short ones take turns: an estimate from the last half minute would leap
    with Progress(*columns, console=console(stderr=True), transient=True, speed_estimate_period=600) as bar:
        task = bar.add_task(description, total=None if total == 1 else total, completed=before)
        yield lambda **changes: bar.update(task, **changes)


def writable_file(path: str, endings: tuple[str, ...]) -> Path:
    """Where a picture can be written, found out before any work is done.

    Raises:
        UsageError: for a missing folder or an ending that is not among ``endings``.
    """
    from rankladder.usage import UsageError, given_path

    file = given_path(path)
    if file.suffix.lower() not in endings:
        raise UsageError(f"cannot write {path}: expected a file ending in {', '.join(endings)}")
    if not file.parent.is_dir():
        raise UsageError(f"cannot write {path}: folder {file.parent} does not exist; create it first")
    if file.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder; give a file name")
    try:
        if file.exists():
            file.open("ab").close()
        else:
            # some folders let nobody in whatever their permissions say, so try
            tempfile.TemporaryFile(dir=file.parent).close()
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}; give a file that can be written") from error
    return file


def write_picture(figure: Any, file: Path) -> None:
    """Write a Matplotlib figure.

    Raises:
        UsageError: when the file cannot be written.
    """
    from rankladder.usage import UsageError

    try:
        figure.savefig(file, dpi=130)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}; give a file that can be written") from error


def page_file(path: str) -> Path:
    """Where a report can be written.

    Raises:
        UsageError: as :func:`writable_file` does, or when what makes reports is not installed.
    """
    from importlib.util import find_spec

    from rankladder.usage import UsageError

    missing = [name for name in ("jinja2", "latex2mathml", "matplotlib") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"--html needs {', '.join(missing)}, not installed here; pip install 'rankladder[report]'"
        )
    return writable_file(path, (".html", ".htm"))


def write_page(file: Path, text: str) -> None:
    """Write a report and say so.

    Raises:
        UsageError: when the file cannot be written.
    """
    from rankladder.usage import UsageError

    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}; give a file that can be written") from error
    print(f"rankladder: report written to {file}", file=sys.stderr)


def broken(claim: Claim, error: BaseException, where: str = "") -> str:
    """What to say where a claim's own code, or a user's simulator, raised."""
    what = f"{type(error).__name__}: {' '.join(str(error).split())}"
    place = getattr(error, "place", "") or claim.location
    return f"claim {claim.id} ({place}) broke{' ' + where if where else ''}: {what}"
