from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.checkout import ROOT, script

seeds = script("seeds")


def test_a_sample_is_part_of_all_seeds_and_the_same_every_time() -> None:
    assert seeds.chosen(20, None) == list(range(20))
    sample = seeds.chosen(20, 3)
    assert len(set(sample)) == 3
    assert set(sample) <= set(range(20))
    assert sample == seeds.chosen(20, 3)


def test_a_claim_that_is_missing_differs() -> None:
    assert seeds.differences({"A": "tested", "B": "tested"}, {"A": "suspect"}) == [
        "A: tested, suspect",
        "B: tested, absent",
    ]


# stands in for the command: the verdict of claim A at seed 1, and the exit code, are what the test asks for
FAKE = """\
#!{python}
import json, sys
seed = int(sys.argv[sys.argv.index("--seed") + 1])
print(json.dumps({{"claims": [{{"id": "A", "verdict": {verdict!r} if seed == 1 else "tested"}}]}}))
sys.exit({code})
"""


@pytest.mark.parametrize(
    ("verdict", "code", "expected"), [("tested", 0, 0), ("proved", 0, 1), ("tested", 3, 1)]
)
def test_another_verdict_or_a_bad_exit_code_fails(
    tmp_path: Path, verdict: str, code: int, expected: int
) -> None:
    fake = tmp_path / "rankladder"
    fake.write_text(FAKE.format(python=sys.executable, verdict=verdict, code=code), encoding="utf-8")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "seeds.py"), "--seeds", "2"],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expected, done.stdout + done.stderr
    assert "sample: 2 of 2 seeds" in done.stdout


def test_output_that_is_no_json_fails(tmp_path: Path) -> None:
    fake = tmp_path / "rankladder"
    fake.write_text(f"#!{sys.executable}\nprint({json.dumps('no json')})\n", encoding="utf-8")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "seeds.py"), "--seeds", "1"],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no valid JSON" in done.stderr
