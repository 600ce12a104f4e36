"""Proofs on symbols: what is shown is the claim's own conclusion, so a broken twin of a proved claim is not proved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from rankladder import (
    Matrix,
    Problem,
    Real,
    Spectrum,
    claim,
    equal,
    exp,
    forall,
    iff,
    implies,
    least,
    most,
    strictly,
    symbols,
)
from rankladder.language.library import load_catalogue
from rankladder.numbers.balls import Undecided
from rankladder.proof.expressions import Expression, statement
from rankladder.proof.parts import Status
from rankladder.proof.symbolic import by_symbols
from rankladder.proof.zero import is_zero, positive_by_terms
from rankladder.properties.gidel2019.proofs import flow, modes, one_layer, steps

x, y = sympy.symbols("x y", positive=True)
# proofs whose obligation is the conclusion of the claim; the others state their own and compare it
OWN = [
    *flow.PROOFS,
    *steps.PROOFS,
    *one_layer.PROOFS,
    *(set(modes.PROOFS) - {"GD-1.decoupling", "GD-1.sign", "LOSS-1"}),
]
ROUTES = flow.PROOFS | steps.PROOFS | one_layer.PROOFS | modes.PROOFS


@pytest.mark.slow
@pytest.mark.parametrize("twin_id", sorted(t.id for id in OWN for t in load_catalogue()[id].twins.values()))
def test_the_route_that_proves_a_claim_does_not_prove_its_twin(
    twin_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, slug = twin_id.split("~")
    instead = {**load_catalogue(), parent: load_catalogue()[parent].twins[slug]}
    for module in (flow, one_layer):
        monkeypatch.setattr(module, "load_catalogue", lambda: instead)
    proof = ROUTES[parent]()
    assert proof.status not in (Status.proved, Status.certified), proof.text()


def test_a_margin_says_what_must_be_shown() -> None:
    a, b = Expression(x), Expression(y)
    assert statement(equal(a, b)) == sympy.Eq(x - y, 0)
    assert statement(strictly(a - b)) == (x - y > 0)
    assert statement(forall(a - b, b - a)) == sympy.And(x - y >= 0, y - x >= 0)
    assert statement(implies(a - b, b - a)) == sympy.Or(x - y < 0, y - x >= 0)
    said = statement(iff(a - b, 1 - a))
    assert said.subs({x: 2, y: 3}) == sympy.true
    assert said.subs({x: 4, y: 3}) == sympy.false


def test_only_signs_decide_a_comparison() -> None:
    a, b = Expression(x), Expression(y)
    assert a + b > 0
    assert a != 0
    for undecided in (lambda: a > b, lambda: a == b, lambda: bool(a - b), lambda: float(a), lambda: a < 1):
        with pytest.raises(Undecided):
            undecided()


def test_least_and_greatest_are_names_with_what_is_known_of_them() -> None:
    def prove(conclusion: Any) -> Status:
        made = claim("own-least", over={"s": Real(0, 4), "z0": Real(0, 4)})(conclusion)
        return by_symbols(made).status

    assert prove(lambda s, z0: least(s, z0) * 1 + most(s, z0) - s - z0 + s * s) is Status.proved
    assert prove(lambda s, z0: most(s, z0) * 1 - least(s, z0)) is Status.proved
    assert prove(lambda s, z0: least(s, z0) * 1 - s) is not Status.proved


def test_matrices_of_ones_own_claims_are_matrices_of_symbols() -> None:
    over = {"A": Matrix("d", "d"), "lam": Spectrum("d", 1, 4)}

    def gram(sign: int) -> Any:
        made = claim("own-trace", over=over)(lambda A, lam: equal(np.trace(A @ A.T), sign * (A * A).sum()))
        return by_symbols(made, [{"d": 2}])

    assert (gram(1).status, gram(1).region) == (Status.certified, "d = 2")
    assert gram(-1).status is Status.open


def test_an_identity_needs_more_than_one_point() -> None:
    z = sympy.Symbol("z", real=True)
    assert is_zero((z - 1) * (z + 1) - z**2 + 1)
    assert not is_zero(sympy.prod(z - k for k in range(9)))
    assert is_zero(sympy.exp(2 * z) - sympy.exp(z) ** 2)
    assert not is_zero(sympy.exp(2 * z) - sympy.exp(z))
    assert not is_zero(sympy.sqrt(x**2 + 1) - x)


def test_terms_of_one_sign_say_the_sign() -> None:
    z = sympy.Symbol("z", nonnegative=True)
    assert positive_by_terms(x / (1 + y) + z)
    assert positive_by_terms(x / (1 + y) + z, strictly=True)
    assert positive_by_terms(-x / (-1 - y))
    assert positive_by_terms(z)
    assert not positive_by_terms(z, strictly=True)
    assert not positive_by_terms(1 / z), "no value at 0"
    assert not positive_by_terms(x - y)
    assert not positive_by_terms(sympy.Symbol("r", real=True) ** 2)
    assert not positive_by_terms(-x)


def test_what_has_no_form_for_symbols_is_open() -> None:
    s = symbols("s")
    made = claim("own-float", over={"s": Real(0, 4)}, given={"small": s <= 1})(lambda s: float(s))
    proof = by_symbols(made)
    assert proof.status is Status.open
    assert "no number" in proof.parts[0].detail
    assert exp(Expression(x)).expr == sympy.exp(x)


KNOWN_OF = {
    "commuting": lambda p: equal(p.sigma, p.lam[: p.m] * p.omega),
    "whitened": lambda p: forall(equal(p.lam, 1), equal(p.sigma, p.omega)),
    "autoencoder": lambda p: forall(
        equal(p.lam[: p.m], p.sigma), equal(p.omega, 1), equal(p.lam[-1], p.sigma[-1] * int(p.m == p.d))
    ),
}


@pytest.mark.parametrize("kind", sorted(KNOWN_OF))
def test_symbols_know_of_a_problem_what_its_kind_says_and_no_more(kind: Any) -> None:
    def proves(conclusion: Any, shape: tuple[int, int, int, int] = (2, 2, 2, 2)) -> bool:
        made = claim(f"own-known-{kind}", over={"problem": Problem(kind=kind)})(
            lambda problem: conclusion(problem)
        )
        return by_symbols(made, [{"problem": shape}]).status is Status.certified

    for shape in ((2, 2, 2, 2), (2, 2, 2, 1), (2, 1, 2, 1)):
        assert proves(KNOWN_OF[kind], shape), shape
    # the strengths never rise, and are positive; they may be equal, and of any size
    assert proves(lambda p: forall(p.sigma[0] - p.sigma[1], strictly(p.sigma[1])))
    assert not proves(lambda p: p.sigma[1] - p.sigma[0])
    assert not proves(lambda p: strictly(p.sigma[0] - p.sigma[1]))
    assert not proves(lambda p: 1 - p.sigma[0])
    # a null mode may have any curvature, but where the kind fixes it
    assert proves(lambda p: p.lam[1], (2, 2, 2, 1))
    assert proves(lambda p: strictly(p.lam[1]), (2, 2, 2, 1)) is (kind == "whitened")
    assert proves(lambda p: equal(p.U, p.V)) is (kind == "autoencoder")
