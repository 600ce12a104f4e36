"""What list, show, check --at and simulate print of claims and spectra that are known; word for word."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from properties.cli import main
from properties.commands.simulate_command import simulate
from properties.usage import UsageError

SOURCE = """
import numpy as np
from properties import Int, Real, claim, lemma, symbols

x, y = symbols("x y")


@claim("MY-1.low", over=dict(x=Real(0, 4), n=Int(1, 3)), given={"small": x <= 1, "other": lambda x, n: n - x},
       title="falls", statement="1 -\\n  x^n >= 0", source="here")
def _(x, n):
    return 1 - x**n


lemma("MY-2", x * x + y >= 0, over=dict(x=Real(0, 1), y=Real(0, 1)), title="sum")


@claim("MY-3", over=dict(x=Real(0, 4)), expects="refuted", title="four margins")
def _(x):
    return np.array([[2 - x, x / 3], [1 - x, 4 - x]])


@claim("MY-4", over=dict(x=Real(-1, 4)))
def _(x):
    return (x - 1) / x


@claim("MY-5", over=dict(x=Real(0, 4)))
def _(x):
    raise RuntimeError("no\\nsuch thing")
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    Path("c.py").write_text(SOURCE)


def printed(capsys: pytest.CaptureFixture[str], *words: str, exit: int = 0) -> list[str]:
    assert main([*words]) == exit
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_claims_are_listed_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split() for line in printed(capsys, "list", "c.py")] == [
        ["id", "claim", "expected", "evidence", "sought"], ["MY-1.low", "falls", "holds", "test"], ["MY-2", "sum", "holds", "proof,", "test"],
        ["MY-3", "four", "margins", "refuted", "counterexample"], ["MY-4", "MY-4", "holds", "test"], ["MY-5", "MY-5", "holds", "test"],
    ]  # fmt: skip
    found = json.loads("\n".join(printed(capsys, "list", "c.py", "--json")))
    assert found[:2] == [
        {"id": "MY-1.low", "parent": "MY-1", "child": "low", "title": "falls", "family": "MY", "expected": "holds",
         "evidence": ["test"], "assumptions": ["small", "other"],
         "parameters": {"x": "the reals of (0, 4)", "n": "the integers 1 to 3"}, "statement": "1 -\n  x^n >= 0", "source": "here"},
        {"id": "MY-2", "parent": "MY-2", "child": None, "title": "sum", "family": "MY", "expected": "holds",
         "evidence": ["proof", "test"], "assumptions": [], "parameters": {"x": "the reals of (0, 1)", "y": "the reals of (0, 1)"},
         "statement": r"x^{2} + y \geq 0", "source": ""},
    ]  # fmt: skip
    assert [claim["id"] for claim in found] == ["MY-1.low", "MY-2", "MY-3", "MY-4", "MY-5"]


def test_a_claim_is_shown_with_all_that_is_known_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    first = [
        "MY-1.low  (expected: holds)", "  falls", "",
        "  statement    1 - x^n >= 0",
        "  source       here",
        "  parameters   x in the reals of (0, 4)",
        "  parameters   n in the integers 1 to 3",
        "  assumes      small: x <= 1",
        "  assumes      other: a condition on x, n",
        "  checked by   each instance judged in balls after a float64 scout; the conclusion returns signed margins:",
        '    @claim("MY-1.low", over=dict(x=Real(0, 4), n=Int(1, 3)), given={"small": x <= 1, "other": lambda x, n: n - x},',
        r'''           title="falls", statement="1 -\n  x^n >= 0", source="here")''',
        "    def _(x, n):", "        return 1 - x**n", "",
    ]  # fmt: skip
    second = [
        "MY-2  (expected: holds)", "  sum", "", r"  statement    x^{2} + y \geq 0", "  parameters   x in the reals of (0, 1)",
        "  parameters   y in the reals of (0, 1)", "  assumes      nothing",
        "  checked by   each instance judged in balls after a float64 scout; the conclusion returns signed margins:",
        "    x**2 + y >= 0", "",
    ]  # fmt: skip
    assert printed(capsys, "show", "MY-1", "c.py") == first
    assert printed(capsys, "show", "c.py")[: len(first + second)] == first + second
    found = json.loads("\n".join(printed(capsys, "show", "MY-1", "c.py", "--json")))
    assert found["derivations"] == []
    (shown,) = found["claims"]
    assert shown["assumptions"] == {"small": "x <= 1", "other": "a condition on x, n"}
    assert shown["check"].endswith("def _(x, n):\n    return 1 - x**n")


