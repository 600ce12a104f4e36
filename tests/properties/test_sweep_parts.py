"""Sweeps, part by part: axes, chunks, one mode, the margin of a claim, files and the command, worked out by hand."""

from __future__ import annotations

import errno
import json
import math
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import simulate
import theory
from properties import Int, Real, claim, symbols
from properties.cli import main, parser
from properties.commands import sweep_command
from properties.commands.finished import version_of
from properties.commands.output import console
from properties.engine.scouting import GROUP
from properties.stating.statement import Claim
from properties.sweeps import files, of_claim, one_mode
from properties.sweeps.files import PartFiles
from properties.sweeps.plan import Axis, AxisSyntaxError, Plan, axis
from properties.usage import UsageError

x = symbols("x")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path / "cache"))


# axes and plans


@pytest.mark.parametrize(
    ("text", "drawn", "made"),
    [
        ("s=0.5", False, Axis("s", 0.5, 0.5, 1)),
        ("s=1:1:1", False, Axis("s", 1, 1, 1)),
        ("s=1:1:3", False, Axis("s", 1, 1, 3)),
        ("s=-1:2:2", False, Axis("s", -1, 2, 2)),
        ("s=1:4:3:log", False, Axis("s", 1, 4, 3, log=True)),
        ("s=1e-9:4:3:log", False, Axis("s", 1e-9, 4, 3, log=True)),
        ("z0=0:1", True, Axis("z0", 0, 1, None)),
        ("s=1:1", True, Axis("s", 1, 1, None)),
        ("s=2", True, Axis("s", 2, 2, None)),
    ],
)
def test_an_axis_as_it_is_written(text: str, drawn: bool, made: Axis) -> None:
    assert axis(text, drawn=drawn) == made


@pytest.mark.parametrize(
    ("text", "drawn", "told"),
    [
        ("s", False, "cannot read 's'; write s=0.05:0.95:100, with :log behind it for a log scale"),
        (
            "s=1:2:3:4",
            True,
            "cannot read 's=1:2:3:4'; write s=0.05:0.95, with :log behind it for a log scale",
        ),
        ("s=a:2", True, "the ends of 's=a:2' must be numbers; write s=0.05:0.95"),
        ("s=1:b:3", False, "the ends of 's=1:b:3' must be numbers; write s=0.05:0.95:100"),
        ("s=2:1:3", False, "the ends of 's=2:1:3' must be finite and in order; write s=0.05:0.95:100"),
        ("s=-inf:1:3", False, "the ends of 's=-inf:1:3' must be finite and in order; write s=0.05:0.95:100"),
        ("s=1:inf:3", False, "the ends of 's=1:inf:3' must be finite and in order; write s=0.05:0.95:100"),
        ("s=nan:1:3", False, "the ends of 's=nan:1:3' must be finite and in order; write s=0.05:0.95:100"),
        ("s=0:1:3:log", False, "'s=0:1:3:log' cannot be on a log scale; begin above 0"),
        ("s=-1:1:log", True, "'s=-1:1:log' cannot be on a log scale; begin above 0"),
        ("s=1:2:3", True, "'s=1:2:3' is drawn: leave out the count; --sample says how many"),
        ("s=1:2", False, "'s=1:2' needs a count of 2 or more; write s=0.05:0.95:100"),
        ("s=1:2:1", False, "'s=1:2:1' needs a count of 2 or more; write s=0.05:0.95:100"),
        ("s=1:1:0", False, "'s=1:1:0' needs a count of 2 or more; write s=0.05:0.95:100"),
        ("s=1:2:0", False, "'s=1:2:0' needs a count of 2 or more; write s=0.05:0.95:100"),
    ],
)
def test_an_axis_that_cannot_be_read_is_told_with_an_example(text: str, drawn: bool, told: str) -> None:
    with pytest.raises(AxisSyntaxError) as error:
        axis(text, drawn=drawn)
    assert str(error.value) == told


