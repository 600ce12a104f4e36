"""A certificate as tactics of Coq: every step an equation that ``ring`` checks, every sign a term that says why.

Facts are kept as the certificate has them: a polynomial that is ``> 0``, ``>= 0`` or ``= 0``, here under the name of a
hypothesis of Coq. What the certificate shows is left as one more hypothesis, ``SHOWN``.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from rankladder.proof.coq_text import NoCoqForm, as_atom, coq_polynomial

__all__ = ["PRELUDE", "Atom", "Certificate", "Tree", "atom_of", "either", "tactic"]

PRELUDE = r"""Lemma lt_fact : forall a b p, a < b -> p = b - a -> 0 < p. Proof. intros; lra. Qed.
Lemma le_fact : forall a b p, a <= b -> p = b - a -> 0 <= p. Proof. intros; lra. Qed.
Lemma eq_fact : forall a b p, a = b -> p = a - b -> p = 0. Proof. intros; lra. Qed.
Lemma lt_from : forall p a b, 0 < p -> p = b - a -> a < b. Proof. intros; lra. Qed.
Lemma le_from : forall p a b, 0 <= p -> p = b - a -> a <= b. Proof. intros; lra. Qed.
Lemma eq_from : forall p a b, p = 0 -> p = a - b -> a = b. Proof. intros; lra. Qed.
Lemma ne_from : forall p a b, p <> 0 -> p = a - b -> a <> b. Proof. intros p a b H E F; apply H; lra. Qed.
Lemma square_fact : forall d, d <> 0 -> 0 < d * d. Proof. intros; apply Rlt_0_sqr; assumption. Qed.
Lemma ne_fact : forall a b p q, a <> b -> p = a - b -> q = p * p -> 0 < q.
Proof. intros a b p q H E ->; apply square_fact; intro Z; apply H; lra. Qed.
Lemma positive_over : forall d x y, d <> 0 -> 0 < x -> x = y * (d * d) -> 0 < y.
Proof. intros d x y D X E; apply Rmult_lt_reg_r with (d * d); [apply square_fact; assumption | lra]. Qed.
Lemma nonnegative_over : forall d x y, d <> 0 -> 0 <= x -> x = y * (d * d) -> 0 <= y.
Proof. intros d x y D X E; apply Rmult_le_reg_r with (d * d); [apply square_fact; assumption | lra]. Qed.
Lemma zero_over : forall d x y, d <> 0 -> x = 0 -> x = y * (d * d) -> y = 0.
Proof. intros d x y D X E; apply Rmult_eq_reg_r with (d * d); [lra | apply Rgt_not_eq, square_fact; assumption]. Qed.
Lemma positive_under : forall d y p, d <> 0 -> 0 < y -> p = y * (d * d) -> 0 < p.
Proof. intros d y p D Y E; rewrite E; apply Rmult_lt_0_compat; [exact Y | apply square_fact; exact D]. Qed.
Lemma nonnegative_under : forall d y p, d <> 0 -> 0 <= y -> p = y * (d * d) -> 0 <= p.
Proof. intros d y p D Y E; rewrite E; apply Rmult_le_pos; [exact Y | apply Rlt_le, square_fact; exact D]. Qed.
Lemma zero_under : forall d y p, d <> 0 -> y = 0 -> p = y * (d * d) -> p = 0.
Proof. intros d y p D Y E; rewrite E, Y; ring. Qed.
Lemma positive_from : forall t u x, 0 < t -> 0 < u -> t * x = u -> 0 < x.
Proof. intros t u x T U E; apply Rmult_lt_reg_l with t; lra. Qed.
Lemma nonnegative_from : forall t u x, 0 < t -> 0 <= u -> t * x = u -> 0 <= x.
Proof. intros t u x T U E; apply Rmult_le_reg_l with t; lra. Qed.
Lemma zero_from : forall t u x, 0 < t -> u = 0 -> t * x = u -> x = 0.
Proof. intros t u x T U E; apply Rmult_eq_reg_l with t; lra. Qed.
Lemma zero_times : forall p r, p = 0 -> p * r = 0. Proof. intros p r H; rewrite H; ring. Qed.
Lemma zero_plus : forall a b, a = 0 -> b = 0 -> a + b = 0. Proof. intros; lra. Qed.
Lemma square_sign : forall r, 0 <= r * r. Proof. exact Rle_0_sqr. Qed.
Lemma negative_fact : forall p, p < 0 -> 0 < - p. Proof. intros; lra. Qed.
Lemma apart : forall p, p < 0 \/ 0 < p -> p <> 0. Proof. intros p [H|H] E; lra. Qed.
Lemma product_apart : forall a b, a <> 0 -> b <> 0 -> a * b <> 0. Proof. exact Rmult_integral_contrapositive_currified. Qed.
Ltac nonzero := repeat split; first [assumption | (intro E; lra) | match goal with
  | N : ?b <> 0 |- ?a <> 0 => let E := fresh in intro E; apply N; replace b with a by ring; exact E
  | N : ?b <> 0 |- ?a <> 0 => let E := fresh in intro E; apply N; replace b with (- a) by ring; rewrite E; ring
  end | (apply product_apart; nonzero) | (apply pow_nonzero; nonzero) | match goal with
  | N : ?b <> 0, M : ?c <> 0 |- ?a <> 0 => replace a with (b * c) by ring; exact (product_apart b c N M)
  end | (intro E; nra)].
