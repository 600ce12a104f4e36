"""Exponentials, logarithms and square roots in Coq: what a statement about numbers says of one that holds them.

The numbers of :mod:`rankladder.proof.elementary` are put in their place, and all that is said of these is shown from lemmas
that stand in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import sympy

from rankladder.proof.coq_text import NoCoqForm, as_atom, coq_expression, coq_relation
from rankladder.proof.elementary import InNumbers, as_product
from rankladder.proof.expressions import Distance

__all__ = ["ELEMENTARY", "Elementary", "written"]

ELEMENTARY = r"""Lemma exp_near : forall x e, e = exp x -> 0 < e /\ (x = 0 /\ e = 1 \/
  x < 0 /\ e < 1 /\ 1 + x < e /\ (1 - x) * e < 1 \/ 0 < x /\ 1 < e /\ 1 + x < e /\ (1 - x) * e < 1).
Proof.
  intros x e ->; split; [apply exp_pos|].
  assert (A : x <> 0 -> 1 + x < exp x /\ (1 - x) * exp x < 1).
  { intro X; split; [apply exp_ineq1; exact X|].
    assert (B : 1 + - x < exp (- x)) by (apply exp_ineq1; lra).
    apply Rmult_lt_compat_r with (r := exp x) in B; [|apply exp_pos].
    rewrite <- exp_plus, Rplus_opp_l, exp_0 in B; lra. }
  destruct (Rtotal_order x 0) as [X|[X|X]].
  - right; left; destruct A as [A B]; [lra|]; repeat split; try assumption.
    rewrite <- exp_0; apply exp_increasing; exact X.
  - left; subst; split; [reflexivity | apply exp_0].
  - right; right; destruct A as [A B]; [lra|]; repeat split; lra.
Qed.
Lemma exp_tangent : forall x y e f, e = exp x -> f = exp y -> f * (1 + x - y) <= e.
Proof.
  intros x y e f -> ->; replace (exp x) with (exp y * exp (x - y)) by (rewrite <- exp_plus; f_equal; ring).
  apply Rmult_le_compat_l; [apply Rlt_le, exp_pos|]; pose proof (exp_ineq1_le (x - y)); lra.
Qed.
Lemma exp_pow : forall x k, exp x ^ k = exp (INR k * x).
Proof.
  intros x k; induction k as [|k IH]; [rewrite Rmult_0_l, exp_0; reflexivity|].
  rewrite S_INR; simpl; rewrite IH, <- exp_plus; f_equal; ring.
Qed.
Lemma log_below : forall a b, 0 < a -> 0 < b -> a <> b -> a - b < a * (ln a - ln b).
Proof.
  intros a b A B N; assert (X : 1 + (ln b - ln a) < exp (ln b - ln a)).
  { apply exp_ineq1; intro E; apply N; apply ln_inv; lra. }
  apply Rmult_lt_compat_r with (r := a) in X; [|exact A].
  assert (Y : exp (ln b - ln a) * a = b).
  { rewrite <- (exp_ln a A) at 2; rewrite <- exp_plus.
    replace (ln b - ln a + ln a) with (ln b) by ring; apply exp_ln, B. }
  lra.
Qed.
Lemma log_pair : forall a b k l, k = ln a -> l = ln b -> 0 < a -> 0 < b ->
  a = b /\ k = l \/ (a < b /\ k < l \/ b < a /\ l < k) /\ a - b < a * (k - l) /\ b - a < b * (l - k).
Proof.
  intros a b k l -> -> A B; destruct (Rtotal_order a b) as [E|[E|E]]; [right | left; subst; auto | right].
  - split; [left; split; [exact E | apply ln_increasing; assumption] | split; apply log_below; auto; lra].
  - split; [right; split; [exact E | apply ln_increasing; assumption] | split; apply log_below; auto; lra].
Qed.
Lemma log_near : forall a l, l = ln a -> 0 < a -> a = 1 /\ l = 0 \/
  a < 1 /\ l < 0 /\ l < a - 1 /\ a - 1 < a * l \/ 1 < a /\ 0 < l /\ l < a - 1 /\ a - 1 < a * l.
Proof.
  intros a l E A.
  destruct (log_pair a 1 l 0 E (eq_sym ln_1) A Rlt_0_1) as [[X Y]|[[X|X] [Y Z]]];
    [left; lra | right; left; lra | right; right; lra].