def test_values_of_a_grid_and_draws_between_its_ends() -> None:
    places = np.arange(5)
    assert Axis("s", -1, 7, 5).values(places).tolist() == [-1, 1, 3, 5, 7]
    np.testing.assert_allclose(Axis("s", 0.5, 8, 5, log=True).values(places), [0.5, 1, 2, 4, 8], rtol=1e-15)
    assert Axis("s", 3, 5, 2).values(places[:2]).tolist() == [3, 5]
    assert Axis("s", 3, 3, 1).values(places[:1]).tolist() == [3]
    shares = SimpleNamespace(random=lambda size: np.array([0.0, 0.25, 0.5, 1.0][:size]))
    assert Axis("s", 2, 6, None).draw(shares, 3).tolist() == [2, 3, 4]  # type: ignore[arg-type]
    drawn = Axis("s", 0.1, 0.9, None, log=True).draw(shares, 4)  # type: ignore[arg-type]
    assert drawn.tolist() == [0.1, pytest.approx(0.1 * 3**0.5), pytest.approx(0.3), 0.9]
    with pytest.raises(ValueError, match="Expected a grid but s is drawn; give it a count"):
        Axis("s", 2, 6, None).values(places)


@pytest.mark.parametrize(
    ("total", "size", "chunks"),
    [
        (1, 20_000, 1), (20_000, 20_000, 1), (20_001, 20_000, 2), (10_000_000, 20_000, 500), (10_000_001, 20_001, 500),
        (10_000_501, 20_002, 500), (249_999_501, 500_000, 500), (250_000_001, 500_000, 501), (10**9, 500_000, 2000),
    ],
)  # fmt: skip
def test_chunks_are_of_one_size_and_about_five_hundred(total: int, size: int, chunks: int) -> None:
    made = Plan((Axis("s", 0, 1, total),), 1, 0)
    assert (made.total, made.chunk_size, made.chunks) == (total, size, chunks)
    assert [made.size(number) for number in {0, chunks - 1}] == [
        min(size, total), *([total - (chunks - 1) * size] if chunks > 1 else []),
    ]  # fmt: skip


def test_a_plan_counts_its_sample_at_each_point() -> None:
    made = Plan((Axis("a", 0, 1, 7), Axis("b", 0, 1, None), Axis("c", 0, 1, 11)), 13, 5)
    assert made.total == 7 * 11 * 13
    assert len({made, Plan(made.axes, 13, 5), Plan(made.axes, 13, 6)}) == 2  # what never changes can be a key
    assert Plan((Axis("b", 0, 1, None),), 9, 5).total == 9


def test_draws_of_a_chunk_are_kept() -> None:
    made = Plan((Axis("a", 0, 1, None), Axis("g", 0, 1, 2), Axis("b", 2, 4, None)), 2, 3)
    first = made.chunk(0)
    assert first["g"].tolist() == [0, 0, 1, 1]
    assert first["a"][:2].tolist() == pytest.approx([0.87612705, 0.83493487], abs=1e-8)
    rest = np.random.default_rng(made.seed_of(0)).random(8)
    np.testing.assert_array_equal(first["a"], rest[:4])
    np.testing.assert_allclose(first["b"], 2 + 2 * rest[4:], rtol=1e-15)
    assert (made.seed_of(1), made.seed_of(1, "A-1")) == (12503455502360560452, 14424230418459077700)


def test_a_later_chunk_goes_on_where_the_one_before_ends() -> None:
    made = Plan((Axis("a", 0, 3, 4), Axis("b", 0, 29_999, 30_000)), 1, 0)
    assert (made.chunk_size, made.chunks) == (20_000, 6)
    last = made.chunk(4)
    # 80,000 is 2 times 30,000 and 20,000 more
    assert (last["a"][0], last["b"][0], last["a"][9_999], last["b"][9_999]) == (2, 20_000, 2, 29_999)
    assert (last["a"][10_000], last["b"][10_000], last["b"][-1]) == (3, 0, 9_999)


@pytest.mark.parametrize("count", [2, 50, 99, 1000, 20_001])
def test_a_grid_of_whole_numbers_has_whole_numbers(count: int) -> None:
    # 1/49 of 49 is not 1 in float64
    assert Axis("n", 1.0, float(count), count).values(np.arange(count)).tolist() == list(range(1, count + 1))
    thirds = Axis("n", -2.0, 3.0 * count - 5, count).values(np.arange(count))
    assert thirds.tolist() == list(range(-2, 3 * count - 2, 3))


# one mode


def test_what_one_mode_may_be_given() -> None:
    s, z0, delta = Axis("s", 0.1, 0.9, 3), Axis("z0", 0.1, 0.9, 3), Axis("delta", 1, 2, None)
    half = Axis("theta", 0.5, 0.5, 1)
    assert one_mode.completed([s, z0]) == (s, z0, half)
    assert one_mode.completed([delta, s]) == (delta, s, half)
    theta = Axis("theta", 0.2, 0.3, 2)
    assert one_mode.completed([theta, s, delta]) == (theta, s, delta)
    with pytest.raises(
        UsageError, match="^one mode has no parameter 'eta'; it has s, theta, and delta or z0$"
    ):
        one_mode.completed([s, z0, Axis("eta", 1, 1, 1)])
    with pytest.raises(UsageError, match="give the normalised step s = eta sigma"):
        one_mode.completed([z0])
    for start in ([], [z0, delta]):
        with pytest.raises(UsageError, match="give the start, either"):
            one_mode.completed([s, *start])