def test_an_instance_is_judged_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    def at(id: str, instance: str, exit: int) -> list[str]:
        return printed(capsys, "check", "c.py", "--only", id, "--at", instance, exit=exit)

    head = ["MY-1.low  (expected: holds)", "  falls", "  statement    1 - x^n >= 0"]
    assert at("MY-1", "x=1/2, n=2", 0) == [
        *head, "  parameter    x = 1/2, in the reals of (0, 4)", "  parameter    n = 2, in the integers 1 to 3",
        "  assumption   small: x <= 1: holds", "  assumption   other: a condition on x, n: holds",
        "  margin       0.75 (192 bits): holds", "  outcome      holds",
    ]  # fmt: skip
    assert at("MY-1", "x=5, n=2", 3) == [
        *head, "  parameter    x = 5, NOT in the reals of (0, 4)", "  parameter    n = 2, in the integers 1 to 3",
        "  assumption   small: x <= 1: FAILS", "  assumption   other: a condition on x, n: FAILS",
        "  margin       -24 (192 bits): violated",
        "  outcome      violated, which says nothing about the claim: x, small, other not met",
    ]  # fmt: skip
    assert at("MY-1", "x=3/2, n=2", 3)[-1].endswith("says nothing about the claim: small not met")
    assert at("MY-3", "x=5/2", 0) == [
        "MY-3  (expected: refuted)", "  four margins", "  parameter    x = 5/2, in the reals of (0, 4)",
        "  margin       -1.5 (192 bits): violated", "  the least of 4 margins:", "    [1, 0]  -1.5", "    [0, 0]  -0.5",
        "    [0, 1]  0.833333333333 ± 1.6e-58", "    [1, 1]  1.5", "  outcome      violated: a counterexample",
    ]  # fmt: skip
    nothing = at("MY-4", "x=0", 3)
    assert (
        nothing[3] == "  margin       has no value (NaN) (192 bits): undefined"
        and nothing[-1] == "  outcome      undefined"
    )
    assert at("MY-2", "x=1/2, y=1/4", 0)[-2] == "  margin       0.5 (exact): holds"
    # a counterexample to what should hold is an exit of 1
    assert at("MY-4", "x=1/2", 1)[-2:] == [
        "  margin       -1 (192 bits): violated",
        "  outcome      violated: a counterexample",
    ]
    assert at("MY-4", "x=2", 0)[-1] == "  outcome      holds"


@pytest.mark.parametrize(
    ("only", "instance", "said"),
    [
        (
            [],
            "x=1",
            "--at needs exactly one claim but got 5; add --only with one of MY-1.low, MY-2, MY-3, MY-4, MY-5",
        ),
        (
            ["--only", "MY-4"],
            "y=1",
            "--at: instance does not fit: unknown 'y'; the parameters are x",
        ),
        (["--only", "MY-5"], "x=1", "broke on this instance: RuntimeError: no such thing"),
        (
            ["--only", "MY-5"],
            "x=9",
            "--at: MY-5 is not about this instance: x = 9 is not in the reals of (0, 4) (no such thing)",
        ),
    ],
)
def test_what_is_no_instance_of_one_claim_is_refused(
    only: list[str], instance: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "c.py", *only, "--at", instance]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1


SIMULATE = ("simulate", "--sigma", "2,1,0", "--lam", "1,4,3", "--eta", "0.25", "--delta", "3")


def learned(s: float, z: float, steps: int) -> list[float]:
    """z <- z (1 + s (1 - z))^2, a state for every step."""
    states = [z]
    for _ in range(steps):
        z *= (1 + s * (1 - z)) ** 2
        states.append(z)
    return states


