"""The parts of the reports, word for word, at claims, checks and runs made up for it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sympy

import theory
from properties import Instance, Int, Problem, Real, claim, lemma, symbols
from properties.describing import assumption_texts
from properties.generators.matrices import Reflections
from properties.generators.problems import JointProblem
from properties.report import cards, data_page, violation
from properties.report.formulas import formula, pieces
from properties.stating.statement import CATALOGUE_FOLDER, Claim, registered
from properties.stating.verdict import Evidence, Expectation, Result, Verdict

page: Any = importlib.import_module("properties.report.page")  # the package names the function alike
x, y = symbols("x y")
HELD, REFUTED = Expectation.holds, Expectation.refuted


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Formulas as their LaTeX in brackets, pictures as a word, no counterexample known; no claim stays registered."""
    for module in (cards, data_page):
        monkeypatch.setattr(module, "formula", lambda latex: f"[{latex}]")
    monkeypatch.setattr(cards, "violation", lambda made, instance: f"<svg {instance}/>")
    monkeypatch.setattr(cards, "known_witness", lambda made, name: None)
    before = dict(registered())
    yield
    registered().clear()
    registered().update(before)


def found(verdict: Verdict = Verdict.tested, **changes: Any) -> Result:
    return Result(**{"id": "A-1", "title": "t", "expected": HELD, "verdict": verdict, **changes})


def stated(id: str = "A-1", **changes: Any) -> Claim:
    given = {"low": x <= 1, "f": lambda x: 1 - x}
    made = lemma(
        id, x * x >= y, given=given, over={"x": Real(0, 2), "y": Real(0, 1)}, title="a < b", source="S & T"
    )
    return replace(made, **changes)


def step(name: str, equation: Any, reason: str) -> Any:
    return SimpleNamespace(name=name, equation=equation, reason=reason)


ONE_STEP = SimpleNamespace(id="d<1", title="One & only", steps=[step("first", "a < b", "c & d")])
TWO_STEPS = SimpleNamespace(
    id="d2", title="Two", steps=[step("<1>", sympy.Symbol("q") ** 2, "r"), step("2", "s", "t")]
)
COMMAND = ["rankladder", "check", "my claims.py", "other.txt"]


def test_a_card_holds_everything_there_is_to_say_of_a_claim() -> None:
    result = found(
        Verdict.refuted, margin=-0.123456, instances=1234, undecided=5, escalated=6, seed=3,
        evidence=(Evidence("search", "1 < 2"), Evidence("proof", "p")),
        counterexample=Instance.of(x=F(1, 2), y=F(1)), counterexample_margin=-0.75,
        worst=Instance.of(x=F(0), y=F(1)), worst_margin=-0.87654,
    )  # fmt: skip
    relation = sympy.latex(x * x >= y)
    assert cards.claim_card(stated(), result, [ONE_STEP, TWO_STEPS], COMMAND) == (
        '<details class="claim" id="A-1" data-verdict="refuted" data-status="unexpected" data-text="a-1 a &lt; b s &amp; t low f">'
        '<summary><span class="id">A-1</span> <span class="badge refuted">refuted</span> '
        '<span class="badge not">expected: holds</span> <span class="title">a &lt; b</span></summary><dl>'
        f'<dt>Statement</dt><dd><div class="formula">[{relation}]</div></dd>'
        "<dt>Source</dt><dd>S &amp; T</dd><dt>Expected</dt><dd>holds</dd>"
        "<dt>For all</dt><dd><ul><li>[x] in the reals of (0, 2)</li><li>[y] in the reals of (0, 1)</li></ul></dd>"
        rf"<dt>Assumes</dt><dd><ul><li><b>low</b> [{sympy.latex(x <= 1)}] <small>is it needed? <code>rankladder explore A-1 "
        "test_report_parts.py --drop low</code></small></li>"
        f"<li><b>f</b> {cards.escaped(assumption_texts(stated())['f'])} <small>is it needed? <code>rankladder explore A-1 "
        "test_report_parts.py --drop f</code></small></li></ul></dd>"
        "<dt>Evidence</dt><dd><ul><li><b>search</b> 1 &lt; 2</li><li><b>proof</b> p</li></ul></dd>"
        "<dt>Margin</dt><dd>-0.1235 <small>(1,234 instances judged, 5 undecided, 6 needed more than the first precision)"
        "</small></dd>"
        "<dt>Counterexample</dt><dd><ul><li><code>x=1/2, y=1</code> margin -0.75</li>"
        "<li>worst met: <code>x=0, y=1</code> margin -0.8765</li></ul><svg x=1/2, y=1/></dd>"
        '<dt>Derivation</dt><dd><a href="#derivation-d&lt;1">One &amp; only</a> (1 step, each verified), '
        '<a href="#derivation-d2">Two</a> (2 steps, each verified)</dd>'
        "<dt>Checked by</dt><dd><pre>x**2 &gt;= y</pre></dd>"
        "<dt>Reproduce</dt><dd><pre>rankladder check &#x27;my claims.py&#x27; other.txt --only A-1 --seed 3</pre>"
        "<pre>rankladder check &#x27;my claims.py&#x27; other.txt --only A-1 --at &#x27;x=1/2, y=1&#x27;</pre>"
        "<pre>rankladder prove A-1 &#x27;my claims.py&#x27;</pre></dd>"
        "</dl></details>"
    )


