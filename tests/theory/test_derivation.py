"""What a derivation is made of: verification, and its three ways to be read."""

import pytest
import sympy

from rankladder import theory
from rankladder.theory import DerivationError, Step, all_derivations, derivations_for
from rankladder.theory.derivation import vanishes
from tests.processes import python

x, y = sympy.symbols("x y", positive=True)


def test_derivations_are_found_by_the_claims_they_lead_to() -> None:
    for name in ("loss", "mode-flow", "normal-form", "transition"):
        build = all_derivations()[name]
        assert build().id == name
        for claim in build().claims:
            assert build() in derivations_for(claim)
            assert derivations_for(f"{claim}.child.of-child") == derivations_for(claim)
    assert derivations_for("NONE-1") == []


@pytest.mark.parametrize(
    ("residual", "zero"),
    [
        (None, False),
        (False, False),
        ((x - x, 0), True),
        ([x, 0], False),
        ([None, 0], False),
        (sympy.Matrix([0, x]), False),
        (sympy.Matrix([(x + 1) ** 2 - x**2 - 2 * x - 1, 0]), True),
        ((x + y) ** 2 - x**2 - 2 * x * y - y**2, True),
        (1 / (x + 1) - 1 / x + 1 / (x * (x + 1)), True),
        (sympy.log(x**2 * y) - 2 * sympy.log(x) - sympy.log(y), True),
        (sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1, True),
        (sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1 + sympy.Rational(1, 10**40), False),
        # zero at the one rational point that is tried first, but not zero
        (x - sympy.Rational(3, 11), False),
        (sympy.Symbol("a", commutative=False) * sympy.Symbol("b", commutative=False), False),
    ],
)
def test_only_zero_vanishes(residual: object, zero: bool) -> None:
    assert vanishes(residual) is zero


def test_a_failure_names_its_step_and_shows_the_residual_cut_short() -> None:
    Step("fine", "0 = 0", "it is", 0).verify()
    with pytest.raises(DerivationError, match=r"^step 'bad' does not verify: residual x - 1$"):
        Step("bad", "x = 1", "it is not", x - 1).verify()
    long = sum(sympy.Symbol(f"v{i:03}") for i in range(200))
    with pytest.raises(DerivationError) as caught:
        Step("long", "", "", long).verify()
    assert str(caught.value) == f"step 'long' does not verify: residual {sympy.sstr(long)[:200]}"
    assert issubclass(DerivationError, ArithmeticError)


def test_nothing_is_derived_on_import_and_every_name_is_found() -> None:
    words = "import sys; from rankladder import theory; assert not any(m.startswith('rankladder.theory.') or m == 'sympy' for m in sys.modules)"
    python("-c", words, check=True)
    assert all(callable(getattr(theory, name)) for name in theory.__all__)
    with pytest.raises(AttributeError, match="absent"):
        _ = theory.absent  # type: ignore[attr-defined]
