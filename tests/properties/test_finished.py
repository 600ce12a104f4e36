"""What runs have finished: kept by several processes at once, and made again where it cannot be read."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rankladder.storage.finished import Finished
from rankladder.storage.versions import require_version
from rankladder.usage import UsageError

WRITER = """
import sys
from pathlib import Path
from rankladder.storage.finished import Finished
rows = Finished({}, Path(sys.argv[1]))
for number in range(40):
    rows.keep([sys.argv[2], number], "v", {"number": number}, bytes([number]))
"""


def test_a_row_belongs_to_its_key_its_settings_and_its_version(tmp_path) -> None:
    file = tmp_path / "new" / "rows"
    rows = Finished({"seed": 0, "targets": ("a",)}, file)
    assert rows.get("GD-4", "v") is None and not file.exists()
    rows.keep("GD-4", "v", {"needed": True, "margin": 0.1}, b"columns")
    same = Finished({"targets": ["a"], "seed": 0}, file)
    assert same.get("GD-4", "v") == {"needed": True, "margin": 0.1}
    assert same.data("GD-4", "v") == b"columns"
    assert rows.get("GD-5", "v") is rows.get("GD-4", "w") is None
    assert Finished({"seed": 1, "targets": ("a",)}, file).get("GD-4", "v") is None
    rows.keep("GD-4", "w", {"needed": False})
    assert rows.get("GD-4", "w") == {"needed": False} and rows.get("GD-4", "v") is None


def test_processes_that_write_at_once_lose_nothing(tmp_path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "rows"), name]) for name in "ab"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    rows = Finished({}, tmp_path / "rows")
    assert all(rows.get([name, n], "v") == {"number": n} for name in "ab" for n in range(40))


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_file_holds_nothing_and_is_made_anew(damage: bytes, tmp_path) -> None:
    rows = Finished({}, tmp_path / "rows")
    rows.keep("a", "v", {"n": 1})
    rows.file.write_bytes(damage)
    assert rows.get("a", "v") is None
    with pytest.raises(OSError, match="not there any more"):
        rows.data("a", "v")
    rows.keep("a", "v", {"n": 2})
    assert rows.get("a", "v") == {"n": 2}


def test_a_worker_with_another_version_is_refused() -> None:
    require_version("a", "a")
    with pytest.raises(UsageError, match="another version of rankladder, its libraries or the claim file"):
        require_version("a", "b")