def test_a_card_leaves_out_what_there_is_not() -> None:
    bare = stated("A-2", statement="", given={}, source="")
    card = cards.claim_card(bare, found(id="A-2"), [], ["rankladder", "check"])
    assert re.findall(r"<dt>([^<]+)</dt>", card) == [
        "Expected",
        "For all",
        "Assumes",
        "Checked by",
        "Reproduce",
    ]
    assert "<dt>Assumes</dt><dd>nothing</dd>" in card and 'class="badge not"' not in card
    assert 'data-status="as_expected" data-text="a-2 a &lt; b "' in card
    assert card.endswith("<dt>Reproduce</dt><dd><pre>rankladder check --only A-2</pre></dd></dl></details>")


def test_a_smallest_margin_comes_with_how_it_was_found() -> None:
    assert cards._margin(found()) == ""
    assert cards._margin(found(margin=0.0)) == "0 <small>(0 instances judged)</small>"
    assert cards._margin(found(margin=1.0, instances=1, undecided=1000)) == (
        "1 <small>(1 instances judged, 1,000 undecided)</small>"
    )
    assert cards._margin(found(margin=2.0, escalated=1)).endswith(
        "1 needed more than the first precision)</small>"
    )


def test_the_worst_is_told_where_it_is_another_than_the_counterexample() -> None:
    at = Instance.of(x=F(1, 2))
    simple = "<ul><li><code>x=1/2</code> margin -0.5</li></ul><svg x=1/2/>"
    told = found(Verdict.refuted, counterexample=at, counterexample_margin=-0.5)
    assert cards._counterexample(stated(), found()) == ""
    assert cards._counterexample(stated(), told) == simple
    same = replace(told, worst=Instance.of(x=F(1, 2)), worst_margin=-0.5)
    assert same.worst is not at and cards._counterexample(stated(), same) == simple
    for other in (F(0), F(1)):
        assert f"worst met: <code>x={other}</code> margin -9" in cards._counterexample(
            stated(), replace(told, worst=Instance.of(x=other), worst_margin=-9.0)
        )


def test_what_is_known_of_an_assumption(monkeypatch: pytest.MonkeyPatch) -> None:
    own, catalogued = stated(), stated(location=f"{CATALOGUE_FOLDER}/step.py:7")
    assert cards._needed(catalogued, "low") == "<small>not needed, as far as was searched</small>"
    asked: list[Any] = []

    def witness(made: Claim, name: str) -> Any:
        asked.append((made, name))
        return SimpleNamespace(instance="x=2 & y=1")

    monkeypatch.setattr(cards, "known_witness", witness)
    for made in (own, catalogued):
        assert cards._needed(made, "low") == "<small>needed (without it false at <code>x=2 &amp; y=1</code>)</small>"
    assert asked == [(own, "low"), (catalogued, "low")]
    # of what is false anyway it is not asked
    assert cards._needed(stated(expects=REFUTED), "low") == ""
    refuted = cards._assumptions(stated(expects=REFUTED, given={"low": own.given["low"]}))
    assert refuted == rf"<ul><li><b>low</b> [{sympy.latex(x <= 1)}]</li></ul>"
    assert "needed (without it false" in cards._needed(stated(expects=Expectation.open), "low")


