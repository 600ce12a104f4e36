"""Exploring, storing, replaying."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rankladder import Int, Orthogonal, Real, claim, forall, lemma, symbols
from rankladder.app.main import main
from rankladder.language.library import load_catalogue
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import judge
from rankladder.simulate import descent

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


@pytest.mark.parametrize("seed", range(3))
def test_dropping_the_step_bound_finds_a_simple_overshoot(seed: int) -> None:
    made = overshoot("t-overshoot")
    found = explore_claim(made, drop="small-step", budget=30, seed=seed)
    assert found.needed is True
    assert found.worst is not None
    assert found.simple is not None
    assert found.simple.size >= found.worst.size / 2
    assert all(v.denominator <= 16 for v in found.simple.instance.values())
    assert judge(made.without("small-step"), found.simple.instance).outcome == "violated"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_an_inconsistent_order_is_shown_with_two_modes_and_small_integers(seed: int) -> None:
    found = explore_claim(load_catalogue()["RRR-3.not-every-commuting"], budget=60, seed=seed)
    assert found.worst is not None and found.simple is not None
    assert found.simple.size >= found.worst.size / 2
    problem = found.simple.instance["problem"]
    numbers = (*problem.sigma, *problem.lam)
    assert len(problem.sigma) == 2 and all(x.denominator == 1 and x < 10 for x in numbers), problem


def test_an_idle_assumption_is_not_needed() -> None:
    made = lemma(
        "t-idle", x * x + y * y >= x * y, given={"idle": x + y < 3}, over={"x": Real(-4, 4), "y": Real(-4, 4)}
    )
    found = explore_claim(made, drop="idle", budget=30, most=500)
    assert found.needed is False
    assert found.instances >= 500
    with pytest.raises(KeyError, match="idle"):
        explore_claim(made, drop="no-such-name")


def test_an_assumption_that_few_draws_break_is_broken_all_the_same() -> None:
    def together(x, y):  # type: ignore[no-untyped-def]
        return 1960 - x - y  # one pair in 1200 has more

    over = {"Q": Orthogonal(2), "x": Int(1, 1000), "y": Int(1, 1000)}
    made = claim("t-few", over=over, given={"together": together})(lambda Q, x, y: 1960 - x - y)
    assert explore_claim(made, drop="together", budget=600).needed is True


def test_command_line_explores_keeps_and_replays(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(
        "from rankladder import Int, Real, claim, forall, symbols\nfrom rankladder.simulate import descent\n"
        "s, z0 = symbols('s z0')\n"
        "@claim('o', over=dict(s=Real(0, 4), z0=Real(0, 4), steps=Int(1, 20)),\n"
        "       given={'small-step': 2 * s <= 1, 'small-start': z0 < 1})\n"
        "def _(s, z0, steps):\n    return forall(descent(s, z0, steps).x)\n"
    )
    assert main(["explore", "o", "mine.py", "--drop", "small-step", "--examples", "300", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["needed"] is True
    assert report["certified"] is True
    assert report["simple"]["margin"] <= report["worst"]["margin"] / 2
    assert main(["replay", "--claims", "mine.py"]) == 0
    assert "1 replayed from .rankladder, 1 still violate" in capsys.readouterr().out
    assert main(["replay"]) == 1
    assert "0 replayed from .rankladder, 0 still violate; 1 not looked at" in capsys.readouterr().out
    assert main(["explore", "o", "mine.py", "--budget", "1", "--examples", "200"]) == 0
    assert main(["explore", "o", "mine.py", "--drop", "typo"]) == 2
    assert "small-step" in capsys.readouterr().err
    assert main(["explore", "--all-assumptions", "o", "mine.py", "--json", "--examples", "100"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert [row["dropped"] for row in table] == ["small-step", "small-start"]
    assert main(["explore", "o", "mine.py", "--store", "mine.py"]) == 2
    assert "store mine.py is no folder" in capsys.readouterr().err
