"""A user's own gradient descent in the place of ours: right ones pass, mistakes fall with their first wrong step."""

from __future__ import annotations

import html
import json
import re
import shlex
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from rankladder import check
from rankladder.app.main import main
from rankladder.language.library import UnknownClaim
from rankladder.language.verdict import Verdict
from rankladder.simulate import matrix_descent
from rankladder.simulate.departure import first_departure
from tests.packaging.checkout import ROOT
from tests.processes import python
from tests.quality import own_simulators
from tests.quality.own_simulators import FIRST_WRONG, RIGHT, WRONG, WRONG_WHEN_LARGE

FILE = own_simulators.__file__
PYTEST = ("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist")
Descent = Callable[..., Any]


def _mistake(found: Any) -> str:
    return "\n".join(e.detail for e in found.evidence if e.kind == "mistake")


@pytest.mark.parametrize("descent", RIGHT, ids=lambda f: f.__name__)
def test_a_right_one_passes(descent: Descent) -> None:
    found = check("OWN-1", simulator=descent, examples=40, profile="quick")
    assert found.verdict is Verdict.tested, _mistake(found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("descent", RIGHT, ids=lambda f: f.__name__)
def test_a_right_one_passes_on_a_thousand_instances(descent: Descent, seed: int) -> None:
    found = check("OWN-1", simulator=descent, examples=1000, seed=seed)
    assert (found.verdict, found.instances >= 1000) == (Verdict.tested, True), _mistake(found)


@pytest.mark.parametrize("descent", WRONG, ids=lambda f: f.__name__)
def test_a_mistake_is_flagged_with_its_first_wrong_step(descent: Descent) -> None:
    found = check("OWN-1", simulator=descent)
    assert found.verdict is Verdict.refuted
    step = re.search(r"first wrong step: step (\d+)", _mistake(found))
    assert step is not None
    # what stops early does so whenever it has come near, and a number that float32 holds is rounded some steps later
    at_any = descent.__name__ in ("stops_early", "mode_kept_below_one", "float32_as_float64")
    assert at_any or int(step[1]) == FIRST_WRONG.get(descent.__name__, 1)
    # short enough to be done by hand
    instance = found.counterexample
    assert instance is not None
    assert all(instance.get(size, 1) <= 3 for size in ("n", "d", "p", "r"))
    assert instance["steps"] <= max(int(step[1]), 1)


@pytest.mark.parametrize(
    ("descent", "size", "least"), WRONG_WHEN_LARGE, ids=lambda x: getattr(x, "__name__", "")
)
def test_a_mistake_of_large_problems_alone_is_flagged(descent: Descent, size: str, least: int) -> None:
    found = check("OWN-1", simulator=descent, profile="quick")
    assert found.verdict is Verdict.refuted
    assert found.counterexample is not None
    assert found.counterexample[size] == least


def test_the_verdict_says_how_large_the_problems_were() -> None:
    found = check("OWN-1", simulator=own_simulators.plain_run, examples=12, profile="quick")
    (said,) = [e.detail for e in found.evidence if e.kind == "reach"]
    most = {name: int(found.region[name][1]) for name in ("n", "d", "p", "r", "steps")}
    assert said == (
        f"drawn up to n = {most['n']}, d = {most['d']}, p = {most['p']}, width {most['r']}, {most['steps']} steps, "
        "one of these large at a time"
    )
    assert most["n"] >= 100 and min(most["d"], most["p"]) >= 10 and most["r"] >= 16 and most["steps"] >= 300


def test_where_nothing_can_be_wrong_nothing_is_flagged() -> None:
    """The transposed gradient on shapes that are not square is right."""
    Sxx, Sxy, W1, W2 = np.eye(2), np.eye(2), np.full((2, 3), 0.5), np.full((3, 2), 0.25)
    states = own_simulators.transposed_when_square(Sxx, Sxy, W1, W2, 0.1, 30)
    assert first_departure("two layers", (Sxx, Sxy), 0.1, (W1, W2), states) is None


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_run_that_leaves_because_its_step_is_too_large_is_no_mistake(kind: type) -> None:
    parts = [
        np.asarray(part, dtype=kind) for part in (np.diag([3.0, 1.0]), np.eye(2), np.eye(2), 2 * np.eye(2))
    ]
    with np.errstate(all="ignore"):
        states = own_simulators.plain_run(*parts, kind(3.0), 60)
    assert not np.isfinite(states[0][-1]).all()
    assert first_departure("two layers", parts[:2], 3.0, tuple(parts[2:]), states) is None


@pytest.mark.parametrize("step", [1, 7, 40])
def test_one_wrong_entry_of_our_own_run_is_found_at_its_step(step: int) -> None:
    Sxx, Sxy, W1, W2 = np.diag([2.0, 1.0]), np.diag([1.0, 0.5]), 0.1 * np.eye(2), 0.1 * np.eye(2)
    run = matrix_descent(Sxx, Sxy, W1, W2, 0.1, 50)
    run.W1[step:, 0, 1] += 1e-13
    found = first_departure("two layers", (Sxx, Sxy), 0.1, (W1, W2), [run.W1, run.W2])
    assert found is not None
    assert (found.step, found.part, found.entry) == (step, 0, (0, 1))


def test_plain_numpy_is_judged_as_strongly_as_our_own_step() -> None:
    """An equality is decided, not only within rounding, and a theorem that a wrong step breaks falls exactly."""
    right = check("FLOW-3.drift", simulator=own_simulators.plain_run, profile="quick")
    wrong = check("FLOW-3.drift", simulator=own_simulators.alternating, profile="quick")
    assert (right.verdict, right.in_float64) == (Verdict.tested, 0)
    assert (wrong.verdict, wrong.counterexample_in_float64) == (Verdict.refuted, False)


def test_a_black_box_is_judged_by_the_certified_orbit_that_it_follows() -> None:
    right = check("FLOW-3.drift", simulator=own_simulators.in_float32, profile="quick")
    wrong = check("FLOW-3.drift", simulator=own_simulators.clipped, profile="quick")
    assert (right.verdict, right.in_float64) == (Verdict.tested, 0)
    assert wrong.verdict is Verdict.refuted


def test_two_layers_of_width_one_are_one_mode() -> None:
    right = check("GD-4.upper", simulator=own_simulators.plain_run, profile="quick")
    wrong = check("GD-4.upper", simulator=own_simulators.twice_too_large, profile="quick")
    assert (right.verdict, wrong.verdict) == (Verdict.tested, Verdict.refuted)


def test_what_takes_long_is_tested_on_fewer_instances_and_not_vacuous() -> None:
    found = check("STEP-2.overshoot", simulator=own_simulators.any_depth, profile="quick")
    assert found.verdict is Verdict.tested


def test_a_theorem_may_hold_for_another_algorithm() -> None:
    assert check("GD-4.upper", simulator=lambda z, s: z, profile="quick").verdict is Verdict.tested


def test_what_is_proved_of_our_step_is_not_said_of_another() -> None:
    for descent, verdict in ((None, Verdict.proved), (own_simulators.plain_run, Verdict.tested)) * 2:
        assert check("FLOW-3.drift", simulator=descent, profile="quick").verdict is verdict


def test_a_claim_that_runs_nothing_says_so() -> None:
    found = check("FLOW-3.flow", simulator=own_simulators.plain_run)
    assert found.verdict is Verdict.vacuous
    assert "runs no gradient descent" in found.evidence[0].detail


def test_the_command_names_the_mistake_and_what_has_no_part(tmp_path, capsys) -> None:
    page = tmp_path / "page.html"
    words = [
        "check",
        "--simulator",
        f"{FILE}:weight_decay",
        "--only",
        "FLOW-3",
        "--profile",
        "quick",
        "--json",
    ]
    assert main([*words, "--html", str(page), "--workers", "1"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [c["id"] for c in said["claims"]] == ["OWN-1", "FLOW-3.drift"]
    assert said["simulator"]["no_part_in"] == [{"id": "FLOW-3.flow", "why": "runs no gradient descent"}]
    assert len(said["simulator"]["mistake"]) == 3
    text = page.read_text(encoding="utf-8")
    assert all(part in text for part in (":weight_decay", "first wrong step", "def weight_decay(", "SHA-256"))


def test_what_a_page_says_to_run_shows_the_counterexample(tmp_path, capsys) -> None:
    page = tmp_path / "page.html"
    words = ["check", "--simulator", f"{FILE}:alternating", "--only", "OWN-1", "--profile", "quick"]
    assert main([*words, "--html", str(page), "--workers", "1"]) == 1
    said = [
        line for line in re.findall(r"<pre>(.*?)</pre>", page.read_text(encoding="utf-8")) if "--at" in line
    ]
    capsys.readouterr()
    assert main(shlex.split(html.unescape(said[0]))[1:]) == 1
    assert "violated: a counterexample" in capsys.readouterr().out


def test_the_comparison_alone_can_be_asked_for(capsys) -> None:
    words = ["--only", "OWN-1", "--profile", "quick", "--examples", "20", "--workers", "1", "--json"]
    assert main(["check", "--simulator", f"{FILE}:mode_step", *words]) == 0
    assert [c["id"] for c in json.loads(capsys.readouterr().out)["claims"]] == ["OWN-1"]
    assert main(["check", "--only", "OWN-1"]) == 2
    assert "--simulator FILE:NAME" in capsys.readouterr().err
    with pytest.raises(UnknownClaim, match="simulator="):
        check("OWN-1")


def _raises(W1: Any) -> Any:
    return W1.nothing


def raising(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    return _raises(W1), W2


def returning_nothing(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    W1 - eta * W1


def returning_one(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    return W1


def returning_another_shape(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    return W1[:0], W2


@pytest.mark.parametrize(
    ("broken", "words", "place"),
    [
        (raising, "raised AttributeError", _raises),
        (returning_nothing, "returned NoneType but must return the 2 parts of the state", returning_nothing),
        (returning_one, "must return the 2 parts of the state", returning_one),
        (returning_another_shape, "must return the shapes of its state", returning_another_shape),
    ],
)
@pytest.mark.parametrize("claim", ["OWN-1", "FLOW-3.drift"])
def test_what_breaks_in_the_users_code_is_told_with_their_line(
    claim: str, broken: Descent, words: str, place: Descent
) -> None:
    found = check(claim, simulator=broken, profile="quick")
    assert found.verdict is Verdict.error
    detail = found.evidence[-1].detail
    first = place.__code__.co_firstlineno
    line = re.search(rf"\({re.escape(__file__)}:(\d+)", detail)
    assert words in detail and line is not None and first <= int(line[1]) <= first + 1


@pytest.mark.slow
@pytest.mark.parametrize(("library", "names"), [("torch", ["by_autograd", "by_sgd"]), ("jax", ["step"])])
def test_the_blocks_of_the_guide_for_other_libraries_are_gradient_descent(
    library: str, names: list[str]
) -> None:
    pytest.importorskip(library)
    guide = (ROOT / "docs" / "own-algorithm.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"```python\n(# in_{library}\.py\n.*?)```", guide, flags=re.DOTALL)
    made: dict[str, Any] = {}
    exec(compile(block, f"in_{library}.py", "exec"), made)
    for name in names:
        found = check("OWN-1", simulator=made[name], examples=1000)
        assert (found.verdict, found.instances >= 1000) == (Verdict.tested, True), _mistake(found)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("nowhere.py:run", "does not exist"),
        (f"{FILE}:nothing", "has no nothing"),
        ("run", "must be FILE:NAME"),
        (f"{FILE}:RIGHT", "cannot be called"),
        (f"{FILE}:_gradients", "must take one of"),
    ],
)
def test_what_is_no_simulator_is_refused_in_one_line(written: str, words: str, capsys) -> None:
    assert main(["check", "--simulator", written, "--only", "GD-1"]) == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert len(said.splitlines()) == 1


def test_states_of_the_wrong_number_are_an_error_that_says_how_many() -> None:
    def short(z: Any, s: Any, steps: int) -> Any:
        return np.array([z] * steps)

    found = check("OWN-1", simulator=short, profile="quick")
    assert found.verdict is Verdict.error
    assert "the states after 0, 1," in found.evidence[-1].detail


def test_a_list_of_states_is_not_taken_for_the_parts_of_a_state() -> None:
    """After one step it has as many as there are layers."""

    def listed(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any, steps: int) -> Any:
        return list(zip(*own_simulators.plain_run(Sxx, Sxy, W1, W2, eta, steps), strict=True))

    found = check("OWN-1", simulator=listed, profile="quick")
    assert found.verdict is Verdict.error
    assert "must return the 2 parts of the state, as a tuple, each with the time" in found.evidence[-1].detail


def test_pytest_checks_claim_files_with_it(tmp_path) -> None:
    (tmp_path / "claims_mine.py").write_text(
        "from rankladder import Real, claim\n"
        "from rankladder.simulate import descent\n"
        "@claim('rises', over=dict(s=Real(0, 0.5), z=Real(0, 1)))\n"
        "def _(s, z):\n    return descent(s, z, 1)[1] - z\n"
        "@claim('square', over=dict(x=Real(0, 1)))\n"
        "def _(x):\n    return x * x\n"
    )
    (tmp_path / "falls.py").write_text("def step(z, s):\n    return z * (1 - s / 100)\n")
    done = python(*PYTEST, "-q", "claims_mine.py", "--claims-simulator", "falls.py:step", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 1 skipped" in done.stdout


def test_a_test_of_a_users_own_checks_claims_by_the_fixture(tmp_path, monkeypatch) -> None:
    (tmp_path / "mine.py").write_text(
        "def right(Sxx, Sxy, W1, W2, eta):\n"
        "    R = Sxx @ W1 @ W2 - Sxy\n"
        "    return W1 - eta * R @ W2.T, W2 - eta * W1.T @ R\n"
        "def wrong(Sxx, Sxy, W1, W2, eta):\n"
        "    R = Sxx @ W1 @ W2 - Sxy\n"
        "    return W1 - 2 * eta * R @ W2.T, W2 - eta * W1.T @ R\n"
    )
    (tmp_path / "test_mine.py").write_text(
        "import pytest\nimport mine\n"
        "@pytest.mark.parametrize('claim', ['OWN-1', 'LIN-3.contraction'])\n"
        "@pytest.mark.parametrize('name', ['right', 'wrong'])\n"
        "def test_claim(check_claim, claim, name):\n"
        "    assert check_claim(claim, simulator=getattr(mine, name)).id == claim\n"
    )
    done = python(*PYTEST, "-rA", "test_mine.py", "--claims-profile", "quick", cwd=tmp_path)
    outcomes = re.findall(r"(?m)^(PASSED|FAILED) test_mine.py::test_claim\[(\S+)\]", done.stdout)
    assert sorted(outcomes) == [("FAILED", "wrong-OWN-1"), ("PASSED", "right-OWN-1")], done.stdout
    assert "2 skipped" in done.stdout and "it runs one layer" in done.stdout
    assert "first wrong step: step 1" in done.stdout and "Traceback" not in done.stdout
    # the command that the report names finds the same mistake
    words = re.search(r"(?m)^  reproduce +rankladder (.* --simulator mine.py:wrong)$", done.stdout)
    assert words is not None
    monkeypatch.chdir(tmp_path)
    assert main([*shlex.split(words[1]), "--workers", "1"]) == 1


def test_an_exact_start_flows_through_as_exact_numbers() -> None:
    found = check("GD-1.not-nonnegative", simulator=own_simulators.plain_run)
    assert found.verdict is Verdict.refuted
    assert found.counterexample is not None
    assert isinstance(found.counterexample["s"], Fraction)