@pytest.mark.parametrize(
    ("expects", "kinds", "proved"),
    [
        (HELD, ["proof"], True), (HELD, ["certificate"], True), (HELD, ["search", "certificate"], True),
        (HELD, ["search"], False), (HELD, [], False), (REFUTED, ["proof"], False), (Expectation.open, ["proof"], True),
    ],
)  # fmt: skip
def test_what_was_proved_can_be_proved_again(expects: Expectation, kinds: list[str], proved: bool) -> None:
    result = found(evidence=tuple(Evidence(kind, "") for kind in kinds))
    words = ["python", "-m", "rankladder", "check", "a.py", "--profile", "quick"]
    first = "<pre>python -m rankladder check a.py --profile quick --only A-1</pre>"
    again = "<pre>rankladder prove A-1 a.py</pre>"
    assert cards._commands(stated(expects=expects), result, words) == first + (again if proved else "")


def test_a_derivation_is_shown_step_by_step() -> None:
    assert cards.derivation_card(ONE_STEP) == (
        '<details class="derivation" id="derivation-d&lt;1"><summary><span class="id">d&lt;1</span> '
        '<span class="title">One &amp; only</span></summary><ol><li><b>first</b><code>a &lt; b</code>'
        "<small>because c &amp; d</small></li></ol></details>"
    )
    assert cards.derivation_card(TWO_STEPS).endswith(
        '<ol><li><b>&lt;1&gt;</b><div class="formula">[q^{2}]</div><small>because r</small></li>'
        "<li><b>2</b><code>s</code><small>because t</small></li></ol></details>"
    )
    none = SimpleNamespace(id="d", title="None", steps=[])
    assert cards.derivation_links([none]) == '<a href="#derivation-d">None</a> (0 steps, each verified)'


# the page of a check


def several() -> list[Result]:
    return [
        found(Verdict.proved, id="A-1", seed=0), found(Verdict.refuted, id="A-2", seed=12),
        found(Verdict.vacuous, id="B-1", seed=3), found(Verdict.proved, id="A-3"),
        found(Verdict.refuted, id="B-2", expected=REFUTED),
    ]  # fmt: skip


def test_the_head_of_a_page_counts_what_came_out() -> None:
    assert page._header(several(), ["rankladder", "check", "a b.py"], {"NumPy": "2", "<x>": "1 & 2"}) == (
        "<header><h1>rankladder</h1><p class=lead>5 claims: <b>3</b> as expected, <b>1</b> unexpected, <b>1</b> inconclusive</p>"
        "<p><code>rankladder check &#x27;a b.py&#x27;</code></p><p><small>seed 0, 12, 3; NumPy 2, &lt;x&gt; 1 &amp; 2</small></p>"
        "</header>"
    )
    assert [page._counted(n) for n in (0, 1, 2)] == ["0 claims", "1 claim", "2 claims"]


def test_a_filter_for_every_verdict_that_occurs() -> None:
    def buttons(results: Sequence[Result]) -> list[tuple[str, str, str]]:
        return re.findall(r'data-filter="([^"]*)" aria-pressed="(\w+)">(.*?)</button>', page._tools(results))

    assert buttons(several()) == [
        ("", "true", "all <b>5</b>"),
        ("proved", "false", '<i class="dot proved"></i>proved <b>2</b>'),
        ("refuted", "false", '<i class="dot refuted"></i>refuted <b>2</b>'),
        ("vacuous", "false", '<i class="dot vacuous"></i>vacuous <b>1</b>'),
        ("!", "false", '<i class="dot error"></i>not as expected <b>2</b>'),
    ]
    assert buttons([found()]) == [
        ("", "true", "all <b>1</b>"),
        ("tested", "false", '<i class="dot tested"></i>tested <b>1</b>'),
    ]


