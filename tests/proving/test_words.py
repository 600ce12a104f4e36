"""Words in matrices: identities of every shape are proved, and false neighbours of them are not.

The oracle for "true" and "false" is arithmetic: each identity is also evaluated on drawn matrices of numbers.
"""

import inspect
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from rankladder import (
    Int,
    Matrix,
    Orthogonal,
    Problem,
    Real,
    Spectrum,
    claim,
    equal,
    forall,
    implies,
    least,
    most,
    strictly,
    symbols,
)
from rankladder.domains.randomness import RandomSource
from rankladder.language.library import load_catalogue
from rankladder.language.orbits import every_step, follows, keeps_form
from rankladder.language.statement import Claim
from rankladder.numbers.words import (
    at_least_one,
    entrywise,
    first_of,
    identity,
    positions,
    rectangle,
    table,
    triangular,
)
from rankladder.proof.parts import Status
from rankladder.proof.proof import provable, prove
from rankladder.proof.symbolic import by_words, runs_on_words
from rankladder.properties.gidel2019.proofs.matrices import PROOFS
from rankladder.search.draws import draw_instance
from rankladder.search.judgement import judge
from rankladder.simulate import loss, one_layer_descent, two_layer_gradients
from tests.samples import one_in

SIZES: dict[str, Any] = {"d": Int(1, 3), "p": Int(1, 3), "r": Int(1, 3)}
OVER: dict[str, Any] = {
    **SIZES, "A": Matrix("d", "d"), "B": Matrix("d", "p"), "C": Matrix("p", "r"), "D": Matrix("d", "d"),
    "U": Orthogonal("d"), "R": Orthogonal("d"), "V": Orthogonal("p"), "Q": Orthogonal("r"), "lam": Spectrum("d", 1, 4),
    "mu": Spectrum("d", 1, 4), "nu": Spectrum("p", 1, 4), "eta": Real(0, 1), "h": Real(0, 1), "problem": Problem(d=Int(1, 3), p=Int(1, 3), r=Int(1, 3)), "S": Matrix(3, 3),
}  # fmt: skip


def stated(conclusion: Any) -> Claim:
    """The claim about the parameters that the conclusion names, and the sizes."""
    wanted = inspect.signature(conclusion).parameters
    return claim("own-words", over={n: d for n, d in OVER.items() if n in wanted or n in SIZES})(conclusion)


def holds_on_draws(made: Claim, draws: int = 5) -> bool:
    source = RandomSource(7)
    return all(judge(made, draw_instance(made, source)).outcome != "violated" for _ in range(draws))


def diag(v: Any, n: Any) -> Any:
    return rectangle(v, n, n)


def plain(problem: Any) -> Any:
    """sigma of every mode that a spectral state carries, 0 on null modes."""
    return entrywise(problem.q, lambda i: problem.sigma[i] if i < problem.m else 0 * problem.lam[i])


def state(problem: Any, a: Any) -> tuple[Any, Any]:
    return (
        problem.U @ rectangle(a, problem.d, problem.r) @ problem.Q,
        problem.Q.T @ rectangle(a, problem.r, problem.p) @ problem.V.T,
    )


def gradients(problem: Any, a: Any) -> tuple[Any, Any]:
    G1, G2 = two_layer_gradients(problem.Sxx, problem.Sxy, *state(problem, a))
    return G1, G2


def carried(problem: Any) -> Any:
    """A vector along the modes that a spectral state carries."""
    return 2 + problem.lam[: problem.q]


def moved(problem: Any, a: Any) -> Any:
    return a * (plain(problem) - problem.lam[: problem.q] * a**2)


def wide(problem: Any) -> Any:
    """A rectangle from the inputs to the hidden units, with a number for each mode."""
    return rectangle(carried(problem), problem.d, problem.r)


def hidden(problem: Any, S: Any) -> Any:
    """Any matrix from hidden units to hidden units."""
    return S[: problem.r, : problem.r]


