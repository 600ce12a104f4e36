"""Exploring, storing, replaying."""

import json
from pathlib import Path

import pytest

from rankladder import Int, Real, claim, forall, lemma, symbols
from rankladder.app.main import main
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import judge
from rankladder.simulate import descent
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
    assert found.worst is not None
    assert found.simple is not None
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
        "from rankladder import Int, Real, claim, forall, symbols\nfrom rankladder.simulate import descent\n"
        "s, z0 = symbols('s z0')\n"
        "@claim('o', over=dict(s=Real(0, 4), z0=Real(0, 4), steps=Int(1, 20)),\n"
        "       given={'small-step': 2 * s <= 1, 'small-start': z0 < 1})\n"
        "def _(s, z0, steps):\n    return forall(descent(s, z0, steps).x)\n"
    )
    assert main(["explore", "o", "mine.py", "--drop", "small-step", "--examples", "60", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["needed"] is True
    assert report["certified"] is True
    assert report["simple"]["margin"] <= report["worst"]["margin"] / 2
    assert main(["replay", "--claims", "mine.py"]) == 0
    assert "1 replayed from .rankladder, 1 still violate" in capsys.readouterr().out
    assert main(["replay"]) == 1
    assert "0 replayed from .rankladder, 0 still violate; 1 not looked at" in capsys.readouterr().out
    assert main(["explore", "o", "mine.py", "--budget", "1", "--examples", "30"]) == 0
    assert main(["explore", "o", "mine.py", "--drop", "typo"]) == 2
    assert "small-step" in capsys.readouterr().err
    assert main(["explore", "--all-assumptions", "o", "mine.py", "--json", "--examples", "30"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert [row["dropped"] for row in table] == ["small-step", "small-start"]
    assert main(["explore", "o", "mine.py", "--store", "mine.py"]) == 2
    assert "store mine.py is no folder" in capsys.readouterr().err
