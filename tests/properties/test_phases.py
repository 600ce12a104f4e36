"""Checks, hunts and brackets phase by phase: what each is asked for, when it stops, and what is said in the end."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import pytest

from properties import Int, Matrix, Real, Verdict, claim, symbols
from properties.engine import checking, exploring
from properties.engine.checking import Tally, check_claim, judge_findings, scout_into
from properties.engine.exploring import Exploration, explore_claim
from properties.engine.guiding import Archive
from properties.engine.judging import Judgement
from properties.engine.patience import TookTooLong
from properties.engine.scouting import GROUP, Findings, Sighting
from properties.engine.search import Witness
from properties.generators.sources import seed_for
from properties.stating.instance import Instance
from properties.stating.statement import Claim
from simulate.balls import Ball, hull

x, y = symbols("x y")


def linear(id: str = "phases.linear", expects: str = "holds") -> Claim:
    @claim(id, over={"x": Real(-4, 4)}, given={"right": x > 0}, expects=expects)
    def made(x: Any) -> Any:
        return x

    return made


def square(id: str = "phases.matrix") -> Claim:
    @claim(id, over={"A": Matrix(1, 1)})
    def made(A: Any) -> Any:
        return A[0, 0] * A[0, 0]

    return made


def at(value: Any) -> Instance:
    return Instance.of(x=F(value))


def witness(margin: Any, value: Any = 1, outcome: Any = None) -> Witness:
    said = outcome or ("violated" if margin < 0 else "holds")
    return Witness(at(value), Judgement(said, Ball(margin), 192))


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, now: float = 100.0) -> None:
        self.now = now
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))


class Phases:
    """Stands in for the phases of a check or a hunt, and notes what they are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, judged: int = 0) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.judged, self.violates, self.then = judged, "", lambda phase: None
        self.reached: Witness | None = None
        for name in ("scout_into", "draw_hypothesis", "draw_bulk", "climb", "simplify"):
            monkeypatch.setattr(module, name, getattr(self, name))

    def _phase(self, name: str, tally: Tally, *noted: Any) -> None:
        self.calls.append((name, *noted))
        tally.judged += self.judged
        if self.violates == name:
            tally.violation = witness(-0.25)
        self.then(name)  # type: ignore[func-returns-value]

    def scout_into(self, tally: Tally, count: int, seed: int, deadline: float) -> int:
        self._phase("scout", tally, count, seed, deadline)
        return 7

    def draw_hypothesis(self, tally: Tally, count: int, seed: int, deadline: float) -> None:
        self._phase("hypothesis", tally, count, seed, deadline)

    def draw_bulk(self, tally: Tally, wanted: int, seed: int, deadline: float, **more: Any) -> None:
        self._phase("bulk", tally, wanted, seed, deadline, *more.values())

    def climb(self, claim: Claim, starts: Any, source: Any, budget: Any, **more: Any) -> Witness | None:
        self.calls.append(("climb", list(starts), budget.judgements, budget.deadline, *more.values()))
        self.then("climb")  # type: ignore[func-returns-value]
        return self.reached

    def simplify(self, claim: Claim, worst: Witness, source: Any, budget: Any) -> Witness:
        self.calls.append(("simplify", worst, budget.judgements, budget.deadline))
        return witness(-0.5, 2)