def test_a_line_of_the_dashboard_for_every_family() -> None:
    a, b = [r for r in several() if r.family == "A"], [r for r in several() if r.family == "B"]
    assert page._dashboard({"A": a, "B&": b}) == (
        '<div class="wide"><table id="dashboard"><thead><tr><th scope=col>family</th><th scope=col>claims</th>'
        "<th scope=col><i class='dot proved'></i>proved</th><th scope=col><i class='dot refuted'></i>refuted</th>"
        "<th scope=col><i class='dot vacuous'></i>vacuous</th><th scope=col>not as expected</th></tr></thead><tbody>"
        "<tr><th scope=row><a href=\"#family-A\">A</a></th><td>3</td><td>2</td><td>1</td><td>·</td><td class='odd'>1</td></tr>"
        "<tr><th scope=row><a href=\"#family-B&amp;\">B&amp;</a></th><td>2</td><td>·</td><td>1</td><td>1</td><td class='odd'>1</td></tr>"
        "</tbody></table></div>"
    )
    assert "<td class=''>·</td></tr></tbody>" in page._dashboard({"A": [found()]})


def test_a_page_has_a_section_for_every_family_and_one_for_the_derivations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    verified: list[str] = []
    first = SimpleNamespace(id="d1", verify=lambda: verified.append("d1"))
    second = SimpleNamespace(id="d2", verify=lambda: verified.append("d2"))
    behind = {"A-1": [first], "A-2": [second, first], "B-1": [second]}
    monkeypatch.setattr(theory, "derivations_for", lambda id: behind[id], raising=False)
    monkeypatch.setattr(
        page, "claim_card", lambda made, r, ds, words: f"({made.id} {r.id} {[d.id for d in ds]} {words})"
    )
    monkeypatch.setattr(page, "derivation_card", lambda d: f"({d.id})")
    place = f"{CATALOGUE_FOLDER}/step.py:7"
    ids = ("A-1", "B-1", "A-2")
    claims = {i: stated(i, location=place if i != "B-1" else "") for i in ids}
    made = page.page(
        claims, [found(id=i) for i in ids], command=["check"], versions={"NumPy": "2"}, only=["A", "B"]
    )
    sections = re.findall(r"<section.*?</section>", made, flags=re.DOTALL)
    assert sections == [
        '<section class="family"><h2 id="family-A">A</h2>(A-1 A-1 [\'d1\'] [\'check\'])(A-2 A-2 [\'d2\', \'d1\'] [\'check\'])</section>',
        '<section class="family"><h2 id="family-B">B</h2>(B-1 B-1 [] [\'check\'])</section>',
        '<section class="derivations"><h2>Derivations</h2>(d1)(d2)</section>',
    ]  # fmt: skip
    assert verified == ["d1", "d2"]
    assert "<title>rankladder: 3 claims</title>" in made and "<p><code>check --only A B</code></p>" in made
    assert made.startswith('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">')
    assert made.index("<nav") < made.index('<table id="dashboard">') < made.index('<section class="family">')
    assert made.endswith("</script></body></html>\n")
    own = {i: stated(i) for i in ids}
    made = page.page(own, [found(id="A-1")], command=["check", "a.py"], versions={})
    assert "Derivations" not in made and "<code>check a.py</code>" in made


# the page of a data set


def of_data(**changes: Any) -> dict[str, Any]:
    row = {"rank": 1, "transition_step": 1234, "predicted_step": 1200.6, "distance_to_rrr": 0.012345,
           "distance_to_plateau": None, "loss": 0.5, "rrr_loss": 0.25}  # fmt: skip
    late = row | {"rank": 2, "transition_step": None, "predicted_step": None, "loss": None}
    return {
        "shape": {"n": 1000, "d": 5, "p": 3, "m": 2}, "sentence": "All < hold.", "promise": "promised & kept",
        "assertions": {
            "A1": {"holds": True, "why": "because < 1"}, "A3": {"holds": False, "why": "late"},
            "A5": {"holds": None, "why": "unseen"}, "A9": {"holds": True, "why": "new"},
        },
        "modes": [{"sigma": 3.14159, "lam": 2.0, "rrr_gain": 4.5}, {"sigma": 1.0, "lam": 0.5, "rrr_gain": 2.0}],
        "noncommuting_share": 0.00123456, "order_consistent": True,
        "step_sizes": {"monotone": 0.25, "convergent": 0.5, "stable": 0.75}, "eta": 0.125, "delta": 10.0, "max_steps": 20000,
        "starts": {"spectral": [row, late], "gaussian": [late]},
        "runs": {"spectral": {"settled": True, "diverged_at": None, "steps": 4321},
                 "gaussian": {"settled": False, "diverged_at": None, "steps": 20000}},
    } | changes  # fmt: skip


