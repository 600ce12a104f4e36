"""Mutation testing: change the source in one place, run that module's tests, and see whether one of them fails.

``python .ci/mutants.py theory`` draws 200 mutants of a package with a fixed seed (``--sample``, ``--seed``; ``--all``
takes every one) and prints, as Markdown, the mutants of every module and the survivors with their diffs.
cosmic-ray makes the mutants, decorated functions included; which tests belong to a module stands in
``mutants.toml``. Needs the extra ``mutation``.

A mutant runs in a fork of a process that has imported the libraries, but nothing of ours, in a copy of the project,
with the JIT off (on only for the modules in ``mutants.toml`` that need it), until the first test fails. A test that
fails, an import that breaks or a mutant that takes four times as long as the unchanged source is a kill. Nothing else
is. What no operator of the tool changes (words) and what is never executed (annotations, which stay strings here, and
blocks under ``TYPE_CHECKING``) has no mutants; nor has text that Python cannot compile or that compiles to the same
tree.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import hashlib
import json
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from functools import cache
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # also where this file is loaded by its path
from mutant_runs import OVERTIME, PACKAGES, SURVIVED, Workshop

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Mutant:
    """The ``occurrence``-th place of a module that an operator of the tool changes, and where it is."""

    module: str
    operator: str
    occurrence: int
    line: int
    column: int


@cache
def source_of(module: str) -> str:
    """The text of a module, as it is at the start of the run."""
    return (ROOT / module).read_text(encoding="utf-8")


def never_executed(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where a module's annotations and its blocks for type checkers stand: begin and end, (line, column) each."""
    found: list[ast.AST] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.arg) and node.annotation:
            found.append(node.annotation)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
            found.append(node.returns)
        elif isinstance(node, ast.AnnAssign):
            found.append(node.annotation)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            found += node.body
    lines = source.splitlines()

    def place(line: int, offset: int) -> tuple[int, int]:  # ast counts bytes, the tool characters
        return line, len(lines[line - 1].encode()[:offset].decode())

    return [(place(n.lineno, n.col_offset), place(n.end_lineno, n.end_col_offset)) for n in found]  # type: ignore[attr-defined]


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every mutant of a module that can be executed, in the order of the tool's operators."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    source = source_of(module)
    nodes, skipped = list(ast_nodes(get_ast(source))), never_executed(source)
    kinds = {"ReplaceBinaryOperator": "operator", "ReplaceComparisonOperator": "comparison"}
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments():  # replaces one named variable by a random number: what, the tool cannot know
            continue
        kind = kinds.get(name.split("/")[1].split("_")[0])
        places = [p for n in nodes if kind in (None, n.type) for p in operator().mutation_positions(n)]
        for occurrence, (begin, end) in enumerate(places):
            if not any(first <= begin and end <= last for first, last in skipped):
                yield Mutant(module, name.split("/")[1], occurrence, *begin)


def mutated(mutant: Mutant) -> str:
    """The module's source with the one change."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    source = source_of(mutant.module)
    return str(mutate_code(source, get_operator(f"core/{mutant.operator}")(), mutant.occurrence))


def changes_something(mutant: Mutant) -> bool:
    """Whether the mutant is Python, and another program than the source."""
    try:
        changed = ast.parse(mutated(mutant))
    except SyntaxError:  # the star of keyword-only parameters taken for a product, say
        return False
    return ast.dump(changed) != ast.dump(ast.parse(source_of(mutant.module)))


def drawn(mutants: list[Mutant], sample: int, seed: int) -> list[Mutant]:
    """A sample without repeats, in random order; what is no other program is passed over.

    A mutant's place in that order comes from its own line, so that the sample stays what it was when other lines
    of the project change.
    """
    alike: Counter[tuple[str, ...]] = Counter()
    ranked = []
    for mutant in mutants:
        line = source_of(mutant.module).splitlines()[mutant.line - 1]
        key = (str(seed), mutant.module, mutant.operator, line.strip(), str(mutant.column - len(line)))
        alike[key] += 1
        ranked.append((hashlib.sha256("\0".join([*key, str(alike[key])]).encode()).digest(), mutant))
    order = (mutant for _, mutant in sorted(ranked, key=lambda one: one[0]))
    return list(islice(filter(changes_something, order), sample))


def difference(mutant: Mutant) -> str:
    """The changed lines, and nothing around them."""
    before = source_of(mutant.module).splitlines()
    lines = difflib.unified_diff(before, mutated(mutant).splitlines(), lineterm="", n=0)
    return "\n".join([f"{mutant.module}:{mutant.line} {mutant.operator}", *list(lines)[3:]])


def tests_of(module: str, table: dict[str, list[str]]) -> list[str]:
    """What pytest is given for a module: the line of the first pattern that fits, with its name for ``{name}``."""
    for pattern, words in table.items():
        if fnmatch(module, pattern):
            return [word.replace("{name}", Path(module).stem) for word in words]
    raise SystemExit(f"no line of mutants.toml fits {module}: add the tests that belong to it")


def part_of(mutants: list[Mutant], tests: dict[str, list[str]], part: int, parts: int) -> list[Mutant]:
    """The mutants of one part: those that meet the same tests stay together, so that no two parts try them out."""
    groups = list(dict.fromkeys(tuple(words) for words in tests.values()))
    return [m for m in mutants if groups.index(tuple(tests[m.module])) % parts == part - 1]


def report(package: str, every: dict[str, int], results: list[dict[str, object]]) -> str:
    """The score, a line for every module, and the survivors."""
    killed = sum(r["outcome"] != SURVIVED for r in results)
    late = sum(r["outcome"] == OVERTIME for r in results)
    share = f"{100 * killed / len(results):.1f}%" if results else "none"
    lines = [
        f"## {package}",
        "",
        f"{killed} of {len(results)} killed ({share}), {late} of them by the time limit.",
        "",
    ]
    lines += ["| module | mutants | sampled | killed | survived |", "|---|---|---|---|---|"]
    for module, count in every.items():
        own = [r for r in results if r["module"] == module]
        dead = sum(r["outcome"] != SURVIVED for r in own)
        lines.append(f"| {module} | {count or 'not covered'} | {len(own)} | {dead} | {len(own) - dead} |")
    alive = [
        Mutant(*(r[k] for k in Mutant.__dataclass_fields__)) for r in results if r["outcome"] == SURVIVED
    ]  # type: ignore[arg-type]
    for mutant in alive:
        lines += ["", "```diff", difference(mutant), "```"]
    return "\n".join(lines)


def modules_of(package: str) -> list[str]:
    """The package's modules that execute something besides imports and words."""
    found = []
    for file in sorted((ROOT / package).rglob("*.py")):
        body = ast.parse(file.read_text(encoding="utf-8")).body
        if any(not isinstance(n, (ast.Import, ast.ImportFrom, ast.Expr)) for n in body):
            found.append(file.relative_to(ROOT).as_posix())
    return found


