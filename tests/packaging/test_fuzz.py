"""The fuzzer's oracle must notice a wrong number, and its judge a wrong word."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from properties.cli import main
from tests.packaging.checkout import ROOT


@pytest.fixture(scope="module")
def fuzz() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / ".ci"))
    try:
        import fuzz

        yield fuzz
    finally:
        sys.path.remove(str(ROOT / ".ci"))


@pytest.fixture
def report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    X, Y = rng.standard_normal((30, 4)), rng.standard_normal((30, 2))
    np.savez(tmp_path / "d.npz", X=X, Y=Y)
    assert main(["data", str(tmp_path / "d.npz"), "--max-steps", "300", "--json"]) == 0
    return json.loads(capsys.readouterr().out), X - X.mean(0), Y - Y.mean(0)


def numbers(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to the numbers of a document that the oracle speaks about."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        if key not in ("shape", "delta", "max_steps", "step_nearest_rrr", "runs", "loss"):
            yield from numbers(value, (*path, key))
    if isinstance(node, (int, float)) and not isinstance(node, bool):
        yield path


def test_the_oracle_agrees_and_notices_every_number(fuzz: ModuleType, report: Any) -> None:
    from fuzz_oracle import check_data

    doc, X, Y = report
    assert check_data(doc, X, Y, default_eta=True, seed=0) == []
    changed = list(
        numbers({k: doc[k] for k in ("modes", "noncommuting_share", "step_sizes", "least_loss", "starts")})
    )
    assert len(changed) > 30
    for path in changed:
        wrong = copy.deepcopy(doc)
        node = wrong
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = node[path[-1]] + 3 if path[-1] == "transition_step" else node[path[-1]] * 1.1
        if path[-1] != "rank" and abs(node[path[-1]]) > 1e-4:
            assert check_data(wrong, X, Y, default_eta=True, seed=0), path


@pytest.mark.parametrize(
    ("code", "out", "err"),
    [
        (4, "", "rankladder: something went wrong here\n"),
        (2, "x", "rankladder: one clear line with its remedy\n"),
        (2, "", "rankladder: one clear line with its remedy\nand another\n"),
        (2, "", "rankladder: bad\n"),
        (0, "{}", "x.py:3: RuntimeWarning: overflow\n"),
        (0, '{"a": NaN}', ""),
        (0, "Traceback", "Traceback (most recent call last):\n"),
    ],
)
def test_the_judge_notices(fuzz: ModuleType, code: int, out: str, err: str) -> None:
    assert fuzz.judge(fuzz.Case(["data", "x.npy", "--json"]), code, out, err)


def test_a_few_cases(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz.signal, "setitimer", lambda *_: None)
    for number in range(12):
        result = fuzz.run_case(99, number, alone=False)
        assert not result["wrong"], result


def test_a_case_is_the_same_again(fuzz: ModuleType, tmp_path: Path) -> None:
    for number in range(30):
        words = []
        for time in ("first", "second"):
            folder = tmp_path / f"{time}{number}"
            folder.mkdir()
            words.append(fuzz.case_of(99, number, folder).words)
        assert words[0] == words[1]