"""


@dataclass(frozen=True)
class Tree:
    """A statement as Coq reads it, beside what a certificate makes of it.

    ``kind`` is ``and``, ``or`` or ``atom``; of an atom, ``word`` is ``lt``, ``le``, ``eq``, ``ne`` or ``true``, ``gap`` the difference
    that is compared with 0, and ``data`` the certificate's text, True where the relation needs no proof.
    """

    kind: str
    text: str
    data: Any
    parts: tuple[Tree, ...] = ()
    word: str = ""
    gap: str = ""


@dataclass(frozen=True)
class Atom:
    """A relation of a certificate: ``top`` compared with 0, once multiplied by the square of what it is divided by."""

    top: str
    bottom: str  # empty where nothing divides
    kind: str  # ">", ">=", "==", "!="
    negated: bool  # whether top is minus what stands in the relation

    @property
    def wanted(self) -> str:
        """The polynomial that is compared with 0."""
        whole = f"({self.top})*({self.bottom})" if self.bottom else self.top
        return f"-({whole})" if self.negated else whole


def atom_of(text: str) -> Atom:
    """The parts of a relation that a certificate is about.

    >>> atom_of("2*s - 1 < 0").wanted
    '-(2*s - 1)'
    """
    if not isinstance(text, str) or text.count(" ") < 2:
        raise NoCoqForm(f"the certificate is one of another statement: it speaks of {text}")
    left, op, zero = text.rsplit(" ", 2)
    if zero != "0":
        raise NoCoqForm(f"{text} is not compared with 0")
    tree = ast.parse(left, mode="eval").body
    top, bottom = left, ""
    if (
        isinstance(tree, ast.BinOp)
        and isinstance(tree.op, ast.Div)
        and not isinstance(tree.right, ast.Constant)
    ):
        top, bottom = ast.unparse(tree.left), ast.unparse(tree.right)
    return Atom(top, bottom, {"<": ">", "<=": ">="}.get(op, op), op in ("<", "<="))


def tactic(*texts: str) -> str:
    """What shows an equation: ``field`` where there is a division."""
    return "(field; nonzero)" if any("/" in text for text in texts) else "ring"


@dataclass(frozen=True)
class _Fact:
    text: str
    kind: str
    hypothesis: str


@dataclass
class Certificate:
    """Writes tactics for a certificate.

    ``names`` says what stands for each name of the certificate; ``available`` are the hypotheses of Coq, each under
    the text that the certificate has for it, with the statement it makes.
    """

    names: Mapping[str, str]
    lines: list[str] = field(default_factory=list)
    count: int = 0
    available: dict[str, tuple[str, Tree]] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)

    def used(self) -> list[str]:
        """The tactics, without facts that nothing after them uses."""
        kept: list[str] = []
        names: set[str] = set()
        for line in reversed(self.lines):
            stated = re.match(r"\s*assert \((F\d+) :", line)
            if stated is None or stated[1] in names:
                kept.append(line)
                names.update(re.findall(r"\bF\d+\b", line))
        return kept[::-1]

    # facts and their signs

    def poly(self, text: str) -> str:
        """A polynomial of the certificate as Coq reads it."""
        return coq_polynomial(text, self.names)

    def claim_of(self, text: str, kind: str) -> str:
        """What a fact says."""
        said = self.poly(text)
        return {">": f"0 < {said}", ">=": f"0 <= {said}", "==": f"{said} = 0", "!=": f"{said} <> 0"}[kind]

    def fresh(self) -> str:
        """A name for one more fact."""
        self.count += 1
        return f"F{self.count}"

    def fact(self, text: str, kind: str, proof: str, indent: str) -> _Fact:
        """State a fact, with its proof."""
        name = self.fresh()
        said = f"{indent}assert ({name} : {self.claim_of(text, kind)})."
        self.lines.append(f"{said}\n{indent}{{ {proof} }}")
        return _Fact(text, kind, name)

    def product(self, c: str, facts: Sequence[_Fact], more: Sequence[str]) -> tuple[str, str, str]:
        """Text, sign and the term that shows the sign, of a number times facts times squares."""
        number = Fraction(c)
        zero = next((f for f in facts if f.kind == "=="), None)
        if zero is not None:
            others = [as_atom(self.poly(f.text)) for f in facts if f is not zero]
            others += [as_atom(self.poly(p)) for p in more]
            rest = " * ".join([as_atom(str(number)), *others])
            text = f"{as_atom(self.poly(zero.text))} * ({rest})"
            return text, "==", f"(zero_times _ ({rest}) {zero.hypothesis})"
        parts = [(as_atom(self.poly(f.text)), f.kind, f.hypothesis) for f in facts]
        for p in more:
            root = as_atom(self.poly(p))
            parts.append((f"({root} * {root})", ">=", f"(square_sign {root})"))
        if number != 1 or not parts:
            shown = "Rlt_0_1" if number == 1 else f"(ltac:(lra) : 0 < {number})"
            parts.insert(0, (as_atom(str(number)), ">", shown))
        text, kind, term = parts[-1]
        for t, k, p in reversed(parts[:-1]):
            if kind == k == ">":
                term = f"(Rmult_lt_0_compat _ _ {p} {term})"
            else:
                p, term = (_weak(*x) for x in ((k, p), (kind, term)))
                kind, term = ">=", f"(Rmult_le_pos _ _ {p} {term})"
            text = f"{t} * ({text})" if "*" in text else f"{t} * {text}"
        return text, kind, term

    def total(self, terms: Sequence[Any], facts: Sequence[_Fact], scale: int) -> tuple[str, str, str]:
        """Text, sign and term of a sum."""
        made = [
            self.product(str(Fraction(c) * scale), [facts[i] for i in chosen], more)
            for c, chosen, *more in terms
        ]
        if not made:
            return "0", "==", "eq_refl"
        text, kind, term = made[-1]
        for t, k, p in reversed(made[:-1]):
            text = f"{t} + ({text})"
            if kind == k == "==":
                term = f"(zero_plus _ _ {p} {term})"
                continue
            strict = (k == ">", kind == ">")
            rule = {
                (True, True): "lt",
                (True, False): "lt_le",
                (False, True): "le_lt",
                (False, False): "le_le",
            }
            p, term = (x if s == ">" else _weak(s, x) for s, x in ((k, p), (kind, term)))
            term = f"(Rplus_{rule[strict]}_0_compat _ _ {p} {term})"
            kind = ">" if ">" in (k, kind) else ">="
        return text, kind, term

    def step(self, step: Mapping[str, Any], facts: Sequence[_Fact], indent: str) -> _Fact:
        """One step: ``factor * shown = sum``, with the signs of factor and sum."""
        numbers = [Fraction(t[0]) for t in (*step["times"], *step["sum"])]
        scale = math.lcm(*(n.denominator for n in numbers))
        times, _, positive = self.total(step["times"], facts, scale)
        text, kind, sign = self.total(step["sum"], facts, scale)
        wanted = step["kind"]
        if wanted == ">=":
            sign = _weak(kind, sign)
        rule = {">": "positive_from", ">=": "nonnegative_from", "==": "zero_from"}[wanted]
        shown = self.poly(step["shows"])
        proof = f"apply ({rule} ({times}) ({text})); [exact {positive} | exact {sign} | {tactic(times, text, shown)}]."
        return self.fact(step["shows"], wanted, proof, indent)

    # the tree

    def form(self, shows: Any) -> str:
        """The conclusion of a certificate as a statement of Coq."""
        if isinstance(shows, str):
            if shows == "1 > 0":
                return "True"
            atom = atom_of(shows)
            said = self.claim_of(atom.wanted, atom.kind)
            return f"({said} /\\ {self.poly(atom.bottom)} <> 0)" if atom.bottom else f"({said})"
        sign = " /\\ " if shows[0] == "and" else " \\/ "
        return f"({sign.join(self.form(part) for part in shows[1:])})"

    def same(self, a: str, b: str) -> bool:
        """Whether two texts are the same polynomial."""
        return bool(self._read(a) == self._read(b))

    def _read(self, text: str) -> Any:
        if text not in self.known:
            symbols = {name: sympy.Symbol(f"x{i}") for i, name in enumerate(self.names)}
            whole = sympy.sympify(text, locals=symbols)
            self.known[text] = sympy.Poly(whole, *symbols.values(), sympy.Symbol("none"))
        return self.known[text]

    def node(
        self,
        node: Mapping[str, Any],
        shows: Any,
        facts: Sequence[_Fact],
        choices: Sequence[tuple[str, Any, Any]],
        indent: str,
    ) -> None:
        """Tactics that close the goal :meth:`form` of ``shows``; choices are (hypothesis, its tree, alternatives)."""
        facts, choices = list(facts), list(choices)
        say = self.lines.append
        if "disjunct" in node:
            k = node["disjunct"]
            last = k == len(shows) - 2
            say(f"{indent}{'right; ' * k}{'idtac' if last else 'left'}.")
            shows = shows[1 + k]
        for step in node.get("steps", ()):
            facts.append(self.step(step, facts, indent))
        if "nodes" not in node:
            self.end(shows, facts, indent)
            return
        inner = indent + "  "
        if "parts" in node:
            say(f"{indent}refine {_conjunction(len(node['nodes']))}.")
            for part, below in zip(shows[1:], node["nodes"], strict=True):
                say(f"{indent}{{")
                self.node(below, part, facts, choices, inner)
                say(f"{indent}}}")
            return
        if "split" in node:
            name, p = self.fresh(), node["split"]
            say(f"{indent}destruct (Rle_or_lt 0 ({self.poly(p)})) as [{name}|{name}].")
            for below, negative in zip(node["nodes"], (False, True), strict=True):
                say(f"{indent}{{")
                more = (
                    self.fact(f"-({p})", ">", f"apply negative_fact; exact {name}.", inner)
                    if negative
                    else _Fact(p, ">=", name)
                )
                self.node(below, shows, [*facts, more], choices, inner)
                say(f"{indent}}}")
            return
        hypothesis, tree, alternatives = choices.pop(node["cases"])
        name = self.fresh()
        say(f"{indent}destruct {hypothesis} as {either(name, len(tree.parts))}.")
        before = dict(self.available)
        for branch in tree.parts:
            say(f"{indent}{{")
            if branch.data not in alternatives:
                say(f"{inner}exfalso; lra.")
            else:
                here, left = list(facts), list(choices)
                self.suppose(branch, name, inner)
                self.take(branch.data, here, left, inner)
                self.node(node["nodes"][alternatives.index(branch.data)], shows, here, left, inner)
            self.available = dict(before)
            say(f"{indent}}}")

    # hypotheses and conclusion as they are stated

    def suppose(self, tree: Tree, name: str, indent: str) -> None:
        """Take a hypothesis of Coq apart, so that the certificate's texts find its parts."""
        if tree.kind == "and":
            names = [self.fresh() for _ in tree.parts]
            pattern = names[-1]
            for n in reversed(names[:-1]):
                pattern = f"[{n} {pattern}]"
            self.lines.append(f"{indent}destruct {name} as {pattern}.")
            for part, n in zip(tree.parts, names, strict=True):
                self.suppose(part, n, indent)
        else:
            self.available[str(tree.data)] = (name, tree)

    def about_root(self, data: Any, facts: list[_Fact], indent: str) -> bool:
        """Whether a hypothesis is one of the two that every square root of a number has; then it is a fact, shown here."""
        found = re.fullmatch(r"(sqrt_(\d+)_(\d+))(\*\*2 - \2/\3 == 0| > 0)", str(data))
        if found is None:
            return False
        root = self.poly(found[1])
        if data.endswith("> 0"):
            facts.append(self.fact(found[1], ">", "apply sqrt_lt_R0; lra.", indent))
        else:
            text = f"{found[1]}**2 - {found[2]}/{found[3]}"
            proof = f"pose proof (sqrt_sqrt {root.strip('()').removeprefix('sqrt ')} ltac:(lra)) as E; lra."
            facts.append(self.fact(text, "==", proof, indent))
        return True

    def take(self, data: Any, facts: list[_Fact], choices: list[tuple[str, Any, Any]], indent: str) -> None:
        """Facts and choices of a hypothesis, in the certificate's order."""
        if not isinstance(data, str) and data[0] == "and":
            for part in data[1:]:
                self.take(part, facts, choices, indent)
            return
        if str(data) not in self.available:
            raise NoCoqForm(f"{data} is not among the hypotheses as they are stated")
        name, tree = self.available[str(data)]
        if not isinstance(data, str):
            choices.append((name, tree, data[1:]))
            return
        atom = atom_of(data)
        wanted = self.poly(atom.wanted)
        if atom.kind == "!=":
            if atom.bottom:
                raise NoCoqForm(f"{data} divides")
            square = f"({atom.wanted})**2"
            proof = f"apply (ne_fact _ _ ({wanted}) _ {name}); [{tactic(wanted, tree.text)} | ring]."
            facts.append(self.fact(square, ">", proof, indent))
            return
        word = {">": "lt", ">=": "le", "==": "eq"}[atom.kind]
        if not atom.bottom:
            proof = f"apply ({word}_fact _ _ ({wanted}) {name}); {tactic(wanted, tree.text)}."
        else:
            sign = {">": "positive", ">=": "nonnegative", "==": "zero"}[atom.kind]
            proof = (
                f"apply ({sign}_under ({self.poly(atom.bottom)}) ({tree.gap})); "
                f"[nonzero | exact ({word}_fact _ _ _ {name} eq_refl) | field; nonzero]."
            )
        facts.append(self.fact(atom.wanted, atom.kind, proof, indent))

    def conclude(self, shown: Any, name: str, tree: Tree, indent: str) -> None:
        """The statement ``tree`` from a hypothesis of the form of ``shown``, every alternative by itself."""
        self._apart([(shown, name)], tree, indent, {})

    def _apart(self, left: list[tuple[Any, str]], tree: Tree, indent: str, found: dict[str, str]) -> None:
        while left:
            shown, name = left.pop()
            if isinstance(shown, str):
                found[shown] = name
            elif shown[0] == "and":
                names = [self.fresh() for _ in shown[1:]]
                pattern = names[-1]
                for n in reversed(names[:-1]):
                    pattern = f"[{n} {pattern}]"
                self.lines.append(f"{indent}destruct {name} as {pattern}.")
                left += zip(shown[1:], names, strict=True)
            else:
                inner = self.fresh()
                self.lines.append(f"{indent}destruct {name} as {either(inner, len(shown) - 1)}.")
                for part in shown[1:]:
                    self.lines.append(f"{indent}{{")
                    self._apart([*left, (part, inner)], tree, indent + "  ", dict(found))
                    self.lines.append(f"{indent}}}")
                return
        proof = self._closed(tree, found)
        if proof is None:
            raise NoCoqForm(f"{tree.text} does not follow from what was shown")
        self.lines.append(f"{indent}{proof}.")

    def _closed(self, tree: Tree, found: Mapping[str, str]) -> str | None:
        if tree.kind == "or":
            for k, part in enumerate(tree.parts):
                inner = self._closed(part, found)
                if inner is not None:
                    side = "; ".join(["right"] * k + (["left"] if k < len(tree.parts) - 1 else []))
                    return f"{side}; {inner}"
            return None
        if tree.kind == "and":
            parts = [self._closed(part, found) for part in tree.parts]
            if any(p is None for p in parts):
                return None
            return f"refine {_conjunction(len(parts))}; [{' | '.join(f'({p})' for p in parts)}]"
        if tree.data is True:
            # true by arithmetic alone, or as squares and squares of roots are
            return {
                "true": "exact I",
                "ne": "intro E; lra",
                "lt": "first [lra | nra]",
                "le": "first [lra | apply Req_le; (field; nonzero) | nra]",
                "eq": "first [ring | (field; nonzero) | (rewrite ?pow2_sqrt by lra; ring)]",
            }[tree.word]
        if not isinstance(tree.data, str) or tree.data not in found:
            return None
        atom, name = atom_of(tree.data), found[tree.data]
        if not atom.bottom:
            return f"apply ({tree.word}_from _ _ _ {name}); {tactic(self.poly(atom.wanted), tree.text)}"
        sign = {"lt": "positive", "le": "nonnegative", "eq": "zero"}.get(tree.word)
        if sign is None:
            raise NoCoqForm(f"{tree.text}: no rule for it where something divides")
        return (
            f"destruct {name} as [Top Bottom]; apply ({tree.word}_from ({tree.gap})); [apply ({sign}_over "
            f"({self.poly(atom.bottom)}) ({self.poly(atom.wanted)})); [exact Bottom | exact Top | field; nonzero] | ring]"
        )

    def end(self, shows: Any, facts: Sequence[_Fact], indent: str) -> None:
        """The goal from a fact that says it, or from ``0 > 0``."""
        absurd = next((f for f in facts if f.kind == ">" and self.same(f.text, "0")), None)
        if absurd is not None:
            self.lines.append(f"{indent}exfalso; clear - {absurd.hypothesis}; lra.")
            return
        if shows == "1 > 0":
            self.lines.append(f"{indent}exact I.")
            return
        atom = atom_of(shows)
        if atom.bottom:
            self.lines.append(f"{indent}split; [|{self._nonzero(atom.bottom, facts)}].")
        self.lines.append(f"{indent}{self._from_fact(atom, facts)}.")

    def _from_fact(self, atom: Atom, facts: Sequence[_Fact]) -> str:
        wanted = atom.wanted
        if atom.kind == "!=":
            return self._nonzero(wanted, facts)
        signs = [f for f in facts if self.same(f.text, wanted)]
        for f in signs:
            if f.kind == atom.kind or (f.kind, atom.kind) == (">", ">="):
                weak = "apply Rlt_le; " if f.kind != atom.kind else ""
                if f.text == wanted:
                    return f"{weak}exact {f.hypothesis}"
                replaced = f"replace ({self.poly(wanted)}) with ({self.poly(f.text)})"
                return f"{replaced} by {tactic(wanted, f.text)}; {weak}exact {f.hypothesis}"
        below = next((f for f in facts if f.kind in (">=", ">") and self.same(f.text, f"-({wanted})")), None)
        if atom.kind == "==" and signs and below is not None:
            return f"clear - {signs[0].hypothesis} {below.hypothesis}; lra"
        raise NoCoqForm(f"{wanted} is not among what was shown")

    def _nonzero(self, text: str, facts: Sequence[_Fact]) -> str:
        for f in facts:
            if f.kind == ">" and (self.same(f.text, text) or self.same(f.text, f"-({text})")):
                return f"clear - {f.hypothesis}; intro E; lra"
        raise NoCoqForm(f"that {text} is not 0 is not among what was shown")


def _weak(kind: str, term: str) -> str:
    """The term that shows ``0 <=`` from one that shows more."""
    return {">": f"(Rlt_le _ _ {term})", ">=": term, "==": f"(Req_le_sym _ _ {term})"}[kind]


def _conjunction(count: int) -> str:
    return "_" if count == 1 else f"(conj _ {_conjunction(count - 1)})"


def either(name: str, count: int) -> str:
    """The pattern that takes a disjunction apart, each part under the one name.

    >>> either("T", 3)
    '[T|[T|T]]'
    """
    return name if count == 1 else f"[{name}|{either(name, count - 1)}]"
