"""Recorded runs, made here by plain NumPy: what `data --run` says of them, and why they leave the theory."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rankladder.app.main import main
from rankladder.properties.gidel2019.data.analysis import start_for
from rankladder.properties.gidel2019.data.geometry import Geometry
from rankladder.properties.gidel2019.data.reading import data_of_moments
from rankladder.properties.gidel2019.data.record import Record
from rankladder.properties.gidel2019.data.study import study_of_record

Factors = tuple[np.ndarray, np.ndarray]


def table(name: str) -> tuple[np.ndarray, np.ndarray]:
    """A data set of scikit-learn, standardised, with classes as targets."""
    datasets = pytest.importorskip("sklearn.datasets")
    found = getattr(datasets, f"load_{name}")()
    deviation = found.data.std(axis=0)
    X = (found.data - found.data.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    Y = np.eye(found.target.max() + 1)[found.target]
    return X, Y - Y.mean(axis=0)


def commuting() -> tuple[np.ndarray, np.ndarray]:
    """Samples with Sxx = I and modes 3, 1, 1/4."""
    rng = np.random.default_rng(3)
    Q = np.linalg.qr(rng.standard_normal((40, 3)))[0]
    Q = np.linalg.qr(Q - Q.mean(axis=0))[0]
    return np.sqrt(40) * Q, np.sqrt(40) * Q @ np.diag([3.0, 1.0, 0.25])


def start(X: np.ndarray, Y: np.ndarray, first: float, second: float) -> Factors:
    """Both factors along the singular vectors of the moment, at these scales."""
    U, _, Vt = np.linalg.svd(X.T @ Y / len(X), full_matrices=False)
    return first * U, second * Vt


def descend(
    X: np.ndarray, Y: np.ndarray, factors: Factors, eta: float, steps: int, momentum: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Plain gradient descent, or heavy ball."""
    (W1, W2), Sxx, Sxy = factors, X.T @ X / len(X), X.T @ Y / len(X)
    V1, V2 = np.zeros_like(W1), np.zeros_like(W2)
    W1s, W2s = [W1], [W2]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            R = Sxx @ W1 @ W2 - Sxy
            V1, V2 = momentum * V1 + R @ W2.T, momentum * V2 + W1.T @ R
            W1, W2 = W1 - eta * V1, W2 - eta * V2
            W1s.append(W1)
            W2s.append(W2)
    return np.array(W1s), np.array(W2s)


class Judge:
    """The command on one data set, in a folder of its own."""

    def __init__(self, folder: Path, capsys) -> None:
        self.folder, self.capsys = folder, capsys

    def __call__(self, data: tuple[np.ndarray, np.ndarray], *words: str, **arrays: Any) -> dict[str, Any]:
        assert self.code(data, *words, "--json", **arrays) == 0
        found: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return found

    def code(self, data: tuple[np.ndarray, np.ndarray], *words: str, **arrays: Any) -> int:
        """The exit code."""
        names = [str(self.folder / name) for name in ("X.npy", "Y.npy", "run.npz")]
        for name, part in zip(names, data, strict=False):
            np.save(name, part)
        if arrays:
            np.savez(names[2], **arrays)
        return main(["data", *names[:2], *(["--run", names[2]] if arrays else []), *words])

    def refusal(self, data: tuple[np.ndarray, np.ndarray], *words: str, **arrays: Any) -> str:
        """The one line of a file that is refused."""
        assert self.code(data, *words, **arrays) == 2
        said = self.capsys.readouterr().err.strip()
        assert len(said.splitlines()) == 1
        return said


@pytest.fixture
def judge(tmp_path, capsys) -> Judge:
    return Judge(tmp_path, capsys)


def holds(found: dict[str, Any]) -> dict[str, bool | None]:
    return {name: said["holds"] for name, said in found["assertions"].items()}


def broken(found: dict[str, Any]) -> list[str]:
    """Assumptions that the run breaks, those on the data themselves left out."""
    given = found["record"]["conditions"]
    return [c["name"] for c in given if c["met"] is False and c["name"] not in ("data", "order")]


