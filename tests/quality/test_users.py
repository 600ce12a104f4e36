"""Claims as users write them, by someone who did not know the search: most of the false ones fall, no true one does."""

from fractions import Fraction

import pytest

from rankladder import Claim, Verdict, check
from rankladder.language.parsing import fitted, parse_instance
from rankladder.search.draws import satisfies
from rankladder.search.explore import explore_claim
from rankladder.search.judgement import judge
from rankladder.verdicts import boundary as find_boundary
from tests.quality.users_false import COUNTEREXAMPLES, FALSE
from tests.quality.users_thresholds import THRESHOLDS
from tests.quality.users_true import TRUE

SHOWN = (Verdict.proved, Verdict.certified)


@pytest.mark.parametrize("claim", FALSE, ids=lambda c: c.id)
def test_a_false_claim_has_the_counterexample_that_was_found_by_hand(claim: Claim) -> None:
    instance = fitted(parse_instance(COUNTEREXAMPLES[claim.id]), claim.over)
    assert satisfies(claim, instance) is True and judge(claim, instance).outcome == "violated"


def verdicts(claims: list[Claim], seed: int) -> dict[str, Verdict]:
    return {c.id: check(c, seed=seed).verdict for c in claims}


@pytest.mark.parametrize(
    ("every", "seed", "most"),
    [(4, 0, 1), *(pytest.param(1, seed, 4, marks=pytest.mark.slow) for seed in range(5))],
)
def test_a_check_refutes_nearly_all_mistakes_and_shows_none(every: int, seed: int, most: int) -> None:
    found = verdicts(FALSE[::every], seed)
    assert not [id for id, verdict in found.items() if verdict in SHOWN]
    left = [id for id, verdict in found.items() if verdict is not Verdict.refuted]
    assert len(left) <= most, left


@pytest.mark.slow
def test_exploring_refutes_nearly_all_of_it() -> None:
    left = [c.id for c in FALSE if explore_claim(c, budget=60).simple is None]
    assert len(left) <= 2, left


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_what_users_get_right_stands(seed: int) -> None:
    found = verdicts(TRUE, seed)
    assert not [id for id, v in found.items() if v in (Verdict.refuted, Verdict.vacuous, Verdict.error)]
    assert sum(verdict is Verdict.suspect for verdict in found.values()) <= 2


@pytest.mark.slow
@pytest.mark.parametrize(("claim", "parameter", "known"), [pytest.param(*t, id=t[0].id) for t in THRESHOLDS])
def test_a_threshold_is_met_for_every_seed_to_its_digits(claim: Claim, parameter: str, known: object) -> None:
    found = [find_boundary(claim, parameter, seed=seed, budget=3000) for seed in range(5)]
    assert len({(each.kind, each.digits, f"{each.estimate:.12g}") for each in found}) == 1
    for each in found:
        assert each.fails_at is not None and each.witness is not None
        assert judge(claim, each.witness.instance).outcome == "violated"
        if known is not None:
            exact = Fraction(str(known.evalf(30))) if hasattr(known, "evalf") else Fraction(known)  # type: ignore[arg-type]
            assert abs(each.fails_at - exact) <= Fraction(1, 20) * abs(exact)
