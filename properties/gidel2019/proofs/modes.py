"""Proofs that descent on matrices is descent mode by mode, and what a mode's map says at once (GD-1, GD-2, GD-8, GD-11, LOSS)."""

from __future__ import annotations

from typing import Any

import numpy as np

from rankladder.language.margins import equal, exp, forall
from rankladder.proof.expressions import Expression
from rankladder.proof.parts import Part
from rankladder.proof.result import Proof
from rankladder.proof.symbolic import SHAPE, Case, claimed, show
from rankladder.properties.gidel2019.gd import diagonal_states, entries_follow, in_frame
from rankladder.properties.gidel2019.loss import modewise
from rankladder.properties.gidel2019.proofs.flow import NO_SHAPE, PROBLEMS, shown
from rankladder.simulate import matrix_descent, spectral_start
from rankladder.simulate.joint_problems import SymbolicProblem
from rankladder.theory import entry_step


def _rectangle(entries: Any, rows: int, columns: int) -> Any:
    made = np.zeros((rows, columns), dtype=object)
    made[np.arange(len(entries)), np.arange(len(entries))] = entries
    return made


def _spectral_parts(d: int, p: int, r: int, m: int) -> list[Part]:
    """The spectral start is diagonal in the joint frame, and so is one step from every such state."""
    case = Case(((f"{SHAPE} =", f"({d}, {p}, {r}, {m})"),))
    problem: Any = SymbolicProblem(case, d, p, r, m)
    a, eta, delta = case.matrix("a", 1, problem.q)[0], case.symbol("eta"), case.symbol("delta")
    W1 = problem.U @ _rectangle(a, d, r) @ problem.Q
    W2 = problem.Q.T @ _rectangle(a, r, p) @ problem.V.T

    def starts() -> Any:
        orbit = matrix_descent(
            problem.Sxx, problem.Sxy, *spectral_start(problem.U, problem.V, problem.Q, delta), eta, [0]
        )
        entries, diagonal = diagonal_states(problem, *in_frame(problem, orbit))
        return forall(diagonal, equal(entries[0], exp(-delta)))

    def moves() -> Any:
        orbit = matrix_descent(problem.Sxx, problem.Sxy, W1, W2, eta, [1])
        entries, diagonal = diagonal_states(problem, *in_frame(problem, orbit))
        return forall(diagonal, entries_follow(problem, eta, a, entries[0], entry_step))

    return [
        *show(f"base: the start, {case.name}", case, starts),
        *show(f"step: one step from entries a, {case.name}", case, moves),
    ]


def decoupling() -> Proof:
    """GD-1: both factors stay diagonal."""
    return claimed(
        "GD-1.decoupling",
        """By induction on k: the spectral start is diagonal in the joint frame with equal entries e^(-delta), and one step
        from any state that is diagonal with equal entries a ends in such a state, with the entries of the entry map.""",
        [part for shape in PROBLEMS for part in _spectral_parts(*shape)],
    )


def modewise_loss() -> Proof:
    """LOSS-1."""

    def of(shape: tuple[int, int, int, int], null: str) -> list[Part]:
        case = Case(((f"{SHAPE} =", str(shape)),))
        number = Expression(0) if null == "zero" else case.symbol("lam_null", positive=True)
        problem: Any = SymbolicProblem(case, *shape, null=number)
        w = case.matrix("w", 1, min(problem.d, problem.p))[0]
        return list(
            show(
                f"loss of w, lam {null} on null modes, {case.name}",
                case,
                lambda: modewise(problem, problem.compose(w)[None]),
            )
        )

    return claimed(
        "LOSS-1",
        """The states of the orbit are U diag(w) V^T (GD-1.decoupling); for every such w the loss is the least loss plus
        what the modes cost, and the gradient of the one-layer loss vanishes with every mode fitted, which for a convex
        loss makes it the least.""",
        [part for shape in PROBLEMS for null in ("zero", "positive") for part in of(shape, null)],
        rests_on=("GD-1.decoupling",),
    )


PROOFS = {
    "GD-1.decoupling": decoupling,
    "GD-1.sign-lost": shown("GD-1.sign-lost", NO_SHAPE),
    "GD-4.lower-sharp": shown("GD-4.lower-sharp", NO_SHAPE),
    "GD-8.every-gap": shown("GD-8.every-gap", NO_SHAPE),
    "GD-11.quadratic": shown("GD-11.quadratic", NO_SHAPE),
    "GD-11.rate": shown("GD-11.rate", NO_SHAPE),
    "LIN-5.ratio-beyond": shown("LIN-5.ratio-beyond", NO_SHAPE),
    "LOSS-1": modewise_loss,
    "LOSS-3.above": shown("LOSS-3.above", NO_SHAPE),
    "LOSS-3.above-one": shown("LOSS-3.above-one", NO_SHAPE),
}