@pytest.mark.parametrize(
    "name", ["iris", *(pytest.param(n, marks=pytest.mark.slow) for n in ("wine", "digits"))]
)
def test_the_same_is_said_of_a_recorded_run_as_of_the_same_settings(name: str, judge: Judge) -> None:
    X, Y = table(name)
    own = judge((X, Y))
    scale = np.exp(-own["delta"])
    W1, W2 = descend(X, Y, start(X, Y, scale, scale), own["eta"], own["runs"]["spectral"]["steps"])
    every = judge((X, Y), W1=W1, W2=W2, eta=own["eta"])
    # the steps in between follow from the factors, and the step size from two of them
    kept = [0, 1, *range(25, len(W1), 25)]
    some = judge((X, Y), W1=W1[kept], W2=W2[kept], steps=kept)
    for found in (every, some):
        assert holds(found) == holds(own)
        assert broken(found) == []
        rows = zip(found["starts"]["recorded"], own["starts"]["spectral"], strict=True)
        assert all(mine["transition_step"] == theirs["transition_step"] for mine, theirs in rows)
    assert some["eta"] == pytest.approx(own["eta"], rel=1e-9)
    assert some["delta"] == pytest.approx(own["delta"])


def test_on_commuting_data_a_run_stays_with_the_theory(judge: Judge) -> None:
    data = commuting()
    found = judge(
        data, W1=(made := descend(*data, start(*data, *[np.exp(-10.0)] * 2), 0.15, 500))[0], W2=made[1]
    )
    assert holds(found) == {"A1": None, "A2": True, "A3": True, "A4": True, "A5": True}
    assert found["record"]["leaves_at"] is None
    for row, (low, high) in zip(found["starts"]["recorded"], found["record"]["allowed"], strict=True):
        assert low <= row["transition_step"] <= high


@pytest.mark.parametrize("recorded", ["factors", "product"])
@pytest.mark.parametrize("name", ["wine", "iris", pytest.param("digits", marks=pytest.mark.slow)])
def test_what_takes_a_run_out_of_the_theory_is_named(name: str, recorded: str, judge: Judge) -> None:
    X, Y = table(name)
    own = judge((X, Y), "--max-steps", "100")
    usual, small = own["eta"], np.exp(-10.0)
    cases = {
        "start": (usual, 1.0, 1.0, 0.0),
        "balance": (usual, np.exp(-1.0), small, 0.0),
        "step": (1.2 * own["step_sizes"]["stable"], small, small, 0.0),
        "descent": (usual, small, small, 0.5),
    }
    for reason, (eta, first, second, momentum) in cases.items():
        W1, W2 = descend(X, Y, start(X, Y, first, second), eta, 300, momentum)
        if recorded == "factors":
            found = judge((X, Y), "--max-steps", "100", W1=W1, W2=W2, eta=eta)
            assert broken(found) == [reason]
        else:
            with np.errstate(all="ignore"):
                # with the scale of both factors beside it, W of a spectral start tells from where its modes start
                said = {"delta": 10.0} if first == second == small else {}
                found = judge((X, Y), "--max-steps", "100", W=W1 @ W2, eta=eta, **said)
            # of W alone neither balance nor the steps themselves can be seen, and this is said
            unknown = [c["name"] for c in found["record"]["conditions"] if c["met"] is None]
            assert unknown == ["descent", "balance"]
            assert broken(found) == ([reason] if reason not in unknown else [])
        record = found["record"]
        if recorded == "product" and reason == "descent":
            assert record["leaves_at"] and "W alone does not show descent" in record["because"][-1]
        elif reason in ("step", "descent"):
            assert record["leaves_at"] is not None
            assert any(c["says"] in record["because"] for c in record["conditions"] if c["name"] == reason)


def test_the_first_step_that_is_none_of_descent_is_named(judge: Judge) -> None:
    data = commuting()
    W1, W2 = descend(*data, start(*data, *[np.exp(-10.0)] * 2), 0.1, 60, momentum=0.02)
    assert judge(data, W1=W1, W2=W2, eta=0.1)["record"]["leaves_at"] == 2
    W1, W2 = descend(*data, start(*data, *[np.exp(-10.0)] * 2), 0.1, 60)
    W2[41:, 0, 0] *= 1.0001
    assert judge(data, W1=W1, W2=W2)["record"]["leaves_at"] == 41


