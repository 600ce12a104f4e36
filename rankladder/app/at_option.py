"""``rankladder check --at``: one claim on one instance, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rankladder.app.output import broken, console, hanging, print_json, titled
from rankladder.language.parsing import InstanceSyntaxError, fitted, parse_instance
from rankladder.language.statement import Claim
from rankladder.numbers.balls import Ball
from rankladder.numbers.nothing import margin_text
from rankladder.search.examination import Examination, examine, misfits, within_domains
from rankladder.search.rounds import MAKE_DEFINED
from rankladder.storage.versions import versions
from rankladder.usage import UsageError

__all__ = ["run_at"]

_WORDS = {True: "holds", False: "FAILS", None: "cannot be decided"}


def run_at(claims: Mapping[str, Claim], text: str, *, as_json: bool) -> int:
    """Examine, print, and return 0, or 1 for a counterexample to what should hold, 3 where nothing is decided.

    Raises:
        UsageError: when there is not exactly one claim, or the text is no instance of it.
    """
    if len(claims) != 1:
        some = ", ".join(list(claims)[:6]) + (" …" if len(claims) > 6 else "")
        raise UsageError(f"--at needs exactly one claim but got {len(claims)}; add --only with one of {some}")
    (claim,) = claims.values()
    try:
        instance = fitted(parse_instance(text), claim.over)
    except InstanceSyntaxError as error:
        raise UsageError(f"--at: {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        domains = ", ".join(f"{name} in {domain}" for name, domain in claim.over.items())
        raise UsageError(f"--at {text!r} does not fit {claim.id}; its parameters: {domains}") from error
    try:
        seen = examine(claim, instance)
    except (Exception, SystemExit) as error:  # whatever the claim's own code raises
        outside = [name for name, inside in within_domains(claim, instance).items() if not inside]
        if outside:  # then it need not cope
            whys = misfits(claim, instance)
            where = ", ".join(
                f"{n} = {_value_text(instance[n])} is not in {claim.over[n]}{f': {whys[n]}' if n in whys else ''}"
                for n in outside
            )
            raise UsageError(f"--at: {claim.id} is not about this instance: {where} ({error})") from error
        raise UsageError(broken(claim, error, "on this instance")) from error
    if as_json:
        document = {**seen.to_json(), "misfits": misfits(claim, seen.instance)}
        print_json({"schema": 1, "versions": versions(), "at": document})
    else:
        _print(seen)
    if seen.contradicts:
        return 1
    said = seen.judgement
    decided = seen.applies is True and said.outcome in ("holds", "violated") and not said.as_equal
    return 0 if decided else 3


def _print(seen: Examination) -> None:
    from rankladder.report.words import explained

    claim, width = seen.claim, console().width

    def say(name: str, text: str) -> None:
        print(hanging(f"  {name:11}  ", text, width))

    print("\n".join([f"{claim.id}  (expected: {claim.expects})", *titled(claim)]))
    if claim.statement:
        say(claim.statement_word, " ".join(claim.statement.split()))
    for name, domain in claim.over.items():
        where = "in" if seen.parameters[name] else "NOT in"
        say("parameter", f"{name} = {_value_text(seen.instance[name])}, {where} {domain}")
    texts = explained(claim)
    for name, held in seen.assumptions.items():
        say("assumption", f"{name}: {texts[name]}: {_WORDS[held]}")
    for rung in seen.rungs:
        why = f": {rung.why}" if rung.why else ""
        said = "equal to 40 digits" if rung.as_equal else rung.outcome
        say("margin", f"{_interval(rung.enclosure)} ({rung.how}): {said}{why}")
    if seen.entries:
        print(f"  the least of {seen.count} margins:")
        for index, enclosure in seen.entries:
            print(f"    [{', '.join(map(str, index))}]  {_interval(enclosure)}")
    say("outcome", _outcome(seen))


def _outcome(seen: Examination) -> str:
    outcome = (
        "equal to 40 digits; holds if equality does" if seen.judgement.as_equal else seen.judgement.outcome
    )
    if seen.applies is not True:
        whys = misfits(seen.claim, seen.instance)
        parts = {"outside of its domain": seen.parameters, "not met": seen.assumptions}
        broken = [
            f"{name}{f' ({whys[name]})' if name in whys else ''} is {words}"
            for words, found in parts.items()
            for name, fits in found.items()
            if fits is not True
        ]
        return f"{outcome}, which says nothing about the claim: {', '.join(broken)}"
    if outcome == "violated":
        return "violated: a counterexample"
    if outcome == "silent":
        return "silent: of this instance the claim says nothing, for all of no entries"
    return f"undefined; {MAKE_DEFINED}" if outcome == "undefined" else outcome


def _interval(enclosure: Ball) -> str:
    if enclosure.is_nan():
        return "has no value (NaN)"
    if enclosure.radius == 0:
        return margin_text(enclosure.mid, 12)
    return f"{enclosure.mid:.12g} ± {enclosure.radius:.1e}"


def _value_text(value: Any) -> str:
    """A value as an instance prints it."""
    from rankladder.language.instance import Instance

    return str(Instance.of(value=value)).removeprefix("value=")
