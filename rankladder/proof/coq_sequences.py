"""Sequences in Coq: a statement for all k from a lemma for every base and step, and what follows from it in the limit.

A distance that every step multiplies by a number below 1 tends to 0: for every E > 0 there is an N from which on it is below
E. A number that every step multiplies by one and the same factor above 1 is a power of it: what is said of that number
is said of the number of steps too, by logarithms, and of the first step that stops a sequence by a ceiling.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import sympy

from rankladder.language.induction import Induction
from rankladder.proof.coq_elementary import written
from rankladder.proof.coq_lemmas import Said, Writer, coq_names, for_all
from rankladder.proof.coq_steps import either
from rankladder.proof.coq_text import NoCoqForm, as_atom, coq_expression
from rankladder.proof.expressions import conjuncts

__all__ = ["Sequences"]

VANISHING = r"""Lemma vanishing : forall (d : nat -> R) c, 0 <= c -> c < 1 -> (forall n, 0 <= d n) ->
  (forall n, d (S n) <= c * d n) -> forall E, 0 < E -> exists N : nat, forall n : nat, (N <= n)%nat -> Rabs (d n) < E.
Proof.
  intros d c C D P Q E H.
  assert (G : forall n, d n <= c ^ n * d O).
  { induction n as [|n I]; [simpl; lra|]; apply Rle_trans with (c * d n); [apply Q|].
    simpl; rewrite Rmult_assoc; apply Rmult_le_compat_l; assumption. }
  assert (Z : 0 < d O + 1) by (pose proof (P O); lra).
  destruct (pow_lt_1_zero c) with (y := E / (d O + 1)) as [N K];
    [rewrite Rabs_pos_eq; assumption | apply Rdiv_lt_0_compat; assumption |].
  exists N; intros n L; rewrite Rabs_pos_eq by apply P; specialize (K n L).
  rewrite Rabs_pos_eq in K by (apply pow_le; assumption).
  apply Rmult_lt_compat_r with (r := d O + 1) in K; [|exact Z].
  unfold Rdiv in K; rewrite Rmult_assoc, Rinv_l, Rmult_1_r in K by lra.
  apply Rle_lt_trans with (c ^ n * (d O + 1)); [|exact K].
  apply Rle_trans with (c ^ n * d O); [apply G|]; apply Rmult_le_compat_l; [apply pow_le; assumption | lra].
Qed.
"""
COUNTING = r"""Lemma geometric : forall (q : nat -> R) f, (forall n, q (S n) = q n * f) -> forall n, q n = q O * f ^ n.
Proof. intros q f Q n; induction n as [|n I]; simpl; [ring | rewrite Q, I; ring]. Qed.
Lemma steps_below : forall f p x y n, 1 < f -> (0 < p)%nat -> 0 < x -> 0 < y ->
  x * (f ^ p) ^ n < y -> INR n < ln (y / x) / (INR p * ln f).
Proof.
  intros f p x y n F K X Y H.
  assert (L : 0 < INR p * ln f).
  { apply Rmult_lt_0_compat; [apply lt_0_INR, K | rewrite <- ln_1; apply ln_increasing; lra]. }
  assert (M : INR n * (INR p * ln f) < ln (y / x)).
  { rewrite <- !ln_pow by (try apply pow_lt; lra); apply ln_increasing; [apply pow_lt, pow_lt; lra|].
    apply Rmult_lt_reg_l with x; [exact X|]; replace (x * (y / x)) with y by (field; lra); exact H. }
  apply Rmult_lt_reg_r with (INR p * ln f); [exact L|].
  replace (ln (y / x) / (INR p * ln f) * (INR p * ln f)) with (ln (y / x)); [exact M|].
  field; split; intro Z; rewrite Z in L; lra.
Qed.
Lemma steps_from : forall f p x y n, 1 < f -> (0 < p)%nat -> 0 < x -> 0 < y ->
  y <= x * (f ^ p) ^ n -> ln (y / x) / (INR p * ln f) <= INR n.
