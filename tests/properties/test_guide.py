"""The guide to one's own claims does what it says: its files are written, its commands run, its output appears."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "own-claims.md"


def blocks() -> list[tuple[str, str]]:
    """Language and text of every fenced block, in order."""
    return re.findall(
        r"^```(\w*)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


def sessions(text: str) -> list[tuple[str, list[str]]]:
    """Commands with the lines that the guide shows of their output."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def appears(line: str, output: str) -> bool:
    """Whether the words of a line stand in a line of the output; … stands for anything."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in line.split("…")]
    return re.search(r"(?m)^\s*" + r".*".join(parts) + r"\s*$", output) is not None


def test_every_block_of_the_guide_works(tmp_path: Path) -> None:
    bin = tmp_path / "bin"
    bin.mkdir()
    # the interpreter of this test, whatever is first on the caller's path
    for name, call in (("rankladder", f"{sys.executable} -m properties.cli"), ("python", sys.executable)):
        (bin / name).write_text(f'#!/bin/sh\nexec {call} "$@"\n')
        (bin / name).chmod(0o755)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    environment |= {"PATH": f"{bin}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "200"}
    commands = 0
    for language, text in blocks():
        if language == "python":
            first = re.match(r"# (\w+\.py)\n", text)
            assert first is not None, f"a block does not name its file: {text}"
            (tmp_path / first[1]).write_text(text)
            continue
        assert language == "console"
        for command, shown in sessions(text):
            done = subprocess.run(
                command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True,
                check=False, timeout=300,
            )  # fmt: skip
            commands += 1
            expected = re.search(r"# exit code (\d)", command)
            code = int(expected[1]) if expected else 0
            assert done.returncode == code, f"$ {command}\n{done.stdout}{done.stderr}"
            for line in shown:
                assert appears(line, done.stdout), f"$ {command}\n{done.stdout}\n-- does not show: {line}"
    assert commands == 10