Qed.
Lemma root_near : forall b r, r = sqrt b -> 0 <= b -> 0 <= r /\ r ^ 2 = b.
Proof. intros b r -> B; split; [apply sqrt_pos | apply pow2_sqrt, B]. Qed.
Ltac settle := first [lra | (intro; lra) | (left; settle) | (right; settle)].
Ltac near fact := let N := fresh in pose proof fact as N; decompose [and or] N; first [settle | nra].
Ltac exponentials := rewrite ?exp_pow, <- ?exp_Ropp, <- ?exp_plus; apply f_equal; simpl INR; field.
Ltac positive := first [assumption | (apply Rmult_lt_0_compat; positive) | (apply Rinv_0_lt_compat; positive)
  | (apply pow_lt; positive)].
Ltac logarithms := repeat first [(rewrite ln_mult by positive) | (rewrite ln_Rinv by positive)
  | (rewrite ln_pow by positive)]; simpl INR; ring.
"""


class Elementary:
    """Exponentials, logarithms and roots in a statement, as the numbers that ``made`` has for them.

    Args:
        given, shows: hypotheses and conclusion, as they are written.
        texts, about: what is written for some of what they hold, and what that is.
        made: the same in numbers.
        every: names of its symbols.
    """

    def __init__(
        self,
        given: Sequence[Any],
        shows: Any,
        texts: Mapping[Any, str],
        about: Mapping[Any, Any],
        made: InNumbers,
        every: Mapping[Any, str],
    ) -> None:
        self.given, self.shows, self.texts, self.made, self.every = given, shows, texts, made, every
        self.about = about
        statements = (*given, shows)
        self.now: dict[Any, Any] = dict(about)  # what stands in the statements, in the symbols
        self.roots: dict[Any, Any] = {}  # of every root its symbol, with what it is of, as it is written
        self.logarithms: dict[Any, str] = {}  # every logarithm with its variable
        self.alone: set[Any] = set()  # those without a symbol: of sums that are compared through the product
        self.short: dict[Any, str] = {}  # exponentials that are powers of others
        marks = {meaning: mark for mark, meaning in made.means.items()}
        powers = set().union(*(s.atoms(sympy.Pow) for s in statements))
        for p in sorted(powers, key=str):
            if p.base.free_symbols and p.exp.is_Rational and p.exp.q == 2:
                mark = marks.get(sympy.sqrt(p.base.xreplace(about)))
                if mark is None:
                    raise NoCoqForm(f"{p}: a root that divides, or is within another")
                self.now[p] = mark ** int(2 * p.exp)
                self.roots[mark] = p.base
        put = [e for x, e in about.items() if any(s.has(x) for s in statements)]
        for atom in sorted(set().union(*(e.atoms(sympy.exp) for e in (*statements, *put))), key=str):
            self.now[atom] = self._power(atom.args[0].xreplace(about))
            if self.now[atom] not in made.means:
                self.short[atom] = f"Y_{len(self.short) + 1}"
        for atom in sorted(set().union(*(s.atoms(sympy.log) for s in statements)), key=str):
            mark = marks.get(atom.xreplace(about))
            if mark is None:
                self.alone.add(atom)
                self.logarithms[atom] = f"W_{len(self.alone)}"
            else:
                self.now[atom], self.logarithms[atom] = mark, every[mark]
        atoms = {a: value for a, value in self.now.items() if a not in about}
        self.now |= {a: value.xreplace(atoms) for a, value in about.items()}

    def _power(self, argument: Any) -> Any:
        found = sympy.S.One
        bases = [(E, of.args[0]) for E, of in self.made.means.items() if isinstance(of, sympy.exp)]
        for term in sympy.Add.make_args(sympy.expand(argument)):
            found *= next(E ** (term / x) for E, x in bases if (term / x).is_Integer)
        return found

    @cached_property
    def names(self) -> dict[Any, str]:
        """Texts in the symbols, for what stands in the statements."""
        put = {a: as_atom(coq_expression(e, self.every)) for a, e in self.now.items() if a not in self.texts}
        return self._resolved({**self.texts, **self.every, **put})

    @cached_property
    def inside(self) -> dict[Any, str]:
        """Texts for what stands in the statements, where each is a variable."""
        return self._resolved({**self.names, **self.short, **self.logarithms})

    def _resolved(self, names: dict[Any, str]) -> dict[Any, str]:
        """The same, with what is put in the place of symbols and of absolute values, inner ones first, written anew."""
        for of, value in self.about.items():
            if isinstance(of, (sympy.Abs, Distance)):
                text = as_atom(coq_expression(of.args[0], names))
                positive = value == of.args[0].xreplace(self.about)
                names[of] = text if positive else f"(- {text})"
            else:
                names[of] = f"({coq_expression(value, names)})"
        return names

    def product(self, statement: Any) -> dict[Any, int] | None:
        """The weights of the logarithms in a statement that is compared through the product."""
        if not any(statement.has(atom) for atom in self.alone):
            return None
        weights = None if isinstance(statement, (sympy.And, sympy.Or)) else as_product(statement)
        if weights is None or any(p.exp.is_negative and p.has(sympy.log) for p in statement.atoms(sympy.Pow)):
            raise NoCoqForm(f"{statement}: sums of logarithms in it")
        return weights

    def put(self, statement: Any) -> tuple[Any, Mapping[Any, str], Mapping[Any, Any]]:
        """A statement, the texts in it, and what it is about, in the symbols."""
        if self.product(statement) is None:
            return statement, self.names, self.now
        statements, whole = (*self.given, self.shows), self.made.whole
        said = (*whole.given[: len(self.given)], whole.shows)[statements.index(statement)]
        return said, self.every, {}

    @cached_property
    def lemmas(self) -> dict[str, tuple[list[Any], Any]]:
        """What is shown of the symbols: by name, premises and conclusion. Of the premises that are no hypotheses of the
        obligation those that are not used may be left away.
        """
        given, whole = self.given, self.made.whole
        facts = [f for f in whole.given[len(given) :] if f != sympy.true]
        marks = {self.now[a] for a in self.now if isinstance(a, sympy.log)}
        early = [f for f in facts if not f.free_symbols & marks]
        atoms = [a for a in self.now if a not in self.texts]
        plain = [g for g in given if not any(g.has(a) for a in atoms)]
        found = {f"sign_{k}": (plain, o.shows) for k, o in enumerate(self.made.signs, 1)}
        found |= {f"defined_{self.every[R]}": (plain, b >= 0) for R, b in self.roots.items()}
        found |= {
            f"positive_{w}": ([*given, *early], atom.args[0] > 0)
            for atom, w in self.logarithms.items()
            if atom.args[0].free_symbols
        }
        return found | {"numbers": ([*given, *facts], self.shows)}

    def proof(self, name: str, variables: Mapping[Any, str]) -> list[str]:
        """Tactics that show the statement from the lemmas, whose names begin with ``name``."""
        means, every = self.made.means, self.every
        exponentials = {E: of for E, of in means.items() if isinstance(of, sympy.exp)}
        bound = {
            every[E]: (f"{every[E]} = {coq_expression(of, variables)}", of, "eq_refl")
            for E, of in exponentials.items()
        }
        bound |= {y: (f"{y} = {self.names[of]}", of, "ltac:(exponentials)") for of, y in self.short.items()}
        for of, w in self.logarithms.items():
            bound[w] = (f"{w} = ln {as_atom(coq_expression(of.args[0], self.inside))}", of, "eq_refl")
        for R, b in self.roots.items():
            bound[every[R]] = (
                f"{every[R]} = sqrt {as_atom(coq_expression(b, self.inside))}",
                sympy.sqrt(b),
                "eq_refl",
            )
        given, shows = self.given, self.shows
        texts = [written(g, self.inside) for g in given]
        premises = [*(said for said, *_ in bound.values()), *(f"({t})" for t in texts)]
        places = {g: f"H{k}" for k, g in enumerate(given, 1)}
        used = [f for premises, _ in self.lemmas.values() for f in premises]
        facts = list(dict.fromkeys(f for f in used if f not in places))
        places |= {f: f"X{k}" for k, f in enumerate(facts, 1)}
        symbols = " ".join(every.values())
        hypotheses = " ".join(places[g] for g in given)
        lines = [
            f"  intros {' '.join(variables.values())}.",
            f"  assert (P : forall {' '.join(bound)} : R, {' -> '.join(premises)} -> {written(shows, self.inside)}).",
            f"  {{ intros {' '.join(bound)} {' '.join(f'E{k}' for k in range(1, len(bound) + 1))} {hypotheses}.",
            *([f"    subst {' '.join(self.short.values())}."] if self.short else []),
        ]
        equation = {w: f"E{k}" for k, w in enumerate(bound, 1)}

        def domain(key: str, said: str) -> None:
            if key in self.lemmas:
                arguments = " ".join(places[g] for g in self.lemmas[key][0])
                lines.append(f"    assert ({key} : {said}) by exact ({name}_{key} {symbols} {arguments}).")
            else:
                lines.append(f"    assert ({key} : {said}) by lra.")

        for key, (_, sign) in self.lemmas.items():
            if key.startswith("sign_"):
                domain(key, written(sign, variables))
        for R, b in self.roots.items():
            domain(f"defined_{every[R]}", f"0 <= {coq_expression(b, self.names)}")
        logarithms = {self.now.get(a, a): a for a in self.logarithms}
        argument = {x: as_atom(coq_expression(a.args[0], self.names)) for x, a in logarithms.items()}

        def state(fact: Any, chosen: list[Any], lemma: str, arguments: str) -> None:
            lines.append(
                f"    assert ({places[fact]} : {written(fact, every)}) by near ({lemma} {arguments})."
            )

        late = []
        for fact in facts:
            if fact.free_symbols & set(logarithms):
                late.append(fact)
                continue
            roots = [R for R in self.roots if R in fact.free_symbols]
            powers = [E for E in exponentials if E in fact.free_symbols]
            if roots:
                (R,) = roots
                b = as_atom(coq_expression(self.roots[R], self.names))
                state(fact, roots, "root_near", f"{b} {every[R]} {equation[every[R]]} defined_{every[R]}")
            else:
                x = [as_atom(coq_expression(exponentials[E].args[0], every)) for E in powers]
                e = [every[E] for E in powers]
                said = " ".join([*x, *e, *(equation[w] for w in e)])
                if len(powers) == 2:
                    said = (
                        said
                        if fact.lhs.has(powers[1])
                        else " ".join([*x[::-1], *e[::-1], *(equation[w] for w in e[::-1])])
                    )
                state(fact, powers, "exp_near" if len(powers) == 1 else "exp_tangent", said)
        for a in self.logarithms:
            domain(f"positive_{self.logarithms[a]}", f"0 < {coq_expression(a.args[0], self.names)}")
        for fact in late:
            chosen = [x for x in logarithms if x in fact.free_symbols]
            own = [self.logarithms[logarithms[x]] for x in chosen]
            said = " ".join(
                [
                    *(argument[x] for x in chosen),
                    *own,
                    *(equation[w] for w in own),
                    *(f"positive_{w}" for w in own),
                ]
            )
            state(fact, chosen, "log_near" if len(chosen) == 1 else "log_pair", said)
        for g in given:
            if self.product(g) is not None:
                lines += self._converted(g, places[g], equation, f"{places[g]}n")
                places[g] = f"{places[g]}n"
        everything = " ".join(places[g] for g in self.lemmas["numbers"][0])
        if self.product(shows) is None:
            lines.append(f"    exact ({name}_numbers {symbols} {everything}). }}")
        else:
            lines.append(f"    pose proof ({name}_numbers {symbols} {everything}) as C.")
            lines += [*self._converted(shows, "C", equation, ""), "  }"]
        values = " ".join(as_atom(coq_expression(of, self.texts)) for _, of, _ in bound.values())
        shown = " ".join(how for _, _, how in bound.values())
        return [*lines, f"  intros {hypotheses}; exact (P {values} {shown} {hypotheses})."]

    def _converted(
        self, statement: Any, hypothesis: str, equation: Mapping[str, str], name: str
    ) -> list[str]:
        """A sum of logarithms compared with 0, from the product compared with 1, or the other way round."""
        weights = self.product(statement) or {}
        (said, texts, _) = self.put(statement)
        product = coq_expression(said.lhs, texts)
        factors = [
            (f"({a} ^ {w})" if w > 0 else f"/ ({a} ^ {-w})")
            for a, w in ((as_atom(coq_expression(x.args[0], self.names)), w) for x, w in weights.items())
        ]
        plain = " * ".join(factors)
        total = " + ".join(f"({w}) * {self.logarithms[x]}" for x, w in weights.items())
        rewriting = ", ".join(equation[self.logarithms[x]] for x in weights)
        lines = [
            f"    assert (S : 0 < {plain}) by positive.",
            f"    assert (Q : {total} = ln ({plain})) by (rewrite {rewriting}; logarithms).",
            f"    assert (T : {product} = {plain}) by (field; nonzero).",
        ]
        if name:
            return [
                *lines,
                f"    assert ({name} : {written(said, texts)}).",
                f"    {{ rewrite T; clear - Q S {hypothesis}; near (log_near _ _ Q S). }}",
                "    clear S Q T.",
            ]
        return [*lines, f"    rewrite T in {hypothesis}; clear - Q S {hypothesis}; near (log_near _ _ Q S)."]


def written(statement: Any, names: Mapping[Any, str]) -> str:
    """A statement as Coq reads it."""
    if isinstance(statement, (sympy.And, sympy.Or)):
        parts = [(p, written(p, names)) for p in sorted(statement.args, key=str)]
        word = " /\\ " if isinstance(statement, sympy.And) else " \\/ "
        return word.join(f"({t})" if isinstance(p, (sympy.And, sympy.Or)) else t for p, t in parts)
    if statement in (sympy.true, sympy.false):
        return str(statement)
    return coq_relation(statement, names)[0]
