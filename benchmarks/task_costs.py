"""What a task costs, in instances, and so from which size on several processes or a cluster pay.

``python benchmarks/task_costs.py`` measures on two processes of this machine; ``--dask tcp://HOST:PORT`` on a cluster
too. Each round measures everything once, one after the other, so that a busy machine is busy for all of them; printed
are medians over the rounds of *ratios within a round*: what something costs over what one instance costs.

A task pays when its own instances cost more than handing it out; a run pays when the time saved, the part (w - 1)/w of
its instances on w workers, exceeds the start.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

EMPTY_TASKS, FULL_TASKS, WARM = 100, 40, 6
TYPICAL = 250  # a chunk in the middle of the sweep
CLAIM = "GD-4.upper"


def nothing(task: int) -> int:
    """A task without work or results."""
    return task


def columns(number: int) -> Any:
    """A task of a sweep over one mode with its results."""
    return number, *measured(TYPICAL)


def measured(number: int) -> Any:
    """A chunk of a sweep over one mode."""
    from rankladder.properties.gidel2019.commands import one_mode_sweep as one_mode

    return one_mode.measure(mode_plan(), number)


def mode_plan() -> Any:
    """A sweep over one mode."""
    from rankladder.app.sweeps.plan import Axis, Plan

    axes = (Axis("s", 0.05, 0.95, 1000), Axis("delta", 1.0, 50.0, 1000), Axis("theta", 0.1, 0.9, 10))
    return Plan(axes, 1, 0)


def judged(count: int) -> None:
    """Instances of a claim, drawn and judged in balls."""
    from rankladder.language.library import load_catalogue
    from rankladder.search.rounds import Tally, draw_bulk

    draw_bulk(Tally(load_catalogue()[CLAIM]), count, time.monotonic_ns(), float("inf"))


def scouted(count: int) -> None:
    """Instances of a claim, drawn and evaluated in float64."""
    from rankladder.language.library import load_catalogue
    from rankladder.search.batches import scout

    scout(load_catalogue()[CLAIM], count, time.monotonic_ns())


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def through(work: Callable[[int], Any], count: int, **where: Any) -> tuple[float, float]:
    """Seconds until the first of ``count`` tasks is back, and for each one after the first few."""
    from rankladder.app.workers import spread

    began = time.perf_counter()
    times = [time.perf_counter() - began for _ in spread(work, list(range(count)), 2, **where)]
    return times[0], (times[-1] - times[WARM]) / (count - 1 - WARM)


def a_round(places: dict[str, dict[str, Any]]) -> dict[str, float]:
    """One measurement of everything."""
    size = mode_plan().chunk_size
    mode = seconds(lambda: [measured(TYPICAL) for _ in range(20)]) / (20 * size)
    found = {
        "an instance of a claim in float64": seconds(lambda: scouted(20_000)) / 20_000 / mode,
        "an instance of a claim in balls": seconds(lambda: judged(500)) / 500 / mode,
    }
    for place, where in places.items():
        _, each = through(nothing, EMPTY_TASKS, **where)
        start, full = through(columns, FULL_TASKS, **where)
        found[f"starting, {place}"] = start / mode
        found[f"handing out an empty task, {place}"] = each / mode
        # two workers: the instances themselves need half of a task's size
        found[f"a task of {size:,} that returns them all, {place}"] = full / mode
    return found


def main() -> None:
    """Run the script."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--rounds", type=int, default=5, metavar="N", help="how often to measure (5)")
    reader.add_argument("--dask", metavar="tcp://HOST:PORT", help="a cluster to measure too")
    options = reader.parse_args()
    places: dict[str, dict[str, Any]] = {"2 processes": {}}
    if options.dask is not None:
        places["Dask"] = {"dask": options.dask}
    measured(0), scouted(2000), judged(20)  # what is imported and compiled once
    rounds = [a_round(places) for _ in range(options.rounds)]
    print("in instances of one mode (median over rounds of ratios within a round; least to greatest)")
    for name in rounds[0]:
        ratios = sorted(one[name] for one in rounds)
        print(f"{statistics.median(ratios):14,.3g}  {name}  ({ratios[0]:,.3g} to {ratios[-1]:,.3g})")


if __name__ == "__main__":
    main()