def one_of_parts(text: str) -> tuple[int, int]:
    """The two numbers of ``I/N``; what is not that is a ``ValueError``, which the command line reports."""
    part, parts = map(int, text.split("/"))
    if not 1 <= part <= parts:
        raise ValueError
    return part, parts


def main() -> int:
    """Run the script; return its exit code."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("package", choices=PACKAGES)
    reader.add_argument("--sample", type=int, default=200, metavar="N", help="how many mutants to draw (200)")
    reader.add_argument("--all", action="store_true", help="take every mutant")
    reader.add_argument("--seed", type=int, default=0, metavar="N", help="of the sample (0)")
    reader.add_argument(
        "--only", default="*", metavar="PATTERN", help="modules to draw from, as theory/f*.py"
    )
    reader.add_argument("--list", action="store_true", help="list the sample and stop")
    reader.add_argument(
        "--results", metavar="FILE", help="keep results in FILE, and go on with what it holds"
    )
    reader.add_argument(
        "--part",
        type=one_of_parts,
        default="1/1",
        metavar="I/N",
        help="judge the I-th of N parts only, beside other processes; then all again, with the --results of all",
    )
    options = reader.parse_args()

    modules = [m for m in modules_of(options.package) if fnmatch(m, options.only)]
    found = {module: list(mutants_of(module)) for module in modules}
    every = [mutant for mutants in found.values() for mutant in mutants]
    every = drawn(every, len(every) if options.all else options.sample, options.seed)
    if options.list:
        print("\n\n".join(difference(m) for m in every))
        return 0
    settings = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text(encoding="utf-8"))
    kept = Path(options.results) if options.results else None
    known = [json.loads(line) for line in kept.read_text().splitlines()] if kept and kept.exists() else []
    tests = {module: tests_of(module, settings["tests"]) for module in dict.fromkeys(m.module for m in every)}
    every = part_of(every, tests, *options.part)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(ROOT, Path(folder).resolve(), settings["preload"], settings["jit"], tests)
        for number, mutant in enumerate(every, 1):
            # a result holds for the text of the module that it was found on
            key = asdict(mutant) | {
                "text": hashlib.sha256(source_of(mutant.module).encode()).hexdigest()[:16]
            }
            entry = next((r for r in known if r.items() >= key.items()), None)
            if entry is None:
                outcome, used, told = workshop.judge(mutant.module, mutant.line, mutated(mutant))
                entry = key | {"outcome": outcome, "seconds": round(used, 1), "told": told}
                if kept:
                    with kept.open("a") as stream:
                        stream.write(json.dumps(entry) + "\n")
                what = difference(mutant).replace("\n", "\n    ") if outcome == SURVIVED else ""
                print(
                    f"{number}/{len(every)} {outcome} {used:.1f} s {mutant.module}:{mutant.line} {what}",
                    file=sys.stderr,
                    flush=True,
                )
            results.append(entry)
    print(report(options.package, {module: len(mutants) for module, mutants in found.items()}, results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
