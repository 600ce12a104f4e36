"""The report of a check, as text and as what a browser makes of it."""

from __future__ import annotations

import itertools
import os
import re
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rankladder import Instance, Int, Real, claim
from rankladder.app.main import main
from rankladder.language.library import load_catalogue
from rankladder.language.parsing import fitted, parse_instance
from rankladder.language.statement import Claim
from rankladder.language.verdict import Expectation
from rankladder.report.violation import _along_reals, violation
from rankladder.storage.counterexamples import kept_witness
from tests.properties.browser import Browser, browser, installed

CHECKED = ["RRR-3", "ORDER-2", "GD-4", "STEP-1", "LIN-1"]

# elements that are never closed
VOID = {"meta", "link", "input", "br"}


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

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
    assert {a for a in structure.addresses if a not in inside} == {"data:,"}
    assert "://" not in re.sub(r'xmlns="[^"]*"', "", text)


def test_every_claim_says_verdict_statement_assumptions_and_how_to_reproduce(report: Path) -> None:
    text = report.read_text(encoding="utf-8")

    for part in ("Statement", "Source", "Expected", "For all", "Assumes", "Evidence", "Reproduce"):
        assert text.count(f"<dt>{part}</dt>") == text.count('class="claim"')
    assert "rankladder check" in text
    assert text.count("<dt>Counterexample</dt>") == text.count('data-verdict="refuted"') > 3