TRUE: dict[str, Any] = {
    "transpose of a product": lambda A, B: equal((A @ B).T, B.T @ A.T),
    "distributes": lambda A, B, D: equal(A @ (B + D @ B), A @ B + A @ D @ B),
    "associates": lambda A, B, C: equal((A @ B) @ C, A @ (B @ C)),
    "orthogonal": lambda U, A: equal(U @ U.T @ A, A),
    "unit": lambda U, d: equal(U.T @ U, identity(d)),
    "resolution of the unit": lambda U, lam, d: equal(
        U @ diag(1 - lam, d) @ U.T, identity(d) - U @ diag(lam, d) @ U.T
    ),
    "conjugate": lambda U, A, D: equal((U @ A @ U.T) @ (U @ D @ U.T), U @ A @ D @ U.T),
    "inside any frame": lambda U, A, R: equal(U @ (U.T @ A @ R) @ R.T, A),
    "diagonals commute": lambda lam, d, mu: equal(diag(lam, d) @ diag(mu, d), diag(mu * lam, d)),
    "columns by a vector": lambda U, lam, d: equal((U * lam) @ U.T, U @ diag(lam, d) @ U.T),
    "rows by a vector": lambda lam, B, d: equal(lam[:, None] * B, diag(lam, d) @ B),
    "commuting": lambda U, lam, mu: equal((U * lam) @ U.T @ ((U * mu) @ U.T), (U * mu) @ U.T @ ((U * lam) @ U.T)),
    "trace around": lambda A, D: equal(np.trace(A @ D), np.trace(D @ A)),
    "trace of three": lambda A, D: equal(np.trace(A @ D @ A.T), np.trace(A.T @ A @ D.T)),
    "trace in a frame": lambda U, A: equal(np.trace(U @ A @ U.T), np.trace(A)),
    "trace of a diagonal": lambda U, lam: equal(np.trace((U * lam) @ U.T), lam.sum()),
    "norm": lambda B: equal((B * B).sum(), np.trace(B.T @ B)),
    "norm in frames": lambda U, B, V: equal(((U @ B @ V) ** 2).sum(), (B * B).sum()),
    "norm of a diagonal": lambda U, lam, R: equal((((U * lam) @ R) ** 2).sum(), (lam**2).sum()),
    "polar": lambda A, D: equal(((A + D) ** 2).sum(), (A**2).sum() + (D**2).sum() + 2 * (A * D).sum()),
    "rows": lambda lam, B: equal(((lam[:, None] * B) ** 2).sum(axis=-1), lam**2 * (B * B).sum(axis=-1)),
    "diagonal of a product": lambda A: equal(np.diagonal(A @ A.T), (A * A).sum(axis=-1)),
    "data": lambda problem: equal(problem.U.T @ problem.Sxx @ problem.U, diag(problem.lam, problem.d)),
    "fitted": lambda problem: equal(problem.Sxx @ problem.plateau(problem.m), problem.Sxy),
    "symmetric": lambda problem: equal(problem.Sxx, problem.Sxx.T),
    "balanced": lambda problem: equal(
        state(problem, carried(problem))[0].T @ state(problem, carried(problem))[0],
        state(problem, carried(problem))[1] @ state(problem, carried(problem))[1].T,
    ),
    "gradient": lambda problem: forall(
        *map(equal, gradients(problem, carried(problem)), state(problem, -moved(problem, carried(problem))))
    ),
    "loss": lambda problem: equal(
        loss(problem.Sxx, problem.Sxy, problem.plateau(problem.m)),
        -(problem.sigma * problem.omega).sum() / 2,
    ),
    "kept": lambda B, V, p: equal((B @ V)[:, : p], B @ V),
    "1 on the modes": lambda problem, S: forall(
        *(equal(wide(problem) @ T, wide(problem)) for T in triangular(hidden(problem, S), problem.q)),
        *(equal(T.T @ wide(problem).T, wide(problem).T) for T in triangular(hidden(problem, S), problem.q)),
    ),
}  # fmt: skip

