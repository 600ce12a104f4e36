"""Exploring, storing, replaying."""

from pathlib import Path

import pytest

from rankladder import Int, Real, claim, forall, lemma, symbols
from rankladder.app.main import main
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import judge
from rankladder.simulate import descent
from tests.commands import answer, refusal
from tests.samples import one_in

s, z0, x, y = symbols("s z0 x y")


def overshoot(name: str):
    @claim(
        name,
        over={"s": Real(0, 4), "z0": Real(0, 4), "steps": Int(1, 20)},
        given={"small-step": 2 * s <= 1, "small-start": z0 < 1},
    )
    def made(s, z0, steps):
        return forall(descent(s, z0, steps).x)

    return made


@pytest.mark.parametrize("seed", one_in(3, range(3)))
def test_dropping_the_step_bound_finds_a_simple_overshoot(seed: int) -> None:
    made = overshoot("t-overshoot")
    found = explore_claim(made, drop="small-step", budget=30, seed=seed)
    assert found.needed is True
    assert found.simple.size >= found.worst.size / 2
    assert all(v.denominator <= 16 for v in found.simple.instance.values())
    assert judge(made.without("small-step"), found.simple.instance).outcome == "violated"


def test_an_idle_assumption_is_not_needed() -> None:
    made = lemma(
        "t-idle", x * x + y * y >= x * y, given={"idle": x + y < 3}, over={"x": Real(-4, 4), "y": Real(-4, 4)}
    )
    found = explore_claim(made, drop="idle", budget=30, most=100)
    assert found.needed is False
    assert found.instances >= 100
    with pytest.raises(KeyError, match="idle"):
        explore_claim(made, drop="no-such-name")


@pytest.mark.slow
def test_command_line_explores_keeps_and_replays(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(
        "from rankladder import *\nfrom rankladder.simulate import descent\ns, z0 = symbols('s z0')\n"
        "claim('o', over=dict(s=Real(0, 4), z0=Real(0, 4), steps=Int(1, 20)), given={'small-step': 2 * s <= 1,\n"
        "      'small-start': z0 < 1})(lambda s, z0, steps: forall(descent(s, z0, steps).x))\n"
    )
    report = answer(capsys, "explore", "o", "mine.py", "--drop", "small-step", "--examples", "60")
    assert report["needed"] is report["certified"] is True
    assert report["simple"]["margin"] <= report["worst"]["margin"] / 2
    assert main(["replay", "--claims", "mine.py"]) == 0
    assert "1 replayed from .rankladder, 1 still violate" in capsys.readouterr().out
    assert main(["replay"]) == 1
    assert "0 replayed from .rankladder, 0 still violate; 1 not looked at" in capsys.readouterr().out
    assert main(["explore", "o", "mine.py", "--budget", "1", "--examples", "30"]) == 0
    capsys.readouterr()
    assert "small-step" in refusal(capsys, "explore", "o", "mine.py", "--drop", "typo")
    table = answer(capsys, "explore", "--all-assumptions", "o", "mine.py", "--examples", "30")
    assert [row["dropped"] for row in table] == ["small-step", "small-start"]
