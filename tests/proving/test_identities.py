"""Identities prove what is true, and nothing else; a changed certificate is rejected."""

import ast
import copy
import json
import os
import random
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
import sympy

from rankladder.language.catalogue import catalogue, catalogues
from rankladder.proof.identities import find_identities, identities_hold
from rankladder.proof.identity_text import Identities, readable, translated
from rankladder.proof.kept_identities import written_identities
from rankladder.proof.smtlib import Obligation
from tests.processes import python

s, x, z, u, w, t = sympy.symbols("s x z u w t", real=True)
SMALL = (s > 0, 2 * s < 1)
UNIT = (x >= 0, x <= 1)

TRUE = {
    "square": ((), x**2 + 1 >= 2 * x),
    "upper step": ((*SMALL, *UNIT), (1 - 2 * s * x) * (1 + s * x) ** 2 <= 1),
    "lower step": (
        (s >= 0, *UNIT),
        (1 + s * x) ** 2 * ((1 + s) ** 2 - x * ((1 + s) ** 2 - 1)) >= (1 + s) ** 2,
    ),
    "monotone step": ((*SMALL, z > 0, z <= 1), z * (1 + s * (1 - z)) ** 2 >= z),
    "unit interval": ((s > 0, 2 * s <= 1, z > 0, z <= 1), z * (1 + s * (1 - z)) ** 2 <= 1),
    "denominators": ((s > 0, t > s), s / (1 + s) < t / (1 + t)),
    "a case": ((sympy.Or(x >= 1, x <= -1),), x**2 >= 1),
    "a choice": ((), sympy.Or(x > 0, x <= 0)),
    "a choice of three": ((), sympy.Or(x > 1, x < 0, x * (1 - x) >= 0)),
    "two parts": ((x > 1,), sympy.And(x**2 > 1, x**3 > 1)),
    "an equation": ((sympy.Eq(u, w + 1), w > 0), u**2 > 1),
    "to be equal": ((sympy.Eq(u, w),), sympy.Eq(u**2, w**2)),
    "equal, as neither is greater": ((u >= w, u <= w), sympy.Eq(u, w)),
    "contradiction": ((x > 1, x < 0), sympy.Eq(x, 7)),
    "above a bound": ((x >= 0,), (1 + x) ** 12 >= 1 + 12 * x),
    "below a bound": ((x <= 1, x >= 0), (2 - x) ** 9 >= 1),
    "a bound that holds another variable": ((s > 0, t >= s), t**9 + s * t >= s**9 + s**2),
    "between such bounds": ((s > 0, x >= 0, x <= s), x**4 * (s - x) <= s**5),
    "a square completed": ((s > 0, t > 0), s * x**2 + 2 * s * x * z + (s + t) * z**2 >= 0),
    "what is not 0": ((sympy.Ne(x, 0),), x**4 > 0),
    "a case that is excluded": ((sympy.Or(sympy.Ne(x, 1), sympy.Eq(z, 0)), sympy.Eq(x, 1)), z < 1),
}
FALSE = {
    "upper step beyond": ((s > 0, 8 * s < 5, *UNIT), (1 - 3 * s * x) * (1 + s * x) ** 2 >= 1),
    "a start above 1": ((*SMALL, z > 0), z * (1 + s * (1 - z)) ** 2 >= z),
    "strict at the edge": (UNIT, x * (1 - x) > 0),
    "one sign": ((s > 0, t > s), s / (1 + s) > t / (1 + t)),
    "an undefined quotient": ((), 1 / x**2 > 0),
    "not a case": ((sympy.Or(x >= 1, x <= -1),), x >= 1),
    "equal, as one is not greater": ((u >= w,), sympy.Eq(u, w)),
    "an or": ((), sympy.Or(x > 0, x < 0)),
    "what divides cancels": ((), (x**2 - 1) / (x - 1) > x),
    "what divides both sides": ((), 1 / x + 1 > 1 / x),
    "above a bound, too steep": ((x >= 0, x <= 1), (1 + x) ** 12 >= 1 + 13 * x),
    "between bounds, too small": ((s > 0, x >= 0, x <= s), 13 * x**4 * (s - x) <= s**5),
    "below the bound that holds another variable": ((s > 0, t <= s), t**9 >= s**9),
    "a square that is not completed": ((s > 0, t > 0), s * x**2 + 2 * s * x * z + (s - t) * z**2 >= 0),
    "what is not 0": ((sympy.Ne(x, 0),), x > 0),
    "a case that is not excluded": ((sympy.Or(sympy.Ne(x, 1), sympy.Eq(z, 0)),), z < 1),
    "in a part": ((), sympy.And(x**2 >= 0, (x * z - z) / (x - 1) >= z)),
    "the name of a root": ((), sympy.Symbol("sqrt_2_1", real=True) > 0),
    "names that would be one": (
        (sympy.Symbol("lambda", real=True) > 1,),
        sympy.Symbol("lambda_", real=True) > 1,
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_has_an_identity(name: str) -> None:
    given, shows = TRUE[name]
    found = find_identities(Obligation(name, given, shows))
    assert found is not None
    assert identities_hold(found)
    Reader(found, random.Random(0)).read(readable(found))


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_has_none(name: str) -> None:
    given, shows = FALSE[name]
    assert find_identities(Obligation(name, given, shows)) is None


def holds(step: dict[str, Any], facts: list[tuple[Any, str]]) -> bool:
    """An independent reading of a step, with SymPy: the identity holds, and its signs show what is said."""

    def product(c: str, chosen: list[int], *squares: str) -> Any:
        made = sympy.Rational(c)
        for i in chosen:
            made *= facts[i][0]
        for p in squares:
            made *= sympy.sympify(p) ** 2
        return made

    if not all(
        0 <= i < len(facts) or -len(facts) <= i < 0
        for part in ("times", "sum")
        for term in step[part]
        for i in term[1]
    ):
        return False
    factor = sum((product(*term) for term in step["times"]), sympy.S.Zero)
    total = sum((product(*term) for term in step["sum"]), sympy.S.Zero)
    if sympy.expand(factor * sympy.sympify(step["shows"]) - total) != 0:
        return False
    positive = all(
        sympy.Rational(c) > 0 and all(facts[i][1] == ">" for i in chosen) for c, chosen in step["times"]
    )
    zero = [any(facts[i][1] == "==" for i in chosen) for _, chosen, *_ in step["sum"]]
    signs = all(
        z or (sympy.Rational(c) > 0 and step["kind"] != "==")
        for z, (c, *_) in zip(zero, step["sum"], strict=True)
    )
    strict = any(
        not z and not more and all(facts[i][1] == ">" for i in chosen)
        for z, (_, chosen, *more) in zip(zero, step["sum"], strict=True)
    )
    return bool(step["times"]) and positive and signs and (step["kind"] != ">" or strict)


def changed(found: Identities, rng: random.Random) -> tuple[Identities, int]:
    """The certificate with one thing changed in one step, and which."""
    made = Identities(found.given, found.shows, copy.deepcopy(found.node))
    k = rng.randrange(len(made.node["steps"]))
    step = made.node["steps"][k]
    match rng.randrange(5):
        case 0:
            part = step[rng.choice(["times", "sum"])]
            if part:
                term = rng.choice(part)
                term[0] = str(sympy.Rational(term[0]) * rng.choice([-1, 2, sympy.Rational(99, 100), 0]))
        case 1:
            part = step[rng.choice(["times", "sum"])]
            if part and (term := rng.choice(part))[1]:
                term[1][rng.randrange(len(term[1]))] = rng.randrange(k + 4)
        case 2:
            step["kind"] = rng.choice([">", ">=", "=="])
        case 3:
            step["shows"] = f"{step['shows']} + {rng.choice(['1', 's', 'x', '-1'])}"
        case 4:
            part = step[rng.choice(["times", "sum"])]
            if part:
                part.pop(rng.randrange(len(part)))
    return made, k


def test_of_five_hundred_changed_certificates_those_that_are_wrong_are_rejected() -> None:
    rng = random.Random(0)
    names = ["upper step", "lower step", "monotone step", "unit interval", "square"]
    certificates = [find_identities(Obligation(n, *TRUE[n])) for n in names]
    wrong = 0
    while wrong < 500:
        found = rng.choice(certificates)
        assert found is not None
        made, k = changed(found, rng)
        if made.node == found.node:
            continue
        relations = [sympy.sympify(g, evaluate=False) for g in found.given]
        facts = [
            (
                r.lhs - r.rhs if r.rel_op in (">", ">=") else r.rhs - r.lhs,
                ">" if r.rel_op in ("<", ">") else ">=",
            )
            for r in relations
        ]
        facts += [(sympy.sympify(step["shows"]), step["kind"]) for step in made.node["steps"][:k]]
        if holds(made.node["steps"][k], facts):
            continue  # what was changed is true as well
        wrong += 1
        assert not identities_hold(made), made.node


@pytest.mark.parametrize("uses", ['"given": []', '"given": [7]', '"used": []'])
def test_a_kept_identity_is_not_believed(uses: str, tmp_path) -> None:
    false = Obligation("false", (), x**2 > 0)
    read = translated(false)
    assert read is not None
    wrong = {"steps": [{"shows": "x**2", "kind": ">", "times": [["1", []]], "sum": [["1", []]]}]}
    kept = tmp_path / "kept_wrongly" / "identities.json"
    kept.parent.mkdir()
    (kept.parent / "__init__.py").touch()
    text = written_identities([Identities(*read, wrong)])
    assert '"given": []' in text
    kept.write_text(text.replace('"given": []', uses), encoding="utf-8")
    asked = """
import sympy
from rankladder.language.catalogue import Catalogue
from rankladder.language.obligation import Obligation
from rankladder.proof.kept_identities import identities_for
Catalogue(name="kept-wrongly", package="kept_wrongly", title="an identity that is wrong")
print(identities_for(Obligation("false", (), sympy.Symbol("x", real=True) ** 2 > 0)).node)
"""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
    }
    run = python("-c", asked, env=environment)
    assert run.stdout.strip() == "None", run.stdout + run.stderr


class Reader:
    """Reads printed identities back, at one rational point: every line must be true there, and every sign known.

    It shares nothing with the checker, nor with what prints.
    """

    def __init__(self, found: Identities, rng: random.Random) -> None:
        names = set(re.findall(r"[A-Za-z_]\w*", f"{found.given} {found.shows}"))
        self.point = {name: Fraction(rng.randrange(-9999, 9999, 2), 1024) for name in sorted(names)}
        self.known: list[
            tuple[int, Fraction, str]
        ] = []  # of an indent on: a number that is > 0, >= 0 or == 0
        for given in found.given:
            self.suppose(0, given)

    def value(self, text: str) -> Fraction:
        exact = re.sub(r"\b\d+\b", r"F(\g<0>)", text)
        made: Fraction = eval(exact, {"F": Fraction, **self.point})
        return made

    def relation(self, text: str) -> tuple[Fraction, str]:
        left, kind, zero = text.rsplit(" ", 2)
        assert zero == "0"
        made = self.value(left)
        return (-made, kind.replace("<", ">")) if "<" in kind else (made, {"=": "=="}.get(kind, kind))

    def suppose(self, indent: int, statement: Any) -> None:
        if not isinstance(statement, str):
            for part in statement[1:] if statement[0] == "and" else ():
                self.suppose(indent, part)
        elif " or " not in statement:
            self.known += [(indent, *self.relation(part)) for part in statement.split(" and ")]

    def kinds(self, value: Fraction) -> set[str]:
        found = {kind for _, known, kind in self.known if known == value}
        return found | {">="} if found & {">", "=="} else found

    def sign(self, tree: ast.expr) -> set[str]:
        """What is known of a sum of products: that it is above 0, not below it, or 0."""
        own = self.kinds(self.value(ast.unparse(tree)))
        match tree:
            case ast.Constant(value=number):
                return own | ({">", ">="} if number else {"==", ">="})
            case ast.BinOp(left=a, op=ast.Add(), right=b):
                one, two = self.sign(a), self.sign(b)
                strict = {">"} if ">=" in one & two and ">" in one | two else set()
                return own | strict | (one & two & {">=", "=="})
            case ast.BinOp(left=a, op=ast.Mult() | ast.Div(), right=b):
                one, two = self.sign(a), self.sign(b)
                return own | (one & two) | ({"==", ">="} if "==" in one | two else set())
            case ast.BinOp(left=a, op=ast.Pow(), right=ast.Constant(value=power)):
                return own | self.sign(a) | (set() if power % 2 else {">="})
            case ast.UnaryOp(operand=a) if "==" in self.sign(a):
                return own | {"==", ">="}
            case ast.BinOp(left=a, op=ast.Sub(), right=b) if "==" in self.sign(b):
                return own | self.sign(a)
        return own

    def read(self, text: str) -> int:
        lines = text.splitlines()
        for line in lines:
            self.line(line)
        return len(lines)

    def line(self, text: str) -> None:
        indent, line = len(text) - len(text.lstrip()), text.strip()
        self.known = [fact for fact in self.known if fact[0] <= indent]
        if line.startswith(("to show", "enough", "so ", "which", "true")):
            return
        if line.startswith("if "):
            self.suppose(indent + 2, line.removeprefix("if ").rstrip(":"))
            return
        if line.startswith("suppose not "):
            before, _, line = line.removeprefix("suppose not ").partition(": ")
            value, kind = self.relation(before)
            assert self.relation(line) == (-value, ">=" if kind == ">" else ">")
            self.known.append((indent, *self.relation(line)))
            return
        if line.startswith("since "):
            before, _, line = line.removeprefix("since ").partition(": ")
            value, kind = self.relation(before)
            assert kind in self.kinds(value)
            known, shown = self.relation(line)
            assert known * (known if kind == "!=" else value) >= 0
            assert shown == (">" if kind == "!=" else kind)
            self.known.append((indent, known, shown))
            return
        *first, last = line.split(" = ")
        equation = [*first, *last.rsplit(" ", 2)[:1]] if last != "0" else first
        kind = "==" if last == "0" else last.rsplit(" ", 2)[1]
        values = set(map(self.value, equation))
        assert len(values) == 1, line
        assert kind in self.sign(ast.parse(equation[-1], mode="eval").body), line
        self.known.append((indent, values.pop(), kind))
        match ast.parse(equation[0], mode="eval").body:
            case ast.BinOp(left=factor, op=ast.Mult(), right=shown) if ">" in self.sign(factor):
                self.known.append((indent, self.value(ast.unparse(shown)), kind))


def kept_identities() -> Iterator[Identities]:
    for home in map(catalogue, catalogues()):
        for key, node in json.loads((home.folder / "identities.json").read_text(encoding="utf-8")).items():
            if node is not None:
                given, shows = map(json.loads, key.split(" ==> "))
                yield Identities([given[k] for k in node["given"]], shows, node)


def test_what_is_printed_of_every_kept_identity_is_true_and_its_signs_are_known() -> None:
    rng = random.Random(0)
    assert sum(Reader(found, rng).read(readable(found)) for found in kept_identities()) > 500
