"""Coq's kernel accepts the theorems that are written for it, and no false neighbour of them."""

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import sympy

from rankladder import Real, always, prove, symbols
from rankladder.language.library import load_catalogue
from rankladder.language.obligation import Obligation
from rankladder.proof.coq import coq_theorem
from rankladder.proof.coq_elementary import ELEMENTARY
from rankladder.proof.coq_steps import PRELUDE
from rankladder.proof.coq_text import NoCoqForm, coq_name
from rankladder.proof.coqc import coq_version, judged_by_coq
from rankladder.proof.parts import Status
from rankladder.proof.result import Proof
from rankladder.proof.smt import discharge_all
from tests.processes import python
from tests.proving.test_identities import TRUE

needs_coq = pytest.mark.skipif(not coq_version(), reason="coqc is not installed: apt-get install coq")
r, s, x, y, z = symbols("r s x y z")
FURTHER = {
    "what divides has a sign": ((s > 0, x > s), 1 / x < 1 / s),
    "a divisor below zero": ((x < -1,), x / (1 + x) > 0),
    "a quotient is assumed": ((s > 0, x / s >= 1), x >= s),
    "not equal": ((x > 1,), sympy.Ne(x**2, x)),
    "a root of two": ((x >= 0, x <= sympy.sqrt(2)), x**2 <= 2),
    "an exponential": ((x > 0,), sympy.exp(-2 * x) < 1),
    "a logarithm": ((x > 0,), sympy.log(1 + x) * x < x**2),
    "a sum of logarithms": ((x > y, y > 0), sympy.log(x) > sympy.log(y)),
    "a square root": ((x > 0, y > 0), sympy.sqrt(x) * y >= 0),
    "an absolute value": ((x > 0,), sympy.Abs(sympy.exp(-x) - 1) <= 1),
    "halves": ((x / 2 >= sympy.Rational(1, 3),), x**2 / 4 >= sympy.Rational(1, 9)),
}
CLAIMS = """
from rankladder import Real, always, symbols
r, z, w = symbols("r z w")
always("rises", z <= w, start={z: 1, w: 1}, step={z: r * z, w: w + z}, over={"r": Real(0, 4)},
       given={"at-most": r <= 2}, along={"positive": z >= 0})
"""


def shown(name: str, given: tuple[object, ...], shows: object) -> Proof:
    asked = Obligation(name, given, shows)
    first, *others = discharge_all(asked)[1]
    return Proof(name, "", (replace(first, stated=asked), *others))


def accepted(text: str) -> bool:
    return judged_by_coq(Path("theorem.v"), text).status is Status.proved


@pytest.mark.slow
@needs_coq
def test_every_form_of_an_identity_is_accepted() -> None:
    # steps of descent are among the theorems of the catalogue
    forms = {name: stated for name, stated in TRUE.items() if s not in stated[1].free_symbols} | FURTHER
    files = [coq_theorem(shown(name, *stated)) for name, stated in forms.items() if stated[1] != sympy.true]
    # to name the axioms takes longer than the proofs: once for all of them
    asked = [
        re.sub(r"Print Assumptions (\w+)\.", rf"Definition all := \1.\nEnd M{k}.", text)
        for k, text in enumerate(files)
    ]
    modules = "".join(f"Module M{k}.\n{text}\n" for k, text in enumerate(asked))
    every = ", ".join(f"M{k}.all" for k in range(len(files)))
    part = judged_by_coq(Path("all.v"), f"{modules}Definition all := ({every}).\nPrint Assumptions all.\n")
    assert part.status is Status.proved, part.detail


@pytest.mark.slow
@needs_coq
def test_a_sequence_is_a_theorem_for_every_k_and_a_false_neighbour_is_none() -> None:
    shrinks = always("shrinks", x + y <= 2, start={x: 1, y: 1}, step={x: r * x, y: r * y / (1 + x)},
                     over={"r": Real(0, 1)}, along={"signs": (x >= 0) & (y >= 0), "sizes": (x <= 1) & (y <= 1)})  # fmt: skip
    text = coq_theorem(prove(shrinks))
    theorem = "forall n : nat, (x r n) + (y r n) <= 2."
    assert theorem in text, text
    assert accepted(text)
    assert not accepted(text.replace(theorem, theorem.replace("2.", "1.")))


