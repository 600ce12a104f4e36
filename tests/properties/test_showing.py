"""What a notebook shows of a claim, a verdict, an instance, a derivation and a trajectory."""

from rankladder import Real, check, claim, symbols
from rankladder.language.library import load_catalogue
from tests.properties.test_report import Structure

x = symbols("x")


def well_formed(text: str | None) -> str:
    assert text is not None
    parser = Structure()
    parser.feed(text)
    assert parser.open == []
    return text


def stated():
    # inside a function: the plugin makes a test of every claim that has a name in a test module
    said = {"title": "x & its square", "statement": r"x^2 \le \frac{x}{2}"}

    @claim("shown", over={"x": Real(0, 4)}, given={"below <2>": x < 2}, **said)
    def shown(x):
        return x / 2 - x * x

    return shown


def test_claim_shows_statement_and_assumptions() -> None:
    text = well_formed(stated()._repr_html_())
    assert "<msup>" in text
    assert "\\" not in text
    assert "below &lt;2&gt;" in text
    assert "x &amp; its square" in text
    assert stated()._repr_latex_() == r"$\displaystyle x^2 \le \frac{x}{2}$"


def test_every_claim_of_the_catalogue_shows_itself() -> None:
    for c in load_catalogue().values():
        text = well_formed(c._repr_html_())
        if c.statement:
            assert "<math" in text, c.id


def test_verdict_shows_its_counterexample() -> None:
    result = check(stated(), profile="quick")
    text = well_formed(result._repr_html_())
    assert f"<code>{result.counterexample}</code>" in text
    assert "refuted</b> <i>(expected: holds)</i>" in text