Proof.
  intros f p x y n F K X Y [H|H].
  - apply Rlt_le; assert (L : 0 < INR p * ln f).
    { apply Rmult_lt_0_compat; [apply lt_0_INR, K | rewrite <- ln_1; apply ln_increasing; lra]. }
    assert (M : ln (y / x) < INR n * (INR p * ln f)).
    { rewrite <- !ln_pow by (try apply pow_lt; lra); apply ln_increasing; [apply Rdiv_lt_0_compat; assumption|].
      apply Rmult_lt_reg_l with x; [exact X|]; replace (x * (y / x)) with y by (field; lra); exact H. }
    apply Rmult_lt_reg_r with (INR p * ln f); [exact L|].
    replace (ln (y / x) / (INR p * ln f) * (INR p * ln f)) with (ln (y / x)); [exact M|].
    field; split; intro Z; rewrite Z in L; lra.
  - apply Req_le; rewrite H; replace (x * (f ^ p) ^ n / x) with ((f ^ p) ^ n) by (field; lra).
    rewrite !ln_pow by (try apply pow_lt; lra); field; split.
    + intro Z; assert (0 < ln f) by (rewrite <- ln_1; apply ln_increasing; lra); lra.
    + intro Z; apply lt_0_INR in K; lra.
Qed.
Lemma steps_above : forall f p x y, 1 < f -> (0 < p)%nat -> 0 < x -> x < y -> 0 < ln (y / x) / (INR p * ln f).
Proof.
  intros f p x y F K X Y; apply Rdiv_lt_0_compat.
  - rewrite <- ln_1; apply ln_increasing; [lra|]; apply Rmult_lt_reg_l with x; [exact X|].
    replace (x * (y / x)) with y by (field; lra); lra.
  - apply Rmult_lt_0_compat; [apply lt_0_INR, K | rewrite <- ln_1; apply ln_increasing; lra].
Qed.
Definition ceiling (x : R) : Z := (1 - up (- x))%Z.
Lemma ceiling_near : forall x, x <= IZR (ceiling x) < x + 1.
Proof. intro x; unfold ceiling; rewrite minus_IZR; destruct (archimed (- x)); lra. Qed.
Lemma first_step : forall (W V : nat -> Prop) b, 0 < b -> (forall n, W n \/ V n) ->
  (forall n : nat, (forall m : nat, (m < n)%nat -> W m) -> V n \/ INR n < b) ->
  exists k : nat, (forall m : nat, (m < k)%nat -> W m) /\ V k /\ (Z.of_nat k <= ceiling b)%Z.
Proof.
  intros W V b B D H; destruct (ceiling_near b) as [C _].
  assert (P : (0 <= ceiling b)%Z) by (apply le_IZR; lra).
  assert (F : forall n, (forall m : nat, (m < n)%nat -> W m) \/
    exists k : nat, (k < n)%nat /\ (forall m : nat, (m < k)%nat -> W m) /\ V k).
  { induction n as [|n [I|[k [K I]]]].
    - left; intros m M; inversion M.
    - destruct (D n) as [N|N].
      + left; intros m M; destruct (Nat.eq_dec m n) as [->|X]; [exact N | apply I; lia].
      + right; exists n; auto.
    - right; exists k; split; [lia | exact I]. }
  destruct (F (Z.to_nat (ceiling b))) as [I|[k [K [I J]]]].
  - exists (Z.to_nat (ceiling b)); split; [exact I|]; rewrite Z2Nat.id by exact P; split; [|apply Z.le_refl].
    destruct (H _ I) as [J|J]; [exact J|]; exfalso.
    rewrite INR_IZR_INZ, Z2Nat.id in J by exact P; lra.
  - exists k; split; [exact I|]; split; [exact J | lia].