@pytest.mark.parametrize(
    ("name", "low", "high", "told"),
    [
        ("s", 1e-5, 1, "s from 1e-05 to 1 must be between 1e-5 and 1e6; smaller"),
        ("s", 1, 1e6, "s from 1 to 1e+06 must be between 1e-5"),
        ("s", 1, 1e6 + 0.5, "s from 1 to 1e+06 must be between 1e-5"),
        ("s", 0.9e-5, 1, "must be between 1e-5"),
        ("s", -1, 1, "s from -1 to 1 must be between 1e-5"),
        ("s", 2, 1, "s from 2 to 1 must be between 1e-5"),
        ("delta", 0, 1, "delta from 0 to 1 must be between 0 and 1e12; the mode starts at z0"),
        ("delta", -0.5, 1, "delta from -0.5 to 1 must be"),
        ("delta", 1, 1e12, "delta from 1 to 1e+12 must be"),
        ("delta", 1, 1e12 + 0.5, "delta from 1 to 1e+12 must be"),
        ("z0", 0, 0.5, "z0 from 0 to 0.5 must be between 0 and 1"),
        ("z0", -0.5, 0.5, "z0 from -0.5 to 0.5 must be between 0 and 1"),
        ("z0", 0.5, 1, "z0 from 0.5 to 1 must be between 0 and 1"),
        ("z0", 0.5, 1.5, "z0 from 0.5 to 1.5 must be between 0 and 1"),
        ("theta", 0, 0.5, "theta from 0 to 0.5 must be between 0 and 1"),
        ("theta", -0.5, 0.5, "theta from -0.5 to 0.5 must be between 0 and 1"),
        ("theta", 0.5, 1, "theta from 0.5 to 1 must be between 0 and 1"),
        ("theta", 0.5, 1.5, "theta from 0.5 to 1.5 must be between 0 and 1"),
    ],
)
def test_one_mode_is_swept_within_its_range(name: str, low: float, high: float, told: str) -> None:
    others = {"s": Axis("s", 0.5, 0.5, 1), "z0": Axis("z0", 0.5, 0.5, 1)}
    if name == "delta":
        del others["z0"]
    with pytest.raises(UsageError, match="must be") as error:
        one_mode.completed([*(others | {name: Axis(name, low, high, 2)}).values()])
    assert told in str(error.value)


def test_one_mode_is_swept_up_to_the_ends_of_its_range() -> None:
    near = {"s": (1.1e-5, 1e6 - 0.5), "delta": (1e-9, 1e12 - 0.5), "theta": (1e-9, 1 - 1e-9)}
    made = one_mode.completed([Axis(name, low, high, 2) for name, (low, high) in near.items()])
    assert [one.name for one in made] == ["s", "delta", "theta"]
    assert len(one_mode.completed([Axis("s", 1, 1, 1), Axis("z0", 1e-300, 1 - 1e-9, 2)])) == 3


def test_the_columns_of_one_mode() -> None:
    plan = Plan((Axis("s", 0.5, 2.5, 5), Axis("z0", 0.01, 0.7, 2), Axis("theta", 0.6, 0.6, 1)), 1, 0)
    columns, summary = one_mode.measure(plan, 0)
    assert list(columns) == [
        "s",
        "z0",
        "theta",
        "transition_step",
        "lower",
        "upper",
        "predicted_step",
        "regime",
    ]
    assert columns["s"].tolist() == [0.5, 0.5, 1, 1, 1.5, 1.5, 2, 2, 2.5, 2.5]
    expected = []
    for s, z in zip(columns["s"], columns["z0"], strict=True):
        k = 0
        while z < 0.6:
            z, k = z * (1 + s * (1 - z)) ** 2, k + 1
        expected.append(k)
    assert columns["transition_step"].tolist() == expected and expected[1::2] == [0] * 5
    np.testing.assert_allclose(
        columns["predicted_step"], [math.log(1 / z) / math.log(1 + s) / 2 for s, z in zip(columns["s"], columns["z0"], strict=True)]
    )  # fmt: skip
    assert columns["regime"].tolist() == [0, 0, 1, 1, 2, 2, 2, 2, 3, 3] and columns["regime"].dtype == np.int8
    assert summary == {
        "instances": 10, "transition_step": [0, max(expected)], "outside_bracket": 0, "regimes": [2, 2, 4, 2],
    }  # fmt: skip
    fine = Plan((Axis("s", 0.500001, 1.000001, 2), Axis("delta", 2, 2, 1), Axis("theta", 0.6, 0.6, 1)), 1, 0)
    other, summary = one_mode.measure(fine, 0)
    assert other["regime"].tolist() == [1, 2] and summary["regimes"] == [0, 1, 1, 0]
    np.testing.assert_allclose(other["predicted_step"], [2 / math.log(1.500001), 2 / math.log(2.000001)])