@pytest.mark.parametrize("stride", [1, 20])
@pytest.mark.parametrize(
    ("factor", "words"),
    [(2.0, "2 times as large (a loss without the 1/2)"), (2 / 3, "0.6667 times as large (the mean over all")],
)
def test_a_gradient_of_another_size_is_named(factor: float, words: str, stride: int, judge: Judge) -> None:
    data = commuting()
    W1, W2 = descend(*data, start(*data, *[np.exp(-10.0)] * 2), factor * 0.1, 60)
    found = judge(data, W1=W1[::stride], W2=W2[::stride], steps=range(0, 61, stride), eta=0.1)
    assert broken(found) == ["descent"] and found["record"]["leaves_at"] == stride
    assert any(words in reason for reason in found["record"]["because"])


def test_another_step_size_is_named(judge: Judge) -> None:
    data = commuting()
    W1, W2 = descend(*data, start(*data, *[np.exp(-10.0)] * 2), 0.1, 60)
    (said,) = judge(data, W1=W1, W2=W2, eta=0.1001)["record"]["because"]
    assert said.endswith("its steps are those of descent with eta = 0.1")
    assert "or with eta = 0.1" in judge(data, W1=W1, W2=W2, eta=0.05)["record"]["because"][0]
    # from its step 30 on it is another one, so that none explains the run
    W1[30:], W2[30:] = descend(*data, (W1[30], W2[30]), 0.05, 30)
    said = judge(data, W1=W1, W2=W2, eta=0.1001)["record"]["because"]
    assert any("another algorithm, another eta or other data" in reason for reason in said)


def test_states_that_are_numbered_wrongly_are_named(judge: Judge) -> None:
    data = commuting()
    W1, W2 = (part[::20] for part in descend(*data, start(*data, *[np.exp(-10.0)] * 2), 0.1, 300))
    for steps in (None, range(0, 151, 10), range(0, 601, 40)):
        numbers = {} if steps is None else {"steps": steps}
        said = judge(data, W1=W1, W2=W2, eta=0.1, **numbers)["record"]["because"]
        assert any("those of descent 20 steps apart, where the record says" in reason for reason in said)
    # one state left out: no numbering is right throughout
    kept = [0, 1, 2, 4, 5, 6]
    said = judge(data, W1=W1[kept], W2=W2[kept], eta=0.1)["record"]["because"]
    assert any("another algorithm, another eta or other data" in reason for reason in said)
    # at the fit any number of steps would do
    ends = {"W1": W1[[0, -1]], "W2": W2[[0, -1]]}
    ends = {
        name: np.stack([part[0], descend(*data, (W1[-1], W2[-1]), 0.1, 2000)[i][-1]])
        for i, (name, part) in enumerate(ends.items())
    }
    said = judge(data, **ends, eta=0.1, steps=[0, 100])["record"]["because"]
    assert any("another algorithm, another eta or other data" in reason for reason in said)


@pytest.mark.parametrize("stride", [1, 20])
@pytest.mark.parametrize(("first", "anew"), [(0, False), (0, True), (1, False), (1, True)])
def test_factors_that_are_updated_one_after_the_other_are_named(
    first: int, anew: bool, stride: int, judge: Judge
) -> None:
    X, Y = commuting()
    W = list(start(X, Y, *[np.exp(-10.0)] * 2))
    states = [list(W)]
    for _ in range(60):
        R = X.T @ (X @ W[0] @ W[1] - Y) / len(X)
        W[first] = W[first] - 0.1 * (W[0].T @ R if first else R @ W[1].T)
        if anew:
            R = X.T @ (X @ W[0] @ W[1] - Y) / len(X)
        W[1 - first] = W[1 - first] - 0.1 * (R @ W[1].T if first else W[0].T @ R)
        states.append(list(W))
    W1, W2 = (np.array(part)[::stride] for part in zip(*states, strict=True))
    (said,) = judge((X, Y), W1=W1, W2=W2, steps=range(0, 61, stride), eta=0.1)["record"]["because"]
    one, other = ("W2", "W1") if first else ("W1", "W2")
    residual = "taken anew" if anew else "of before"
    assert f"update {one} first, and {other} with the new {one} and the residual {residual}" in said


def test_moments_that_divide_by_one_less_are_named(judge: Judge) -> None:
    X, Y = commuting()
    W1, W2 = descend(X, Y, start(X, Y, *[np.exp(-10.0)] * 2), 0.1 * 40 / 39, 60)
    (said,) = judge((X, Y), W1=W1, W2=W2, eta=0.1)["record"]["because"]
    assert "1.026 times as large (a mean that divides by n - 1)" in said