Qed.
"""


class Sequences:
    """The sequences of an induction, its theorem for all k, and what follows from that.

    Args:
        writer: writes the lemmas.
        name: of the theorem.
        induction: what it says, and how it is shown.
    """

    def __init__(self, writer: Writer, name: str, induction: Induction) -> None:
        self.writer, self.name, self.induction = writer, name, induction
        self.state = sorted(induction.start, key=str)
        self.start = {x: sympy.sympify(e) for x, e in induction.start.items()}
        self.step = {x: sympy.sympify(e) for x, e in induction.step.items()}
        self.parameters = coq_names(induction.parameters)
        self.variables = coq_names([*induction.parameters, *self.state])
        self.arguments = " ".join(self.parameters.values())
        self.after = {
            **self.variables,
            **{x: f"({coq_expression(e, self.variables)})" for x, e in self.step.items()},
        }
        self.given = [Said(g, self.variables, {}) for g in induction.given.values() if g != sympy.true]
        self.texts = [written(g.template, self.parameters) for g in self.given]
        self.hypotheses = " ".join(f"H{k}" for k in range(1, len(self.given) + 1))
        # a step is between rational functions
        self.rational = [k for k, g in enumerate(self.given) if not g.template.has(sympy.exp, sympy.log)]
        self.plain = " ".join(f"H{k + 1}" for k in self.rational)
        self.stops = induction.while_ != sympy.true
        self.theorems = [name]
        self.known: list[tuple[str, Any]] = []  # invariants, with their lemmas

    def lines(self) -> list[str]:
        """The sequences by their steps, a lemma for every base and step, the theorem, and what follows from it."""
        lines = [*self._definition(), *self._shown_for_all(), ""]
        limits, counts = self._limits(), self._counts()
        needed = [VANISHING] * bool(limits) + [COUNTING] * bool(counts)
        return [*needed, *lines, *limits, *counts]

    def _orbit(self, at: str) -> dict[Any, str]:
        here = {x: f"({self.variables[x]} {self.arguments} {at})" for x in self.state}
        later = {
            y: f"({self.variables[x]} {self.arguments} (S {at}))" for x, y in self.induction.then.items()
        }
        return {**self.parameters, **here, **later}

    def _at(self, moment: str) -> str:
        return " ".join(self._orbit(moment)[x] for x in self.state)

    def _said(self, statement: Any, moment: str = "n") -> str:
        return written(statement, self._orbit(moment))

    @property
    def _head(self) -> str:
        return for_all(self.parameters, self.texts)

    @cached_property
    def _ran(self) -> str:
        """That the sequence has not stopped before n, as a hypothesis."""
        if not self.stops:
            return ""
        return f"(forall m : nat, (m < n)%nat -> {self._said(self.induction.while_, 'm')}) -> "

    def _known_at(self, moment: str) -> str:
        """Terms that show the invariants there."""
        here = " W" if self.stops else ""
        return " ".join(
            f"({lemma} {self.arguments} {self.hypotheses} {moment}{here})" for lemma, _ in self.known
        )

    @property
    def _premises(self) -> list[Said]:
        given = [self.given[k] for k in self.rational]
        return [*given, *(Said(s, self.variables, {}) for _, s in self.known)]

    def _definition(self) -> Iterator[str]:
        binder = f"({self.arguments} : R) " if self.arguments else ""
        before = {**self.parameters, **{x: f"({self.variables[x]} {self.arguments} m)" for x in self.start}}
        word = "Fixpoint"
        for k, x in enumerate(self.start):
            yield (
                f"{word} {self.variables[x]} {binder}(n : nat) {{struct n}} : R := match n with O => "
                f"{coq_expression(self.start[x], self.parameters)} | S m => {coq_expression(self.step[x], before)} end"
                f"{'.' if k == len(self.start) - 1 else ''}"
            )
            word = "with"
        yield ""

    def _shown_for_all(self) -> list[str]:
        induction, arguments, hypotheses = self.induction, self.arguments, self.hypotheses
        direct = induction.direct or bool(induction.then)
        start = {x: f"({coq_expression(e, self.parameters)})" for x, e in self.start.items()}
        first = {**self.parameters, **start}
        before = " (fun j J => W j (Nat.lt_lt_succ_r _ _ J))" if self.stops else ""
        carried = dict(induction.along) if direct else {**induction.along, "": induction.holds}
        lines: list[str] = []
        for number, (_, statement) in enumerate(carried.items(), 1):
            last = statement is induction.holds and not direct and number == len(carried)
            lemma = self.name if last else f"{self.name}_along{number}"
            base, forward = f"{lemma}_base", f"{lemma}_step"
            lines += self.writer.in_numbers(
                base, self.parameters, self.given, Said(statement, first, self.start), "Lemma"
            )
            premises = [*self._premises, *(Said(s, self.after, self.step) for _, s in self.known)]
            premises.append(Said(statement, self.variables, {}))
            if self.stops:
                premises.append(Said(induction.while_, self.variables, {}))
            shows = Said(statement, self.after, self.step)
            lines += self.writer.shown(forward, self.variables, premises, shows)
            arms = [
                *(f"({other} {arguments} {hypotheses} m{before})" for other, _ in self.known),
                self._known_at("(S m)"),
                f"(IH{before})",
                *(["(W m (Nat.lt_succ_diag_r m))"] if self.stops else []),
            ]
            lines += [
                f"{'Theorem' if last else 'Lemma'} {lemma} : {self._head}forall n : nat, {self._ran}{self._said(statement)}.",
                "Proof.",
                f"  intros {arguments} {hypotheses} n; induction n as [|m IH]{'; intro W' if self.stops else ''}.",
                f"  - exact ({base} {arguments} {hypotheses}).",
                f"  - exact ({forward} {arguments} {self._at('m')} {self.plain} {' '.join(arms)}).",
                "Qed.",
                "",
            ]
            self.known.append((lemma, statement))
        if not direct:
            return lines
        later = {**self.variables, **{y: self.after[x] for x, y in induction.then.items()}}
        now = {y: self.step[x] for x, y in induction.then.items()}
        shows = Said(induction.holds, later, now)
        lines += self.writer.shown(f"{self.name}_step", self.variables, self._premises, shows)
        return [
            *lines,
            f"Theorem {self.name} : {self._head}forall n : nat, {self._ran}{self._said(induction.holds)}.",
            "Proof.",
            f"  intros {arguments} {hypotheses} n{' W' if self.stops else ''}.",
            f"  exact ({self.name}_step {arguments} {self._at('n')} {self.plain} {self._known_at('n')}).",
            "Qed.",
        ]

    def _fact(self, name: str, fact: Any) -> list[str]:
        """A lemma about the parameters alone."""
        shows = Said(fact, self.parameters, {})
        return self.writer.in_numbers(name, self.parameters, self.given, shows, "Lemma")

    def _limits(self) -> list[str]:
        """That distances tend to 0 which every step multiplies by a number below 1."""
        lines: list[str] = []
        for near, rate in self._contracted():
            name = f"{self.name}_limit{len(self.theorems) if lines else ''}"
            distance = coq_expression(near, self._orbit("n"))
            known = f"{self.arguments} {self.hypotheses}"
            sign = Said(near >= 0, self.variables, {})
            try:
                lines += [
                    *self.writer.shown(f"{name}_sign", self.variables, self._premises, sign),
                    *self._fact(f"{name}_low", rate >= 0),
                    *self._fact(f"{name}_high", rate < 1),
                    f"Theorem {name} : {self._head}forall E : R, 0 < E -> exists N : nat, forall n : nat, (N <= n)%nat -> Rabs ({distance}) < E.",
                    "Proof.",
                    f"  intros {known}.",
                    f"  apply (vanishing (fun n : nat => {distance}) ({coq_expression(rate, self.parameters)})).",
                    f"  - exact ({name}_low {known}).",
                    f"  - exact ({name}_high {known}).",
                    f"  - intro n; exact ({name}_sign {self.arguments} {self._at('n')} {self.plain} {self._known_at('n')}).",
                    f"  - intro n; cbv beta; pose proof ({self.name} {known} n) as W.",
                    "    repeat match goal with K : _ /\\ _ |- _ => destruct K end; lra.",
                    "Qed.",
                    "",
                ]
            except NoCoqForm:
                continue  # it does not follow in this way, and is not stated
            self.theorems.append(name)
        return lines

    def _contracted(self) -> Iterator[tuple[Any, Any]]:
        """What the conclusion says is at most a multiple of what it was a step before, and that number."""
        now = {y: x for x, y in self.induction.then.items()}
        for part in conjuncts(self.induction.holds):
            if self.stops or not isinstance(part, (sympy.Le, sympy.Ge)):
                continue
            near = part.lts.xreplace(now)
            if part.lts.free_symbols & set(now) and not part.lts.free_symbols & set(self.state):
                rate = sympy.cancel(part.gts / near)
                if rate.free_symbols <= set(self.parameters):
                    yield near, rate

    def _counts(self) -> list[str]:
        """What the conclusion says of a power, said of the number of steps by logarithms."""
        lines: list[str] = []
        for q, part in self._about_powers():
            name = f"{self.name}_count{len(self.theorems) if lines else ''}"
            try:
                lines += self._count(name, q, part)
            except NoCoqForm:
                continue  # it does not follow in this way, and is not stated
        return lines

    def _about_powers(self) -> Iterator[tuple[Any, Any]]:
        """Alternatives of the conclusion about one number alone, which every step multiplies by the same."""
        moving = {*self.state, *self.induction.then.values()}
        for part in _alternatives(self.induction.holds):
            if (
                isinstance(part, sympy.core.relational.Relational)
                and len(at := part.free_symbols & moving) == 1
            ):
                (q,) = at
                gap = part.lhs - part.rhs
                if q in self.state and gap.is_polynomial(q) and sympy.degree(gap, q) == 1:
                    yield q, part

    def _count(self, name: str, q: Any, part: Any) -> list[str]:
        """That ``part`` says ``last <= first f^(p n)``, or ``first f^(p n) < last``, and so where n lies."""
        known = f"{self.arguments} {self.hypotheses}"
        base, power = sympy.factor(sympy.cancel(self.step[q] / q)).as_base_exp()
        above = isinstance(part, (sympy.Ge, sympy.Le))
        gap = sympy.expand((part.gts - part.lts) * (1 if above else -1))
        first, last = sympy.expand(gap.coeff(q, 1) * self.start[q]), -gap.coeff(q, 0)
        facts = {"factor": base > 1, "first": first > 0, "last": last > 0}
        if not (power.is_Integer and power > 0) or not base.free_symbols <= set(self.parameters):
            raise NoCoqForm(f"{base}^{power} is no power of a number that stays")
        lines = [line for fact, said in facts.items() for line in self._fact(f"{name}_{fact}", said)]
        f, x, y = (as_atom(coq_expression(e, self.parameters)) for e in (base, first, last))
        rate = f"ln {f}" if power == 1 else f"{power} * ln {f}"
        bound = f"ln ({y} / {x}) / ({rate})"
        in_steps = f"replace ({rate}) with (INR {power} * ln {f}) by (simpl INR; ring)"
        shown = f"exact ({name}_factor {known}) | apply Nat.lt_0_succ | exact ({name}_first {known})"
        count, rule = (f"{bound} <= INR n", "steps_from") if above else (f"INR n < {bound}", "steps_below")
        parts = sorted(_alternatives(self.induction.holds), key=str)
        said = " \\/ ".join(count if p == part else self._said(p) for p in parts)
        here, there, start = (self._orbit(at)[q] for at in ("m", "(S m)", "O"))
        step = coq_expression(self.step[q], self._orbit("m"))
        while_ = " W" if self.stops else ""
        lines += [
            f"Theorem {name} : {self._head}forall n : nat, {self._ran}{said}.",
            "Proof.",
            f"  intros {known} n{while_}.",
            f"  assert (G : forall m : nat, {there} = {here} * {f} ^ {power}).",
            f"  {{ intro m; change {there} with ({step}); ring. }}",
            f"  pose proof (geometric (fun m : nat => {here}) ({f} ^ {power}) G n) as P; cbv beta in P.",
            f"  change {start} with ({coq_expression(self.start[q], self.parameters)}) in P.",
            f"  destruct ({self.name} {known} n{while_}) as {either('T', len(parts))}.",
        ]
        for k, p in enumerate(parts):
            side = "".join(["right; "] * k + ["left; "] * (k < len(parts) - 1))
            lines.append(
                f"  - {side}exact T."
                if p != part
                else f"  - {side}rewrite P in T; {in_steps}.\n"
                f"    apply {rule}; [{shown} | exact ({name}_last {known}) | lra]."
            )
        lines += ["Qed.", ""]
        self.theorems.append(name)
        end = sympy.Not(self.induction.while_)
        if above or part == end or len(parts) != 2 or end not in parts:
            return lines
        # the sequence has not stopped, or has reached the end: one or the other at every step
        ceiling = f"{self.name}_ceiling"
        running = [self._said(self.induction.while_, at) for at in "nm"]
        lines += [
            *self._fact(f"{ceiling}_below", first < last),
            f"Theorem {ceiling} : {self._head}exists k : nat, (forall m : nat, (m < k)%nat -> {running[1]}) /\\ {self._said(end, 'k')} /\\ (Z.of_nat k <= ceiling ({bound}))%Z.",
            "Proof.",
            f"  intros {known}; apply (first_step (fun n : nat => {running[0]}) (fun n : nat => {self._said(end)})).",
            f"  - {in_steps}; apply steps_above; [{shown} | exact ({ceiling}_below {known})].",
            "  - intro n; cbv beta; first [apply Rlt_or_le | apply Rle_or_lt].",
            f"  - intros n W; destruct ({name} {known} n W) as [T|T]; first [left; exact T | right; exact T].",
            "Qed.",
            "",
        ]
        self.theorems.append(ceiling)
        return lines


def _alternatives(statement: Any) -> tuple[Any, ...]:
    return statement.args if isinstance(statement, sympy.Or) else (statement,)
