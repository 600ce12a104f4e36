"""What a proof adds to what a check found, when it is made again, and what is compared before it counts."""

from __future__ import annotations

import importlib
import itertools
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import Int, Real, always, claim, lemma, symbols
from rankladder.domains.randomness import Infeasible, RandomSource
from rankladder.language.induction import Induction
from rankladder.language.instance import Instance
from rankladder.language.library import load_catalogue
from rankladder.language.verdict import Evidence, Expectation, Result, Verdict
from rankladder.numbers.balls import Ball, precision
from rankladder.proof import agreement as compared
from rankladder.proof import evidence, proof
from rankladder.proof.evidence import with_proof
from rankladder.proof.parts import Answer, Part, Status
from rankladder.proof.proof import evidence_kinds, provable, prove
from rankladder.proof.result import FACTS, Proof, fact
from rankladder.proof.smtlib import Obligation
from rankladder.proof.solvers import CVC5, Z3
from rankladder.properties.gidel2019.proofs import descent, hitting, modes
from rankladder.search.check import check_claim

x, y, z, a = symbols("x y z a")
TRUE = lemma("own-evidence", x**2 + 1 >= x, over={"x": Real(0, 2)})
TESTED = Evidence("test", "tested")
SHOWN = Evidence("proof", "shown")
CLASH = Evidence("test", "a proof and a counterexample contradict each other: shown")


def result(verdict: Verdict, **rest: Any) -> Result:
    return Result(TRUE.id, "", Expectation.holds, verdict, (TESTED,), seconds=5.0, **rest)


def told(
    monkeypatch: pytest.MonkeyPatch,
    status: Status,
    found: Evidence | None = SHOWN,
    point: Any = None,
    doubt: bool = False,
) -> None:
    clock = itertools.count(100.0, 3.0)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(evidence, "proof_evidence", lambda claim, fresh: (status, found, point, doubt))


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("status", list(Status))
def test_what_a_proof_makes_of_a_verdict(
    verdict: Verdict, status: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch, status)
    before = result(verdict)
    after = with_proof(before, TRUE)
    if verdict is Verdict.error:
        assert after is before
        return
    # five seconds of the check, three of the proof
    assert after.seconds == 8.0
    shown = status in (Status.proved, Status.certified)
    if verdict is Verdict.refuted and shown:
        assert after.verdict is Verdict.error and after.evidence == (TESTED, SHOWN, CLASH)
    elif status is Status.error:
        assert after.verdict is Verdict.error and after.evidence == (TESTED, SHOWN)
    elif verdict in (Verdict.tested, Verdict.vacuous) and shown:
        assert after.verdict is (Verdict.proved if status is Status.proved else Verdict.certified)
        assert after.evidence == (SHOWN, TESTED)
    else:
        assert after.verdict is verdict and after.evidence == (TESTED, SHOWN)


def test_only_balls_that_ran_out_of_precision_are_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for undecided, undefined, verdict in (
        (3, 0, Verdict.proved),
        (3, 1, Verdict.suspect),
        (0, 0, Verdict.suspect),
        (1, 0, Verdict.proved),
    ):
        told(monkeypatch, Status.proved)
        assert (
            with_proof(result(Verdict.suspect, undecided=undecided, undefined=undefined), TRUE).verdict
            is verdict
        )


def test_a_doubt_makes_what_was_tested_suspect_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for verdict in (Verdict.tested, Verdict.vacuous, Verdict.suspect, Verdict.refuted):
        told(monkeypatch, Status.open, doubt=True)
        after = with_proof(result(verdict), TRUE)
        unclear = verdict in (Verdict.tested, Verdict.vacuous)
        assert after.verdict is (Verdict.suspect if unclear else verdict)


def test_nothing_is_asked_where_there_is_nothing_to_prove(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, Status.open, None)
    before = result(Verdict.tested)
    assert with_proof(before, TRUE) is before
    monkeypatch.setattr(evidence, "proof_evidence", lambda claim, fresh: pytest.fail("asked"))
    assert with_proof(before, claim("own-no-way", over={"x": Real(0, 1)})(lambda x: x)) is before
    assert with_proof(result(Verdict.error), TRUE).seconds == 5.0
    # an open claim may be proved
    told(monkeypatch, Status.proved)
    assert with_proof(before, replace(TRUE, expects=Expectation.open)).verdict is Verdict.proved


