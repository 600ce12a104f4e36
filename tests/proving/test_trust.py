"""Mistakes that were planted, one a layer, each with the test that must then fail (docs/trust.md)."""

import os

import pytest

from tests.packaging.checkout import ROOT, copy_of_checkout
from tests.processes import python

PROVING = "tests/proving/test_"
# layer: file, the text before and after, and the test that fails
PLANTED = {
    "simulator": (
        "simulate/dynamics.py", "    return z * (factor * factor)", "    return z * factor",
        f"{PROVING}soundness.py::test_the_step_of_the_simulator_is_a_part_of_the_proof",
    ),
    "balls": (
        "rankladder/numbers/balls.py", '    ("mul", operator.mul),', '    ("mul", lambda a, b: a.mid() * b),',
        "tests/simulate/test_balls.py::test_arithmetic_encloses_and_is_narrow",
    ),
    "words in matrices": (
        "rankladder/numbers/words.py", 'self.kind == "orthogonal" and other == self.T',
        'self.kind == "orthogonal" and other in (self, self.T)',
        f"{PROVING}words.py::test_a_false_neighbour_runs_and_is_not_proved",
    ),
    "translation to the solvers": (
        "rankladder/proof/smtlib.py", "_compared(top * bottom, kind, roots)", "_compared(top, kind, roots)",
        f"{PROVING}smtlib.py::test_the_text_for_the_solvers_means_the_negation_of_what_was_asked",
    ),
    "induction": (
        "rankladder/language/induction.py", "*map(self.next, known), statement)",
        "*map(self.next, known), statement, self.next(statement))",
        f"{PROVING}soundness.py::test_a_change_of_any_piece_of_an_induction_is_noticed",
    ),
    "quantifier": (
        "rankladder/language/margins.py", '_reduce(margins, "forall", True)', '_reduce(margins, "forall", False)',
        "tests/properties/test_enclosure.py::test_forall_and_exists_are_least_and_greatest",
    ),
    "domain": (
        "rankladder/domains/domain.py", "x >= self.lower if self.lower_closed else x > self.lower", "x > self.lower",
        f"{PROVING}soundness.py::test_an_end_belongs_to_a_range_or_not",
    ),
    "store": (
        "rankladder/proof/kept_identities.py", "if k is not None and identities_hold(k)", "if k is not None",
        f"{PROVING}identities.py::test_a_kept_identity_is_not_believed",
    ),
    "verdict": (
        "rankladder/proof/parts.py", "return max((p.status for p in parts)", "return min((p.status for p in parts)",
        f"{PROVING}soundness.py::test_nothing_follows_from_a_contradiction",
    ),
    "report": (
        "rankladder/report/assertions.py", '"proved" if all(', '"proved" if any(',
        "tests/framework/test_paper.py::test_an_assertion_is_as_strong_as_its_weakest_claim",
    ),
    "checker of identities": (
        "rankladder/proof/identity_checker.py", " or _product(left, shown) != right:",
        ":",
        f"{PROVING}identities.py::test_of_five_hundred_changed_certificates_those_that_are_wrong_are_rejected",
    ),
    "printed identities": (
        "rankladder/proof/identity_text.py", "left, kind = _minus(left), kind", "left, kind = left, kind",
        f"{PROVING}identities.py::test_what_is_printed_of_every_kept_identity_is_true_and_its_signs_are_known",
    ),
    "Coq": (
        "rankladder/proof/coqc.py", "if used - allowed or not", "if not",
        f"{PROVING}coq.py::test_a_changed_file_is_rejected",
    ),
}  # fmt: skip


def test_the_page_on_trust_lists_them() -> None:
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    table = page.partition("## Mistakes that were planted")[2]
    rows = [line.split(" | ")[0].strip("| ") for line in table.splitlines() if line.startswith("| ")]
    assert rows[1:] == list(PLANTED)


@pytest.mark.slow
@pytest.mark.parametrize("layer", PLANTED)
def test_a_planted_mistake_is_caught(layer: str, tmp_path) -> None:
    file, before, after, test = PLANTED[layer]
    whole = copy_of_checkout(tmp_path) / file
    text = whole.read_text(encoding="utf-8")
    assert text.count(before) == 1

    def passes() -> bool:
        words = ["-m", "pytest", "-q", "-n0", "-x", "-p", "no:cacheprovider", test]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "RANKLADDER_CACHE": str(tmp_path / "cache")}
        run = python(*words, cwd=tmp_path, env=environment, timeout=900)
        assert run.returncode in (0, 1), run.stdout + run.stderr  # tests ran, and passed or failed
        return run.returncode == 0

    assert passes()
    whole.write_text(text.replace(before, after), encoding="utf-8")
    assert not passes()
