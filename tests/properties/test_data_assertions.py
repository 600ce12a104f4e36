"""The verdicts on the abstract's five assertions, word for word, at runs of which every number is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from properties.data.analysis import RankReport, Run
from properties.data.assertions import Assertion, _punctual, assertions, promised, sentence, separable_ranks
from properties.data.leaving import Departure

SIGMA, LAM = (4.0, 2.0, 1.0), (16.0, 1.0, 1.0)  # sigma/lam = 1/4, 2, 1


def geometry(
    sigma: Sequence[float] = SIGMA,
    *,
    share: float = 0.0,
    null: int = 2,
    consistent: bool = True,
    resolving: Sequence[float] = (3.2, 8.0, 20.0),
) -> Any:
    m = len(sigma)
    return SimpleNamespace(
        sigma=np.array(sigma), lam=np.array(LAM[:m]), m=m, ranks=range(1, m + 1), null_dimension=null,
        joint=SimpleNamespace(noncommuting_share=share), order_consistent=consistent, resolving_delta=np.array(resolving[:m]),
    )  # fmt: skip


def run(
    to_rrr: Sequence[float],
    to_plateau: Sequence[float] | None = None,
    *,
    steps: Sequence[int | None] = (20, 40, 80),
    predicted: Sequence[float] = (20.0, 40.0, 80.0),
    **rest: Any,
) -> Run:
    reports = [
        RankReport(j, at, 0.0, step, distance_to_rrr=rrr, distance_to_plateau=plateau)
        for j, (at, step, rrr, plateau) in enumerate(
            zip(predicted, steps, to_rrr, to_rrr if to_plateau is None else to_plateau, strict=True), 1
        )
    ]
    return Run(reports, **({"steps": 1500, "settled": True, "departure": Departure(True, math.inf)} | rest))


NEAR, FAR = run((0.01, 0.02, 0.001), null_share=2e-3), run((0.08, 0.5, 0.001), null_share=1e-4)


def judged(
    name: str,
    spectral: Run = NEAR,
    gaussian: Run = NEAR,
    weak: Run = FAR,
    *,
    delta: float = 10.0,
    **data: Any,
) -> tuple[Any, str]:
    found = assertions(geometry(**data), spectral, gaussian, weak, delta, 1.5)[name]
    return found.holds, found.why


def test_all_five_hold_where_runs_do_what_they_should() -> None:
    promise = "the theory promises it: the data commute and the orders of sigma and sigma^2/lam agree"
    assert {name: judged(name) for name in ("A1", "A2", "A3", "A4", "A5")} == {
        "A1": (True, "of a 2-dimensional family per output both runs end at the least-norm fit (off it: 2.0e-03)"),
        "A2": (True, "from delta 1.5 to 10 the nearest approach to the stair of rank 2 changes from 0.5 to 0.02"),
        "A3": (True, "spectral start: 3 of 3 transitions seen, the least punctual (rank 3) off by 0% of delta/log(1 + eta sigma), "
                     f"{0.2 + 1 / 80:.0%} allowed"),
        "A4": (True, "rank 1, 2: visited closer from the start with delta 10 than with 1.5; with a step of 2.2/h the fit is left for infinity"),
        "A5": (True, f"3 ranks (1 to 3) come within 0.1 of the solution ({promise})"),
    }  # fmt: skip


def test_a_run_that_diverged_tells_nothing() -> None:
    gone = run((0.01, 0.02, 0.001), diverged_at=7)
    for runs in ((gone, NEAR, FAR), (NEAR, gone, FAR), (NEAR, NEAR, gone)):
        found = assertions(geometry(), *runs, 10.0, 1.5)
        assert found == {
            f"A{i}": Assertion(None, "a run diverged; take a smaller --eta") for i in (1, 2, 3, 4, 5)
        }


def test_least_norm_is_asked_of_runs_that_settled_where_there_is_a_choice() -> None:
    def ending(share: float, **rest: Any) -> Run:
        return run((0.01, 0.02, 0.001), null_share=share, **rest)

    assert judged("A1", null=0) == (
        None,
        "Sxx is invertible, so one matrix W fits best and there is nothing to choose",
    )
    restless = ending(0.0, settled=False)
    for pair in ((restless, NEAR), (NEAR, restless)):
        assert judged("A1", *pair) == (None, "no run settled within its steps")
    assert judged("A1", ending(0.0099), NEAR)[0] is True
    for pair in ((ending(0.01), NEAR), (NEAR, ending(0.01))):
        assert judged("A1", *pair) == (False, "a run ends 0.01 of its norm away from the least-norm fit")


def test_starts_are_compared_at_inner_ranks_that_the_small_one_visited() -> None:
    def both(*runs: Run, **options: Any) -> Any:
        verdicts = [judged(name, runs[0], NEAR, runs[1], **options) for name in ("A2", "A4")]
        return verdicts[0] if verdicts[0] == verdicts[1] else verdicts

    assert both(run((0.01,), steps=(20,), predicted=(20.0,)), run((0.5,), steps=(20,), predicted=(20.0,)), sigma=(4.0,)) == (
        None, "with a single mode there is one rank to learn, and no order of ranks",
    )  # fmt: skip
    assert both(NEAR, FAR, delta=2.4) == (
        None,
        "delta 2.4 is no small start: at 1.5 some mode begins half learned",
    )
    assert both(NEAR, FAR, delta=2.5)[0][0] is True
    nothing = (None, "no rank below the last was visited at this delta, so there is nothing to compare")
    assert both(run((0.11, 0.11, 0.001)), FAR) == nothing
    assert both(NEAR, run((0.08, 0.5, 0.001), steps=(None, None, 80))) == nothing
    assert both(run((0.01, 0.02, 0.001), steps=(None, None, 80)), FAR) == nothing
    # a rank is visited when its plateau is
    holds, why = both(run((0.5, 0.5, 0.5), (0.1, 0.5, 0.5)), run((0.3, 0.6, 0.5)))[1]
    assert holds is True and why.startswith(
        "rank 1: visited closer from the start with delta 10 than with 1.5"
    )


def test_a_distance_that_changes_by_a_tenth_has_changed_and_none_below_a_thousandth() -> None:
    for factor, changed in ((1.1, False), (1.11, True), (0.91, False), (0.9, True)):
        weak = run((0.05 * factor, 0.09, 0.5))
        assert judged("A2", run((0.05, 0.09, 0.5)), weak=weak)[0] is changed
    assert judged("A2", run((1e-9, 0.09, 0.5)), weak=run((1e-3, 0.09, 0.5)))[0] is False
    # what is floored is not printed as if it were measured
    assert judged("A2", run((1e-9, 0.09, 0.5)), weak=run((0.25, 0.09, 0.5)))[1].endswith(
        "of rank 1 changes from 0.25 to at most 0.001"
    )
    assert judged("A2", run((1.1e-3, 0.09, 0.5)), weak=run((0.25, 0.09, 0.5)))[1].endswith("to 0.0011")


def test_a_rank_visited_closer_from_the_larger_start_speaks_against_the_small_one() -> None:
    assert judged("A4", run((0.01, 0.05, 0.5)), weak=run((0.02, 0.04, 0.5))) == (
        False, "rank 2 is visited closer from the larger start, delta 1.5",
    )  # fmt: skip
    text = "rank 1, 2: visited closer from the start with delta 10 than with 1.5; "
    assert judged("A4", run((0.01, 0.02, 0.5), departure=None)) == (None, text + "no larger step was tried")
    # left is left: factors that bear the step are not those that small starts lead to
    for holds, stays, farthest, fate in (
        (True, True, math.inf, "is left for infinity"),
        (True, True, 0.2345, "is left by 0.23 of its size, and not reached again"),
        (True, False, 0.5, "is left by 0.5 of its size, and reached again only at other, flatter factors, which bear that step"),
        (True, None, 0.002, "is left by 0.002 of its size; whether for good is not seen in these steps"),
        (None, None, 0.001, "may be left or not: the run went no farther than 0.001 of its size"),
    ):  # fmt: skip
        left = run((0.01, 0.02, 0.5), departure=Departure(stays, farthest))
        assert judged("A4", left) == (holds, text + "with a step of 2.2/h the fit " + fate)
    assert judged("A4", NEAR, weak=NEAR)[0] is True  # as close is no worse


def test_a_transition_is_punctual_up_to_a_fifth_a_step_and_the_shift_of_its_start() -> None:
    # sigma/lam = 1/4 and 2: the shifts of delta = 10 are log(4)/20 and log(2)/20
    first, second = (0.2 + 1 / at + math.log(ratio) / 20 for at, ratio in ((20, 4), (40, 2)))
    for j, at, allowed in ((0, 20, first), (1, 40, second)):
        for step, holds in (
            (math.floor(at * (1 + allowed)), True), (math.floor(at * (1 + allowed)) + 1, False),
            (math.ceil(at * (1 - allowed)), True), (math.ceil(at * (1 - allowed)) - 1, False),
        ):  # fmt: skip
            steps = [20, 40, 80]
            steps[j] = step
            assert judged("A3", run((1.0, 1.0, 1.0), steps=steps))[0] is holds, (j, step)
    late = run((1.0, 1.0, 1.0), steps=(20, 80, 150))
    told = (
        f"spectral start: 3 of 3 transitions seen, the least punctual (rank 2) off by 100% of delta/log(1 + eta sigma), "
        f"{second:.0%} allowed; too far off: rank 2, 3"
    )
    assert judged("A3", late) == (False, told)
    assert judged("A3", late, share=1e-5) == (False, told + " (the prediction is that of commuting data)")
    some = judged("A3", run((1.0, 1.0, 1.0), steps=(24, None, None)))
    assert some[0] is True and "1 of 3 transitions seen, the least punctual (rank 1) off by 20%" in some[1]
    assert judged("A3", NEAR, delta=0.4) == (
        True,
        judged("A3", NEAR)[1],
    )  # rank 3: sigma = lam, nothing shifts
    worst = run((1.0, 1.0, 1.0), steps=(21, 40, 80))
    assert judged("A3", worst, delta=0.5) == (
        None, f"delta 0.5 is too small for a prediction: {0.2 + 1 / 20 + math.log(4):.0%} would be allowed",
    )  # fmt: skip
    assert judged("A3", run((1.0, 1.0, 1.0), steps=(None, None, None), predicted=(2345.6, 4000.0, 8000.0))) == (
        None, "no transition within 1,500 steps, the first is predicted at 2,346: raise --max-steps, or take a larger step with "
              "--eta, or scale the inputs with --standardize",
    )  # fmt: skip


def test_solutions_that_no_run_comes_near_are_missed_or_unresolved() -> None:
    promise = "the theory promises it: the data commute and the orders of sigma and sigma^2/lam agree"
    # at delta 10 ranks 1 and 2 are resolved (from 3.2 and 8 on), rank 3 is not (from 20 on)
    assert judged("A5", run((0.05, 0.3, 0.2)), run((0.05, 0.4, 0.2))) == (
        False, f"at delta 10 the Gaussian run comes no closer than 0.4 to the rank-2 solution ({promise})",
    )  # fmt: skip
    assert judged("A5", run((0.05, 0.3, 0.2)), run((0.05, 0.25, 0.2)))[1].startswith(
        "at delta 10 the spectral run"
    )
    # near the plateau instead
    near_plateau = run((0.05, 0.05, 0.2), (0.05, 0.05, 0.1))
    assert judged("A5", near_plateau)[1].startswith(
        "at delta 10 the spectral run comes no closer than 0.2 to the rank-3"
    )
    open_one = run((0.05, 0.1, 0.11))
    assert judged("A5", open_one, open_one) == (
        True, f"2 ranks (1, 2) come within 0.1 of the solution ({promise}); unresolved at delta 10: 1 rank, the first is 3, "
              "for which delta 21 is enough",
    )  # fmt: skip
    assert judged("A5", open_one)[1].endswith(f"3 ranks (1 to 3) come within 0.1 of the solution ({promise})")
    two = run((0.05, 0.3, 0.3))
    assert judged("A5", two, two, delta=7.9)[1] == (
        f"rank 1 comes within 0.1 of the solution ({promise}); unresolved at delta 7.9: 2 ranks, the first is 2, "
        "for which delta 9 is enough"
    )
    assert judged("A5", two, two, delta=8.0)[0] is False
    last = run((0.3, 0.3, 0.05))
    assert judged("A5", last, last, delta=3.0) == (
        None, "no rank below the last came within 0.1 of its solution; unresolved at delta 3: 2 ranks, the first is 1, "
              "for which delta 4 is enough",
    )  # fmt: skip
    assert judged("A5", run((0.3,) * 3, steps=(None,) * 3), run((0.3,) * 3, steps=(None,) * 3))[1].startswith(
        "no transition within 1,500 steps, the first is predicted at 20"
    )


def test_off_commuting_data_nothing_is_promised_and_only_a_plateau_speaks_against() -> None:
    promise = "no promise: the data do not commute; the orders of sigma and sigma^2/lam agree"
    far, at_plateau = run((0.05, 0.3, 0.2)), run((0.05, 0.3, 0.2), (0.05, 0.1, 0.2))
    assert judged("A5", far, far, share=1e-5) == (
        True, f"rank 1 comes within 0.1 of the solution ({promise}); unresolved at delta 10: 2 ranks, the first is 2",
    )  # fmt: skip
    assert judged("A5", far, far, share=1e-5, delta=8.4)[1].endswith(
        "the first is 2, for which on commuting data delta 9 would be enough"
    )
    assert judged("A5", at_plateau, far, share=1e-5) == (
        False, f"at delta 10 the spectral run comes no closer than 0.3 to the rank-2 solution ({promise}; off commuting data a "
               "larger --delta may come closer)",
    )  # fmt: skip


def test_inside_a_tie_there_is_no_plateau() -> None:
    assert separable_ranks(geometry((4.0, 4.0 - 3.9e-6, 4.0 - 3.9e-6))) == [3]
    assert separable_ranks(geometry((4.0, 4.0 - 4.1e-6, 1.0))) == [1, 2, 3]
    assert promised(geometry((4.0, 4.0, 1.0))) == (
        "the theory promises it at the ranks where sigma drops: tied modes come together; the orders agree"
    )
    assert promised(geometry(consistent=False)) == (
        "the theory denies it: the data commute but the orders of sigma and sigma^2/lam disagree"
    )
    assert promised(geometry(share=1.1e-6, consistent=False)).endswith(
        "do not commute; the orders of sigma and sigma^2/lam disagree"
    )
    assert promised(geometry(share=1e-6)).startswith("the theory promises it: the data commute")
    # what happens at rank 1 is then not asked
    assert judged("A5", run((0.9, 0.05, 0.05)), run((0.9, 0.05, 0.05)), sigma=(4.0, 4.0, 1.0))[1].startswith(
        "2 ranks (2, 3) come"
    )


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ((True, True, True), "A1, A2 and A3 hold."),
        ((False, False, True), "A3 holds, and A1 and A2 fail."),
        ((False, True, None), "A2 holds, A1 fails, and the runs cannot tell about A3."),
        ((None, None, None), "the runs cannot tell about A1, A2 and A3."),
    ],
)
def test_a_sentence_counts(verdicts: tuple[bool | None, ...], said: str) -> None:
    found = {f"A{i}": Assertion(holds, "") for i, holds in enumerate(verdicts, 1)}
    assert sentence(found, 6.5) == f"On this data, with delta = 6.5, {said}"


def test_a_prediction_of_no_steps_and_a_start_of_no_size_allow_everything() -> None:
    now = run((1.0, 1.0, 1.0), steps=(0, 40, 80), predicted=(0.0, 40.0, 80.0))
    assert judged("A3", now) == (
        None, f"delta 10 is too small for a prediction: {0.2 + 1e9 + math.log(4) / 20:.0%} would be allowed",
    )  # fmt: skip
    off = run((1.0, 1.0, 1.0), steps=(21, 40, 80))
    assert judged("A3", off, delta=0.0) == (
        None, f"delta 0 is too small for a prediction: {0.2 + 1 / 20 + math.log(4) / 2e-9:.0%} would be allowed",
    )  # fmt: skip


def test_of_many_late_ranks_six_are_named_and_of_equal_deviations_the_last_is_told() -> None:
    many = SimpleNamespace(
        sigma=np.ones(8), lam=np.ones(8), m=8, joint=SimpleNamespace(noncommuting_share=1e-6), order_consistent=True
    )  # fmt: skip
    late: Any = SimpleNamespace(
        ranks=[SimpleNamespace(rank=j, transition_step=200, predicted_step=100.0) for j in range(1, 9)]
    )
    found = _punctual(many, late, 10.0)  # type: ignore[arg-type]
    assert (found.holds, found.why) == (
        False, "spectral start: 8 of 8 transitions seen, the least punctual (rank 8) off by 100% of delta/log(1 + eta sigma), "
               "21% allowed; too far off: rank 1, 2, 3, 4, 5, 6",
    )  # fmt: skip


def test_the_only_rank_speaks_for_itself_and_the_last_of_several_does_not() -> None:
    promise = "the theory promises it: the data commute and the orders of sigma and sigma^2/lam agree"
    one = run((0.05,), steps=(20,), predicted=(20.0,))
    assert judged("A5", one, one, sigma=(4.0,)) == (
        True,
        f"rank 1 comes within 0.1 of the solution ({promise})",
    )
    last, first = run((0.3, 0.3, 0.05)), run((0.05, 0.3, 0.3))
    assert judged("A5", last, first, delta=3.0)[1].startswith(
        "2 ranks (1, 3) come within 0.1 of the solution"
    )
    assert judged("A5", last, last, delta=3.0)[0] is None and judged("A5", first, first, delta=3.0)[0] is True


def test_whatever_is_unresolved_needs_the_delta_of_its_bound_and_a_half() -> None:
    far = run((0.05, 0.3, 0.05))
    for resolving, needed in ((8.4, 9), (8.5, 9), (8.51, 10)):
        told = judged("A5", far, far, delta=7.0, resolving=(3.0, resolving, 20.0))[1]
        assert told.endswith(
            f"unresolved at delta 7: 1 rank, the first is 2, for which delta {needed} is enough"
        )
        told = judged("A5", far, far, delta=7.0, share=1e-5, resolving=(3.0, resolving, 20.0))[1]
        assert told.endswith(f"the first is 2, for which on commuting data delta {needed} would be enough")


def test_a_delta_that_float64_cannot_start_from_is_not_recommended() -> None:
    far = run((0.05, 0.3, 0.05))
    for resolving, told in (
        (699.5, "700 is enough"),
        (699.6, "701 would be enough, more than float64 can start from (700)"),
    ):
        assert judged("A5", far, far, delta=7.0, resolving=(3.0, resolving, 20.0))[1].endswith(
            f"for which delta {told}"
        )
    for delta, told in ((8.9, "would be enough"), (9.0, "the first is 2")):
        assert judged("A5", far, far, delta=delta, share=1e-5, resolving=(3.0, 8.5, 20.0))[1].endswith(told)
    # data that commute up to a millionth do
    assert judged("A5", far, far, share=1e-6)[0] is False and judged("A5", far, far, share=1.1e-6)[0] is True