def test_a_proof_that_breaks_is_an_error_of_its_own_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(claim: Any, fresh: bool) -> Any:
        raise KeyError("a\n  b")

    monkeypatch.setattr(evidence, "proof_evidence", broken)
    after = with_proof(result(Verdict.tested), TRUE)
    assert after.verdict is Verdict.error
    assert after.evidence == (TESTED, Evidence("test", "the proof broke: KeyError: 'a\\n b'"))


def part(*answers: str, status: Status = Status.open, **rest: Any) -> Part:
    said = tuple(Answer(name, "1", r, 0.25) for name, r in zip(("z3", "cvc5"), answers, strict=False))
    return Part("p", "", "SMT", status, answers=said, **rest)


def test_a_doubt_is_one_of_every_solver_about_the_claim_itself() -> None:
    real = lemma("own-doubt", x**2 >= y, over={"x": Real(0, 4), "y": Real(0, 4)})
    about = Obligation("o", (), x**2 >= y)
    for found, obligations, doubted in (
        (part("sat", "sat"), (about,), True), (part("sat", "unknown"), (about,), False), (part("sat"), (about,), False),
        (part("sat", "sat", status=Status.refuted), (about,), False), (part("unsat", "unsat"), (about,), False),
        # a symbol that is no parameter stands for an exponential or a logarithm
        (part("sat", "sat"), (about, Obligation("o", (), x > z)), False), (part("sat", "sat"), (), True),
    ):  # fmt: skip
        made = Proof(
            real.id, "", (part("unsat", "unsat", status=Status.proved), found), obligations=obligations
        )
        assert evidence._doubted(real, made) is doubted, found
    whole = lemma("own-doubt-int", x**2 >= 1, over={"x": Int(1, 4)})
    assert not evidence._doubted(
        whole, Proof("", "", (part("sat", "sat"),), obligations=(Obligation("o", (), x > 1),))
    )


def test_a_proof_is_kept_and_a_failure_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path))
    asked: list[str] = []
    made: dict[str, Proof | None] = {
        "now": Proof(TRUE.id, "", (part("unsat", "unsat", status=Status.proved, seconds=0.5),))
    }

    def once(claim: Any) -> Proof | None:
        asked.append(claim.id)
        return made["now"]

    monkeypatch.setattr(evidence, "prove", once)
    kept = (Status.proved, Evidence("proof", "1 obligation by SMT", 0.5, ({"name": "z3", "version": "1", "result": "unsat", "seconds": 0.25},
            {"name": "cvc5", "version": "1", "result": "unsat", "seconds": 0.25})), None, False)  # fmt: skip
    assert evidence.proof_evidence(TRUE) == evidence.proof_evidence(TRUE) == kept and len(asked) == 1
    (file,) = tmp_path.rglob("*.json")
    assert file.parent.name == "proofs" and file.stem == evidence._key(TRUE) and len(file.stem) == 40
    assert evidence.proof_evidence(TRUE, fresh=True) == kept and len(asked) == 2
    file.unlink()
    for status, kind in (
        (Status.open, "proof"),
        (Status.error, "proof"),
        (Status.refuted, "proof"),
        (Status.certified, "certificate"),
    ):
        made["now"] = Proof(
            TRUE.id,
            "",
            (
                part(
                    "sat",
                    "sat",
                    status=status,
                    counterexample={"x": F(1)} if status is Status.refuted else None,
                ),
            ),
        )
        found, said, point, doubt = evidence.proof_evidence(TRUE)
        assert (
            found is (Status.open if status is Status.refuted else status)
            and said is not None
            and said.kind == kind
        )
        assert point == ({"x": 1} if status is Status.refuted else None) and doubt is (status is Status.open)
        assert bool(list(tmp_path.rglob("*.json"))) is (status is Status.certified)
    # where the claim is no relation a point of a solver is none of the claim
    growing = always("own-growing", z >= a, start={z: a}, step={z: z + 1}, over={"a": Real(0, 1)})
    made["now"] = Proof("", "", (part("sat", "sat", status=Status.refuted, counterexample={"x": F(1)}),))
    assert evidence.proof_evidence(growing)[2:] == (None, False)
    made["now"] = None
    assert evidence.proof_evidence(TRUE, fresh=True) == (Status.open, None, None, False)


