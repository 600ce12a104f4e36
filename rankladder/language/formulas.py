"""LaTeX to MathML, in pieces between which a browser may break the line."""

from __future__ import annotations

import html
import re
from functools import cache

__all__ = ["formula", "pieces"]

# what the converter does not know, in words that it does
_SPELLED = (
    (re.compile(r"\\(q?quad)(?=[A-Za-z])"), r"\\\1 "),
    (re.compile(r"\\arg(?![A-Za-z])"), r"\\operatorname{arg}"),
    (re.compile(r"\\(?:d|t)?binom(?![A-Za-z])"), r"\\binom"),
    (re.compile(r"\\[%&#]"), lambda m: m[0][1:]),
    # a pair of fixed size comes apart where the second carries an exponent
    (re.compile(r"\\[bB]igg?[lr]?\s*(?=[(\[]|\\\{)"), r"\\left"),
    (re.compile(r"\\[bB]igg?[lr]?\s*(?=[)\]]|\\\})"), r"\\right"),
)
_TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|.", re.DOTALL)
_BREAKS = {r"\quad", r"\qquad", "\\ "}


def pieces(latex: str) -> list[str]:
    r"""A formula cut where space follows a comma, colon or semicolon outside of every bracket and group.

    >>> pieces(r"a < b,\quad c = (d,\ e):\ f")
    ['a < b,', 'c = (d,\\ e):', 'f']
    """
    found, current, depth = [], "", 0
    for token in _TOKEN.findall(latex):
        bare = token if token == "\\ " else token.rstrip()
        if bare in ("{", "(", "[", r"\{", r"\left", r"\begin"):
            depth += 1
        elif bare in ("}", ")", "]", r"\}", r"\right", r"\end"):
            depth -= 1
        if depth <= 0 and bare in _BREAKS and current.rstrip()[-1:] in (",", ":", ";"):
            found.append(current.strip())
            current = ""
            continue
        current += token
    return [piece for piece in (*found, current.strip()) if piece]


@cache
def formula(latex: str) -> str:
    r"""MathML of a formula; one that cannot be converted is shown as its source.

    >>> formula("x^2")
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline" displaystyle="true"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    >>> formula(r"\big(x\big)^2") == formula(r"\left(x\right)^2")
    True
    >>> formula(r"\nosuchcommand{x}")
    '<code>\\nosuchcommand{x}</code>'
    """
    from latex2mathml.converter import convert

    plain = " ".join(latex.split())
    for pattern, spelled in _SPELLED:
        plain = pattern.sub(spelled, plain)
    made = []
    for piece in pieces(plain):
        try:
            math = convert(piece)
        except Exception:  # the converter raises what it likes; one formula must not cost the report
            return f"<code>{html.escape(latex)}</code>"
        if "\\" in math:
            return f"<code>{html.escape(latex)}</code>"
        made.append(math.replace('display="inline"', 'display="inline" displaystyle="true"', 1))
    return " ".join(made)