def test_what_the_theory_says_of_data() -> None:
    head = "".join(
        f"<th scope=col>[{h}]</th>"
        for h in (r"i", r"\sigma_i", r"\lambda_i", r"\sigma_i^2/\lambda_i", r"\delta/\log(1 + \eta\sigma_i)")
    )
    assert data_page._theory(of_data()) == (
        "<ul><li>reduced-rank solutions, one rank at a time: promised &amp; kept</li>"
        "<li>share of [S_{xx}] that does not commute with [S_{xy}]: 0.001235</li>"
        r"<li>the orders of [\sigma] and [\sigma^2/\lambda] agree</li>"
        "<li>largest steps: monotone 0.25, convergent 0.5, stable against all directions 0.75; used: 0.125</li></ul>"
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
        "<tr><td>1</td><td>3.142</td><td>2</td><td>4.5</td><td>1,201</td></tr>"
        "<tr><td>2</td><td>1</td><td>0.5</td><td>2</td><td>-</td></tr></tbody></table></div>"
    )
    assert r"[\sigma^2/\lambda] disagree</li>" in data_page._theory(of_data(order_consistent=False))


def test_what_a_run_on_data_showed() -> None:
    report = of_data()
    heads = ("rank", "half learned at", "predicted", "nearest to the reduced-rank solution", "nearest to the plateau",
             "loss there", "least loss of that rank")  # fmt: skip
    assert data_page._run("spectral", report["starts"]["spectral"], report) == (
        "<section><h2>From a spectral start</h2><p>δ = 10, η = 0.125: 4,321 steps, settled. "
        "Distances are relative, in prediction norm.</p>"
        f'<div class="wide"><table><thead><tr>{"".join(f"<th scope=col>{h}</th>" for h in heads)}</tr></thead><tbody>'
        "<tr><td>1</td><td>1,234</td><td>1,201</td><td>0.01235</td><td>-</td><td>0.5</td><td>0.25</td></tr>"
        "<tr><td>2</td><td>not reached</td><td>-</td><td>0.01235</td><td>-</td><td>-</td><td>0.25</td></tr>"
        "</tbody></table></div></section>"
    )
    made = data_page._run("gaussian", report["starts"]["gaussian"], report)
    assert made.startswith("<section><h2>From a Gaussian start</h2>")
    assert "20,000 steps, stopped at the budget of 20,000 steps. Distances" in made
    for step_of in (1, 12345):
        report["runs"]["gaussian"]["diverged_at"] = step_of
        made = data_page._run("gaussian", report["starts"]["gaussian"], report)
        assert f"20,000 steps, diverged at step {step_of:,}; take a smaller step. Distances" in made


def test_every_assertion_with_its_verdict() -> None:
    assert data_page._assertions(of_data()["assertions"]) == (
        '<dl class="card"><dt>A1 <span class="badge proved">holds</span></dt>'
        "<dd>of the many solutions, descent picks a specific one<br><small>because &lt; 1</small></dd>"
        '<dt>A3 <span class="badge refuted">fails</span></dt>'
        "<dd>in rescaled time the transitions are where they are predicted<br><small>late</small></dd>"
        '<dt>A5 <span class="badge tested">open</span></dt>'
        "<dd>reduced-rank solutions are learned one rank at a time<br><small>unseen</small></dd>"
        '<dt>A9 <span class="badge proved">holds</span></dt><dd><br><small>new</small></dd></dl>'
    )


