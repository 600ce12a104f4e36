"""Print the set-up commands of the README, one a line, or fail if there are not exactly two.

A command is the one line of a fenced ``bash`` block under the heading "Set up". Python's standard library is
all this needs: it runs before anything is installed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HEADING = "Set up"
COUNT = 2


def readme_commands(text: str) -> list[str]:
    """The set-up commands of a README, as they stand.

    Raises:
        ValueError: no heading, another number of blocks, or a block that is not one line.
    """
    section = _section(text)
    blocks = re.findall(r"^```bash[ \t]*\n(.*?)^```[ \t]*$", section, flags=re.DOTALL | re.MULTILINE)
    if len(blocks) != COUNT:
        raise ValueError(f"found {len(blocks)} fenced bash blocks under '## {HEADING}', expected {COUNT}")
    commands = [block.strip() for block in blocks]
    for command in commands:
        if not command or "\n" in command:
            raise ValueError(f"a bash block under '## {HEADING}' must be one command line, got {command!r}")
    return commands


def _section(text: str) -> str:
    """What stands between the heading and the next one of its level."""
    kept: list[str] = []
    inside = fenced = found = False
    for line in text.splitlines(keepends=True):
        # a line that starts with # inside a fence is a comment of the shell
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and re.match(r"##?\s", line):
            inside = line.lstrip("#").strip() == HEADING
            found = found or inside
            continue
        if inside:
            kept.append(line)
    if not found:
        raise ValueError(f"no heading '## {HEADING}'; the commands are looked for under it")
    return "".join(kept)


def main() -> int:
    """Run the script; return its exit code."""
    path = Path(sys.argv[1])
    try:
        commands = readme_commands(path.read_text(encoding="utf-8"))
    except ValueError as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1
    print("\n".join(commands))
    return 0


if __name__ == "__main__":
    sys.exit(main())