FALSE: dict[str, Any] = {
    # a factor transposed
    "frame not transposed": lambda U, d: equal(U @ U, identity(d)),
    "conjugated the other way": lambda U, A: equal(U @ A @ U.T, U.T @ A @ U),
    "trace with a transpose": lambda A, D: equal(np.trace(A @ D), np.trace(A @ D.T)),
    "trace of three exchanged": lambda A, D, U: equal(np.trace(A @ D @ U), np.trace(D @ A @ U)),
    "hidden frame transposed": lambda problem: equal(
        state(problem, carried(problem))[0] @ problem.Q, problem.U @ rectangle(carried(problem), problem.d, problem.r)
    ),
    "singular frames exchanged": lambda problem: equal(problem.Sxy @ problem.Sxy.T, problem.U.T @ problem.Sxy @ problem.Sxy.T @ problem.U),
    # an orthogonality missing
    "any matrix orthogonal": lambda A, d: equal(A @ A.T, identity(d)),
    "two frames are one": lambda U, R, d: equal(U @ R.T, identity(d)),
    "any matrix is diagonal in the frame": lambda U, A, lam, d: equal(U.T @ A @ U, diag(lam, d)),
    "conjugate of two frames": lambda U, A, R, D: equal((U @ A @ R) @ (U.T @ D @ R.T), U @ A @ D @ R.T),
    # rows and columns exchanged
    "rows for columns": lambda A, lam: equal(A * lam, lam[:, None] * A),
    "sums of columns": lambda A: equal((A * A).sum(axis=-1), (A.T * A.T).sum(axis=-1)),
    "weights once": lambda lam, B: equal(((lam[:, None] * B) ** 2).sum(axis=-1), lam * (B * B).sum(axis=-1)),
    "diagonals exchanged around a matrix": lambda lam, d, A, mu: equal(
        diag(lam, d) @ A @ diag(mu, d), diag(mu, d) @ A @ diag(lam, d)
    ),
    # an index off by one, a case of the indices forgotten
    "positions shifted": lambda d, B: equal(diag(positions(d), d) @ B, diag(1 + positions(d), d) @ B),
    "one mode less": lambda problem: equal(
        problem.plateau(problem.m), problem.plateau(problem.m) - problem.plateau(problem.m - 1)
    ),
    "active everywhere": lambda problem: equal(
        diag(entrywise(problem.d, lambda i: 1 if i < problem.m else 0), problem.d), identity(problem.d)
    ),
    "carried everywhere": lambda problem: equal(
        diag(entrywise(problem.d, lambda i: 1 if i < problem.q else 0), problem.d), identity(problem.d)
    ),
    "null modes without curvature": lambda problem: equal(
        problem.Sxx, problem.U @ diag(entrywise(problem.d, lambda i: problem.lam[i] if i < problem.m else 0), problem.d) @ problem.U.T
    ),
    "null modes still": lambda problem: equal(
        gradients(problem, carried(problem))[0],
        state(problem, entrywise(problem.q, lambda i: -moved(problem, carried(problem))[i] if i < problem.m else 0))[0],
    ),
    "every mode curved": lambda problem: equal(
        (problem.lam * entrywise(problem.d, lambda i: 1 / problem.lam[i] if problem.lam[i] != 0 else 0)), 1 + 0 * problem.lam
    ),
    # true only for square, or only for 1 x 1
    "no room beyond the hidden layer": lambda problem: equal(
        rectangle(entrywise(problem.q, lambda i: 1), problem.d, problem.r) @ rectangle(entrywise(problem.q, lambda i: 1), problem.r, problem.d),
        identity(problem.d),
    ),
    "traces of units": lambda d, p: equal(np.trace(identity(d)), np.trace(identity(p))),
    "left and right frames counted alike": lambda U, V: equal((U * U).sum(), (V * V).sum()),
    "matrices commute": lambda A, D: equal(A @ D, D @ A),
    # a number changed
    "a factor of two": lambda A: equal(A + A, 3 * A),
    "half the cross term": lambda A, D: equal(((A + D) ** 2).sum(), (A**2).sum() + (D**2).sum() + (A * D).sum()),
    "a sign": lambda A, D: equal(A - D, D - A),
    "eta for its square": lambda eta, A: equal(eta * (eta * A), eta * A),
    "two rates exchanged": lambda eta, A, h, D: equal(eta * A + h * D, h * A + eta * D),
    "nonlinear in the trace": lambda A, D: equal(np.trace(A @ A @ D @ D), np.trace(A @ D @ A @ D)),
    "loss without its half": lambda problem: equal(
        loss(problem.Sxx, problem.Sxy, problem.plateau(problem.m)), -(problem.sigma * problem.omega).sum()
    ),
    "gradient with the entry not squared": lambda problem: equal(
        gradients(problem, carried(problem))[1],
        state(problem, -carried(problem) * (plain(problem) - problem.lam[: problem.q] * carried(problem)))[1],
    ),
    "gradient of the wrong factor": lambda problem: equal(
        gradients(problem, carried(problem))[0] @ problem.Q, gradients(problem, carried(problem))[0]
    ),
    "not balanced": lambda problem: equal(
        state(problem, carried(problem))[0].T @ state(problem, carried(problem))[0],
        state(problem, 2 * carried(problem))[1] @ state(problem, carried(problem))[1].T,
    ),
    "all is one": lambda A: forall(equal(A, A), equal(A, 0)),
    # what is like 1 on some rows and columns only
    "1 on no modes": lambda problem, S: equal(wide(problem) @ triangular(hidden(problem, S))[0], wide(problem)),
    "1 everywhere": lambda problem, S: equal(triangular(hidden(problem, S), problem.q)[1], identity(problem.r)),
    "1 on more than the modes": lambda problem, S: equal(triangular(hidden(problem, S), problem.q)[0] @ (identity(problem.r) + wide(problem).T @ wide(problem)), (identity(problem.r) + wide(problem).T @ wide(problem))),
    "1 on the modes or not": lambda problem, S: equal(*(triangular(hidden(problem, S), *q)[0] for q in ((), (problem.q,)))),
    "from below or from above": lambda problem, S: equal(*(triangular(M)[0] for M in (hidden(problem, S), hidden(problem, S).T))),
    "its own inverse": lambda problem, S: equal(*triangular(hidden(problem, S))),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE)
