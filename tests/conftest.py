"""What all tests share: Hypothesis without deadlines, and a guard on the one global that arithmetic has."""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flint import ctx
from hypothesis import settings

# the first call of a compiled function takes longer than any deadline that would tell something; a test that needs more
# examples than these says so
settings.register_profile("rankladder", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("rankladder")


def one_of_parts(text: str) -> tuple[int, int]:
    """The two numbers of ``I/N``; what is not that is a ``ValueError``, which the command line reports."""
    part, parts = map(int, text.split("/"))
    if not 1 <= part <= parts:
        raise ValueError
    return part, parts


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--part I/N`` for a run that has no time for all: tests of every module in each part."""
    parser.addoption(
        "--part",
        type=one_of_parts,
        default="1/1",
        metavar="I/N",
        help="only the I-th of N parts of the tests",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    part, parts = config.getoption("--part")
    left_out = [item for place, item in enumerate(items) if place % parts != part - 1]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = items[part - 1 :: parts]


@pytest.fixture(autouse=True)
def _precision_is_scoped() -> Iterator[None]:
    """Fail a test that leaves the precision of balls changed: the next test would compute something else."""
    before = ctx.prec
    yield
    after, ctx.prec = ctx.prec, before
    if after != before:
        pytest.fail(f"the precision of balls was {before} bits before this test and is {after} after it")


COUNT = itertools.count()


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch, tmp_path_factory) -> Iterator[None]:
    """A check in a test computes afresh, and leaves nothing for the next one.

    A module of a test's own goes with it: while one is there, what it may have read counts for every later verdict.
    """
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path_factory.getbasetemp() / f"cache-{next(COUNT)}"))
    before, own = set(sys.modules), (tmp_path_factory.getbasetemp(), Path(__file__).parents[1])
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == "rankladder" or not (
            file := getattr(sys.modules[name], "__file__", None)
        ):
            continue
        # an environment may stand in the folder of the project
        if any(Path(file).is_relative_to(f) for f in own) and "site-packages" not in Path(file).parts:
            del sys.modules[name]
