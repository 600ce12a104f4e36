"""Lemmas for Coq: an obligation, with a proof made from its identities."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import sympy

from rankladder.language.obligation import Obligation
from rankladder.proof.coq_elementary import Elementary, written
from rankladder.proof.coq_steps import Certificate, Tree
from rankladder.proof.coq_text import NoCoqForm, as_atom, coq_expression, coq_name, coq_relation
from rankladder.proof.elementary import InNumbers, in_numbers
from rankladder.proof.expressions import Distance
from rankladder.proof.identity_text import Identities, Stuck, relation_data, translated
from rankladder.proof.kept_identities import identities_for, in_its_terms, in_parts, obligation_key
from rankladder.proof.smtlib import NotPolynomial

__all__ = ["Said", "Writer", "coq_names", "for_all"]


def _tree(statement: Any, names: Mapping[Any, str], now: Mapping[Any, Any]) -> Tree:
    """A statement with the texts ``names`` for its symbols, which are about what ``now`` puts in their place."""
    if isinstance(statement, (sympy.And, sympy.Or)):
        parts = tuple(_tree(a, names, now) for a in sorted(statement.args, key=str))
        conjunction = isinstance(statement, sympy.And)
        texts = [p.text if p.kind == "atom" else f"({p.text})" for p in parts]
        said = (" /\\ " if conjunction else " \\/ ").join(texts)
        return Tree("and" if conjunction else "or", said, _data(statement.xreplace(now)), parts)
    if statement in (sympy.true, sympy.false):
        return Tree("atom", str(statement), bool(statement), (), "true")
    text, word, gap = coq_relation(statement, names)
    return Tree("atom", text, _data(statement.xreplace(now)), (), word, gap)


def _data(statement: Any) -> Any:
    if statement in (sympy.true, sympy.false):
        return bool(statement)
    if any(p.base.free_symbols and not p.exp.is_Integer for p in statement.atoms(sympy.Pow)):
        raise NoCoqForm(f"{statement}: a square root that divides, or is within another")
    try:
        return relation_data(statement)
    except Stuck as error:
        raise NoCoqForm(f"{statement} is not between rational functions") from error


def _divisors(statements: Iterable[Any]) -> list[Any]:
    """What the statements divide by, where that is no number."""
    powers = {p for s in statements for p in s.atoms(sympy.Pow) if p.exp.is_negative and p.base.free_symbols}
    return sorted({p.base for p in powers}, key=str)


@dataclass(frozen=True)
class Said:
    """A statement as it is written, and what of it an obligation holds: ``now`` is put in the place of symbols."""

    template: Any
    names: Mapping[Any, str]
    now: Mapping[Any, Any]

    @property
    def meant(self) -> Any:
        """What of it an obligation holds."""
        return self.template.xreplace(self.now)

    @property
    def written(self) -> list[Any]:
        """The statement and what is put into it, before anything cancels."""
        elementary = [x for x in self.now if isinstance(x, (sympy.exp, sympy.log, sympy.Pow))]
        return [
            *([] if any(map(self.template.has, elementary)) else [self.template]),
            self.meant,
            *(e for x, e in self.now.items() if self.template.has(x)),
        ]

    @property
    def tree(self) -> Tree:
        """It as Coq reads it, beside what a certificate makes of it."""
        return _tree(self.template, self.names, self.now)


@dataclass
class Writer:
    """Writes lemmas; ``known`` are the certificates of a proof, by obligation."""

    known: Mapping[str, Identities]
    seeks: bool = True  # whether an identity that is not known is sought
    unused: set[int] = field(default_factory=set)  # hypotheses that the last lemma does without

    def certificate(self, given: Sequence[Any], shows: Any) -> Identities:
        """The identities of an obligation: those of the proof, or what a search finds."""
        obligation = Obligation("", tuple(given), shows)
        ways = [translated(in_parts(obligation)), translated(in_its_terms(obligation))]
        if ways[0] is None:
            raise NoCoqForm(f"{obligation}: not between rational functions")
        keys = [obligation_key(*read) for read in ways if read is not None]
        found = next((self.known[key] for key in keys if key in self.known), None)
        if found is None and self.seeks:
            found = identities_for(obligation)
        if found is None or found.node is None:
            raise NoCoqForm(f"no identity is known for {obligation}")
        return found

    def lemma(self, name: str, obligation: Obligation, *, word: str = "Lemma") -> list[str]:
        """An obligation as it stands."""
        names = coq_names(obligation.symbols)
        given = [Said(g, names, {}) for g in obligation.given if g != sympy.true]
        return self.by_signs(name, names, given, Said(obligation.shows, names, {}), word)

    def in_numbers(
        self, name: str, variables: Mapping[Any, str], given: Sequence[Said], shows: Said, word: str
    ) -> list[str]:
        """A lemma that may hold exponentials, logarithms and roots."""
        meant = Obligation(name, tuple(g.meant for g in given), shows.meant)
        try:
            ways = [in_numbers(meant, closer=closer) for closer in (False, True)]
        except NotPolynomial as error:
            raise NoCoqForm(f"not elementary: {error}") from error
        if ways[0].whole == meant:
            return self.shown(name, variables, given, shows, word=word)
        # a search among so many facts is long: first what the proof has
        for made, seeks in ((ways[0], False), (ways[1], False), (ways[0], True)):
            try:
                return replace(self, seeks=seeks).elementary(name, variables, given, shows, word, made)
            except NoCoqForm as error:
                why = error
        raise why

    def elementary(
        self,
        name: str,
        variables: Mapping[Any, str],
        given: Sequence[Said],
        shows: Said,
        word: str,
        made: InNumbers,
    ) -> list[str]:
        """A lemma with exponentials, logarithms and roots, from one about any numbers that are related as these are."""
        every = {**variables, **coq_names(made.means)}
        templates = [g.template for g in given]
        numbers = Elementary(templates, shows.template, shows.names, shows.now, made, every)

        def said(statement: Any) -> Said:
            return Said(*numbers.put(statement))

        lines: list[str] = []
        for lemma, (premises, conclusion) in numbers.lemmas.items():
            stated = [*map(said, premises)]
            lines += self.shown(f"{name}_{lemma}", every, stated, said(conclusion), needed=len(given))
            numbers.lemmas[lemma] = [g for k, g in enumerate(premises, 1) if k not in self.unused], conclusion
        texts = [written(g, shows.names) for g in templates]
        head = f"{word} {name} : {for_all(variables, texts)}{written(shows.template, shows.names)}."
        return [*lines, head, "Proof.", *numbers.proof(name, variables), "Qed.", ""]

    def by_signs(
        self, name: str, variables: Mapping[Any, str], given: Sequence[Said], shows: Said, word: str
    ) -> list[str]:
        """A lemma that may hold absolute values: each is resolved by the two signs of what it is of."""
        stated = (*given, shows)
        of = set().union(*(s.template.atoms(sympy.Abs, Distance) for s in stated)) - set(shows.now)
        distances = sorted(of, key=lambda d: (sympy.count_ops(d), str(d)))
        around = (sympy.Abs, sympy.exp, sympy.log)
        if any(a.has(sympy.Abs) for s in stated for f in s.template.atoms(*around) for a in f.args):
            raise NoCoqForm("an absolute value within another function")
        if not distances:
            return self.in_numbers(name, variables, given, shows, word)
        first = distances[0]
        (inner,), text = first.args, as_atom(coq_expression(first.args[0], shows.names))
        hypotheses = " ".join([*variables.values(), *(f"H{k}" for k in range(1, len(given) + 1))])
        lines: list[str] = []
        arms: list[str] = []
        for sign, put, rule, shown in (
            (1, text, "Rabs_pos_eq", "exact E"),
            (-1, f"(- {text})", "Rabs_left", "apply negative_fact, E"),
        ):
            case = Said(sign * inner >= 0, shows.names, shows.now)
            value = {first: sign * inner.xreplace(shows.now)}
            now = [replace(s, names={**s.names, first: put}, now={**s.now, **value}) for s in stated]
            lemma = f"{name}_sign{len(arms) + 1}"
            lines += self.by_signs(lemma, variables, [*now[:-1], case], now[-1], "Lemma")
            weak = "" if sign == 1 else "apply Rlt_le; "
            arms += [
                f"  - assert (J : {written(case.template, case.names)}).",
                f"    {{ apply (le_from {put}); [{weak}{shown} | first [ring | (field; nonzero)]]. }}",
                f"    rewrite ?({rule} _ E) in *; exact ({lemma} {hypotheses} J).",
            ]
        texts = [written(g.template, g.names) for g in given]
        head = f"{word} {name} : {for_all(variables, texts)}{written(shows.template, shows.names)}."
        intro = [f"  intros {hypotheses}."] if hypotheses else []
        return [
            *lines, head, "Proof.", *intro, f"  destruct (Rle_or_lt 0 {text}) as [E|E].", *arms, "Qed.", "",
        ]  # fmt: skip

    def conjunction(self, name: str, stated: Sequence[Obligation]) -> list[str]:
        """Several obligations, one theorem."""
        if len(stated) == 1:
            return self.lemma(name, stated[0], word="Theorem")
        lines: list[str] = []
        whole: list[str] = []
        for number, obligation in enumerate(stated, 1):
            lines += self.lemma(f"{name}_part{number}", obligation)
            head = next(line for line in reversed(lines) if line.startswith("Lemma"))
            whole.append(f"({head.partition(' : ')[2].removesuffix('.')})")
        joined = " /\\ ".join(whole)
        proofs = " (conj ".join(f"{name}_part{k}" for k in range(1, len(stated)))
        term = f"(conj {proofs} {name}_part{len(stated)}{')' * (len(stated) - 1)}"
        return [*lines, f"Theorem {name} : {joined}.", f"Proof. exact {term}. Qed."]

    def shown(
        self,
        name: str,
        variables: Mapping[Any, str],
        given: Sequence[Said],
        shows: Said,
        *,
        word: str = "Lemma",
        needed: int | None = None,
    ) -> list[str]:
        """A lemma: for all real values of the variables, ``given`` implies ``shows``.

        Hypotheses after the ``needed`` ones are left away where nothing uses them; they become ``unused``.
        """
        if self.seeks and any(_divisors(g.written) for g in given):
            meant = [g.meant for g in given], shows.meant
            try:
                replace(self, seeks=False).certificate(*meant)
            except NoCoqForm:  # a search among hypotheses that nothing divides finds more
                with suppress(NoCoqForm):
                    return self.cleared(name, variables, given, shows, word)
        return self.as_given(name, variables, given, shows, word=word, needed=needed)

    def cleared(
        self, name: str, variables: Mapping[Any, str], given: Sequence[Said], shows: Said, word: str
    ) -> list[str]:
        """As :meth:`shown`, from hypotheses without what divides them, which are shown first."""
        lines: list[str] = []
        arguments = " ".join([*variables.values(), *(f"H{k}" for k in range(1, len(given) + 1))])
        plain = list(given)
        terms = [*variables.values()]
        for k, g in enumerate(given, 1):
            if not _divisors(g.written) or not isinstance(g.meant, (sympy.Ge, sympy.Gt, sympy.Le, sympy.Lt)):
                terms.append(f"H{k}")
                continue
            top, _ = sympy.fraction(sympy.factor(g.meant.gts - g.meant.lts))
            strict = isinstance(g.meant, (sympy.Gt, sympy.Lt))
            lemma = f"{name}_cleared{k}"
            for sign in (1, -1):
                said = Said(sign * top > 0 if strict else sign * top >= 0, variables, {})
                try:
                    lines += self.as_given(lemma, variables, given, said)
                    break
                except NoCoqForm:
                    if sign == -1:
                        raise
            plain[k - 1] = said
            terms.append(f"({lemma} {arguments})")
        lines += self.as_given(f"{name}_whole", variables, plain, shows)
        self.unused = set()
        texts = [g.tree.text for g in given]
        return [
            *lines,
            f"{word} {name} : {for_all(variables, texts)}{shows.tree.text}.",
            f"Proof. intros {arguments}; exact ({name}_whole {' '.join(terms)}). Qed.",
            "",
        ]

    def as_given(
        self,
        name: str,
        variables: Mapping[Any, str],
        given: Sequence[Said],
        shows: Said,
        *,
        word: str = "Lemma",
        needed: int | None = None,
    ) -> list[str]:
        """As :meth:`shown`, from the hypotheses as they are."""
        lines: list[str] = []
        steps: list[str] = []
        divisors = _divisors(x for s in (*given, shows) for x in s.written)
        plain = [k for k, g in enumerate(given) if not _divisors(g.written)]
        for number, factor in enumerate(_factors(divisors), 1):
            apart = sympy.Or(factor < 0, factor > 0)
            lemma = f"{name}_nonzero{number}"
            about = [k for k in plain if given[k].meant.free_symbols <= factor.free_symbols]
            # a search among cases is long
            simple = [k for k in plain if not given[k].template.has(sympy.Or)]
            others = [k for k, g in enumerate(given) if factor not in _factors(_divisors(g.written))]
            wider = [k for k in others if not given[k].template.has(sympy.Or)]
            tries = (about, simple, wider, *([plain] if self.seeks else []))
            for chosen in tries:
                known = [given[k] for k in chosen]
                try:
                    lines += replace(self, seeks=True).shown(
                        lemma, variables, known, Said(apart, variables, {})
                    )
                    break
                except NoCoqForm:
                    if chosen is tries[-1]:
                        raise
            hypotheses = " ".join([*variables.values(), *(f"H{k + 1}" for k in chosen)])
            steps.append(
                f"  assert (N{number} : {coq_expression(factor, variables)} <> 0) "
                f"by exact (apart _ ({lemma} {hypotheses}))."
            )
        found = self.certificate([g.meant for g in given], shows.meant)
        writer = Certificate(_certificate_names(found, variables))
        for k, g in enumerate(given, 1):
            writer.suppose(g.tree, f"H{k}", "  ")
        facts: list[Any] = []
        choices: list[Any] = []
        for data in found.given:
            if not writer.about_root(data, facts, "  "):
                writer.take(data, facts, choices, "  ")
        writer.lines.append(f"  assert (SHOWN : {writer.form(found.shows)}).")
        writer.lines.append("  {")
        writer.node(found.node or {}, found.shows, facts, choices, "    ")
        writer.lines.append("  }")
        writer.conclude(found.shows, "SHOWN", shows.tree, "  ")
        tactics = writer.used()
        stays = range(1, min(len(given), len(given) if needed is None else needed) + 1)
        used = {int(k) for line in (*steps, *tactics) for k in re.findall(r"\bH(\d+)\b", line)}.union(stays)
        self.unused = {k for k in range(1, len(given) + 1) if k not in used}
        texts = [g.tree.text for k, g in enumerate(given, 1) if k in used]
        head = f"{word} {name} : {for_all(variables, texts)}{shows.tree.text}."
        intros = " ".join([*variables.values(), *(f"H{k}" for k in sorted(used))])
        intro = [f"  intros {intros}."] if intros else []
        return [*lines, head, "Proof.", *intro, *steps, *tactics, "Qed.", ""]


def coq_names(symbols: Iterable[Any]) -> dict[Any, str]:
    """Names of symbols, each its own.

    Raises:
        NoCoqForm: where two would have one name.
    """
    names = {x: coq_name(str(x)) for x in symbols}
    if len(set(names.values())) < len(names):
        raise NoCoqForm(f"two of {', '.join(map(str, names))} have one name there")
    return names


def for_all(variables: Mapping[Any, str], hypotheses: Sequence[str]) -> str:
    """What stands before a conclusion: the variables, and the hypotheses about them."""
    bound = f"forall {' '.join(variables.values())} : R, " if variables else ""
    return bound + "".join(
        f"{h} -> " if "/\\" not in h and "\\/" not in h else f"({h}) -> " for h in hypotheses
    )


def _factors(divisors: Iterable[Any]) -> list[Any]:
    """The irreducible polynomials that what divides is made of."""
    found: dict[Any, None] = {}
    for divisor in divisors:
        top, _ = sympy.fraction(sympy.together(divisor))
        for factor, _power in sympy.factor_list(top)[1]:
            found[factor] = None
    return list(found)


def _certificate_names(found: Identities, variables: Mapping[Any, str]) -> dict[str, str]:
    """Names of a certificate: of symbols, and of square roots of numbers."""
    names = {f"{x}_" if keyword.iskeyword(str(x)) else str(x): text for x, text in variables.items()}
    for root in re.finditer(r"sqrt_(\d+)_(\d+)", f"{found.given} {found.shows}"):
        number = root[1] if root[2] == "1" else f"({root[1]} / {root[2]})"
        names[root[0]] = f"(sqrt {number})"
    return names
