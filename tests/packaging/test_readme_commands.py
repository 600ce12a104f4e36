from __future__ import annotations

import subprocess
import sys

import pytest

from tests.packaging.checkout import ROOT, script

readme_commands = script("readme_commands").readme_commands

README = """\
# Name

```bash
not this one
```

## Set up

Text, `inline`, and output:

```
# no heading, and no bash
```

```bash
one --with 'quotes' && two
```

### A part of it

```bash
three
```

## Elsewhere

```bash
nor this one
```
"""


def test_the_two_commands_are_found_as_they_stand() -> None:
    assert readme_commands(README) == ["one --with 'quotes' && two", "three"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("## Set up", "## Getting started", "no heading"),
        ("```bash\nthree\n```\n", "", "found 1 "),
        ("## Elsewhere\n", "", "found 3 "),
        ("three\n", "three\nfour\n", "one command line"),
        ("three\n", "\n", "one command line"),
    ],
)
def test_any_other_shape_is_refused(old: str, new: str, complaint: str) -> None:
    changed = README.replace(old, new)
    assert changed != README
    with pytest.raises(ValueError, match=complaint):
        readme_commands(changed)


def test_the_script_fails_without_output_when_it_finds_no_commands(tmp_path) -> None:
    (tmp_path / "README.md").write_text("# Name\n", encoding="utf-8")
    command = [sys.executable, str(ROOT / ".ci" / "readme_commands.py"), str(tmp_path / "README.md")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no heading" in done.stderr


def test_this_readme_installs_and_runs_the_main_job_and_the_tests() -> None:
    first, second = readme_commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert "pip install" in first
    assert first.endswith("rankladder check")
    assert "pip install" in second
    assert second.endswith("pytest")
