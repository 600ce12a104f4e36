"""A twin is its claim with one part changed; a part that the claim does not have is refused with its remedy."""

from fractions import Fraction
from typing import Any

import pytest

from rankladder import Otherwise, Real, always, check, claim, lemma, symbols
from rankladder.language.statement import Claim
from rankladder.language.verdict import Verdict

x, y = symbols("x y")


@pytest.fixture
def parabola() -> Claim:
    @claim(
        "twins-parabola",
        over={"x": Real(-1, 1), "y": Real(0, 1)},
        given={"ordered": x <= y, "range": Otherwise("y", Real(0, 4))},
        constants={"most": 1, "square": lambda x: x * x},
    )
    def made(x: Any, y: Any, most: Any, square: Any) -> Any:
        return most - square(x) * square(y)

    return made


@pytest.mark.parametrize(
    "change",
    [
        {"constants": {"most": Fraction(9, 10)}},
        {"constants": {"square": lambda x: 2 * x}},
        {"over": {"y": Real(1, 2)}},
        {"given": {"ordered": x >= y}, "constants": {"most": 0}},
        {"given": {"ordered": None}, "over": {"x": Real(1, 2), "y": Real(1, 2)}},
        {"drop": "range"},
        {"conclusion": lambda x, y: x},
    ],
)
def test_a_twin_is_refuted(parabola: Claim, change: dict[str, Any]) -> None:
    twin = parabola.twin("changed", "one part changed", **change)
    assert parabola.twins == {"changed": twin}
    assert (twin.id, twin.title, twin.expects) == ("twins-parabola~changed", "one part changed", "refuted")
    assert check(twin, profile="quick").verdict is Verdict.refuted


def test_its_claim_is_not(parabola: Claim) -> None:
    assert check(parabola, profile="quick").verdict is Verdict.tested


def test_a_relation_is_changed_and_so_is_the_step_of_an_orbit() -> None:
    made = lemma("twins-mean", x**2 + y**2 >= 2 * x * y)
    assert check(made.twin("more", "2.1", relation=x**2 + y**2 >= 2.1 * x * y)).verdict is Verdict.refuted
    halving = always("twins-halving", x <= y, start={x: y}, step={x: x / 2}, over={"y": Real(0, 1)})
    assert check(halving.twin("doubling", "doubles", step={x: 2 * x})).verdict is Verdict.refuted
    assert check(halving.twin("higher", "starts higher", start={x: y + 1})).verdict is Verdict.refuted
    assert check(halving.twin("strict", "strictly", relation=x < y)).verdict is Verdict.refuted


@pytest.mark.parametrize(
    ("slug", "change", "said"),
    [
        ("none", {}, "has none; pass constants="),
        ("two words", {"drop": "ordered"}, "slug without spaces"),
        ("least", {"constants": {"least": 0}}, r"constants= .* \(most, square\) but got 'least'"),
        ("z", {"over": {"z": Real(0, 1)}}, r"over= .* \(x, y\) but got 'z'"),
        ("odd", {"given": {"odd": x > 0}}, r"given= .* \(ordered, range\) but got 'odd'"),
        ("step", {"step": {x: x / 2}}, r"step= .* \(none\)"),
        ("relation", {"relation": x <= y}, "Expected a constant or a conclusion"),
    ],
)
def test_what_a_claim_does_not_have_is_refused(parabola: Claim, slug: str, change: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parabola.twin(slug, "changed", **change)