# -- a check -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "settings", "counts"),
    [
        (linear(), {"profile": "quick"}, (4_000, 12, 60, 40)),
        (linear(), {}, (20_000, 24, 1_000, 120)),
        (linear(), {"profile": "deep"}, (1_000_000, 500, 20_000, 2_000)),
        (linear(), {"examples": 5}, (20_000, 5, 5, 120)),
        (linear(), {"examples": 1}, (20_000, 1, 1, 120)),
        (square(), {"profile": "quick"}, (4_000, 12, 12, 13)),
        (square(), {}, (20_000, 24, 200, 40)),
        (square(), {"profile": "deep"}, (1_000_000, 500, 2_000, 666)),
        (linear(expects="refuted"), {"profile": "quick"}, (4_000, 12, 1_000, 400)),
        (linear(expects="refuted"), {"profile": "deep"}, (1_000_000, 500, 20_000, 20_000)),
        (linear(expects="open"), {"profile": "quick"}, (4_000, 12, 60, 40)),
    ],
)  # fmt: skip
def test_how_hard_a_check_looks(
    made: Claim, settings: dict[str, Any], counts: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = Phases(monkeypatch, checking, judged=30)
    Clock(monkeypatch, checking)
    result = check_claim(made, seed=3, **settings)
    assert phases.calls == [
        ("scout", counts[0], seed_for(made.id, "scout", 3), math.inf),
        ("hypothesis", counts[1], seed_for(made.id, "hypothesis", 3), math.inf),
        ("bulk", counts[2], seed_for(made.id, "bulk", 3), math.inf),
        ("climb", [], counts[3], math.inf),
    ]
    assert (result.instances, result.scouted, result.complete, result.seconds, result.seed) == (
        90,
        7,
        True,
        0.0,
        3,
    )
    assert result.evidence[0].detail == "90 instances judged in balls, 7 scouted in float64"


@pytest.mark.parametrize(("profile", "polishing"), [("quick", 300), ("default", 300), ("deep", 1_000)])
@pytest.mark.parametrize("phase", ["scout", "hypothesis", "bulk"])
def test_a_violation_ends_the_phases_and_is_made_worse_and_simple(
    profile: str, polishing: int, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = Phases(monkeypatch, checking, judged=30)
    phases.violates = phase
    clock = Clock(monkeypatch, checking)
    phases.then = lambda name: setattr(clock, "now", clock.now + 1)
    result = check_claim(linear(expects="refuted"), profile=profile, budget=2.0)
    names = [c[0] for c in phases.calls]
    assert names == [*["scout", "hypothesis", "bulk"][: names.index(phase) + 1], "climb", "simplify"]
    climbing = {"quick": 40, "default": 120, "deep": 2_000}[profile]  # no harder, as there is a violation
    assert phases.calls[-2][1:] == ([witness(-0.25)], climbing, 102.0)
    assert phases.calls[-1] == ("simplify", witness(-0.25), polishing, 102.0)
    assert (result.verdict, result.complete, result.seconds) == (Verdict.refuted, True, len(names) - 1.0)
    # the polishing passed what the search ended with
    assert (result.worst, result.worst_margin, result.counterexample_margin) == (at(2), -0.5, -0.5)
    assert result.counterexample == at(2) and result.margin == -0.5
    assert (
        result.evidence[-1].detail == "x=2 (margin -0.5, 192 bits)"
        and result.evidence[-1].kind == "counterexample"
    )
    assert result.evidence[0].seconds == len(names) - 1.0


def test_what_a_climb_reaches_is_the_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    phases = Phases(monkeypatch, checking, judged=30)
    phases.reached = witness(-0.75, 3)
    result = check_claim(linear())
    assert (result.worst, result.worst_margin, result.counterexample) == (at(3), -0.75, at(2))
    phases.reached = witness(0.75, 3)
    assert check_claim(linear()).verdict is Verdict.tested


@pytest.mark.parametrize(("passed", "complete"), [(4.9, True), (5.0, False), (5.1, False)])
def test_a_check_that_the_clock_ended_is_not_complete(
    passed: float, complete: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = Phases(monkeypatch, checking, judged=30)
    clock = Clock(monkeypatch, checking)
    phases.then = lambda name: setattr(clock, "now", 100 + passed)
    result = check_claim(linear(), budget=5.0)
    assert phases.calls[0][3] == 105.0
    assert (result.complete, result.seconds) == (complete, pytest.approx(passed))


def test_what_a_check_says_in_the_end() -> None:
    tally = Tally(linear())
    said = checking._verdict
    undefined = (at(1), Judgement("undefined", Ball(float("nan")), 4096))
    open_ = (at(2), Judgement("undecided", hull(-1, 1), 4096))
    # fewer than twelve, or a twentieth of what was wanted, or all that were wanted
    for judged, wanted, verdict in (
        (11, 60, "vacuous"), (12, 60, "tested"), (49, 1000, "vacuous"), (50, 1000, "tested"), (5, 5, "tested"),
        (4, 5, "vacuous"), (0, 1, "vacuous"), (12, 259, "tested"), (12, 260, "vacuous"), (13, 279, "tested"),
    ):  # fmt: skip
        tally.judged, tally.discarded = judged, 17
        found, words = said(tally, None, wanted, True)
        assert found.value == verdict, (judged, wanted)
        if found is Verdict.vacuous:
            assert words == (
                f"only {judged} instances satisfied the assumptions (17 draws did not; {wanted} were wanted); "
                "loosen them or the domains"
            )
        else:
            assert words == ""
    tally.judged, tally.repeated = 3, 1  # all there are
    assert said(tally, None, 60, True) == (Verdict.tested, "")
    tally.repeated, tally.undecided = 0, [undefined]
    assert said(tally, None, 60, True) == (
        Verdict.suspect, "the margin is undefined (NaN) on 1 of 3 instances, first at x=1"
    )  # fmt: skip
    tally.undecided = [(at(2), Judgement("undecided", hull(-1, 1), 192, "it takes too long"))]
    assert said(tally, None, 60, True)[1].endswith("1 of 3 instances, first at x=2: it takes too long")
    tally.undecided = [open_, undefined]
    assert said(tally, None, 60, True) == (
        Verdict.suspect, "the margin is undecided on 2 of 3 instances, first at x=2"
    )  # fmt: skip
    assert said(tally, witness(-1), 60, True) == (Verdict.refuted, "")


def test_what_breaks_a_check_is_named() -> None:
    def broken(error: Exception, id: str = "phases.broken") -> Any:
        @claim(id, over={"x": Real(0, 1)})
        def made(x: Any) -> Any:
            raise error

        return check_claim(made, seed=4)

    result = broken(TypeError("no ufunc here"))
    assert (result.verdict, result.seed, result.instances) == (Verdict.error, 4, 0)
    words = result.evidence[0].detail
    assert words.startswith("TypeError: no ufunc here; use NumPy, or exp, log, sqrt … from properties")
    assert "test_phases.py:" in words and ", at x=" in words
    assert "; use NumPy" in broken(TypeError("a Ball has none")).evidence[0].detail
    assert "; use NumPy" not in broken(TypeError("something else")).evidence[0].detail
    assert "; use NumPy" not in broken(RuntimeError("Ball ufunc")).evidence[0].detail
    assert broken(RuntimeError("two\n lines")).evidence[0].detail.startswith("RuntimeError: two lines (")
    nowhere = checking._broken(linear(), ValueError("made elsewhere"), 1, 2.5)
    assert nowhere.evidence[0].detail == f"ValueError: made elsewhere ({linear().location})"
    assert (nowhere.seconds, nowhere.evidence[0].seconds) == (2.5, 2.5)


def test_a_conclusion_with_a_state_of_its_own_is_an_error() -> None:
    margins = iter(range(10_000))

    @claim("phases.state", over={"x": Real(0, 1)})
    def made(x: Any) -> Any:
        return next(margins) + 1 + 0 * x

    result = check_claim(made, examples=20)
    assert result.verdict is Verdict.error
    assert "Expected the same margin each time but got " in result.evidence[0].detail
    assert ", at x=" in result.evidence[0].detail
    checking._same_again(linear(), None)
    checking._same_again(linear(), witness(1))


def test_an_instance_that_takes_too_long_is_named_in_a_note() -> None:
    @claim("phases.long", over={"x": Real(0, 1)})
    def made(x: Any) -> Any:
        raise TookTooLong("late")

    with pytest.raises(TookTooLong) as caught:
        Tally(made).count(at(F(1, 2)))
    assert caught.value.__notes__ == ["at x=1/2"]


def test_only_margins_above_zero_lead_a_search() -> None:
    tally = Tally(linear())
    for value in (F(1, 4), F(0), F(3), F(-1, 9), F(1, 4)):
        tally.keep(witness(value, value))
    assert [w.instance for w in tally.closest] == [at(F(1, 4)), at(3)]
    tally.keep(witness(F(1, 8), F(1, 4)))  # an instance is kept once
    assert [w.margin for w in tally.closest] == [0.25, 3.0]


# -- what scouts single out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "scouted", "rounds"),
    [(20_000, 10_000, 13), (7, 4, 1), (GROUP * 6 - 1, 1527, 1), (GROUP * 6, 1527, 2)],
)
def test_half_of_a_scouts_draws_are_free_and_a_third_is_guided(
    count: int, scouted: int, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    archive = Archive(linear())

    def scout(claim: Claim, count: int, seed: int, *, deadline: float) -> Findings:
        asked.append((count, seed, deadline))
        return Findings([Sighting(at(1), 1.0)], [], 5, archive)

    def guide(
        claim: Claim, found: Archive, rounds: int, seed: int, *, keep: int, deadline: float
    ) -> list[Sighting]:
        assert found is archive
        asked.append((rounds, seed, keep, deadline))
        return [Sighting(at(2), 2.0), Sighting(at(-1), -1.0)]

    monkeypatch.setattr(checking, "scout", scout)
    monkeypatch.setattr(checking, "guide", guide)
    tally = Tally(linear())
    assert scout_into(tally, count, 11, 99.0) == 5
    assert asked == [(scouted, 11, 99.0), (rounds, 11, 8, 99.0)]
    assert (tally.judged, tally.discarded) == (2, 1)
    tally = Tally(linear())
    tally.violation = witness(-1)
    scout_into(tally, count, 11, 99.0)
    assert len(asked) == 3  # not guided any more
    archive = None  # type: ignore[assignment]
    scout_into(Tally(linear()), count, 11, 99.0)
    assert len(asked) == 4


def test_only_a_negative_margin_that_holds_is_a_false_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, checking, 10.0)
    others = [Sighting(at(F(k)), -1.0) for k in (2, 3)]
    for first, judged in (
        (Sighting(at(1), 0.0), 1),
        (Sighting(at(1), -1e-9), 3),
        (Sighting(at(-1), -1.0), 0),
    ):
        tally = Tally(linear())
        judge_findings(tally, Findings([first], others, 1), 10.0)
        assert tally.judged == judged
    clock.now = 10.1
    tally = Tally(linear())
    judge_findings(tally, Findings([Sighting(at(1), -1.0)], others, 1), 10.0)
    assert tally.judged == 1  # too late for the others

    @claim("phases.shifted", over={"x": Real(-4, 4)})
    def shifted(x: Any) -> Any:
        return x - 1

    tally = Tally(shifted)
    rest = [Sighting(at(0), -1.0), *others]
    judge_findings(tally, Findings([Sighting(at(2), -1.0)], rest, 1))
    assert tally.judged == 2 and tally.violation is not None  # the first that fails is enough


# -- a hunt --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "each", "climbing"), [(linear("phases.hunt"), 400, 200), (square("phases.hunt-matrix"), 60, 30)]
)
def test_rounds_of_a_hunt_scout_more_and_more(
    made: Claim, each: int, climbing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = Phases(monkeypatch, exploring, judged=10)
    Clock(monkeypatch, exploring)
    seen: list[Any] = []
    found = explore_claim(made, budget=60.0, seed=5, most=351, on_round=lambda *told: seen.append(told))
    assert seen == [(30 * k, None) for k in range(1, 13)]
    assert (found.instances, found.complete, found.verdict, found.seconds) == (360, True, Verdict.tested, 0.0)
    expected: list[Any] = []
    for number in range(12):
        label = (made.id, None, 5)
        expected += [
            ("scout", 20_000 * min(number + 1, 10), seed_for(*label, "scout", number), 160.0),
            ("hypothesis", each // 10, seed_for(*label, "hypothesis", number), 160.0),
            ("bulk", 30 * number + each, seed_for(*label, "bulk", number), 160.0, 5_000),
            ("climb", [], climbing, 160.0),
        ]
    assert phases.calls == expected


def test_a_hunt_stops_at_the_number_asked_for_or_when_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phases = Phases(monkeypatch, exploring, judged=10)
    assert explore_claim(linear(), most=30).instances == 30
    assert explore_claim(linear(), most=31).instances == 60
    phases.judged = 0
    phases.calls.clear()
    found = explore_claim(linear(), drop="right", budget=60)
    assert (found.verdict, found.needed, found.complete, found.id) == (
        Verdict.vacuous,
        None,
        True,
        "phases.linear",
    )
    assert found.note == "no instance satisfies the other assumptions while this one fails"
    assert len(phases.calls) == 4 and found.dropped == "right"


@pytest.mark.parametrize(
    ("passed", "most", "complete"), [(59.0, 30, True), (60.0, 30, True), (60.0, 31, False), (61.0, 99, False)]
)
def test_a_hunt_that_the_clock_ended_is_not_complete(
    passed: float, most: int, complete: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = Phases(monkeypatch, exploring, judged=10)
    clock = Clock(monkeypatch, exploring)
    phases.then = lambda name: setattr(clock, "now", 100.0 + passed)
    found = explore_claim(linear(), budget=60.0, most=most)
    assert (found.complete, found.instances, found.seconds) == (complete, 30, passed)


@pytest.mark.parametrize(
    ("made", "worsening"), [(linear("phases.found"), 200), (square("phases.found-matrix"), 60)]
)
@pytest.mark.parametrize("phase", ["scout", "hypothesis", "bulk", "climb"])
def test_a_violation_met_late_is_still_made_worse_and_simple(
    made: Claim, worsening: int, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = Phases(monkeypatch, exploring, judged=10)
    clock = Clock(monkeypatch, exploring)
    for passed, patience in ((20.0, 160.0), (55.0, 165.0)):
        phases.calls.clear()
        clock.now = 100.0
        phases.violates, phases.reached = phase, witness(-0.75, 3)
        phases.then = lambda name, passed=passed: setattr(clock, "now", 100.0 + passed)  # type: ignore[misc]
        found = explore_claim(made, budget=60.0)
        names = [c[0] for c in phases.calls]
        order = ["scout", "hypothesis", "bulk", "climb"]
        assert names == [*order[: order.index(phase) + 1], "climb", "simplify"]
        started_from = witness(-0.75, 3) if phase == "climb" else witness(-0.25)
        assert phases.calls[-2] == ("climb", [started_from], worsening, patience)
        assert phases.calls[-1] == ("simplify", witness(-0.75, 3), 600, patience)
        assert (found.worst, found.simple) == (witness(-0.75, 3), witness(-0.5, 2))
        assert (found.verdict, found.note, found.complete) == (Verdict.refuted, "", True)
    # what the search cannot confirm is given up for what was met; the polishing may pass it
    phases.reached = None if phase != "climb" else witness(-0.125)
    found = explore_claim(made, budget=60.0)
    assert (found.worst, found.simple) == (witness(-0.5, 2), witness(-0.5, 2))


def test_how_long_a_witness_may_take() -> None:
    assert exploring.WITNESS_TIME == 10.0


def test_what_a_round_reaches_leads_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    phases = Phases(monkeypatch, exploring, judged=10)
    phases.reached = witness(0.5, 4)
    explore_claim(linear(), most=60)
    assert [c[1] for c in phases.calls if c[0] == "climb"] == [[], [witness(0.5, 4)]]


def test_what_a_hunt_says_in_the_end() -> None:
    tally = Tally(linear())
    undecided = [(at(1), Judgement("undecided", hull(-1, 1), 4096))]
    assert exploring._verdict(tally, witness(-1)) == (Verdict.refuted, "")
    assert exploring._verdict(tally, None)[0] is Verdict.vacuous
    tally.judged = 1
    assert exploring._verdict(tally, None) == (Verdict.tested, "")
    tally.undecided = undecided  # type: ignore[assignment]
    assert exploring._verdict(tally, None) == (
        Verdict.suspect, "the margin has no value, or cannot be decided, on any instance drawn"
    )  # fmt: skip
    tally.judged = 2
    assert exploring._verdict(tally, None) == (Verdict.tested, "1 instances undecided or undefined")


@pytest.mark.parametrize("verdict", list(Verdict))
def test_whether_an_assumption_is_needed(verdict: Verdict) -> None:
    found = Exploration("a", "b", verdict, 1, 0, 0.12345)
    silent = verdict in (Verdict.vacuous, Verdict.suspect, Verdict.error)
    assert found.needed is (None if silent else verdict is Verdict.refuted)
    assert replace(found, dropped=None).needed is None
    assert found.to_json() == {
        "id": "a", "dropped": "b", "needed": found.needed, "verdict": verdict.value, "instances": 1, "undecided": 0,
        "seconds": 0.123, "worst": None, "simple": None, "certified": False, "complete": True, "note": "",
    }  # fmt: skip
    said = replace(found, simple=witness(-0.5, 2)).to_json()
    assert said["certified"] is True
    assert said["simple"] == {
        "instance": "x=2", "values": {"x": {"exact": "2", "float": 2.0}}, "margin": -0.5, "bits": 192
    }  # fmt: skip


def test_bulk_draws_end_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, checking, 10.0)
    for deadline, judged in ((10.0, 0), (9.9, 0), (10.1, 3)):
        tally = Tally(linear())
        checking.draw_bulk(tally, 3, 1, deadline)
        assert tally.judged == judged
    assert clock.now == 10.0


def test_hypothesis_takes_its_seed_modulo_two_to_the_32() -> None:
    def drawn(seed: int) -> set[Instance]:
        tally = Tally(linear())
        checking.draw_hypothesis(tally, 20, seed, math.inf)
        return tally.seen

    assert drawn(5) == drawn(5 + 2**32) != drawn(6)


def test_undefined_and_undecided_margins_are_counted_apart() -> None:
    from properties import exp, log, strictly

    @claim("phases.both", over={"n": Int(1, 8)})
    def made(n: Any) -> Any:
        return log(Ball(-n)) if n < 4 else strictly(exp(Ball(n) / 3) * exp(-Ball(n) / 3) - 1)

    result = check_claim(made, profile="quick")
    assert (result.instances, result.undefined, result.undecided, result.escalated) == (8, 3, 8, 8)
    assert (result.verdict, result.margin) == (Verdict.suspect, None)
    assert checking._summary(Tally(made), 0, [], 0.0)[0].detail == "0 instances judged in balls"


def test_a_broken_check_took_as_long_as_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    phases = Phases(monkeypatch, checking)
    clock = Clock(monkeypatch, checking)

    def fails(name: str) -> None:
        clock.now += 2.0
        raise RuntimeError("on purpose")

    phases.then = fails  # type: ignore[assignment]
    result = check_claim(linear())
    assert (result.verdict, result.seconds) == (Verdict.error, 2.0)
