"""The README, the guides, the story and the table of assumptions say what is so: what they show is what comes out."""

import dataclasses
import json
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import rankladder
from rankladder import Invertible, Matrix, Orthogonal, Problem, Spectrum, simulate, strategies
from rankladder.app.claim_pages import claim_pages, derivation_page
from rankladder.app.main import main, parser
from rankladder.domains.randomness import RandomSource
from rankladder.language.catalogue import catalogue, catalogues
from rankladder.language.library import load_catalogue
from rankladder.language.verdict import Expectation
from rankladder.properties.gidel2019.data.assertion import STATED
from rankladder.report.words import assumption_texts
from rankladder.storage.counterexamples import kept_witness
from tests.packaging.checkout import ROOT, script
from tests.properties.notebook import STORY, executed, shown

# the pages of each catalogue's claims; the paper's come first, without its name
CLAIMS = {"gidel2019": "docs/claims", "layers": "docs/claims-layers", "diagonal": "docs/claims-diagonal"}
WRITTEN = [page for folder in CLAIMS.values() for page in sorted((ROOT / folder).glob("*.md"))]
PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md") if p not in WRITTEN)]


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of every fenced block, in order; what the site's builder runs or sets, and formulas, left out."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^```(\S*)[^\n]*\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    assert 2 * len(found) == len(re.findall(r"^\s*```", text, flags=re.MULTILINE)), "a block is out of line"
    return [(kind, body) for kind, body in found if kind != "math" and not kind.startswith("{")]


GUIDES = [page for page in PAGES if blocks(page)]


def sessions(text: str) -> list[tuple[str, list[str]]]:
    """Commands with the lines that the guide shows of their output."""
    found: list[tuple[str, list[str]]] = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def commands() -> Iterator[tuple[Path, str]]:
    """Every command of every page."""
    for page in GUIDES:
        for language, text in blocks(page):
            if language == "console":
                yield from ((page, command) for command, _ in sessions(text))