@pytest.mark.parametrize("picture", ["", "<svg/>"])
def test_the_page_of_a_data_set_has_its_parts_in_order(picture: str) -> None:
    command = ["rankladder", "data", "X 1.npy"]
    made = data_page.data_page(
        of_data(),
        names=["X 1.npy", "<Y>"],
        command=command,
        versions={"NumPy": "2", "SciPy": "1"},
        picture=picture,
    )
    assert re.findall(r"<h[12]>([^<]+)</h", made) == [
        "X 1.npy, &lt;Y&gt;", "Verdict", "What the theory says", *["Descent from the spectral start"] * bool(picture),
        "From a spectral start", "From a Gaussian start",
    ]  # fmt: skip
    assert (
        "<p class=lead>1000 samples, d = 5 inputs, p = 3 outputs, m = 2 modes</p>"
        "<p><code>rankladder data &#x27;X 1.npy&#x27;</code></p><p><small>NumPy 2, SciPy 1</small></p></header>"
    ) in made
    assert "<p>All &lt; hold.</p><dl" in made and "<title>rankladder: X 1.npy, &lt;Y&gt;</title>" in made
    assert ('<div class="picture"><svg/></div>' in made) is bool(picture)
    assert made.startswith("<!DOCTYPE html>\n<html") and made.endswith("</section></body></html>\n")
    moments = of_data(shape={"n": None, "d": 5, "p": 3, "m": 2})
    assert "<p class=lead>d = 5 inputs" in data_page.data_page(
        moments, names=["m"], command=command, versions={}
    )


def test_a_figure_stands_in_a_page_without_sizes_comments_and_metadata() -> None:
    def saved(buffer: Any, **options: Any) -> None:
        assert options["format"] == "svg" and set(options["metadata"].values()) == {None}
        buffer.write(
            '<?xml?>\n<!DOCTYPE svg>\n<svg a="1" width="10pt" height="20pt" viewBox="0 0 1 1">\n<metadata>\nx\n</metadata>'
            '<g width="3"/><!-- note\n --><metadata>y</metadata></svg>\n'
        )

    made = data_page.inline(SimpleNamespace(savefig=saved))
    assert made == '<svg a="1" viewBox="0 0 1 1">\n<g width="3"/></svg>\n'


# pictures of a violation


def test_the_curve_is_drawn_of_which_the_most_even_parts_lie_beside_zero() -> None:
    def chosen(*curves: tuple[float, list[float]]) -> tuple[str, list[float], list[float]] | None:
        made = [
            (f"c{i}", here, np.arange(float(len(margins))), np.array(margins))
            for i, (here, margins) in enumerate(curves)
        ]
        best = violation._telling(made)
        return None if best is None else (best[0], best[2].tolist(), best[3].tolist())

    nan = float("nan")
    assert chosen() is None and chosen((0.0, [1, 1]), (0.0, [0, 0])) is None
    half, third, most = (0.0, [-1.0, 1.0]), (0.0, [-1.0, 1.0, 1.0]), (0.0, [-1.0, -1.0, -1.0, 1.0])
    names = [
        (c or ("",))[0]
        for c in (chosen(third, half, most), chosen(most, third), chosen(half, half), chosen(third))
    ]
    assert names == ["c1", "c1", "c0", "c0"]
    # a quarter of it must be known, what stands at the counterexample too; the rest is left out
    assert chosen((1.0, [nan, -1, nan, nan, nan, nan, nan, nan])) is None
    assert chosen((1.0, [nan, -1, 2, nan, nan, nan, nan, nan])) == ("c0", [1, 2], [-1, 2])
    assert chosen((0.4, [nan, -1, 2, 2])) is None and chosen((0.6, [nan, -1, 2, 2])) == (
        "c0",
        [1, 2, 3],
        [-1, 2, 2],
    )


def test_whole_numbers_are_tried_forty_to_either_side() -> None:
    made = claim("t-whole", over={"n": Int(0, 1000), "m": Int(7, 7), "x": Real(0, 1)})(lambda n, m, x: n - m)

    def tried(n: int) -> list[float]:
        ((name, here, values, margins),) = violation._along_integers(made, Instance.of(n=n, m=7, x=F(1, 2)))
        assert (name, here) == ("n", float(n)) and margins.tolist() == [v - 7 for v in values]
        return [values[0], values[-1], len(values)]

    assert [tried(n) for n in (500, 501, 10, 995)] == [
        [460, 540, 81],
        [461, 541, 81],
        [0, 50, 51],
        [955, 1000, 46],
    ]
    two = claim("t-two", over={"n": Int(3, 4)})(lambda n: n - 3.5)
    assert [len(c[2]) for c in violation._along_integers(two, Instance.of(n=3))] == [2]