def test_modes_of_a_spectrum(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split() for line in printed(capsys, *SIMULATE)] == [line.split() for line in (
        "eta times the largest sigma = 0.5: monotone   (monotone to 1/2, convergent to 1, bounded to 2)",
        "mode sigma lam s half learned at step bracket delta/log(1+s)",
        "1 2 1 0.5 8 [8, 9] 7.40",
        "2 1 4 0.25 10 [9, 11] 13.44",
        "3 0 3 0 never (null mode) - -",
    )]  # fmt: skip
    found = json.loads("\n".join(printed(capsys, *SIMULATE, "--json")))
    assert (found["eta"], found["delta"], found["regime"]) == (0.25, 3, "monotone")
    assert found["times"] == list(range(41))
    for mode, (sigma, lam) in enumerate(((2, 1), (1, 4))):
        s, z0 = sigma / 4, lam * math.exp(-6) / sigma
        z = learned(s, z0, 40)
        np.testing.assert_allclose([row[mode] for row in found["z"]], z, rtol=1e-9)
        half = next(k for k, value in enumerate(z) if value >= 0.5)
        pace = 2 * math.log1p(s)
        assert found["modes"][mode] == {
            "sigma": sigma, "lam": lam, "s": s, "transition_step": half,
            "bracket": [math.ceil(math.log(0.5 / z0) / pace), math.ceil(math.log(1 / z0 - 1) / pace)],
            "predicted_step": pytest.approx(3 / math.log1p(s)),
        }  # fmt: skip
    assert found["modes"][2] == {
        "sigma": 0, "lam": 3, "s": 0, "transition_step": None, "bracket": None, "predicted_step": None,
    }  # fmt: skip


def test_a_mode_that_begins_half_learned_is_so_at_step_0() -> None:
    for z0, at in ((0.51, 0), (0.49, 1)):
        (mode,) = simulate([1.0], [z0 * math.exp(2)], 0.2, 1.0)["modes"]
        assert mode["transition_step"] == at and mode["bracket"][0] <= at <= mode["bracket"][1] <= 1
    assert simulate([1.0], [math.exp(2)], 3.0, 1.0)["regime"] == "divergent"
    wild = simulate([1.0], [0.9], 3.0, 1.0)
    assert wild["regime"] == "divergent" and {type(x) for row in wild["z"] for x in row} <= {float, str}


@pytest.mark.parametrize(
    ("sigma", "lam", "delta", "said"),
    [
        ([1, 2], [1], 3, "got 2 values of sigma but 1 of lam; give one lam for each sigma"),
        ([1, -2], [1, 1], 3, "sigma -2 must be at least 0; singular values and eigenvalues are"),
        ([1, 2], [-0.5, 1], 3, "lam -0.5 must be at least 0; singular values and eigenvalues are"),
        ([1], [1], -1e-9, "delta -1e-09 must be at least 0; the start is exp(-delta)"),
        (
            [1],
            [1],
            1.1e12,
            "delta 1.1e+12 must be at most 1e12; beyond, float64 cannot tell one step from the next",
        ),
        (
            [2],
            [0],
            3,
            "sigma 2 > 0 with lam 0 cannot come from data: range Sxy lies in range Sxx; give lam > 0",
        ),
        # z_0 = lam e^(-2 delta)/sigma <= 1 from delta = log(100)/2 = 2.302585 on
        (
            [0.1],
            [10],
            2.302,
            "delta 2.302 starts mode (sigma 0.1, lam 10) at z0 > 1; use --delta 2.303 or more",
        ),
    ],
)
def test_a_spectrum_that_no_data_have_is_refused(sigma: Any, lam: Any, delta: float, said: str) -> None:
    with pytest.raises(UsageError) as error:
        simulate([float(a) for a in sigma], [float(x) for x in lam], 0.1, delta)
    assert str(error.value) == said


def test_the_borders_of_what_is_allowed_are() -> None:
    assert simulate([0.1], [10.0], 0.1, 2.303)["modes"][0]["transition_step"] == 0
    assert simulate([1.0, 0.0], [1.0, 0.0], 0.1, 0.0)["modes"][0]["transition_step"] == 0
    assert simulate([1.0], [1.0], 0.5, 1e12)["modes"][0]["transition_step"] > 1e12
