"""The report of a check, as text and as what a browser makes of it."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rankladder.app.main import main
from rankladder.language.library import load_catalogue
from rankladder.language.parsing import fitted, parse_instance
from rankladder.report.pictures.violation import violation
from rankladder.storage.counterexamples import kept_witness
from tests.properties.browser import Browser, browser, installed

CHECKED = ["RRR-3", "GD-4.lower", "STEP-1"]

# elements that are never closed
VOID = {"meta", "link", "input", "br", "img"}


class Structure(HTMLParser):
    """What stands open, every id, and every address that is referred to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        self.addresses += [str(given[name]) for name in ("href", "src") if given.get(name)]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    words = ["check", "--profile", "quick", "--html", str(file), "--workers", "1"]
    for family in CHECKED:
        words += ["--only", family]
    assert main(words) == 0
    return file


def test_report_is_one_well_formed_file_without_references(report: Path) -> None:
    structure = Structure()
    text = report.read_text(encoding="utf-8")
    structure.feed(text)
    assert structure.open == []
    assert len(structure.ids) == len(set(structure.ids))
    inside = {f"#{i}" for i in structure.ids}
    assert {a[:14] for a in structure.addresses if a not in inside} == {"data:,", "data:image/svg"}
    assert "://" not in re.sub(r'xmlns="[^"]*"', "", text)
    assert len(re.findall('<img [^>]*alt="margin along', text)) > 1  # the pictures say what they show


def test_a_claim_of_ones_own_says_how_to_find_out(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(
        "from rankladder import Real, claim, symbols\n\nx = symbols('x')\n\n\n"
        "@claim('mine', over=dict(x=Real(0, 4)), given={'low': x <= 1})\ndef _(x):\n    return 1 - x * x\n"
    )
    check = ["check", "mine.py", "--profile", "quick", "--workers", "1", "--html", "page.html"]
    assert main(check) == 0
    asked = "is it needed? <code>rankladder explore mine mine.py --drop low</code>"
    assert asked in Path("page.html").read_text()
    assert main(["explore", "mine", "mine.py", "--drop", "low", "--budget", "20", "--workers", "1"]) == 0
    assert main(check) == 0
    assert "needed (without it false at <code>x=" in Path("page.html").read_text()


@pytest.mark.parametrize(
    ("name", "along"),
    [
        ("GD-5.not-continuous-upper", "$z_{0}$"),
        ("RRR-1.not-sigma-over-lam", r"$\sigma_{2}$"),  # no number but those of the data
        ("ORDER-2.not-lam", r"$\sigma_{i}$"),
    ],
)
def test_a_violation_is_drawn_along_a_number_that_tells(name: str, along: str) -> None:
    stated = load_catalogue()[name]
    stored = kept_witness(stated, None)
    assert stored is not None
    ax = violation(stated, fitted(parse_instance(stored.instance), stated.over))
    assert ax.get_xlabel() == along
    _, curve, dot = ax.lines
    assert len(curve.get_xdata()) > 20 and min(curve.get_ydata()) < 0
    assert dot.get_ydata()[0] < 0 and dot.get_xdata()[0] in curve.get_xdata()


@pytest.fixture(scope="module")
def page(report: Path, tmp_path_factory) -> Browser:
    path = installed()
    if path is None:
        assert not os.environ.get("CI"), "CI installs a browser; install Debian's chromium"
        pytest.skip("no Chromium; install it to see the report in a browser")
    with browser(path, tmp_path_factory.mktemp("profile")) as opened:
        opened.resize(1280)
        opened.open(report)
        yield opened


VISIBLE = "[...document.querySelectorAll('details.claim')].filter(c => c.checkVisibility()).length"


@pytest.mark.slow
def test_filter_search_and_links(page: Browser, report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    everything, refuted = text.count('class="claim"'), text.count('data-verdict="refuted"')
    assert page.run(VISIBLE) == everything
    page.click("button[data-filter=refuted]")
    assert page.run(VISIBLE) == refuted
    assert page.run("document.getElementById('shown').textContent") == f"{refuted} of {everything} shown"
    page.click("button[data-filter='']")
    page.click("#search")
    page.type("rrr-3")
    assert 0 < page.run(VISIBLE) == text.count('<details class="claim" id="RRR-3')
    page.type(" no such words")
    assert page.run(VISIBLE) == 0
    assert page.run("document.getElementById('none').checkVisibility()")
    # a link opens what it points to, whatever the filter
    page.run("location.hash = '#GD-4.lower'")
    page.run("new Promise(r => setTimeout(r, 200))")
    assert page.run("document.getElementById('GD-4.lower').open")
    assert page.run(VISIBLE) == everything