def test_a_kept_proof_belongs_to_the_claim_its_file_and_the_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = evidence._key
    assert key(TRUE) == key(replace(TRUE)) and key(TRUE) != key(replace(TRUE, id="other"))
    file = tmp_path / "claims.py"
    file.write_text("one", encoding="utf-8")
    own = replace(TRUE, location=f"{file}:1")
    before = key(own)
    assert before == key(own)
    file.write_text("two", encoding="utf-8")
    assert key(own) != before
    gone = replace(TRUE, location=f"{tmp_path / 'gone.py'}:1")
    assert key(gone) != key(gone)
    sizes: list[int] = []
    random = os.urandom
    monkeypatch.setattr(os, "urandom", lambda n: sizes.append(n) or random(n))  # type: ignore[func-returns-value]
    key(gone)
    assert sizes == [16]
    digest = evidence._sources()
    evidence._sources.cache_clear()
    assert evidence._sources() == digest and evidence._sources() is evidence._sources()
    monkeypatch.setattr(Z3, "version", "0")
    evidence._sources.cache_clear()
    other = evidence._sources()
    monkeypatch.setattr(CVC5, "version", "0")
    evidence._sources.cache_clear()
    assert len({digest, other, evidence._sources()}) == 3
    for package in ("theory", "simulate", "properties"):
        (tmp_path / package / "deep").mkdir(parents=True)
        (tmp_path / package / "deep" / "a.py").write_text(package, encoding="utf-8")
    monkeypatch.setattr(evidence, "_ROOT", tmp_path)
    seen = set()
    for name in ("theory/b.py", "simulate/deep/c.py", "properties/d.py"):
        evidence._sources.cache_clear()
        seen.add(evidence._sources())
        (tmp_path / name).write_text(name, encoding="utf-8")
    evidence._sources.cache_clear()
    seen.add(evidence._sources())
    assert len(seen) == 4
    monkeypatch.undo()
    evidence._sources.cache_clear()
    assert (evidence._ROOT / "properties" / "proving" / "evidence.py").is_file()


# orbits on which theorem and claim are both true, and both false, in six instances of each variant
COMPARED = (
    "GD-4.lower", "GD-4.upper", "STEP-1.monotone", "STEP-1.limit", "STEP-3.bounded", "GD-3.in-range", "GD-3.orbit",
    "LOSS-3.descent", "GD-6.lower", "GD-6.upper", "GD-1.sign",
)  # fmt: skip


@pytest.fixture(scope="module")
def inductions() -> dict[str, tuple[Any, Induction, int]]:
    found: dict[str, tuple[Any, Induction, int]] = {}

    def noted(claim: Any, induction: Induction, *, argument: str = "", ahead: int = 0) -> None:
        found[claim.id] = claim, induction, ahead

    with pytest.MonkeyPatch.context() as patch:
        for module in (descent, hitting, modes):
            patch.setattr(module, "by_induction", noted)
        made: list[Callable[[], Any]] = [
            *descent.PROOFS.values(),
            hitting.lower,
            hitting.upper,
            modes.keeps_sign,
        ]
        for one in made:
            one()
    return found


@pytest.mark.parametrize("id", COMPARED)
def test_theorem_and_claim_are_compared_on_both_sides(
    id: str, inductions: Mapping[str, tuple[Any, Induction, int]]
) -> None:
    stated, induction, ahead = inductions[id]
    found = compared.agreement(stated, induction, ahead)
    assert found.status is Status.tested
    both = re.search(r"same answer on (\d+) orbits that satisfy it and (\d+) that violate it", found.detail)
    assert both is not None and min(int(n) for n in both.groups()) > 0


