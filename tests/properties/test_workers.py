"""Work for several processes: killed ones, and tasks that kill."""

import os
import signal
from concurrent.futures.process import BrokenProcessPool

import pytest

from rankladder.app.workers import interruptible, spread


def always(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.slow
def test_a_task_that_kills_its_process_is_named_and_spares_the_others() -> None:
    assert sorted(spread(always, range(4), 2, lost=lambda number: -number)) == [-2, 0, 1, 3]
    with pytest.raises(BrokenProcessPool):
        list(spread(always, range(4), 2))


def test_what_is_not_wanted_any_more_is_left_out() -> None:
    handed_out: list[int] = []

    def work(task: int) -> int:
        handed_out.append(task)
        return task

    found = list(spread(work, [1, -2, 3, -4], 1, wanted=lambda task: task > 0 or not handed_out))
    assert found == handed_out == [1, 3]


def test_sigterm_interrupts_inside_the_scope_only() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
