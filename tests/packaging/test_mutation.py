"""The script that mutates: what it changes, what it leaves alone, which tests it runs."""

from __future__ import annotations

import tomllib

import pytest

from tests.packaging.checkout import PACKAGES, ROOT, script

mutants = script("mutants")
SETTINGS = tomllib.loads((ROOT / ".ci" / "mutants.toml").read_text(encoding="utf-8"))

SOURCE = """from __future__ import annotations
if TYPE_CHECKING:
    from a import b
    size: int | None = 3
limit: float | int = 4

@kernel(error=1)
def f(x: int | str = 2, *, y: "é | ü" = 1) -> int | None:
    z: int | float
    return x | y
"""


def test_annotations_and_blocks_for_type_checkers_are_never_executed() -> None:
    lines = SOURCE.splitlines()
    texts = [
        lines[first - 1][begin:end] if first == last else (first, last)
        for (first, begin), (last, end) in mutants.never_executed(SOURCE)
    ]
    assert sorted(map(str, texts)) == sorted(
        ["from a import b", "size: int | None = 3", "int | None", "float | int", "int | str", '"é | ü"',
         "int | None", "int | float"]
    )  # fmt: skip


def test_every_module_has_tests_that_exist() -> None:
    for package in PACKAGES:
        for module in mutants.modules_of(package):
            words = mutants.tests_of(module, SETTINGS["tests"])
            paths = [w for w in words if w.startswith("tests/")]
            assert paths, module
            assert all((ROOT / w.split("::")[0]).exists() for w in paths), (module, words)


def test_a_module_without_tests_is_an_error() -> None:
    with pytest.raises(SystemExit, match=r"no line of mutants\.toml fits theory/new\.py"):
        mutants.tests_of("theory/new.py", {"simulate/*": ["tests/simulate"]})
    assert mutants.tests_of("a/b.py", {"a/b*": ["-k", "{name}"], "a/*": ["tests"]}) == ["-k", "b"]


def test_what_only_imports_is_no_module_that_computes() -> None:
    assert "theory/descent.py" in mutants.modules_of("theory")
    assert "properties/commands/__init__.py" not in mutants.modules_of("properties")


def test_a_report_counts_equivalents_as_alive_and_names_what_is_not_covered() -> None:
    kinds = ["killed", "killed", "time limit"]
    results = [
        {"module": "theory/a.py", "operator": "o", "occurrence": i, "line": 1, "column": 0, "outcome": kind}
        for i, kind in enumerate(kinds)
    ]
    text = mutants.report("theory", {"theory/a.py": 9, "theory/b.py": 0}, results)
    assert "3 of 3 killed (100.0%), 1 of them by the time limit" in text
    assert "| theory/a.py | 9 | 3 | 3 | 0 |" in text
    assert "| theory/b.py | not covered | 0 | 0 | 0 |" in text


class TestWithTheTool:
    """What needs cosmic-ray, which the extra ``mutation`` brings."""

    @pytest.fixture(autouse=True)
    def _tool(self) -> None:
        pytest.importorskip("cosmic_ray", reason="the extra `mutation` is not installed")

    def test_a_sample_is_the_same_every_time_and_another_for_another_seed(self) -> None:
        found = list(mutants.mutants_of("theory/starts.py"))
        first = mutants.drawn(found, 5, 0)
        assert first == mutants.drawn(found, 5, 0) != mutants.drawn(found, 5, 1)
        assert len(set(first)) == 5
        for mutant in first:
            changed, source = mutants.mutated(mutant), mutants.source_of(mutant.module)
            different = [a != b for a, b in zip(changed.splitlines(), source.splitlines(), strict=False)]
            assert any(different) or len(changed) != len(source)
            assert f"theory/starts.py:{mutant.line} {mutant.operator}" in mutants.difference(mutant)

    def test_other_lines_do_not_change_a_sample(self, monkeypatch: pytest.MonkeyPatch) -> None:
        module, plain = "theory/starts.py", mutants.source_of
        before = mutants.drawn(list(mutants.mutants_of(module)), 40, 0)
        future = "from __future__ import annotations\n"
        monkeypatch.setattr(
            mutants, "source_of", lambda m: plain(m).replace(future, f"{future}added = 1 + 2\n")
        )
        every = mutants.drawn(list(mutants.mutants_of(module)), 10_000, 0)
        line = mutants.source_of(module).splitlines().index("added = 1 + 2") + 1
        after = [m for m in every if m.line != line]
        assert len(after) < len(every)
        assert [(m.operator, m.line - 1, m.column) for m in after[:40]] == [
            (m.operator, m.line, m.column) for m in before
        ]

    def test_decorated_functions_and_decorators_are_mutated(self) -> None:
        found = list(mutants.mutants_of("theory/starts.py"))
        source = mutants.source_of("theory/starts.py").splitlines()
        assert any(source[m.line - 1].startswith("@derivation") for m in found)
        assert any("velocity, b = " in source[m.line - 1] for m in found)  # in a cached function

    def test_nothing_is_mutated_where_nothing_is_executed(self) -> None:
        module = "theory/descent.py"
        skipped = mutants.never_executed(mutants.source_of(module))
        places = [(m.line, m.column) for m in mutants.mutants_of(module)]
        assert skipped and places
        assert not any(begin <= place < end for place in places for begin, end in skipped)


def test_parts_hold_every_mutant_once_and_never_share_tests() -> None:
    found = [mutants.Mutant(f"a/{name}.py", "op", n, n, 0) for n, name in enumerate("uvwxuvy")]
    tests = {f"a/{name}.py": [words] for name, words in zip("uvwxy", ("t", "t", "s", "r", "s"), strict=True)}
    parts = [mutants.part_of(found, tests, part, 2) for part in (1, 2)]
    assert ["".join(m.module[2] for m in part) for part in parts] == ["uvxuv", "wy"]
    assert mutants.part_of(found, tests, 1, 1) == found
