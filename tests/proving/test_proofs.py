"""Proofs as a whole: written ones stand on those they rest on, and the command prints and exports them."""

import sympy

from rankladder import Real, lemma, symbols
from rankladder.app.main import main
from rankladder.language.obligation import Obligation
from rankladder.proof.parts import Status
from rankladder.proof.proof import prove
from rankladder.proof.result import Proof, fact
from rankladder.proof.smt import discharge_all
from rankladder.proof.solvers import Z3
from rankladder.properties.gidel2019.proofs import steps
from tests.commands import answer

x, z = symbols("x z")


def test_a_false_obligation_leaves_the_attempt_open_and_says_where() -> None:
    good, bad = Obligation("good", (), x**2 >= 0), Obligation("bad", (), x > 0)
    shown, used = [part for o in (good, bad) for part in discharge_all(o)[1]], fact("Grönwall", "used")
    made = Proof("C", "Why.", (*shown, used), facts=("Grönwall",))
    assert made.status is Status.open and made.parts[1].status is Status.refuted and "bad" in made.summary
    for said in ("Why.", "Named fact used: Grönwall.", "1. good [proved, identities]"):
        assert said in made.text()
    assert Proof("C", "A fact is no proof.", (used,)).status is Status.open


def test_the_command_prints_exports_and_refuses(tmp_path, capsys) -> None:
    assert main(["prove", "GD-4.lower", "--smtlib", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "By induction on k" in text and "1 proof: 1 proved" in text
    files = sorted(tmp_path.glob("*.smt2"))
    assert len(files) == 6
    assert all(Z3().decide(f.read_text(encoding="utf-8"), [], 10)[0] == "unsat" for f in files)
    (found,) = answer(capsys, "prove", "STEP-5.lemma")["proofs"]
    assert found["status"] == "proved" and {p["status"] for p in found["parts"]} == {"proved"}
    assert main(["prove", "GD-10.not-always-lagging"]) == 2
    assert "no way is known" in capsys.readouterr().err


def test_the_substitutions_cover_every_step_size() -> None:
    """``s`` above 1 is ``m + 1/m - 1`` for one m > 1; the pieces of m and their ends are all m > 1."""

    def image(size: sympy.Expr) -> sympy.Set:
        if not size.free_symbols:
            return sympy.FiniteSet(size)
        (t,) = size.free_symbols
        return sympy.Interval.open(*sorted((sympy.limit(size, t, 0, "+"), sympy.limit(size, t, sympy.oo))))

    assert sympy.Union(*(image(choice["s"][0]) for choice in steps.CYCLE)) == sympy.Interval.open(1, sympy.oo)
    assert [image(choice["s"][0]) for choice in steps.LANDING] == [sympy.Interval.open(0, sympy.oo)]


def test_a_claim_of_ones_own_is_its_own_obligation() -> None:
    made = prove(lemma("own-quotient", x / (1 + x) < 1, over={"x": Real(0, None)}))
    assert made is not None and made.status is Status.proved
    assert any("divides, and is not 0" in o.name for o in made.obligations)
    pole = prove(lemma("own-pole", 1 / (x - 1) ** 2 > 0, over={"x": Real(0, 2)}))
    assert pole is not None and pole.status is not Status.proved