def appears(line: str, output: str) -> bool:
    """Whether the words of a line stand in a line of the output; … stands for anything."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in line.split("…")]
    return re.search(r"(?m)^\s*" + r".*".join(parts) + r"\s*$", output) is not None


def words(text: str) -> Counter[str]:
    """The words of an output and how often each comes; numbers that stand alone (counts, margins, seconds) are one.

    In which line a word stands depends on how wide the columns of numbers are.
    """
    return Counter(
        "#" if re.fullmatch(r"-?[\d,]+(\.\d+)?(e[+-]?\d+)?,?", word) else word for word in text.split()
    )


def test_every_block_is_one_that_runs() -> None:
    for page in GUIDES:
        for language, text in blocks(page):
            # text shows a tree of folders, bash the set-up commands, which `.ci/run` runs in fresh environments
            assert language in ("python", "console", "text", "bash"), f"{page.name}: ```{language}"
            if language == "text":
                assert not re.search(r"(?m)^(\$|rankladder|python|pip|>>>)", text), f"{page.name}: {text}"
            if language == "python":
                compile(text, page.name, "exec")
    shown = [text.strip() for page in GUIDES for language, text in blocks(page) if language == "bash"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first, second = script("readme_commands").readme_commands(readme)
    assert shown == [first, second] and all("pip install" in command for command in shown)
    assert first.endswith("rankladder check") and second.endswith("pytest")


def test_every_command_is_one_that_the_command_line_knows() -> None:
    found = [(page, words) for page, command in commands() if (words := shlex.split(command, comments=True))]
    ours = [words for _, words in found if words[0] == "rankladder"]
    assert len(ours) > 25
    for words in ours:
        kept = words[1 : words.index(">")] if ">" in words else words[1:]
        parser(kept).parse_args(kept)


def test_the_reference_has_every_command() -> None:
    text = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    listed = re.search(r"(?m)^    \w+.*(\n    \w+.*)+", parser([]).format_help())
    assert listed is not None
    assert re.findall(r"(?m)^## (\w+)$", text) == re.findall(r"(?m)^    (\w+)", listed[0])


def test_the_tables_of_own_claims_name_everything_there_is() -> None:
    text = (ROOT / "docs" / "own-claims.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `")]
    for domain in (Problem, Orthogonal, Invertible, Matrix, Spectrum):
        told = [arguments for name, arguments in rows if name.strip() == f"`{domain.__name__}`"]
        assert len(told) == 1
        named = set(re.findall(r"`(\w+)`", told[0]))
        arguments = {field.name for field in dataclasses.fields(domain)}
        assert arguments <= named <= arguments | {"Int", "True", "None"}
    problem = Problem(d=2, p=2, r=2)
    view = problem.realise(problem.draw(RandomSource(0), None, {}), float)
    told = [name for names, _ in rows for name in re.findall(r"`problem\.(\w+)", names)]
    assert sorted(told) == sorted(n for n in dir(view) if n[0] != "_" and n not in ("value", "number"))


def test_the_page_on_own_data_defines_every_assertion() -> None:
    text = (ROOT / "docs" / "own-data.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\| (A\d): ", text) == list(STATED)


def test_every_public_name_has_its_place_in_the_reference_and_an_example() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "reference").glob("*.md"))
    placed = re.findall(r"(?m)^\.\. auto(?:class|function):: (\S+)$", text)
    public = [
        (f"{module.__name__}.{name}", thing)
        for module in (rankladder, simulate, strategies)
        for name in module.__all__
        if not isinstance(thing := getattr(module, name), ModuleType)
    ]
    assert sorted(placed) == sorted(name for name, _ in public)
    assert not [name for name, thing in public if ">>>" not in (thing.__doc__ or "")]


def test_links_lead_somewhere() -> None:
    for page in [*PAGES, *WRITTEN]:
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target.split("#")[0]).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("name", CLAIMS)
def test_every_anchor_of_the_index_is_a_heading(name: str) -> None:
    index = (ROOT / CLAIMS[name] / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"\((\w+\.md)#([^)]+)\)", index)
    assert len(targets) == len(load_catalogue(name))
    for file, anchor in targets:
        headings = re.findall(r"(?m)^## (.*)$", (ROOT / CLAIMS[name] / file).read_text(encoding="utf-8"))
        assert anchor in {re.sub(r"[^\w-]", "", h.lower()) for h in headings}, anchor


@pytest.mark.parametrize("name", CLAIMS)
def test_claim_pages_are_current(name: str) -> None:
    stored = {f.name: f.read_text(encoding="utf-8") for f in (ROOT / CLAIMS[name]).glob("*.md")}
    made = claim_pages(load_catalogue(name), CLAIMS[name])
    assert set(stored) == {*made, "derivations.md"}
    stale = [file for file, text in made.items() if stored[file] != text]
    assert not stale, f"write them anew: rankladder list --catalogue {name} --markdown {CLAIMS[name]}"


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_derivation_page_is_current(name: str) -> None:
    home = catalogue(name)
    found = {d.id: d for id in home.claims for d in home.derivations_for(id)}
    text = derivation_page(list(found.values()), CLAIMS[name], home)
    stored = (ROOT / CLAIMS[name] / "derivations.md").read_text(encoding="utf-8")
    assert stored == text, f"write it anew: rankladder list --catalogue {name} --markdown {CLAIMS[name]}"


def test_every_catalogue_that_ships_has_its_pages() -> None:
    homes = map(catalogue, catalogues())
    assert set(CLAIMS) == {home.name for home in homes if home.package.startswith("rankladder.properties.")}


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    bin = tmp_path / "bin"
    bin.mkdir()
    # the interpreter of this test, whatever is first on the caller's path
    for name, call in (("rankladder", f"{sys.executable} -m rankladder"), ("python", sys.executable)):
        (bin / name).write_text(f'#!/bin/sh\nexec {call} "$@"\n')
        (bin / name).chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    path = f"{bin}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


@pytest.mark.slow
@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_every_block_of_a_page_works(page: Path, tmp_path, environment: dict[str, str]) -> None:
    folder = tmp_path / "here"
    folder.mkdir()

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, shell=True, cwd=folder, env=environment, capture_output=True,
            text=True, check=False, timeout=900,
        )  # fmt: skip

    for language, text in blocks(page):
        if language == "python":
            named = re.match(r"# (\w+\.py)\n", text)
            file = folder / (named[1] if named else "block.py")
            file.write_text(text)
            if not named:  # one with a name is run by the commands that follow
                done = run("python block.py")
                assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        elif language == "console":
            for command, shown in sessions(text):
                done = run(command)
                expected = re.search(r"# exit code (\d)", command)
                said = f"$ {command}\n{done.stdout}{done.stderr}"
                assert done.returncode == (int(expected[1]) if expected else 0), said
                missing = [line for line in shown if not appears(line, done.stdout)]
                # lines of an output, or all of it, in which numbers and line breaks may have moved
                whole = not any("…" in x for x in shown) and words("\n".join(shown)) == words(done.stdout)
                assert not missing or whole, f"{said}\n-- does not show: {missing}"


def test_story_is_stored_with_its_outputs() -> None:
    cells = [c for c in json.loads(STORY.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    assert [c["execution_count"] for c in cells] == list(range(1, len(cells) + 1))
    outputs = [o for c in cells for o in c["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert sum("image/png" in o.get("data", {}) for o in outputs) == 2
    assert STORY.stat().st_size < 400_000


@pytest.mark.slow
def test_story_runs_from_top_to_bottom() -> None:
    import nbformat

    stored = shown(nbformat.read(STORY, as_version=4))
    assert any("refuted" in text for cell in stored for text in cell)
    assert shown(executed(STORY)) == stored


TABLE = Path(__file__).resolve().parents[2] / "docs" / "assumptions.md"
ROW = re.compile(r"\| (?P<id>\S+) \| `(?P<name>[^`]+)` \| (?P<says>.*?) \| (?P<standing>needed|not needed as far as [\d,]+ instances show|undefined) \| (?P<witness>.*) \|")  # fmt: skip


def rows() -> list[re.Match[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [match for line in lines if (match := ROW.fullmatch(line))]


def test_table_of_assumptions_is_complete_and_current() -> None:
    wanted = {
        (c.id, name): text.replace("|", "\\|")
        for c in load_catalogue().values()
        if c.expects is not Expectation.refuted
        for name, text in assumption_texts(c).items()
    }
    assert {(row["id"], row["name"]): row["says"] for row in rows()} == wanted


def test_what_the_table_calls_needed_has_its_witness_kept() -> None:
    needed = [row for row in rows() if row["standing"] == "needed"]
    assert len(needed) > 200
    for row in needed:
        witness = kept_witness(load_catalogue()[row["id"]], row["name"])
        assert witness is not None, row["id"]
        assert row["witness"].replace("\\|", "|").startswith(f"`{witness.instance}`")


def test_replay_and_show_know_them(capsys) -> None:
    assert main(["show", "STEP-1.monotone"]) == 0
    assert "small-step: 2*s <= 1 (the step is below a threshold" in capsys.readouterr().out
    assert main(["replay", "--kept", "--store", "elsewhere"]) == 2
    assert "--kept" in capsys.readouterr().err