def test_a_true_identity_is_proved_for_every_shape(name: str) -> None:
    made = stated(TRUE[name])
    assert by_words(made).status is Status.proved, by_words(made).text()
    assert holds_on_draws(stated(TRUE[name]))


@pytest.mark.parametrize("name", FALSE)
def test_a_false_neighbour_runs_and_is_not_proved(name: str) -> None:
    made = stated(FALSE[name])
    assert runs_on_words(made), by_words(made).text()
    assert not by_words(made).status.shown
    assert not holds_on_draws(made, 60), "it should be false"


# --- inequalities: between vectors entry by entry, between sums term by term

AT_MOST: dict[str, Any] = {
    "entries": lambda lam, eta: 1 + lam - eta,
    "entries by the first": lambda lam: lam[0] - lam,
    "both ends of a spectrum": lambda lam: forall(4 - lam, lam - 1),
    "the greatest": lambda lam, eta: most(lam) - eta * lam,
    "the greater of two entries": lambda lam, mu, d: entrywise(d, lambda i: most(lam[i], mu[i])) - lam,
    "one of two entries": lambda lam, mu, d: entrywise(d, lambda i: most(lam[i] - mu[i], mu[i] - lam[i])),
    "a greatest that is positive": lambda lam: strictly(most(lam)),
    "sums of entries": lambda lam, eta: (lam - eta * lam).sum(),
    "a square completed": lambda A, D: (A * A).sum() + (D * D).sum() - 2 * (A * D).sum(),
    "a contraction": lambda U, lam, B: (B * B).sum() - (((U * (1 / (1 + lam))) @ U.T @ B) ** 2).sum(),
    "a table": lambda lam, mu, d: table(d, d, lambda i, j: (lam[i] + mu[j]) ** 2 - 4 * lam[i] * mu[j]),
    "an implication between pairs": lambda lam, mu, d: implies(
        table(d, d, lambda i, j: lam[i] - lam[j]), table(d, d, lambda i, j: (lam[i] - lam[j]) * mu[j])
    ),
    "the first of a row": lambda U, lam, B, d: (
        ((lam[0] * U[:, : first_of(at_least_one(d))].T @ B) ** 2).sum()
        - ((U[:, : first_of(at_least_one(d))].T @ ((U * lam) @ U.T) @ B) ** 2).sum()
    ),
}  # fmt: skip
NOT_AT_MOST: dict[str, Any] = {
    "entries": lambda lam, eta: lam - 2 * eta - 1,
    "the upper end, strictly": lambda lam: strictly(4 - lam),
    "the greater of two entries by the first": lambda lam, mu, d: (
        entrywise(d, lambda i: most(lam[i], mu[i])) - entrywise(d, lambda i: most(lam[i], mu[i]))[0]
    ),
    "the lesser of two entries": lambda lam, mu, d: entrywise(d, lambda i: least(lam[i] - mu[i], mu[i] - lam[i])),
    "the least in its place": lambda lam, eta: least(lam) - eta * lam,
    "sums of entries": lambda lam, eta: (lam - 2 * eta * lam).sum(),
    "an expansion": lambda U, lam, B: (B * B).sum() - (((U * lam) @ U.T @ B) ** 2).sum(),
    "one square short": lambda A, D: (A * A).sum() - 2 * (A * D).sum() + (D * D).sum() / 2,
    "a table, columns for rows": lambda lam, mu, d: table(d, d, lambda i, j: (lam[i] + mu[i]) - 2 * mu[j]),
    "an implication the other way": lambda lam, mu, d: implies(
        table(d, d, lambda i, j: lam[i] - lam[j]), table(d, d, lambda i, j: (lam[j] - lam[i]) * mu[j])
    ),
    "a letter by itself": lambda A: np.trace(A),
}  # fmt: skip