def told_outside(
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    lower: float,
    upper: float,
    *,
    z0: float = math.exp(-1),
    theta: float,
) -> int:
    monkeypatch.setattr(simulate, "first_hits", lambda *words: np.array([step]))
    monkeypatch.setattr(theory, "hit_bracket_log", lambda *words: (np.array([lower]), np.array([upper])))
    plan = Plan((Axis("s", 1, 1, 1), Axis("z0", z0, z0, 1), Axis("theta", theta, theta, 1)), 1, 0)
    found: int = one_mode.measure(plan, 0)[1]["outside_bracket"]
    return found


@pytest.mark.parametrize("theta", [0.5, 0.75, 0.9])
def test_a_step_outside_its_bracket_by_more_than_rounding_counts(
    theta: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # sixteen roundings of 1 and of the logarithms of the start, which is -1, and of the level's odds 1, 3 and 9
    odds = {0.5: 0.0, 0.75: math.log(3), 0.9: math.log(9)}[theta]
    slack = 16 * 2**-53 * (1 + odds + 1) / (2 * math.log(2))

    def outside(step: int, lower: float, upper: float, **rest: float) -> int:
        return told_outside(monkeypatch, step, lower, upper, theta=theta, **rest)

    assert outside(0, 0.97 * slack, 5) == 0 and outside(0, 1.03 * slack, 5) == 1
    # the upper end is rounded up to a whole step
    assert outside(1, 0, -0.97 * slack) == 0 and outside(1, 0, -1.03 * slack) == 1
    assert outside(3, 0, 2.5) == 0 and outside(3, 0, 2) == 0 and outside(4, 0, 2.5) == 1
    # the bracket speaks of starts below the level
    assert outside(9, 20, 30, z0=theta) == 0 and outside(9, 20, 30, z0=(1 + theta) / 2) == 0
    assert outside(9, 20, 30, z0=theta - 1e-9) == 1


def test_a_first_step_that_cannot_be_told_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan((Axis("s", 1, 1, 1), Axis("z0", 0.1, 0.1, 1), Axis("theta", 0.5, 0.5, 1)), 1, 0)
    for error in (OverflowError, ValueError):

        def raises(*words: Any, error: type[Exception] = error) -> None:
            raise error("too\n many")

        monkeypatch.setattr(simulate, "first_hits", raises)
        with pytest.raises(UsageError, match="^a first step cannot be told: too many$"):
            one_mode.measure(plan, 0)


def test_chunks_of_one_mode_are_put_together() -> None:
    parts: list[Mapping[str, Any]] = [
        {"instances": 10, "transition_step": [3, 9], "outside_bracket": 1, "regimes": [4, 0, 6, 0]},
        {"instances": 5, "transition_step": [1, 4], "outside_bracket": 2, "regimes": [1, 0, 4, 0]},
        {"instances": 2, "transition_step": [5, 11], "outside_bracket": 0, "regimes": [0, 0, 0, 2]},
    ]
    assert one_mode.merge(parts) == {
        "instances": 17, "transition_step": [1, 11], "outside_bracket": 3,
        "regimes": {"monotone": 5, "bounded": 10, "divergent": 2},
    }  # fmt: skip


# the margin of a claim


def stated(name: str, conclusion: Any, **rest: Any) -> Claim:
    over = rest.pop("over", {"x": Real(0, 4), "n": Int(1, 3)})
    made: Claim = claim(name, over=over, **rest)(conclusion)
    return made


def test_what_a_claim_may_be_given() -> None:
    made = stated("SW-1", lambda x, n: x - n)
    axes = [Axis("x", 0, 1, 3), Axis("n", 1, 3, 3)]
    assert of_claim.completed(made, axes) == tuple(axes)
    assert of_claim.completed(made, []) == ()
    assert len(of_claim.completed(made, [Axis("n", 2, 2, 1)])) == 1
    assert len(of_claim.completed(made, [Axis("n", 1, 20_001, 20_001)])) == 1
    for strange in (
        Axis("n", 1, 2, 3),
        Axis("n", 1.5, 2.5, 2),
        Axis("n", 1, 2, None),
        Axis("n", 1, 2, 3, log=True),
    ):
        with pytest.raises(UsageError, match="^n of SW-1 counts something: give it a grid of whole numbers$"):
            of_claim.completed(made, [axes[0], strange])
    with pytest.raises(UsageError, match="^SW-1 has no parameter 'q'; it has x, n$"):
        of_claim.completed(made, [Axis("q", 1, 2, 2)])


def test_the_columns_of_a_claim_on_a_grid() -> None:
    made = stated("SW-2", lambda x, n: (x - 1) * n, given={"low": x <= 3})
    plan = Plan((Axis("n", 1, 3, 3), Axis("x", 0.5, 3.5, 7)), 1, 0)
    columns, summary = of_claim.measure(made, plan, 0, keep=True)
    n, values = np.repeat([1, 2, 3], 7), np.tile([0.5, 1, 1.5, 2, 2.5, 3, 3.5], 3)
    assert list(columns) == ["x", "n", "applies", "margin"]
    assert [columns[name].dtype for name in columns] == [np.float64, np.int64, bool, np.float64]
    assert columns["n"].tolist() == n.tolist() and columns["x"].tolist() == values.tolist()
    assert columns["applies"].tolist() == (values <= 3).tolist()
    assert columns["margin"].tolist() == (n * (values - 1)).tolist()
    assert summary | {"judged": 0, "smallest": None, "violation": None} == {
        "drawn": 21, "instances": 18, "undefined": 0, "negative": 3, "judged": 0, "undecided": 0, "smallest": None, "violation": None,
    }  # fmt: skip
    assert summary["smallest"] == {"instance": "x=1/2, n=3", "margin": -1.5}
    assert summary["violation"] == {"instance": "x=1/2, n=3", "margin": pytest.approx(-1.5)}
    assert 3 <= summary["judged"] <= 18
    nothing, same = of_claim.measure(made, plan, 0, keep=False)
    assert nothing == {} and same == summary


def test_margins_without_a_value_are_counted() -> None:
    made = stated("SW-3", lambda x: (x - 1) / (x - 1), over={"x": Real(0, 4)})
    columns, summary = of_claim.measure(made, Plan((Axis("x", 0.5, 2, 4),), 1, 0), 0, keep=True)
    np.testing.assert_array_equal(columns["margin"], [1, np.nan, 1, 1])
    assert [summary[name] for name in ("drawn", "instances", "undefined", "negative", "undecided")] == [
        4,
        4,
        1,
        0,
        1,
    ]
    assert summary["smallest"]["margin"] == 1 and summary["violation"] is None
    none = stated("SW-4", lambda x: (x - x) / (x - x), over={"x": Real(0, 4)})
    _, summary = of_claim.measure(none, Plan((Axis("x", 0.5, 2, 4),), 1, 0), 0, keep=False)
    assert (summary["smallest"], summary["undefined"]) == (None, 4)


@pytest.mark.parametrize("count", [1, GROUP - 1, GROUP, GROUP + 1, 2 * GROUP + 3])
def test_groups_that_are_not_full_are_counted_once(count: int) -> None:
    made = stated("SW-5", lambda x, n: n - x / 8, over={"x": Real(0, 9), "n": Int(1, 3)})
    plan = Plan((Axis("x", 1, 2, count), Axis("n", 1, 2, 2)), 1, 0)
    columns, summary = of_claim.measure(made, plan, 0, keep=True)
    assert (summary["drawn"], summary["instances"], summary["negative"]) == (2 * count, 2 * count, 0)
    np.testing.assert_array_equal(columns["x"], np.repeat(Axis("x", 1, 2, count).values(np.arange(count)), 2))
    assert columns["n"].tolist() == [1, 2] * count and columns["applies"].all()
    np.testing.assert_array_equal(columns["margin"], columns["n"] - columns["x"] / 8)
    places = [place.tolist() for place, _ in of_claim._groups(made, plan, 0)]
    assert (
        sorted(place for group in places for place in group) == list(range(2 * count))
        and max(map(len, places)) <= GROUP
    )
    for place, given in of_claim._groups(made, plan, 0):
        assert type(given["n"]) is int and len(given["x"]) == GROUP
        assert {given["n"]} == set(columns["n"][place])
        assert given["x"][: len(place)].tolist() == columns["x"][place].tolist()


def test_what_is_not_on_the_grid_is_drawn_as_a_check_draws_it() -> None:
    made = stated("SW-6", lambda x, n: x + n)
    columns, summary = of_claim.measure(made, Plan((Axis("x", 1, 2, 2),), 30, 7), 0, keep=True)
    assert (
        summary["instances"] == 60
        and set(columns["n"]) <= {1, 2, 3}
        and columns["x"].tolist() == [1] * 30 + [2] * 30
    )
    again, _ = of_claim.measure(made, Plan((Axis("x", 1, 2, 2),), 30, 7), 0, keep=True)
    assert again["n"].tolist() == columns["n"].tolist()


def test_a_claim_that_cannot_take_arrays_is_refused() -> None:
    made = stated("SW-7", lambda x, n: x if x > 1 else n)
    with pytest.raises(UsageError, match="^the conclusion of SW-7 cannot take arrays; explore it instead$"):
        of_claim.measure(made, Plan((Axis("x", 1, 2, 2),), 1, 0), 0, keep=False)


def part(margin: float | None = None, violated: float | None = None, **counts: int) -> dict[str, Any]:
    names = ("drawn", "instances", "undefined", "negative", "judged", "undecided")
    return {name: counts.get(name, 0) for name in names} | {
        "smallest": None if margin is None else {"instance": f"x={margin}", "margin": margin},
        "violation": None if violated is None else {"instance": f"x={violated}", "margin": violated},
    }


def test_chunks_of_a_claim_are_put_together() -> None:
    made: Any = SimpleNamespace(id="SW-8")
    first = part(0.5, None, drawn=10, instances=8, undefined=1, negative=0, judged=4, undecided=0)
    second = part(-0.5, -0.5, drawn=9, instances=7, undefined=0, negative=3, judged=5, undecided=1)
    third = part(None, None, drawn=5)
    assert of_claim.merge(made, [first, second, third, part(2.0, -2.0)]) == {
        "id": "SW-8", "verdict": "refuted", "drawn": 24, "instances": 15, "undefined": 1, "negative": 3, "judged": 9, "undecided": 1,
        "smallest": {"instance": "x=-0.5", "margin": -0.5}, "violation": {"instance": "x=-2.0", "margin": -2.0},
    }  # fmt: skip
    assert (
        of_claim.merge(made, [third])["verdict"] == "vacuous"
        and of_claim.merge(made, [third])["smallest"] is None
    )
    assert of_claim.merge(made, [first, third])["verdict"] == "tested"
    assert of_claim.merge(made, [first, part(instances=1, undecided=1)])["verdict"] == "suspect"
    # a margin that JSON cannot hold is a word
    assert of_claim.merge(made, [part(1.0), {**part(), "smallest": {"instance": "y", "margin": "-inf"}}])["smallest"] == {
        "instance": "y", "margin": "-inf",
    }  # fmt: skip


# files


@pytest.mark.parametrize("name", ["out.npz", "out.parquet", "out.PARQUET", "out.zip"])
def test_parts_become_one_file_in_their_order(name: str, tmp_path: Path) -> None:
    made = PartFiles(tmp_path / name, {"kind": ("a", "b", "c"), "absent": ("d",)})
    assert made.folder == tmp_path / f".{name}.parts" and not made.has(0)
    for number in (1, 0):
        made.write(number, {"v": np.array([number, number + 0.5]), "kind": np.array([number, 2], np.int8)})
    assert [made.has(number) for number in (0, 1, 2)] == [True, True, False]
    assert sorted(file.name for file in made.folder.iterdir()) == [
        f"000000{Path(name).suffix}", f"000001{Path(name).suffix}",
    ]  # fmt: skip
    made.join(2)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o644
    if "parquet" in name.lower():
        table = pytest.importorskip("pyarrow.parquet").read_table(tmp_path / name)
        assert table.column_names == ["v", "kind"]
        assert table["v"].to_pylist() == [0, 0.5, 1, 1.5] and table["kind"].to_pylist() == [
            "a",
            "c",
            "b",
            "c",
        ]
    else:
        found = np.load(tmp_path / name)
        assert sorted(found) == ["kind", "kind_names", "v"]
        assert found["v"].tolist() == [0, 0.5, 1, 1.5] and found["kind"].tolist() == [0, 2, 1, 2]
        assert found["kind_names"].tolist() == ["a", "b", "c"]


def test_parts_are_cleared_and_joined_as_many_as_asked_for(tmp_path: Path) -> None:
    made = PartFiles(tmp_path / "deep" / "out.npz", {})
    made.clear()  # of nothing
    for number in range(3):
        made.write(number, {"v": np.array([number])})
    made.join(2)
    assert np.load(tmp_path / "deep" / "out.npz")["v"].tolist() == [0, 1] and not made.folder.exists()
    made.write(7, {"v": np.array([7])})
    made.clear()
    assert not made.has(7) and not made.folder.exists()


def test_a_file_that_cannot_be_written_leaves_the_old_one_alone(tmp_path: Path) -> None:
    target = tmp_path / "out.npz"
    target.write_text("old")
    for error in (OSError(errno.ENOSPC, "full"), KeyboardInterrupt()):

        def fails(path: str, error: BaseException = error) -> None:
            assert Path(path).parent == tmp_path and Path(path).name[:1] == "."
            raise error

        with pytest.raises(type(error)):
            files._whole(target, fails)
        assert [file.name for file in tmp_path.iterdir()] == ["out.npz"] and target.read_text() == "old"


def test_without_pyarrow_only_npz_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    for name in ("out.parquet", "out.Parquet"):
        with pytest.raises(
            UsageError, match=rf"{name} needs pyarrow, which is not installed; .*, or end in .npz$"
        ):
            PartFiles(tmp_path / name, {})
    assert not PartFiles(tmp_path / "out.npz", {}).has(0)


# the command


def planned(*words: str, of: Claim | None = None) -> Plan:
    return sweep_command._plan(parser().parse_args(["sweep", *words]), of)


def test_a_plan_of_at_most_a_hundred_milliards() -> None:
    assert planned("--grid", "s=0.5", "z0=0.1:0.2:100000000000").total == 10**11
    with pytest.raises(UsageError, match=r"^these are 1e\+11 instances; sweep 1e\+11 of them at most$"):
        planned("--grid", "s=0.5", "z0=0.1:0.2:100000000001")
    made = planned("--grid", "s=0.5", "--range", "delta=1:2", "--sample", "9", "--seed", "4")
    assert (made.sample, made.seed, [one.count for one in made.axes]) == (9, 4, [1, None, 1])
    assert planned("--grid", "s=0.5", "z0=0.5").sample == 1


def test_parameters_that_are_drawn_need_a_sample() -> None:
    made = stated("SW-9", lambda x, n: x - n)
    assert planned("--grid", "x=1", "n=2", of=made).total == 1
    assert planned("--grid", "x=1", "--sample", "4", of=made).total == 4
    for words in (["--grid", "x=1"], ["--grid", "n=1", "--range", "x=1:2"]):
        with pytest.raises(UsageError, match="^some parameters are drawn: say how often with --sample N$"):
            planned(*words, of=made)
    with pytest.raises(UsageError, match="^parameter x is given twice; leave one out$"):
        planned("--grid", "x=1", "--range", "x=1:2", "--sample", "4", of=made)
    with pytest.raises(UsageError, match="^cannot read 'x'"):
        planned("--grid", "x", of=made)


def test_a_sweep_takes_one_claim() -> None:
    def options(id: str | None, *targets: str) -> Any:
        return SimpleNamespace(id=id, targets=list(targets))

    assert sweep_command._claim(options(None)) is None
    found = sweep_command._claim(options("GD-4.upper"))
    assert found is not None and found.id == "GD-4.upper"
    stating = "from properties import Real, claim\n" + "".join(
        f"claim('w-{n}', over=dict(x=Real(0, 1)))(lambda x: x)\n" for n in range(1, 8)
    )
    Path("seven.py").write_text(stating, encoding="utf-8")
    six = "w-1, w-2, w-3, w-4, w-5, w-6"
    with pytest.raises(UsageError, match=f"^a sweep takes one claim, but these are 7: {six} …$"):
        sweep_command._claim(options(None, "seven.py"))
    alone = sweep_command._claim(options("w-3", "seven.py"))
    assert alone is not None and alone.id == "w-3"


@pytest.mark.parametrize(
    "words",
    [
        "--grid s=0.5 z0=0.1",
        "GD-4.upper --sample 9 --seed 3 --workers 2 --json",
        "w-1 mine.py --grid x=1:2:3 --range y=1:2 --sample 4 --out out.npz --dask tcp://localhost:1",
    ],
)
def test_the_sweep_to_go_on_with_is_the_one_asked_for(words: str) -> None:
    options = parser().parse_args(["sweep", *words.split()])
    again = sweep_command._same_command(options).split()
    assert again[:2] == ["rankladder", "sweep"]
    assert sorted(again[2:]) == sorted([*words.split(), "--resume"])
    assert vars(parser().parse_args(again[1:])) == vars(options) | {"resume": True}


def test_the_report_of_a_sweep_says_what_was_swept(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "--grid",
        "s=0.5:1.5:3",
        "--range",
        "delta=1:2",
        "--sample",
        "2",
        "--seed",
        "5",
        "--workers",
        "1",
    ]
    assert main(["sweep", *words, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["of"] == "one mode" and (report["sample"], report["seed"], report["file"]) == (2, 5, None)
    assert report["parameters"] == {"s": [0.5, 1.5, 3], "delta": [1, 2, None], "theta": [0.5, 0.5, 1]}
    assert report["regimes"] == {"monotone": 2, "convergent": 2, "bounded": 2}
    assert report["seconds"] == round(report["seconds"], 3) >= 0
    assert main(["sweep", *words, "--out", "modes.npz"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  written to modes.npz"


def test_a_cache_that_cannot_be_written_is_spoken_of_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from properties.sweeps import plan

    def full(*words: Any, **rest: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(plan, "SMALLEST_CHUNK", 2)
    monkeypatch.setattr("properties.commands.finished.write_document", full)
    words = ["--grid", "s=0.5:1.5:3", "delta=1:2:2", "--workers", "1"]
    assert main(["sweep", *words]) == 0
    told = capsys.readouterr().err
    assert told.count("No space left on device; the sweep goes on") == 1 and told.count("\n") == 1


def test_a_row_whose_part_is_gone_is_made_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from properties.sweeps import plan

    monkeypatch.setattr(plan, "SMALLEST_CHUNK", 2)
    words = ["--grid", "s=0.5:1.5:3", "delta=1:2:2", "--workers", "1"]
    made: list[int] = []
    right = sweep_command._work

    def noted(task: Any) -> Any:
        made.append(task.number)
        return right(task)

    monkeypatch.setattr(sweep_command, "_work", noted)
    assert main(["sweep", *words, "--out", "a.npz"]) == 0
    # the parts became the file, and went
    assert main(["sweep", *words, "--out", "a.npz", "--resume"]) == 0
    assert made == [0, 1, 2] * 2
    assert main(["sweep", *words]) == 0 and main(["sweep", *words, "--resume"]) == 0
    assert made == [0, 1, 2] * 3
    # other settings, other rows
    for other in (["--seed", "1"], ["--sample", "2"], ["--out", "b.npz"]):
        made.clear()
        assert main(["sweep", *words, *other, "--resume"]) == 0
        assert made == list(range(6 if "--sample" in other else 3))
    capsys.readouterr()


def test_columns_are_sent_back_only_to_be_kept() -> None:
    version = version_of(None)
    plan = Plan((Axis("s", 0.5, 0.5, 1), Axis("z0", 0.1, 0.2, 2), Axis("theta", 0.5, 0.5, 1)), 1, 0)
    for keep in (True, False):
        number, columns, summary = sweep_command._work(sweep_command._Task(0, plan, None, (), keep, version))
        assert (number, summary["instances"], columns is not None) == (0, 2, keep)


class Bar:
    """Stands in for a progress bar, and notes what it is told."""

    def __init__(self, *columns: Any, console: Any, transient: bool) -> None:
        self.told: list[Any] = [console.stderr, transient]
        Bar.last = self

    last: Bar

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        self.told.append("closed")

    def add_task(self, description: str, **settings: Any) -> int:
        self.told.append((description, settings))
        return 17

    def update(self, bar: int, **settings: Any) -> None:
        self.told.append((bar, settings))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.progress.Progress", Bar)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)


def test_a_terminal_sees_how_far_a_sweep_is(terminal: None) -> None:
    assert console(stderr=True).stderr
    plan = Plan((Axis("s", 0, 1, 50_000),), 1, 0)
    with sweep_command._progress(plan, 2) as advance:
        advance(7)
    assert Bar.last.told == [
        True, True, ("", {"total": 50_000, "completed": 40_000}), (17, {"advance": 7}), "closed",
    ]  # fmt: skip