def test_numbers_of_data_are_tried_from_a_fortieth_to_twice_what_they_are() -> None:
    def conclusion(data: Any) -> Any:
        return data.sigma[0] + 10 * data.lam[0] - 100 * data.lam[1]

    made = claim("t-data", over={"x": Real(0, 1), "data": Problem()})(conclusion)
    frames = (Reflections(2),) * 3
    data = JointProblem((F(2),), (F(1, 2), F(4)), *frames)
    curves = list(violation._along_problems(made, Instance.of(x=F(1, 2), data=data)))
    assert [(n, h, v[0], v[-1], len(v)) for n, h, v, _ in curves] == [
        (r"\sigma_1", 2.0, 0.05, 4.0, 80), (r"\lambda_1", 0.5, 0.0125, 1.0, 80), (r"\lambda_2", 4.0, 0.1, 8.0, 80),
    ]  # fmt: skip
    for (_, _, values, margins), slope, at in zip(curves, (1, 10, -100), (2.0, 0.5, 4.0), strict=True):
        np.testing.assert_allclose(margins, 2 + 5 - 400 + slope * (values - at))
    # of a null direction there is nothing to scale
    null = replace(data, lam=(F(1, 2), F(0)))
    assert [n for n, *_ in violation._along_problems(made, Instance.of(x=F(1, 2), data=null))] == [
        r"\sigma_1",
        r"\lambda_1",
    ]
    small = claim("t-null", over={"data": Problem()})(lambda data: 1 - data.sigma[0])
    assert "along σ₁" in violation.violation(small, Instance.of(data=null))


def test_reals_come_before_whole_numbers_and_data() -> None:
    both = claim("t-both", over={"n": Int(0, 9), "x": Real(0, 4)})(lambda n, x: 2 - x - n)
    assert "along x;" in violation.violation(both, Instance.of(n=1, x=F(3)))
    constant = claim("t-constant", over={"n": Int(0, 9), "x": Real(0, 4)})(lambda n, x: 2 - n + 0 * x)
    assert "along x;" in violation.violation(constant, Instance.of(n=5, x=F(3)))
    blind = claim("t-blind", over={"n": Int(0, 9), "x": Real(0, 4)})(
        lambda n, x: 2 - n if x == 3 else float("nan")
    )
    assert "along n;" in violation.violation(blind, Instance.of(n=5, x=F(3)))
    fine = claim("t-fine", over={"n": Int(0, 9)})(lambda n: n + 1)
    assert violation.violation(fine, Instance.of(n=5)) == ""
    # the dot lies on the curve, where it is
    assert "the counterexample at x = 3 has -2" in violation.violation(both, Instance.of(n=1, x=F(3)))