@pytest.mark.parametrize("name", AT_MOST)
def test_a_true_inequality_is_proved_for_every_shape(name: str) -> None:
    made = stated(AT_MOST[name])
    proof = by_words(made, ranges=True)
    assert proof.status is Status.proved, proof.text()
    assert "for every shape" in proof.summary and "signs" not in proof.summary
    assert holds_on_draws(made)


@pytest.mark.parametrize("name", NOT_AT_MOST)
def test_a_false_inequality_is_not_proved(name: str) -> None:
    made = stated(NOT_AT_MOST[name])
    assert not by_words(made, ranges=True).status.shown
    assert not holds_on_draws(made, 60), "it should be false"


# --- what no matrix of every shape can do is refused, and never taken for something else

REFUSED: dict[str, Any] = {
    "a triangle from a multiple": lambda A: equal(triangular(2 * A)[0], triangular(A)[0]),
    "a triangle from a frame": lambda U: equal(triangular(U)[0], triangular(U)[0]),
    "sizes that differ": lambda A, B: equal(A + B, B),
    "a product that does not fit": lambda B, d: equal(B @ B, B),
    "a vector of another size": lambda B, lam: equal(B * lam, B),
    "a diagonal with no room": lambda lam, d, p: equal(rectangle(lam, d, p), rectangle(lam, d, p)),
    "a trace of a rectangle": lambda B: equal(np.trace(B), np.trace(B.T)),
    "rolled": lambda lam: equal(np.roll(lam, 1), lam),
    "sorted": lambda lam: equal(np.sort(lam), lam),
    "as an array": lambda lam: equal(np.asarray(lam)[()], lam),
    "in a list": lambda lam: equal(np.array([lam])[0], lam),
    "joined": lambda lam: equal(np.concatenate([lam, lam])[:1], lam[:1]),
    "a size that may be 1": lambda A, d: equal(A, A if d != 1 else 2 * A),
    "sizes that may agree": lambda A, d, p: equal(A, A if d != p else 2 * A),
    "a branch on the number of entries": lambda A: equal(A, A if A.size < 36 else 2 * A),
    "entries counted by NumPy": lambda A: equal(A, A if np.size(A) != 64 else 2 * A),
    "a factor that is the number of entries": lambda A: equal(A.size * A, A.size * A),
    "an index that may be 0": lambda lam, d: equal(lam, entrywise(d, lambda i: lam[i] * (2 if i == 0 else 1))),
    "an index as a truth value": lambda lam, d: equal(lam, entrywise(d, lambda i: lam[i] if i else 0)),
    "a neighbour": lambda lam, d: equal(lam, entrywise(d, lambda i: lam[i + 0])),
    "the last entry": lambda lam, d: equal(lam[-1] * identity(d), lam[-1] * identity(d)),
    "a matrix as a truth value": lambda A: equal(A, A if A == A else 2 * A),
    "an entry of a matrix": lambda A: equal(A[0, 0], A[0, 0]),
    "entries of a product": lambda A: equal((A * A)[0], 0),
    "an absolute value": lambda A: equal(np.abs(A), A),
    "a root of a trace": lambda A: equal(np.sqrt((A * A).sum()), np.sqrt((A * A).sum())),
    "a counted loop": lambda A, d: forall(*(equal(A, A) for _ in range(d))),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_known_of_every_shape_is_refused(name: str) -> None:
    made = stated(REFUSED[name])
    assert not runs_on_words(made) and not by_words(made).status.shown


# --- for every number of steps

STEPPED: dict[str, Any] = {
    **SIZES,
    "root": Matrix("d", "d"), "Y": Matrix("d", "p"), "W": Matrix("d", "p"), "eta": Real(0, "1/4"), "steps": Int(1, 4),
}  # fmt: skip


def one_layer(root: Any, Y: Any, eta: Any) -> Any:
    def run(state: Any, times: Any) -> Any:
        (W,) = state
        return [(part,) for part in one_layer_descent(root @ root.T, Y, W, eta, list(times)).W]

    return run


def stepped(conclusion: Any) -> Claim:
    return claim("own-steps", over=STEPPED)(conclusion)


def residual(root: Any, Y: Any, W: Any) -> Any:
    return root @ root.T @ W - Y


@pytest.mark.parametrize(("factor", "shown"), [(1, True), (2, False), (-1, False)])
def test_a_relation_of_every_step_to_the_next(factor: int, shown: bool) -> None:
    def contracts(root: Any, Y: Any, W: Any, eta: Any, steps: int) -> Any:
        def relation(before: Any, after: Any) -> Any:
            R = residual(root, Y, before[0])
            return equal(residual(root, Y, after[0]), R - factor * eta * (root @ root.T @ R))

        return every_step(one_layer(root, Y, eta), (W,), steps, relation)

    made = stepped(contracts)
    assert by_words(made).status.shown is shown and holds_on_draws(made) is shown


ABOVE_ONE = Spectrum("d", 1, 4)
DIAGONAL: dict[str, Any] = {"d": Int(1, 3), "lam": ABOVE_ONE, "start": ABOVE_ONE, "eta": Real(0, "1/4")}


@pytest.mark.parametrize(
    ("closed", "shown"),
    [
        (lambda w, q, k: w * q**k, True),
        (lambda w, q, k: w * q ** (k + 1), False),  # another start
        (lambda w, q, k: w * q ** (2 * k), False),  # another step
        (lambda w, q, k: w * q * k + w * (1 - k), False),  # right at 0 and at 1
        (lambda w, q, k: 2 * w * q**k, False),  # right steps from another start
    ],
)
def test_a_closed_form_at_every_step(closed: Any, shown: bool) -> None:
    def form(lam: Any, start: Any, eta: Any, d: Any) -> Any:
        S = diag(lam, d)
        return follows(
            one_layer_of(S, 0 * S, eta),
            (diag(start, d),),
            lambda: range(4),
            lambda k: (diag(closed(start, 1 - eta * lam, k), d),),
        )

    made = claim("own-closed", over=DIAGONAL)(form)
    assert by_words(made).status.shown is shown and holds_on_draws(made) is shown


def one_layer_of(S: Any, Y: Any, eta: Any) -> Any:
    return lambda state, times: [(W,) for W in one_layer_descent(S, Y, state[0], eta, list(times)).W]


def opposed(w: Any, lam: Any) -> Any:
    """How much larger w is where the column's index is put for the row's."""
    return table(*lam.shape, *lam.shape, lambda i, j: w[j] - w[i])


def in_order(w: Any, lam: Any) -> Any:
    """Where lam is no smaller, w is no larger."""
    return implies(table(*lam.shape, *lam.shape, lambda i, j: lam[i] - lam[j]), opposed(w, lam))


BOUNDED: dict[str, Any] = {
    # of the orbit of w <- w (1 - eta lam w) from the entries of a spectrum
    "stays below its start": (lambda w, q, lam: [1 / lam - w, w], lambda w, q, lam: 1 / lam - w, True),
    "a bound that is not kept": (lambda w, q, lam: [1 / lam - 2 * w], lambda w, q, lam: 1 / lam - 2 * w, False),
    "a bound that does not hold at the start": (lambda w, q, lam: [-w], lambda w, q, lam: -w, False),
    "more than is carried": (lambda w, q, lam: [1 / lam - w, w], lambda w, q, lam: 1 / (2 * lam) - w, False),
    "pairs in order": (lambda w, q, lam: [1 / lam - w, w, in_order(w, lam)], lambda w, q, lam: in_order(w, lam), True),
    "pairs in order, whatever lam": (lambda w, q, lam: [1 / lam - w, w, in_order(w, lam)], lambda w, q, lam: opposed(w, lam), False),
    "beside a sequence": (lambda w, q, lam: [1 / lam - w, w, q - w], lambda w, q, lam: q - w, True),
    "beside a sequence that starts below": (lambda w, q, lam: [1 / lam - w, w, q / 2 - w], lambda w, q, lam: q / 2 - w, False),
}  # fmt: skip


@pytest.mark.parametrize("name", one_in(3, BOUNDED))
def test_bounds_that_every_state_keeps(name: str) -> None:
    along, says, shown = BOUNDED[name]
    over = {"d": Int(1, 3), "lam": Spectrum("d", 1, 4), "eta": Real(0, "1/16")}

    def keeps(d: Any, lam: Any, eta: Any) -> Any:
        def run(state: Any, times: Any) -> Any:
            made = []
            for k in times:
                (W,) = state
                for _ in range(k):
                    W = W - eta * (lam[:, None] * W) @ W
                made.append((W,))
            return made

        return keeps_form(
            run, (diag(1 / lam, d),), lambda: [0, 1, 2], form=lambda a: (diag(a, d),),
            read=lambda state: np.diagonal(state[0]), along=lambda w, q: along(w, q, lam),
            beside=(1 / lam, 1 + 0 * lam), says=lambda state, q: says(np.diagonal(state[0]), q, lam),
        )  # fmt: skip

    made = claim("own-bounded", over=over, given={"small": symbols("eta") <= 1})(keeps)
    assert by_words(made, ranges=True).status.shown is shown, by_words(made, ranges=True).text()


# --- claims of the catalogue, and a user's


# a search for identities of their false neighbours takes seconds, or a minute
LONG = {
    "GD-9.modes", "GD-9.plateaus", "LIMIT-3", "LIMIT-4.constant", "LIMIT-4.smallness", "LIN-5.larger-first",
    "LIN-5.rank-margin", "LIN-5.ratio", "LOSS-2.descent", "LOSS-2.flow", "RRR-1.visited", "RRR-2.autoencoder",
    "RRR-2.consistent", "RRR-2.whitened", "RRR-4.descent", "RRR-4.flow", "STEP-6.bounded", "STEP-6.monotone",
    "STEP-7.stable",
}  # fmt: skip


@pytest.mark.parametrize(
    "id",
    [pytest.param(id, marks=[pytest.mark.slow] * (i % 6 > 0 or id in LONG)) for i, id in enumerate(PROOFS)],
)
def test_a_matrix_claim_is_shown_and_none_of_its_twins(id: str) -> None:
    whole = load_catalogue()[id]
    choices = [{"layers": 3}] if "layers" in whole.over else [{}]
    assert PROOFS[id]().status.shown
    for twin in whole.twins.values():
        assert not by_words(twin, choices).status.shown, twin.id


def test_a_users_identity_needs_no_written_proof() -> None:
    over = {**SIZES, "U": Orthogonal("d"), "A": Matrix("d", "p")}
    made = claim("own-norm", over=over)(lambda U, A: equal(((U @ A) ** 2).sum(), (A * A).sum()))
    assert provable(made)
    proof = prove(made)
    assert proof is not None and proof.status is Status.proved and proof.region == ""
    assert "for every shape, by the signs of the parameters alone" in proof.summary
    other = claim("own-not-norm", over={**over, "U": Matrix("d", "d")})(
        lambda U, A: equal(((U @ A) ** 2).sum(), (A * A).sum())
    )
    found = prove(other)
    assert found is None or not found.status.shown
    unknown = claim("own-entry", over=over)(lambda U, A: equal(A[0, 0], A[0, 0]))
    assert not provable(unknown)


def test_code_that_can_tell_words_from_numbers_proves_nothing() -> None:
    def asks(d: Any, A: Any) -> Any:
        return equal(A, (2 if isinstance(d, int) and d == 83 else 1) * A)

    def catches(d: Any, A: Any) -> Any:
        try:
            factor = 2 if int(d) == 83 else 1
        except Exception:
            factor = 1
        return equal(A, factor * A)

    def suppresses(d: Any, A: Any) -> Any:
        factor = 1
        with suppress(TypeError):
            factor = 2 if d == 83 else 1
        return equal(A, factor * A)

    def calls(d: Any, A: Any) -> Any:
        return asks(d, A)

    def prints(d: Any, A: Any) -> Any:
        return equal(A, (2 if f"{d}" == "83" else 1) * A)

    def compares(d: Any, A: Any) -> Any:
        return equal(A, (2 if A.shape[0] is d else 1) * A)

    for conclusion in (asks, catches, suppresses, calls, prints, compares):
        made = claim("own-kinds", over={"d": Int(1, 90), "A": Matrix("d", "d")})(conclusion)
        assert not provable(made)
