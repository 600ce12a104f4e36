"""What a reader sees on a terminal of 80 columns: short rows, whole counterexamples where one asks, the way on."""

import re
import shlex
from collections.abc import Sequence
from fractions import Fraction as F

import pytest

from rankladder import Evidence, Result, Verdict
from rankladder.app.check_table import print_results
from rankladder.app.main import main
from rankladder.language.instance import Instance
from rankladder.language.verdict import Expectation

CLAIMS = """\
from rankladder import lemma, symbols
x = symbols("x")
lemma("sum-square", x**2 + 1 >= 2 * x, title="a square is never negative, so the sum of a number's square and one is at least twice the number")
lemma("sum-cube", x**3 + 1 >= 2 * x, title="the same with the cube", expects="refuted")
lemma("sum-fourth", x**4 + 1 >= 3 * x)
"""


@pytest.fixture
def file(tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "sums.py").write_text(CLAIMS)
    return "sums.py"


def printed(capsys, words: Sequence[str], code: int = 0) -> str:
    assert main(words) == code
    return re.sub(r"\d+(\.\d+)? s\b", "# s", capsys.readouterr().out)


def test_the_command_at_the_end_of_a_row_leads_to_the_counterexample(file: str, capsys) -> None:
    table = printed(capsys, ["check", file, "--workers", "1"], code=1)
    commands = re.findall(r"(?m)^ +(rankladder check .*)$", table)
    assert len(commands) == 2
    for command, code in zip(commands, (0, 1), strict=True):  # the second claim should hold
        assert "violated: a counterexample" in printed(capsys, shlex.split(command)[1:], code)


_HUGE = Instance.of(A=tuple(tuple(F(i, j + 3) for i in range(8)) for j in range(8)))


def result(id: str, verdict: str, expected: str = "holds", **more: object) -> Result:
    said = (Evidence("test", "a long line of what was done, word after word, " * 5),)
    return Result(
        id, "what it says, at some length, " * 6, Expectation(expected), Verdict(verdict), said, **more
    )


RESULTS = [
    result("A-1.with-a-name-of-thirty-letters", "proved"), result("A-2.certified", "certified"),
    result("A-3.tested", "tested", instances=200, margin=1e-19),
    result("A-4.huge", "refuted", "refuted", counterexample=_HUGE, counterexample_margin=-1.0),
    result("A-5.odd", "refuted", counterexample=_HUGE, counterexample_margin=-1.0),
    result("A-6.missed", "tested", "refuted", instances=200, margin=0.0), result("A-7.vacuous", "vacuous"),
    result("A-8.broken", "error"), result("A-9.asked", "tested", "open", instances=3, margin=2.0),
]  # fmt: skip


@pytest.mark.parametrize("width", [80, 120, 200])
def test_no_claim_but_one_that_broke_takes_more_than_three_lines(width: int, monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_results(RESULTS, 0, 1.0, again=[])
    table, closing = capsys.readouterr().out.split("\n\n")
    assert max(map(len, table.splitlines())) <= width
    rows = re.split(r"\n(?=\S)", table)
    assert [row.split()[0] for row in rows] == [r.id for r in RESULTS]
    broken = rows.pop(7)
    assert " ".join(RESULTS[7].evidence[0].detail.split()) in " ".join(broken.split())
    assert max(row.count("\n") + 1 for row in rows) <= (3 if width < 160 else 2)
    further = [row.splitlines()[-1].strip() for row in rows]
    assert [line for line in further if line.startswith("rankladder")] == [
        *("rankladder show A-4.huge", "rankladder show A-5.odd"),
        *("rankladder explore A-6.missed", "rankladder explore A-7.vacuous"),
    ]
    assert " ".join(closing.split()) == (
        "1 proved, 1 certified, 1 tested, 1 refuted as expected, 1 open question (1 tested), 1 refuted against "
        "expectation, 1 tested against expectation, 1 error against expectation, 1 vacuous "
        "9 claims: 5 as expected, 3 unexpected, 1 inconclusive: A-5.odd, A-6.missed, A-8.broken, A-7.vacuous (seed 0, 1 s)"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["show", "RRR-2.whitened"], ["prove", "GD-4.upper"], ["prove", "LIN-2"],
        ["check", "--only", "GD-4.upper", "--at", "s=1/4, z0=1/2, steps=3"],
    ],
)  # fmt: skip
def test_what_is_said_of_one_claim_fits_the_terminal(words: list[str], monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = printed(capsys, words).splitlines()
    # the source text of a claim is shown as it stands
    code = range(*([k for k, x in enumerate(lines) if re.match(r"    @|  verdict", x)] or (0, 0)))
    assert [x for k, x in enumerate(lines) if len(x) > 80 and k not in code] == []