def test_the_command_at_the_top_repeats_the_report(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert f"<code>rankladder check --profile quick --only {' '.join(CHECKED)}</code>" in text


def test_every_assumption_of_a_true_claim_says_whether_it_is_needed(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    cards = re.findall(r'<details class="claim" id="([^"]+)".*?</details>', text, flags=re.DOTALL)
    assert len(cards) > 20
    for stated in load_catalogue().values():
        if stated.id in cards and stated.expects is not Expectation.refuted:
            start = text.index(f'<details class="claim" id="{stated.id}"')
            card = text[start : text.index("</details>", start)]
            assert card.count("needed (without it false at") + card.count("not needed, as far as") == len(
                stated.given
            )
    # a bound that a lemma makes and nobody could break alone
    assert "not needed, as far as was searched" in text


def test_a_claim_of_ones_own_says_how_to_find_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(
        "from rankladder import Real, claim, symbols\n\nx = symbols('x')\n\n\n"
        "@claim('mine', over=dict(x=Real(0, 4)), given={'low': x <= 1})\ndef _(x):\n    return 1 - x * x\n"
    )
    check = ["check", "mine.py", "--profile", "quick", "--workers", "1", "--html", "page.html"]
    assert main(check) == 0
    assert (
        "is it needed? <code>rankladder explore mine mine.py --drop low</code>"
        in Path("page.html").read_text()
    )
    assert main(["explore", "mine", "mine.py", "--drop", "low", "--budget", "20", "--workers", "1"]) == 0
    assert main(check) == 0
    assert "needed (without it false at <code>x=" in Path("page.html").read_text()


@pytest.mark.parametrize(
    ("name", "along"),
    [
        ("GD-5.not-continuous-upper", "z₀"),
        ("RRR-1.not-sigma-over-lam", "σ₂"),  # no number but those of the data
        ("ORDER-2.not-lam", "σᵢ"),
    ],
)
def test_picture_of_a_violation(name: str, along: str) -> None:
    stated = load_catalogue()[name]
    stored = kept_witness(stated, None)
    assert stored is not None
    picture = violation(stated, fitted(parse_instance(stored.instance), stated.over))
    assert f"along {along}" in picture
    # the dot stands below the line of zero: y grows downwards
    zero = float(re.search(r'class="axis" x1="\d+" x2="\d+" y1="([\d.]+)"', picture)[1])  # type: ignore[index]
    assert float(re.search(r'<circle cx="[\d.]+" cy="([\d.]+)"', picture)[1]) > zero  # type: ignore[index]
    points = re.search(r'class="margin" points="([^"]+)"', picture)[1].split()  # type: ignore[index]
    assert len(points) > 20
    assert any(float(p.split(",")[1]) > zero for p in points)


def test_a_margin_that_is_known_point_by_point() -> None:
    @claim("straight", over={"n": Int(0, 4)})
    def straight(n):
        return 2 - n

    picture = violation(straight, Instance.of(n=4))
    ys = [float(p.split(",")[1]) for p in re.search(r'class="margin" points="([^"]+)"', picture)[1].split()]  # type: ignore[index]
    assert len(ys) == 5
    assert ys == sorted(ys)
    assert "the counterexample at n = 4 has -2" in picture


def falling(name: str) -> Claim:
    @claim(name, over={"n": Int(0, 4)})
    def falls(n):
        return 4 - 2 * n

    return falls


def test_where_everything_lies_in_the_picture_of_a_violation() -> None:
    """460 by 170, the curve 64 from the left, 26 from the right, 12 from above, 34 from below."""
    # drawn are asinh(2), asinh(1), 0, ... in units of 2, the median margin, within 1.16 asinh(2) of zero
    told = "margin of the claim along n; the counterexample at n = 3 has -2"
    assert violation(falling("falls-3"), Instance.of(n=3)) == (
        f'<svg class="violation" viewBox="0 0 460 170" role="img" aria-label="{told}"><title>{told}</title>'
        '<polygon class="below" points="64.0,74.0 64.0,74.0 156.5,74.0 249.0,74.0 341.5,106.6 434.0,127.4 434.0,74.0"/>'
        '<line class="axis" x1="64" x2="434" y1="74.0" y2="74.0"/><line class="axis" x1="64" x2="64" y1="12" y2="136"/>'
        '<polyline class="margin" points="64.0,20.6 156.5,41.4 249.0,74.0 341.5,106.6 434.0,127.4"/>'
        '<circle cx="341.5" cy="106.6" r="5"/>'
        '<text x="58" y="131.4" text-anchor="end">-4</text><text x="58" y="78.0" text-anchor="end">0</text>'
        '<text x="58" y="24.6" text-anchor="end">4</text>'
        '<text x="64.0" y="150" text-anchor="middle">0</text><text x="341.5" y="150" text-anchor="middle">3</text>'
        '<text x="434.0" y="150" text-anchor="middle">4</text>'
        '<text x="262" y="166" text-anchor="middle">n (margin below 0: violated)</text></svg>'
    )


def test_the_unit_of_a_picture_is_that_of_its_dot_where_the_dot_is_far_out() -> None:
    picture = violation(falling("falls-4"), Instance.of(n=4))
    # asinh(1), asinh(1/2), 0, ... within 1.16 asinh(1) of zero
    assert 'class="margin" points="64.0,20.6 156.5,44.8 249.0,74.0 341.5,103.2 434.0,127.4"' in picture
    # every label once, also where the dot lies at an end
    assert re.findall(r'<text x="([^"]+)" y="150"[^>]*>([^<]+)', picture) == [("64.0", "0"), ("434.0", "4")]


def test_labels_that_would_touch_are_left_out() -> None:
    @claim("rare", over={"n": Int(0, 40)})
    def rare(n):
        return 1000 - 30 * n

    def below(n: int) -> list[str]:
        return re.findall(r'y="150"[^>]*>([^<]+)', violation(rare, Instance.of(n=n)))

    # 370 for 40: 9.25 each
    assert below(35) == ["0", "35"] and below(34) == ["0", "34", "40"]

    @claim("hardly", over={"n": Int(0, 40)})
    def hardly(n):
        return 10 * n - 1

    picture = violation(hardly, Instance.of(n=0))
    labels = re.findall(r'<text x="58" y="([^"]+)"[^>]*>([^<]+)', picture)
    zero = re.search(r'x2="434" y1="([^"]+)"', picture)[1]  # type: ignore[index]
    assert labels == [(f"{float(zero) + 4:.1f}", "0"), ("24.6", "399")]


def test_a_parameter_is_drawn_where_its_range_has_an_end_and_around_the_dot_where_not() -> None:
    def span(domain: Real, at: Fraction) -> list[float]:
        made = claim("around", over={"x": domain})(lambda x: 0 * x - 1)
        assert made.scalar
        values, margins = [], []
        for _, here, along, found in _along_reals(made, Instance.of(x=at)):
            assert here == float(at) in along
            values, margins = list(along), list(found)
        assert set(margins) == {-1.0} and len(values) in (81, 82)
        step = values[1] - values[0]
        assert len({round(b - a, 9) for a, b in itertools.pairwise(v for v in values if v != float(at))}) <= 2
        return [round(values[0] - step, 9), round(values[-1] + step, 9)]

    # beyond the ends by nothing; without an end by the size of the number, at least 1/2
    assert span(Real(0, 4), Fraction(2)) == [0, 4]
    assert span(Real(None, None), Fraction(41, 4)) == [0, 20.5]
    assert span(Real(None, None), Fraction(0)) == [-0.5, 0.5]
    # a dot close to the lower end: up to thrice as far as the dot, or to an eighth of the range
    assert span(Real(0, 16), Fraction(3)) == [0, 9]
    assert span(Real(0, 16), Fraction(1, 4)) == [0, 2]
    assert span(Real(1, 17), Fraction(3, 2)) == [1, 3]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--html", "report.txt"], "report.txt"),
        (["--html", "no/such/folder/report.html"], "no/such/folder"),
        (["--html", "report.html", "--at", "s=1, x=1"], "--at shows one instance"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_the_check(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--only", "LIN-1", *words]) == 2
    said_all = capsys.readouterr()
    assert said in said_all.err
    assert said_all.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def page(report: Path, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    path = installed()
    if path is None:
        assert not os.environ.get("CI"), "CI installs a browser; install Debian's chromium"
        pytest.skip("no Chromium; install it to see the report in a browser")
    with browser(path, tmp_path_factory.mktemp("profile")) as opened:
        opened.resize(1280)
        opened.open(report)
        yield opened


@pytest.mark.slow
def test_page_loads_without_complaint_or_request(page: Browser, report: Path) -> None:
    assert page.complaints() == []
    assert page.requests() == [report.resolve().as_uri()]


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


@pytest.mark.slow
def test_a_claim_opens_and_its_formula_is_rendered(page: Browser) -> None:
    page.run("document.getElementById('GD-4.lower').open = false")
    page.click("[id='GD-4.lower'] summary")
    assert page.run("document.getElementById('GD-4.lower').open")
    height = page.run("document.querySelector('[id=\"GD-4.lower\"] math').getBoundingClientRect().height")
    assert height > 10
    formulas = "[...document.querySelectorAll('math')]"
    assert page.run(f"{formulas}.length") > 50
    backslash = r"'\\'"
    assert page.run(f"{formulas}.filter(m => m.textContent.includes({backslash})).length") == 0
    # a formula that could not be converted is shown as its source: there is none
    assert page.run(f"[...document.querySelectorAll('.formula code')].filter(c => c.textContent.includes({backslash})).length") == 0  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_of_the_window(page: Browser, width: int, scheme: str) -> None:
    page.resize(width)
    page.scheme(scheme)
    page.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.run("document.documentElement.scrollWidth") <= width
    colours = page.run("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")
    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours]
    assert (brightness[0] > brightness[1]) == (scheme == "dark")
    assert abs(brightness[0] - brightness[1]) > 400
