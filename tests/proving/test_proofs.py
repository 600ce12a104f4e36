"""Two solvers must agree, what was proved must be what is claimed, and nothing else is called proved."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

from rankladder import Real, always, check, lemma, symbols
from rankladder.app.main import main
from rankladder.language.induction import Induction
from rankladder.language.library import load_catalogue
from rankladder.language.obligation import Obligation
from rankladder.language.verdict import Verdict
from rankladder.proof import evidence, proof
from rankladder.proof.parts import Status, combined
from rankladder.proof.proof import by_induction, prove
from rankladder.proof.result import fact
from rankladder.proof.smt import discharge, discharge_all
from rankladder.proof.smtlib import NotPolynomial, smtlib
from rankladder.proof.solvers import CVC5, Z3, Isolated
from rankladder.properties.gidel2019.proofs import descent
from rankladder.search.check import check_claim

s, x, z, z0, q, t = symbols("s x z z0 q t")


class AlwaysUnsat:
    name = "stub"
    version = "0"

    def decide(self, text: str, names: Sequence[str], seconds: float) -> tuple[str, dict[str, Fraction]]:
        return "unsat", {}


class Absent(AlwaysUnsat):
    version = ""


FALSE = Obligation("false", (x > 0,), x**2 >= x)
TRUE = Obligation("true", (x > 1,), x**2 >= x)


def test_both_solvers_prove_and_refute() -> None:
    assert discharge(TRUE).status is Status.proved
    found = discharge(FALSE)
    assert found.status is Status.refuted
    assert found.counterexample is not None
    assert 0 < found.counterexample["x"] < 1


@pytest.mark.parametrize("honest", [Z3(), CVC5()], ids=lambda h: h.name)
def test_a_solver_that_always_says_unsat_is_caught_by_the_other(honest: Z3 | CVC5) -> None:
    part = discharge(FALSE, by=(AlwaysUnsat(), honest))
    assert part.status is Status.error
    assert "contradict" in part.detail
    assert "stub" in part.detail


def test_one_solver_alone_proves_nothing() -> None:
    assert discharge(TRUE, by=(Z3(),)).status is Status.open
    part = discharge(TRUE, by=(Z3(), Absent()))
    assert part.status is Status.open
    assert "rankladder[proof]" in part.detail


def test_a_solver_that_does_not_end_is_ended() -> None:
    step = z * (1 + s * (1 - z)) ** 2
    twice = step.subs(z, step)
    hard = Obligation(
        "hard", (s > 0, 2 * s <= 1, z > 0, z <= 1, step >= z), sympy.And(twice >= step, twice <= 1)
    )
    assert Isolated("cvc5").decide(smtlib(hard), ["s", "z"], 0.2)[0] == "unknown"
    assert Isolated("cvc5").decide(smtlib(TRUE), ["x"], 10.0)[0] == "unsat"


def test_what_is_written_is_what_was_asked() -> None:
    text = smtlib(Obligation("root", (x >= sympy.sqrt(5) - 1,), (x + 1) ** 2 >= 5))
    assert "(declare-fun sqrt_5_1 () Real)" in text
    assert text.rstrip().endswith("(check-sat)")
    assert Z3().decide(text, ["x"], 10)[0] == CVC5().decide(text, ["x"], 10)[0] == "unsat"


@pytest.mark.parametrize("shown", [sympy.sin(x) <= 1, sympy.Float("0.1") <= x, x**x > 0])
def test_what_is_not_polynomial_is_said(shown: sympy.Basic) -> None:
    with pytest.raises(NotPolynomial):
        smtlib(Obligation("no", (), shown))
    assert discharge_all(Obligation("no", (), shown))[1][0].status is Status.open


def test_an_undefined_conclusion_is_not_proved() -> None:
    assert discharge(Obligation("pole", (), 1 / x**2 >= 0)).status is not Status.proved


def test_exponentials_and_logarithms_leave_by_exact_rules() -> None:
    _, parts = discharge_all(Obligation("decay", (t > 0,), sympy.exp(-t) < 1))
    assert {p.status for p in parts} == {Status.proved}
    _, parts = discharge_all(Obligation("tangent", (), sympy.exp(t) >= 1 + t))
    assert {p.status for p in parts} == {Status.proved}
    _, parts = discharge_all(Obligation("parabola", (t > 0,), sympy.exp(t) >= 1 + t + t**2 / 2))
    assert {p.status for p in parts} == {Status.open}, "true, but beyond the rules: open, not refuted"
    _, parts = discharge_all(Obligation("log", (x > 0,), 2 * sympy.log(x) <= sympy.log(x**2 + 1)))
    assert {p.status for p in parts} == {Status.proved}
    _, parts = discharge_all(Obligation("log of nothing", (), 2 * sympy.log(x) <= sympy.log(x**2 + 1)))
    assert combined(parts) is not Status.proved


def test_base_and_step_come_from_one_statement() -> None:
    with pytest.raises(ValueError, match="start and a step"):
        Induction({z: 1}, {q: 1}, {}, z <= 1)


def test_a_theorem_about_something_else_is_not_the_claim() -> None:
    weaker = Induction(
        {z: z0, q: 1}, {z: descent.STEP, q: q * (1 + s)}, descent.SMALL, z * (1 - z0) >= z0 * q * (1 - z),
        descent.UNIT | descent.ODDS,
    )  # fmt: skip
    proof = by_induction(load_catalogue()["GD-4.lower"], weaker)
    assert all(p.status is Status.proved for p in proof.parts)
    assert proof.status is Status.open


def test_only_named_facts() -> None:
    with pytest.raises(ValueError, match="Eckart-Young"):
        fact("the Riemann hypothesis", "because")


def test_every_written_proof_belongs_to_a_claim() -> None:
    assert set(proof._written()) <= set(load_catalogue())


def test_a_proof_is_no_stronger_than_what_it_rests_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def resting(*others: str) -> Callable[[], proof.Proof]:
        return lambda: proof.by_obligations("x", "", [TRUE], rests_on=others)

    written = {
        "a": resting("b"),
        "b": resting(),
        "c": resting("d"),
        "d": resting("c"),
        "e": resting("nowhere"),
    }
    monkeypatch.setattr(proof, "_written", lambda: written)
    monkeypatch.setattr(proof, "_alone", lambda id: written[id]())
    assert proof._standing("a", ()).status is Status.tested
    assert proof._standing("c", ()).status is Status.error
    assert "circle" in proof._standing("c", ()).text()
    assert proof._standing("e", ()).status is Status.open


def test_a_claim_of_ones_own_is_proved_where_it_can_be() -> None:
    own = lemma(
        "own-lemma", (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1, over={"s": Real(0, "1/2"), "x": Real(0, 1)}
    )
    result = evidence.verdict_on(own, fresh=True)
    assert result.verdict is Verdict.proved
    assert [e.kind for e in result.evidence] == ["proof", "test"]
    assert {a["name"] for a in result.evidence[0].solvers} == {"z3", "cvc5"}
    growing = always(
        "own-always",
        z >= z0,
        start={z: z0},
        step={z: z * (1 + s) ** 2},
        over={"s": Real(0, 1), "z0": Real(0, 1)},
    )
    assert check(growing).verdict is Verdict.proved


def test_balls_that_run_out_of_precision_say_nothing_against_a_proof() -> None:
    true = lemma("own-sure", x**2 + 1 >= x, over={"x": Real(0, 2)})
    tested = check_claim(true, profile="quick")
    for undecided, undefined, verdict in ((3, 0, Verdict.proved), (3, 1, Verdict.suspect)):
        open_ones = replace(tested, verdict=Verdict.suspect, undecided=undecided, undefined=undefined)
        assert evidence.with_proof(open_ones, true).verdict is verdict


def test_a_proof_beside_a_counterexample_is_an_error() -> None:
    true = lemma("own-true", x**2 + 1 >= x, over={"x": Real(0, 2)})
    refuted = check_claim(lemma("own-false", x**2 >= x, over={"x": Real(0, 2)}))
    assert refuted.verdict is Verdict.refuted
    assert evidence.with_proof(refuted, true, fresh=True).verdict is Verdict.error


def test_stored_proofs_are_used_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path))
    claim = load_catalogue()["STEP-5.lemma"]
    assert evidence.proof_evidence(claim)[0] is Status.proved
    monkeypatch.setattr(evidence, "prove", lambda claim: pytest.fail("proved again"))
    assert evidence.proof_evidence(claim)[0] is Status.proved
    for file in tmp_path.rglob("*.json"):
        file.write_text("{torn", encoding="utf-8")
    monkeypatch.setattr(evidence, "prove", prove)
    assert evidence.proof_evidence(claim)[0] is Status.proved
    monkeypatch.setenv("RANKLADDER_CACHE", str(tmp_path / "file"))
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert evidence.proof_evidence(claim)[0] is Status.proved


def test_the_command_prints_exports_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "GD-4.lower", "--smtlib", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "By induction on k" in text
    assert "1 proof: 1 tested" in text
    files = sorted(tmp_path.glob("*.smt2"))
    assert len(files) == 6
    assert all(Z3().decide(f.read_text(encoding="utf-8"), [], 10)[0] == "unsat" for f in files)
    assert main(["prove", "STEP-5.lemma", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["proofs"]
    assert found["status"] == "proved"
    assert main(["prove", "GD-10.not-always-lagging"]) == 2
    assert "no way is known" in capsys.readouterr().err