def test_a_parameter_is_tried_at_fewer_points_beside_data() -> None:
    for over, count in (({"x": Real(0, 4)}, 81), ({"x": Real(0, 4), "data": Problem()}, 33)):
        made = claim("t-points", over=over)(lambda x: x - 1)
        data = JointProblem((F(2),), (F(1),), *(Reflections(1),) * 3)
        ((_, here, values, _),) = violation._along_reals(made, Instance.of(x=F(2), data=data))
        assert here == 2.0 and len(values) == count and values[count // 2] == 2.0


def test_a_picture_of_one_point_and_of_a_margin_without_an_end() -> None:
    picture = violation._svg("n", np.array([3.0]), np.array([-1.0]), 3.0, -1.0)
    assert 'class="margin" points="64.0,' in picture and picture.count("text-anchor") == 4
    # where the dot has no height it lies on the line of zero
    endless = violation._svg("n", np.array([0.0, 1.0, 2.0]), np.array([-1.0, 1.0, 1.0]), 1.0, float("-inf"))
    zero = re.search(r'class="axis" x1="64" x2="434" y1="([\d.]+)"', endless)
    assert zero and f'<circle cx="249.0" cy="{zero[1]}" r="5"/>' in endless


@pytest.mark.parametrize(
    ("latex", "cut"),
    [
        (r"a,\quad b;\ c:\qquad d", ["a,", "b;", "c:", "d"]),
        (r"a\quad b", [r"a\quad b"]),
        (
            r"(a,\quad b),\quad [c,\ d],\quad \{e,\ f\},\ {g,\ h}",
            [r"(a,\quad b),", r"[c,\ d],", r"\{e,\ f\},", r"{g,\ h}"],
        ),
        (r"\left(a,\quad b\right),\quad c", [r"\left(a,\quad b\right),", "c"]),
        (r"\begin{x}a,\quad b\end{x},\quad c", [r"\begin{x}a,\quad b\end{x},", "c"]),
        (r"a),\quad b", ["a),", "b"]),
        (r"a,\quad", ["a,"]),
        (r"a ,\quad b", ["a ,", "b"]),
        ("", []),
    ],
)
def test_where_a_formula_may_be_broken(latex: str, cut: list[str]) -> None:
    assert pieces(latex) == cut


def test_labels_keep_fifty_points_from_that_of_the_dot_and_fourteen_from_zero() -> None:
    for x, shown in (
        (319.5, ["0", "320", "370"]),
        (320.0, ["0", "320"]),
        (50.5, ["0", "50.5", "370"]),
        (49.5, ["49.5", "370"]),
    ):
        # 370 units on 370 points
        picture = violation._svg("n", np.array([0.0, 185.0, 370.0]), np.array([-1.0, 1.0, -1.0]), x, -1.0)
        assert re.findall(r'y="150"[^>]*>([^<]+)', picture) == shown
    # 124 points in all, with 8% of room on either side, show a + 2 where one margin has the size of the unit
    for points, labels in ((14.5, 3), (13.5, 2)):
        a = 2 * points / (124 / 1.16 - points)
        margins = np.sinh(np.array([-a, np.arcsinh(1.0), 2.0]))
        picture = violation._svg("n", np.array([0.0, 1.0, 2.0]), margins, 1.0, 0.1)
        assert picture.count('text-anchor="end"') == labels
        mirrored = violation._svg("n", np.array([0.0, 1.0, 2.0]), -margins, 1.0, -0.1)
        assert mirrored.count('text-anchor="end"') == labels


def test_a_picture_without_height_and_a_dot_beside_the_curve() -> None:
    level = violation._svg("n", np.array([0.0, 1.0, 2.0]), np.zeros(3), 0.0, 0.0)
    assert (
        'class="margin" points="64.0,74.0 249.0,74.0 434.0,74.0"' in level and 'cx="64.0" cy="74.0"' in level
    )
    for x, points, dot in ((-2.0, [249, 341.5, 434], 64.0), (4.0, [64, 156.5, 249], 434.0)):
        picture = violation._svg("n", np.array([0.0, 1.0, 2.0]), np.array([1.0, -1.0, 1.0]), x, -1.0)
        curve = re.search(r'class="margin" points="([^"]+)"', picture)
        assert curve and [float(p.split(",")[0]) for p in curve[1].split()] == points
        assert (
            f'<circle cx="{dot}" cy="127.4" r="5"/>' in picture
        )  # asinh(1) of 2.32 asinh(1) below the middle
    # the dot stretches the picture where it lies lower than the curve
    picture = violation._svg("n", np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0.0, -3.0)
    assert '<text x="58" y="131.4" text-anchor="end">-3</text>' in picture


def test_numbers_that_belong_together_are_as_many() -> None:
    report = of_data()
    for modes in (report["modes"][:1], report["modes"] * 2):
        with pytest.raises(ValueError, match="zip"):
            data_page._theory(report | {"modes": modes})
    with pytest.raises(ValueError, match="zip"):
        violation._svg("n", np.array([0.0, 1.0, 2.0]), np.array([1.0, -1.0]), 1.0, -1.0)


def test_a_formula_on_which_the_converter_breaks_is_shown_as_its_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def convert(piece: str) -> str:
        asked.append(piece)
        if piece == "b":
            raise IndexError
        return f'<math display="inline">{piece}</math>'

    monkeypatch.setattr("latex2mathml.converter.convert", convert)
    made = formula.__wrapped__
    assert made("a,\\quad b") == "<code>a,\\quad b</code>" and asked == ["a,", "b"]
    assert made("\\c < d") == "<code>\\c &lt; d</code>"
    one, two = (f'<math display="inline" displaystyle="true">{x}</math>' for x in ("a,", "c"))
    assert made("a,\\quad   c") == f"{one} {two}"