def test_a_mode_that_is_half_learned_as_predicted_is_in_time_for_a3_and_not_by_descent(judge: Judge) -> None:
    X, Y = commuting()
    s, eta = np.array([3.0, 1.0, 0.25]), 0.1
    U, _, Vt = np.linalg.svd(X.T @ Y / len(X))
    at = np.ceil(10 / np.log1p(eta * s))
    W = np.array([(U * np.where(np.arange(501)[k] >= at, s, np.exp(-20.0))) @ Vt for k in range(501)])
    found = judge((X, Y), W=W, eta=eta, delta=10.0)
    assert found["record"]["leaves_at"] == at[2] and found["record"]["allowed"][2][1] < at[2]
    assert "is the limit of small starts, and not of this one" in found["record"]["leaves"]
    assert holds(found)["A3"] is True


def test_a_run_that_is_not_what_the_theory_assumes_is_not_said_to_stay_with_it(judge: Judge) -> None:
    data = commuting()
    W1, W2 = descend(*data, start(*data, 0.27, 0.27), 0.1, 300)
    record = judge(data, W1=W1, W2=W2, eta=0.1)["record"]
    assert record["leaves_at"] is None
    assert record["leaves"].startswith("The run is not what the theory assumes: start too large")


def test_a_run_that_the_theory_is_not_about_does_not_refute_its_times(judge: Judge) -> None:
    data = commuting()
    W1, W2 = descend(*data, start(*data, *[np.exp(-10.0)] * 2), 0.15, 500)
    assert holds(judge(data, W1=W1, W2=W2, eta=0.15))["A3"] is True
    A3 = judge(data, W1=W1, W2=W2, eta=0.05)["assertions"]["A3"]  # not what it was run with
    assert A3["holds"] is None
    assert "no gradient descent" in A3["why"]


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_rounding_is_not_taken_for_another_algorithm(kind: type, judge: Judge) -> None:
    X, Y = (part.astype(kind) for part in commuting())
    factors = start(X, Y, *[kind(np.exp(-8.0))] * 2)
    W1, W2 = descend(X, Y, factors, kind(0.15), 400)
    assert W1.dtype == kind
    for stride in (1, 7, 100):
        for saved in (kind, np.float64):
            states = [np.array(W[::stride], dtype=saved) for W in (W1, W2)]
            found = judge((X, Y), W1=states[0], W2=states[1], steps=np.arange(401)[::stride], eta=kind(0.15))
            assert broken(found) == []


def test_a_solution_may_be_come_to_between_two_states_of_w_alone() -> None:
    Sxx = np.diag([8.0, 1.0]) + 0.3 * (1 - np.eye(2))
    geometry = Geometry.of(data_of_moments(Sxx, np.diag([2.0, 1.5])))
    run = geometry.descend(*start_for(geometry, "spectral", 60.0, 0), 0.07, 1000)
    W = run.W
    for kept, expected in ((np.arange(1001), True), (np.array([0, *range(66, 1001, 200)]), None)):
        record = Record(kept, True, W[kept], None, 1e-16, eta=0.07, delta=60.0)
        found = study_of_record(geometry, record, "run.npz")
        assert found.assertions["A5"].holds is expected, found.assertions["A5"]


def test_of_a_layer_of_one_unit_no_second_mode_is_said_to_be_learned(judge: Judge) -> None:
    """Off commuting data W of rank 1 may come to half of what the second mode ends at."""
    data, rng = table("wine"), np.random.default_rng(0)
    start = np.exp(-10.0) * rng.standard_normal((13, 1)), np.exp(-10.0) * rng.standard_normal((1, 3))
    W1, W2 = descend(*data, start, 0.39, 300)
    found = judge(data, W1=W1, W2=W2, eta=0.39)
    rows, record = found["starts"]["recorded"], found["record"]
    assert all(row["transition_step"] for row in rows)
    assert "no rank above 1 can be learned, though W of rank 1 may come to half" in record["leaves"]
    assert record["leaves"].endswith("(rank 1 half learned in time)")
    assert "1 of 2 transitions seen" in found["assertions"]["A3"]["why"]
    # what another width does is not the start's doing
    assert all(holds(found)[name] is None for name in ("A2", "A4", "A5"))
    assert "beyond the hidden width 1: rank 2" in found["assertions"]["A5"]["why"]