@pytest.mark.slow
@needs_coq
def test_a_power_says_when_a_level_is_reached() -> None:
    grows = always("grows", (x >= y) | (z < y), start={x: s, z: s}, step={x: (1 + r) * x, z: (1 + r) * z}, while_=x < y,
                   over={"r": Real(0, 1), "s": Real(0, 1), "y": Real(0, 2)}, given={"below": s < y},
                   along={"same": sympy.Eq(x, z)}, direct=True)  # fmt: skip
    text = coq_theorem(prove(grows))
    count = "INR n < ln (y / s) / (ln (r + 1))"
    first = "x r s y k) /\\ (Z.of_nat k <= ceiling (ln (y / s) / (ln (r + 1))))%Z."
    assert count in text, text
    assert first in text, text
    assert accepted(text)
    assert not accepted(text.replace(count, count.replace("y /", "(y / 2) /")))
    assert not accepted(text.replace(first, first.replace("y / s", "y / (2 * s)")))


def test_what_the_rules_of_symbols_leave_nothing_of_has_no_theorem() -> None:
    with pytest.raises(NoCoqForm, match="0 = 0"):
        coq_theorem(prove(load_catalogue()["LIN-2"]))


def test_a_theorem_states_the_margin_of_the_claim_with_all_its_factors() -> None:
    text = coq_theorem(prove(load_catalogue()["STEP-4.gap"]))
    margin = "0 < (1 / 3) * (s + 1) * ((s * (1 - (1 / 3) * / s * (s + 1)) + 1)^2) - s - 2."
    assert f"Theorem STEP_4_gap : forall s : R, 0 < s -> 2 < s -> {margin}" in text, text
    assert not coq_version() or accepted(text)


def test_the_head_of_a_file_says_of_which_dynamics_it_is() -> None:
    says = 'of (* any *) "step"'
    text = coq_theorem(prove(load_catalogue()["STEP-1.monotone"]), [says])
    head = text[: text.index("Require Import")]
    assert "z_0 = z0,  z_(k+1) = z*(s*z - s - 1)**2" in head, head
    # what Coq would read in a comment is not in it
    assert head.count("(*") == head.count("*)") == 1 and '"' not in head
    assert not coq_version() or accepted(text)
    flow = load_catalogue()["LIMIT-5.tied-attained"]
    assert "the flow dz/dt = 2 sigma z (1 - z)" in prove(flow).argument


def test_what_only_repeats_an_assumption_has_no_theorem() -> None:
    with pytest.raises(NoCoqForm, match="among its assumptions"):
        coq_theorem(prove(load_catalogue()["GD-11.quadratic"]))


@needs_coq
@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("1 - 2 * s * x", "1 - (19 / 10) * s * x"),
        pytest.param("0 <= x -> ", "", marks=pytest.mark.slow),
        ("Qed.\n\n\nPrint", "Admitted.\nPrint"),
        pytest.param("\n\nPrint Assumptions GD_4_step_upper.", "", marks=pytest.mark.slow),
    ],
)
def test_a_changed_file_is_rejected(true: str, false: str) -> None:
    text = coq_theorem(prove(load_catalogue()["GD-4.step-upper"]))
    assert true in text
    assert not accepted(text.replace(true, false))


def command(folder: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    claims = folder / "claims.py"
    claims.write_text(CLAIMS)
    environment = os.environ | ({} if path is None else {"PATH": path})
    return python(
        "-m", "rankladder", "prove", str(claims), "--coq", str(folder / "coq"), *arguments, env=environment
    )


@pytest.mark.slow
def test_without_coq_nothing_is_said_to_be_checked(tmp_path) -> None:
    done = command(tmp_path, path="")
    assert done.returncode == 0, done.stderr
    assert "nothing has checked them" in done.stdout
    assert (tmp_path / "coq" / "rises.v").is_file()


def test_a_variable_may_have_the_name_of_a_lemma_of_ours() -> None:
    ours = re.findall(r"(?m)^(?:Lemma|Definition) (\w+)", f"{PRELUDE}\n{ELEMENTARY}")
    assert len(ours) > 20 and all(coq_name(name) != name for name in ours)
