"""A user's own gradient descent in the place of ours: right ones pass, mistakes fall with their first wrong step."""

import inspect
import json
import re
import shlex
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rankladder import check
from rankladder.app.main import main
from rankladder.language.verdict import Verdict
from rankladder.simulate.own import OwnDescent
from rankladder.usage import UsageError
from tests.packaging.checkout import ROOT
from tests.processes import python
from tests.quality import own_simulators
from tests.quality.own_simulators import FIRST_WRONG, NO_FUNCTIONS, OVERWRITING, RIGHT, WRONG, WRONG_AT_SIZES
from tests.samples import one_in

FILE = own_simulators.__file__
PYTEST = ("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist")
Descent = Callable[..., Any]


def _mistake(found: Any) -> str:
    return "\n".join(e.detail for e in found.evidence if e.kind == "mistake")


@pytest.mark.parametrize("descent", one_in(13, RIGHT), ids=lambda f: f.__name__)
def test_a_right_one_passes(descent: Descent) -> None:
    found = check("OWN-1", simulator=descent, examples=20, profile="quick")
    assert found.verdict is Verdict.tested, _mistake(found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("descent", RIGHT, ids=lambda f: f.__name__)
def test_a_right_one_passes_on_a_thousand_instances(descent: Descent, seed: int) -> None:
    found = check("OWN-1", simulator=descent, examples=1000, seed=seed)
    assert (found.verdict, found.instances >= 1000) == (Verdict.tested, True), _mistake(found)


# the others draw matrices for some seconds
SOON = {
    "float32_as_float64", "larger_after_40", "clipped", "mode_by_flow", "stale_gradient", "wobbling_step_size",
}  # fmt: skip
SOME = [pytest.param(f, marks=[pytest.mark.slow] * (f.__name__ not in SOON)) for f in WRONG]


@pytest.mark.parametrize("descent", SOME, ids=lambda f: f.__name__)
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


SIZES = [
    pytest.param(f, least, marks=[pytest.mark.slow] * ("layers" in least)) for f, least in WRONG_AT_SIZES
]


@pytest.mark.parametrize(("descent", "least"), SIZES, ids=lambda x: getattr(x, "__name__", ""))
def test_a_mistake_that_acts_at_some_sizes_alone_is_flagged(descent: Descent, least: dict[str, int]) -> None:
    found = check("OWN-1", simulator=descent, profile="quick")
    assert found.verdict is Verdict.refuted
    assert found.counterexample is not None
    assert {size: found.counterexample[size] for size in least} == least


@pytest.mark.parametrize("descent", NO_FUNCTIONS, ids=lambda f: f.__name__)
def test_what_is_no_function_of_its_arguments_is_told_so(descent: Descent) -> None:
    found = check("OWN-1", simulator=descent, profile="quick")
    assert found.verdict is Verdict.error
    assert "another orbit the second time" in found.evidence[-1].detail


_NOISE = np.random.default_rng(0)


def _minibatch(X: Any, Y: Any, W1: Any, W2: Any, eta: Any) -> Any:
    some = _NOISE.integers(0, len(X), 2)
    R = X[some].T @ (X[some] @ W1 @ W2 - Y[some]) / 2
    return W1 - eta * R @ W2.T, W2 - eta * W1.T @ R


def _noisy_on_many_samples(X: Any, Y: Any, W1: Any, W2: Any, eta: Any) -> Any:
    R = X.T @ (X @ W1 @ W2 - Y) / len(X) * (1 if len(X) < 50 else _NOISE.random())
    return W1 - eta * R @ W2.T, W2 - eta * W1.T @ R


@pytest.mark.parametrize(
    ("descent", "least", "most"), [(_minibatch, 2, 3), (_noisy_on_many_samples, 50, 200)]
)
def test_a_random_one_is_shown_on_a_small_problem_and_a_large_one_is_cut(
    descent: Descent, least: int, most: int
) -> None:
    detail = check("OWN-1", simulator=descent, profile="quick").evidence[-1].detail
    size = re.search(r"at n=(\d+), d=", detail)
    assert "another orbit the second time" in detail and size is not None
    assert least <= int(size[1]) <= most and len(detail) < 700


def _sum_of_squares(X: Any, Y: Any, W1: Any, W2: Any, eta: Any, times: Any = 2) -> Any:
    R = times * X.T @ (X @ W1 @ W2 - Y)
    return W1 - eta * R @ W2.T, W2 - eta * W1.T @ R


def _mean_over_entries_in_float32(X: Any, Y: Any, W1: Any, W2: Any, eta: Any) -> Any:
    parts = [np.asarray(part, dtype=np.float32) for part in (X, Y, W1, W2, eta)]
    return _sum_of_squares(*parts, times=np.float32(2) / np.float32(Y.size))


def _odd_multiple(Sxx: Any, Sxy: Any, W: Any, eta: Any) -> Any:
    return W - 1.5 * eta * (Sxx @ W - Sxy)


@pytest.mark.parametrize(
    ("descent", "words"),
    [
        (
            _sum_of_squares,
            "its update at step 1 is 10 times the expected: so it is for a sum over the samples without the 1/2",
        ),
        (
            _mean_over_entries_in_float32,
            "its update at step 1 is 0.6667 times the expected: so it is for the mean over all",
        ),
        (_odd_multiple, "its update at step 1 is 1.5 times the expected: is the loss"),
        (own_simulators.alternating, ""),
        (
            own_simulators.clipped,
            "a factor of this step alone, not of the other problems tried; is it clipped",
        ),
        (own_simulators.step_size_in_float32, "its update at step 1 is 1.000000"),
    ],
)
def test_another_loss_is_named_by_the_factor_of_its_gradient(descent: Descent, words: str) -> None:
    said = _mistake(check("OWN-1", simulator=descent, profile="quick"))
    assert words in said and ("its update at" in said) == bool(words)


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize("descent", OVERWRITING, ids=lambda f: f.__name__)
def test_recorded_states_that_later_steps_overwrite_are_an_error_with_the_remedy(
    descent: Descent, seed: int
) -> None:
    found = check("OWN-1", simulator=descent, seed=seed)
    assert found.verdict is Verdict.error
    assert "append copies, W.copy() or W.detach().clone()" in found.evidence[-1].detail


def _fixed_array(Sxx: Any, Sxy: Any, W: Any, eta: Any) -> Any:
    _KEPT[:] = W - eta * (Sxx @ W - Sxy)
    return _KEPT


_KEPT = np.zeros((1, 1))


def _one_layer_run(Sxx: Any, Sxy: Any, W: Any, eta: Any, steps: int) -> Any:
    states = [W]
    for _ in range(steps):
        # the start itself for as long as nothing moves
        W = W - eta * (Sxx @ W - Sxy) if eta else W
        states.append(W)
    return states


@pytest.mark.parametrize(
    ("descent", "eta"), [(_one_layer_run, 0.0), (_one_layer_run, 1.0), (_fixed_array, 0.5)]
)
def test_states_that_repeat_or_steps_in_one_array_are_no_mistake(descent: Descent, eta: float) -> None:
    orbit = OwnDescent(descent).orbit((np.eye(1), np.eye(1)), (np.array([[0.5]]),), eta, 5)
    assert orbit.comparison.departure is None
    assert orbit.states[0][:3, 0, 0].tolist() == [0.5, *((1 - 0.5 * (1 - eta) ** k) for k in (1, 2))]


def test_the_verdict_says_how_large_the_problems_were_and_how_far_orbits_were_followed() -> None:
    found = check("OWN-1", simulator=own_simulators.plain_run, examples=12, profile="quick")
    (said,) = [e.detail for e in found.evidence if e.kind == "reach"]
    most = {name: int(found.region[name][1]) for name in ("n", "d", "p", "r", "steps")}
    assert (
        f"one at a time up to n = {most['n']}, d = {most['d']}, p = {most['p']}, width {most['r']};" in said
    )
    assert f"to {most['steps']:,}, of which" in said
    assert most["n"] >= 100 and min(most["d"], most["p"]) >= 16 and most["r"] >= 24 and most["steps"] >= 3000


def _one_layer(Sxx: Any, Sxy: Any, W: Any, eta: Any) -> Any:
    return W - eta * (Sxx @ W - Sxy)


def test_steps_of_an_orbit_one_layer_do_not_count_as_followed() -> None:
    start = np.array([[0.5]])
    orbit = OwnDescent(_one_layer).orbit((np.eye(1), np.eye(1)), (start,), 0.5, 500)
    assert orbit.comparison.departure is None
    assert 40 <= orbit.comparison.followed <= 60


def test_plain_numpy_is_judged_as_strongly_as_our_own_step() -> None:
    """An equality is decided, not only within rounding, and a theorem that a wrong step breaks falls exactly."""
    right = check("FLOW-3.drift", simulator=own_simulators.plain_run, profile="quick")
    wrong = check("FLOW-3.drift", simulator=own_simulators.alternating, profile="quick")
    assert (right.verdict, right.in_float64) == (Verdict.tested, 0)
    assert (wrong.verdict, wrong.counterexample_in_float64) == (Verdict.refuted, False)


@pytest.mark.slow
def test_what_is_proved_of_our_step_is_not_said_of_another() -> None:
    for descent, verdict in ((None, Verdict.proved), (own_simulators.plain_run, Verdict.tested)) * 2:
        assert check("FLOW-3.drift", simulator=descent, profile="quick").verdict is verdict


def test_the_command_names_the_mistake_and_what_has_no_part(tmp_path, capsys) -> None:
    page = tmp_path / "page.html"
    words = ["check", "--simulator", f"{FILE}:stale_gradient", "--only", "FLOW-3", "--profile", "quick"]
    assert main([*words, "--json", "--html", str(page), "--workers", "1"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [c["id"] for c in said["claims"]] == ["OWN-1", "FLOW-3.drift"]
    assert said["simulator"]["no_part_in"] == [{"id": "FLOW-3.flow", "why": "runs no gradient descent"}]
    assert len(said["simulator"]["mistake"]) == 3
    text = page.read_text(encoding="utf-8")
    parts = (":stale_gradient", "first wrong step", "def stale_gradient(", "SHA-256")
    assert all(part in text for part in parts)


def test_how_far_orbits_were_followed_is_printed_whole_on_a_narrow_screen(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = ["check", "--simulator", f"{FILE}:plain_run", "--only", "FLOW-3.drift", "--profile", "quick"]
    assert main([*words, "--examples", "2", "--workers", "1"]) == 0
    said = capsys.readouterr().out
    assert "one at a time up to n" in " ".join(said.split())
    assert "were followed to the end" in " ".join(said.split())
    # what cannot be broken is the path of the file
    assert all(len(line) <= 80 or FILE in line for line in said.splitlines())


def _raises(W1: Any) -> Any:
    return W1.nothing


def raising(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    return _raises(W1), W2


def in_two_types(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    return np.subtract(W1, eta, out=np.empty_like(W1, dtype=int)), W2


def leaving(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    sys.exit(0)


def leaving_later(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    return _one_step(Sxx, Sxy, W1, W2, eta) if len(W1) < 2 else exit()


def leaving_between(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    yield W1 if eta else quit(5)
    sys.exit(0)


def _one_step(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    R = Sxx @ W1 @ W2 - Sxy
    return W1 - eta * R @ W2.T, W2 - eta * W1.T @ R


def returning_nothing(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    W1 - eta * W1


def returning_one(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    return (W1,)


def returning_another_shape(Sxx: Any, Sxy: Any, W1: Any, W2: Any, eta: Any) -> Any:
    return W1[:0], W2


@pytest.mark.parametrize(
    ("broken", "words", "place"),
    [
        (raising, "raised AttributeError", _raises),
        (in_two_types, "the arguments are float64 arrays, and float32 may be returned", in_two_types),
        (leaving, "raised SystemExit: 0", leaving),
        (leaving_later, "raised SystemExit", leaving_later),
        (leaving_between, "raised SystemExit", leaving_between),
        (returning_nothing, "returned NoneType but must return the 2 parts of the state", returning_nothing),
        (returning_one, "must return the 2 parts of the state", returning_one),
        (returning_another_shape, "must return the shapes of its state", returning_another_shape),
    ],
)
@pytest.mark.parametrize("claim", ["OWN-1", pytest.param("FLOW-3.drift", marks=pytest.mark.slow)])
def test_what_breaks_in_the_users_code_is_told_with_their_line(
    claim: str, broken: Descent, words: str, place: Descent
) -> None:
    found = check(claim, simulator=broken, profile="quick")
    assert found.verdict is Verdict.error
    detail = found.evidence[-1].detail
    first = place.__code__.co_firstlineno
    line = re.search(rf"\({re.escape(__file__)}:(\d+)", detail)
    assert words in detail and line is not None and first <= int(line[1]) <= first + 2


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_a_simulator_that_ends_the_program_is_an_error_of_the_command(workers: str, capsys) -> None:
    words = ["check", "--simulator", f"{__file__}:leaving", "--profile", "quick", "--workers", workers]
    assert main([*words, "--only", "OWN-1", "FLOW-3.drift", "--json"]) == 4
    said = json.loads(capsys.readouterr().out)["claims"]
    assert [(c["id"], c["verdict"]) for c in said] == [("OWN-1", "error"), ("FLOW-3.drift", "error")]
    place = f"{__file__}:{leaving.__code__.co_firstlineno + 1}"
    assert all(place in c["evidence"][-1]["detail"] for c in said)
    at = "s=1/2, z0=1/2, steps=1"
    assert main([*words, "--only", "GD-4.upper", "--at", at]) == 2
    assert place in capsys.readouterr().err


def test_a_script_that_reads_arguments_is_told_so_in_one_line(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").write_text(
        "import argparse\nimport sys\nprint('starts')\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--data', required=True)\nparser.parse_args([])\n"
    )
    assert main(["check", "--simulator", "script.py:step", "--only", "OWN-1"]) == 2
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert "script.py, line 6, ended the program" in line and "__main__" in line and not said.out


def test_what_a_file_writes_while_and_after_it_loads_is_shown(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs.py").write_text(
        "import logging\nlog = logging.Logger('logs')\nlog.addHandler(logging.StreamHandler())\nprint('loads')\n"
        "def step(z, s):\n    log.error('runs')\n    return z * (1 + s * (1 - z)) ** 2\n"
    )
    words = ["check", "--simulator", "logs.py:step", "--only", "OWN-1", "--profile", "quick", "--json"]
    assert main([*words, "--workers", "1"]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("loads\nruns\n") and json.loads(said.out)


def _with_lr(Sxx: Any, Sxy: Any, W1: Any, W2: Any, lr: Any) -> Any:
    return W1, W2


def _of_other_parameters(data: Any, weights: Any) -> Any:
    return weights


@pytest.mark.parametrize(("descent", "remedy"), [(_with_lr, "rename lr to eta"), (_of_other_parameters, "")])
def test_other_parameters_are_told_in_one_line_with_the_page_of_the_forms(
    descent: Descent, remedy: str
) -> None:
    with pytest.raises(UsageError) as found:
        check("OWN-1", simulator=descent)
    (line,) = str(found.value).splitlines()
    assert str(inspect.signature(descent)).split(":")[0] in line and remedy in line
    assert "(Sxx, Sxy, W1, W2, eta)" in line and "docs/own-algorithm.md" in line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "library", "names"),
    [("own-algorithm", "torch", ["by_autograd", "by_sgd"]), ("own-algorithm", "jax", ["step"]), ("tutorials/my-algorithm", "torch", ["rescaled"])],
)  # fmt: skip
def test_the_blocks_of_the_guide_for_other_libraries_are_gradient_descent(
    page: str, library: str, names: list[str]
) -> None:
    pytest.importorskip(library)
    guide = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"```python\n(# in_{library}\.py\n.*?)```", guide, flags=re.DOTALL)
    made: dict[str, Any] = {}
    exec(compile(block, f"in_{library}.py", "exec"), made)
    for name in names:
        found = check("OWN-1", simulator=made[name], examples=1000)
        assert (found.verdict, found.instances >= 1000) == (Verdict.tested, True), _mistake(found)


@pytest.mark.slow
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