def test_of_w_alone_no_times_are_held_against_a_run_whose_modes_start_from_where_is_not_seen(
    judge: Judge,
) -> None:
    data, rng = commuting(), np.random.default_rng(0)
    W1, W2 = descend(*data, tuple(np.exp(-10.0) * rng.standard_normal((2, 3, 3))), 0.15, 600)
    for said in ({}, {"delta": 10.0}):
        found = judge(data, W=W1 @ W2, eta=0.15, **said)
        assert found["record"]["leaves_at"] is None
        assert holds(found) == {"A1": None, "A2": True, "A3": None, "A4": True, "A5": True}
        assert "W alone" in found["assertions"]["A3"]["why"]


@pytest.mark.parametrize(("kind", "delta"), [(np.float64, 100.0), (np.float32, 40.0)])
def test_what_rounding_carries_is_held_neither_for_nor_against_a_run(
    kind: type, delta: float, judge: Judge
) -> None:
    X, Y = (part.astype(kind) for part in commuting())
    turned = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0].astype(kind)
    W1, W2 = start(X, Y, *[kind(np.exp(-delta))] * 2)
    W1s, W2s = descend(X, Y, (W1 @ turned, turned.T @ W2), kind(0.15), 3000)
    found = judge((X, Y), W1=W1s, W2=W2s, eta=kind(0.15))
    assert found["record"]["leaves_at"] is None
    assert all(row["transition_step"] for row in found["starts"]["recorded"])
    assert holds(found) == dict.fromkeys(("A1", "A2", "A3", "A4", "A5"))


def test_a_hole_in_a_record_is_no_divergence(judge: Judge) -> None:
    data = commuting()
    W1, W2 = descend(*data, start(*data, *[np.exp(-10.0)] * 2), 0.15, 60)
    W2[30, 0, 1] = np.nan
    said = judge.refusal(data, W1=W1[::10], W2=W2[::10], steps=range(0, 61, 10), eta=0.15)
    assert "W2 holds nan at row 1, column 2 of the state of step 30" in said and "record it again" in said


@pytest.mark.parametrize(
    ("arrays", "words", "said"),
    [
        ({"theta": np.ones(3)}, (), "holds theta (3,) and no W;"),
        ({"W": np.ones((4, 3))}, (), "has shape (4, 3), must be one matrix a recorded step"),
        ({"W1": np.ones((4, 3, 2)), "W2": np.ones((5, 2, 3))}, (), "with as many states each"),
        ({"W": np.ones((1, 3, 3)), "eta": 0.1}, (), "holds one state"),
        ({"W": np.ones((4, 3, 3)), "loss": np.ones(4)}, (), "holds loss beside W"),
        ({"W": np.ones((4, 3, 3)), "steps": [0, 1, 1, 2]}, (), "whole numbers from 0 on that rise"),
        ({"W": np.ones((4, 3, 3))}, (), "holds W and no eta"),
        ({"W": np.ones((4, 3, 3)), "eta": 0.1}, ("--eta", "0.2"), "--eta is 0.2 but"),
        ({"W": np.full((4, 3, 3), np.nan), "eta": 0.1}, (), "the first state, of step 0, is not finite"),
        ({"W": np.zeros((4, 3, 3)), "eta": 0.1}, (), "no share in any mode"),
        ({"W": np.ones((4, 3, 3)), "W1_start": np.ones((3, 3))}, (), "the start of W is W_start"),
        ({"W1": np.ones((4, 3, 2)), "W2": np.ones((4, 2, 3))}, (), "its states tell none"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_judged_is_refused_in_one_line(
    arrays: dict[str, Any], words: tuple[str, ...], said: str, judge: Judge
) -> None:
    assert said in judge.refusal(commuting(), *words, **arrays)


def test_the_table_and_the_page_say_where_a_run_leaves_the_theory(judge: Judge, tmp_path, capsys) -> None:
    data = commuting()
    W1, W2 = descend(*data, start(*data, *[np.exp(-10.0)] * 2), 0.5, 300)
    assert judge.code(data, "--html", str(tmp_path / "page.html"), W1=W1, W2=W2, eta=0.5) == 0
    printed = " ".join(capsys.readouterr().out.split())
    leaves = re.search(
        r"The run leaves the theory at step [\d,]+: the loss rises; why: step too large: eta = 0.5", printed
    )
    assert leaves is not None, printed
    page = " ".join((tmp_path / "page.html").read_text(encoding="utf-8").split())
    assert (
        "Where the recorded run leaves the theory" in page and "the loss rises. Why: step too large" in page
    )