def test_a_theorem_that_differs_is_told_with_the_first_place(
    inductions: Mapping[str, tuple[Any, Induction, int]],
) -> None:
    stated, induction, ahead = inductions["STEP-3.bounded"]
    weaker = replace(induction, holds=induction.holds.args[0])
    stronger = replace(induction, holds=induction.holds & (descent.z <= 1))
    said = [compared.agreement(stated, other, ahead, wanted=6) for other in (weaker, stronger)]
    assert all(p.status is Status.open for p in said)
    assert said[0].detail.startswith("the theorem is true where the claim is false: ")
    assert said[1].detail.startswith("the theorem is false where the claim is true: ")


def test_the_time_of_a_comparison_is_its_own(
    inductions: Mapping[str, tuple[Any, Induction, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(100.0, 3.0)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    assert compared.agreement(*inductions["STEP-1.monotone"], wanted=1).seconds in {
        3.0 * n for n in range(1, 200)
    }


def test_the_true_orbit_is_compared_up_to_where_the_relation_can_look() -> None:
    n = Int(1, 9)
    doubling = always(
        "own-doubling", z <= 4, start={z: a}, step={z: 2 * z}, over={"a": Real(0, 4), "steps": n}
    )
    made = Induction({z: a}, {z: 2 * z}, {}, z <= 4)
    for steps, ahead, holds in ((1, 0, True), (2, 0, True), (3, 0, False), (3, 1, True), (4, 1, False)):
        instance = Instance.of({"a": F(1), "steps": steps})
        ((theorem, _, where),) = compared._along_orbit(doubling, made, instance, ahead)
        assert theorem is holds and where == str(instance), (steps, ahead)
    # no step is taken from a state that the next one is not for
    stopping = Induction({z: a}, {z: 2 * z}, {}, z <= 4, while_=z < 3)
    for begin, holds in ((F(1), True), (F(5, 2), False)):
        instance = Instance.of({"a": begin, "steps": 9})
        ((theorem, _, _),) = compared._along_orbit(doubling, stopping, instance, 0)
        assert theorem is holds
    assert (
        compared._steps_name(doubling) == "steps"
        and compared._steps(doubling, Instance.of({"a": F(1), "steps": 7})) == 7
    )
    whole = claim("own-named", over={"b": Real(0, 1), "n": Int(1, 3), "m": Int(1, 3)})(lambda b, n, m: b)
    assert (
        compared._steps_name(whole) == "n"
        and compared._steps_name(TRUE) == "steps"
        and compared._steps(TRUE, Instance.of({"x": F(1)})) == 1
    )
    with precision(200):
        values, state = compared._begin(
            Induction({z: 2 * a, x: 1}, {z: z, x: x}, {}, z > x), Instance.of({"a": F(1, 3), "other": 7})
        )
    assert (
        set(values) == {a}
        and float(state[z].mid) == pytest.approx(2 / 3)
        and isinstance(state[x], Ball)
        and state[x].mid == 1
    )


def test_a_statement_about_an_orbit_is_proved_within_the_range_of_its_parameters() -> None:
    growing = always("own-proved", z >= a, start={z: a}, step={z: z + a}, over={"a": Real(0, 1)})
    made = prove(growing)
    assert made is not None and made.status is Status.proved, made and made.text()
    assert "range of a: (a > 0) & (a < 1)" in made.argument
    free = always("own-free", z <= 1, start={z: 1 - a**2}, step={z: z - a**2}, over={"a": Real(None, None)})
    again = prove(free)
    assert again is not None and "Hypotheses: none" in again.argument and again.status is Status.proved


def test_bounds_are_those_of_the_domain() -> None:
    for domain, expected in (
        (Int(2, 5), [x >= 2, x <= 5]), (Real(0, 1), [x > 0, x < 1]), (Real(F(-1, 3), 1, closed="both"), [x >= sympy.Rational(-1, 3), x <= 1]),
        (Real(0, None, closed="left"), [x >= 0]), (Real(None, F(2, 3)), [x < sympy.Rational(2, 3)]), (Real(None, None), []),
    ):  # fmt: skip
        assert domain.bounds.relations(x) == expected, domain


def test_a_claim_is_its_own_obligation_where_it_is_a_relation() -> None:
    own = lemma(
        "own-obligation",
        x**2 >= y,
        over={"x": Real(1, 2), "y": Real(0, 1), "n": Int(1, 3)},
        given={"less": y < x},
    )
    made = proof._own_obligation(own)
    assert made == Obligation("own-obligation", (y < x, x > 1, x < 2, y > 0, y < 1), x**2 >= y)
    assert provable(own) and evidence_kinds(own) == ("proof", "test")
    assert evidence_kinds(replace(own, expects=Expectation.refuted)) == ("counterexample",)
    for other in (lemma("own-sine", sympy.sin(x) <= 2), claim("own-run", over={"x": Real(0, 1)})(lambda x: x),
                  lemma("own-predicate", x >= 0, given={"more": lambda x: x - 1})):  # fmt: skip
        assert proof._own_obligation(other) is None and not provable(other) and prove(other) is None
        assert evidence_kinds(other) == ("test",)


def test_the_ranges_are_used_only_where_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Obligation] = []

    def discharged(obligation: Obligation) -> Any:
        asked.append(obligation)
        good = obligation.shows == (x**2 + x >= -1) or bool(obligation.given)
        return (obligation,), (part("unsat", "unsat", status=Status.proved if good else Status.open),)

    monkeypatch.setattr(proof, "discharge_all", discharged)
    wide = prove(lemma("own-wide", x**2 + x >= -1, over={"x": Real(1, 2)}))
    assert [o.given for o in asked] == [()] and wide is not None and wide.obligations == tuple(asked)
    asked.clear()
    needed = prove(lemma("own-needed", x**2 >= 1, over={"x": Real(1, 2)}))
    assert (
        [o.given for o in asked] == [(), (x > 1, x < 2)]
        and needed is not None
        and needed.obligations == (asked[1],)
    )
    assert needed.argument == "The claim is its own obligation." and needed.status is Status.proved
    asked.clear()
    free = prove(lemma("own-nothing", x**2 >= 1))
    assert [o.given for o in asked] == [()] and free is not None and free.status is Status.open


def test_whether_an_instance_exists_is_asked_after_64_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    def never(claim: Any, source: Any) -> Any:
        tries.append(1)
        raise Infeasible("no")

    monkeypatch.setattr(proof, "draw_instance", never)
    good = Proof(TRUE.id, "", (part("unsat", status=Status.proved),))
    assert proof._about_something(TRUE, (x > 0, x < 1), good) is good and len(tries) == 64
    empty = proof._about_something(TRUE, (x > 1, x < 1), good)
    assert (
        empty.status is Status.open
        and empty.summary == "not proved: no instance satisfies all assumptions: the claim is vacuous"
    )
    assert empty.parts[-1].statement == "x > 1; x < 1" and empty.parts[-1].method == "SMT"
    tries.clear()
    failed = Proof(TRUE.id, "", (part("sat", status=Status.open),))
    assert proof._about_something(TRUE, (x > 1, x < 1), failed) is failed and tries == []
    monkeypatch.setattr(proof, "draw_instance", lambda claim, source: tries.append(1))
    assert proof._about_something(TRUE, (x > 1, x < 1), good) is good and len(tries) == 1


def test_what_a_written_proof_rests_on_is_added_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    good = part("unsat", "unsat", status=Status.proved)
    made = {
        "A": Proof("A", "", (good,), ("B", "none")),
        "B": Proof("B", "", (good, good), ("C",)),
        "C": Proof("C", "", (good,), ("A",)),
    }
    monkeypatch.setattr(proof, "_written", lambda: made)
    monkeypatch.setattr(proof, "_alone", lambda id: made[id])
    whole = proof._standing("A", ())
    assert [(p.name, p.statement, p.method, p.status) for p in whole.parts[1:]] == [
        ("rests on B", "claim B", "another claim", Status.error), ("rests on none", "claim none", "another claim", Status.open),
    ]  # fmt: skip
    assert whole.parts[2].detail == "nobody has written its proof"
    assert (
        proof._standing("C", ("A", "B")).parts[-1].detail == "in a circle: A rests on B rests on C rests on A"
    )
    assert proof._standing("B", ("C",)).parts[-1].status is Status.error


def test_a_proof_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def parts() -> Any:
        """Why."""
        return [part("unsat", status=Status.proved)]

    def broken() -> Any:
        raise ValueError("no such threshold")

    whole = Proof("whole", "", ())
    monkeypatch.setattr(proof, "_written", lambda: {"parts": parts, "broken": broken, "whole": lambda: whole})
    assert proof._make("whole") is whole
    assert proof._make("parts") == Proof("parts", "Why.", tuple(parts()))
    (only,) = proof._make("broken").parts
    assert (only.name, only.status, only.detail) == (
        "the proof could not be made",
        Status.error,
        "ValueError: no such threshold",
    )
    file = tmp_path / "torn.py"
    known = next(iter(load_catalogue()))
    file.write_text(f"PROOFS = {{{known!r}: 1, 'nowhere': 2}}", encoding="utf-8")
    instead = proof._unloadable(file, SyntaxError("odd"))
    assert list(instead) == [known]
    with pytest.raises(RuntimeError, match=r"torn.py cannot be loaded: SyntaxError: odd"):
        instead[known]()


def test_parts_and_facts_of_a_proof_by_obligations() -> None:
    good, bad = Obligation("good", (), x**2 >= 0), Obligation("bad", (), x > 0)
    extra = Part("extra", "", "SymPy", Status.proved)
    made = proof.by_obligations(
        "C", "  Why.\n    So.", [good, bad], rests_on=("A",), facts={"Grönwall": "used"}, others=(extra,)
    )
    assert [p.name for p in made.parts] == ["good", "bad", "extra", "Grönwall"] and made.obligations == (
        good,
        bad,
    )
    assert (made.argument, made.rests_on, made.facts) == ("Why.\nSo.", ("A",), ("Grönwall",))
    assert made.parts[-1] == Part("Grönwall", "used", "named fact", Status.proved)
    assert made.parts[1].status is Status.refuted and made.status is Status.open
    for name in FACTS:
        assert fact(name, "u").name == name


def test_a_checked_claim_and_its_proof_are_told_together() -> None:
    after = with_proof(check_claim(TRUE, profile="quick"), TRUE, fresh=True)
    assert after.verdict is Verdict.proved and after.evidence[0].kind == "proof" and after.seconds > 0


def test_where_states_are_put(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fixed(RandomSource):
        def integer(self, low: int, high: int) -> int:
            return high

    made = Induction({z: a}, {z: z}, {}, z <= sympy.Rational(1, 100))
    edge = compared._edge(made, {}, {}, z, Fixed(1))
    # the grid at its ends: 1/1024, 1/16, 1, 1, 2
    assert edge is not None and F(1, 1024) <= edge[0] <= F(1, 100) < edge[1] <= F(1, 16)
    assert edge[1] - edge[0] <= F(1, 10**6) * edge[0]
    assert float(compared._beside(None, 1, Fixed(1)).mid) == 2.0


def test_a_module_that_cannot_be_loaded_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    load_catalogue()  # what may be named in a proof
    load = importlib.import_module

    def without_flow(name: str) -> Any:
        if name == "rankladder.properties.gidel2019.proofs.flow":
            raise ImportError("torn")
        return load(name)

    whole = proof._written()
    proof._written.cache_clear()
    monkeypatch.setattr(importlib, "import_module", without_flow)
    found = proof._written()
    proof._written.cache_clear()
    assert set(found) == set(whole) and found["GD-6.lower"] is whole["GD-6.lower"]
    with pytest.raises(RuntimeError, match=r"flow\.py cannot be loaded: ImportError: torn"):
        found["FLOW-1"]()
    assert {"GD-10.rates", "GD-6.lower", "FLOW-1"} <= set(whole)


def test_a_margin_may_be_a_number_of_any_kind() -> None:
    for made, holds in ((lambda a: 1, True), (lambda a: 0, True), (lambda a: -1, False), (lambda a: a - a + 2, True), (lambda a: 1 / (a - a), None),
                        (lambda a: np.array([a, -a]), False), (lambda a: np.array([a, 2]), True)):  # fmt: skip
        stated = claim("own-margin", over={"a": Real(0, 4)})(made)
        assert compared._claimed(stated, Instance.of({"a": F(3)})) is holds


# what theorem and claim say, and the states that were chosen, on either side of the edge
