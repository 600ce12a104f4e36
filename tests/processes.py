"""Python in a process of its own."""

import subprocess
import sys
from pathlib import Path
from typing import Any


def python(*words: str | Path, check: bool = False, **more: Any) -> subprocess.CompletedProcess[str]:
    """This interpreter with these words, and what it printed; ``more`` is cwd, env, input, timeout."""
    return subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, check=check, **more
    )
