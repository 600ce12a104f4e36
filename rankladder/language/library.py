"""Where claims are found: the catalogue, a user's file, an id on the command line."""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import pkgutil
import sys
import traceback
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from rankladder.language.statement import Claim, registered, unique_ids
from rankladder.language.verdict import Result
from rankladder.storage.paths import given_path
from rankladder.usage import UsageError

if TYPE_CHECKING:  # what proves is loaded when something is checked
    from rankladder.proof.result import Proof

__all__ = ["ClaimFileError", "UnknownClaim", "check", "load_catalogue", "load_file", "prove", "select"]

FAMILIES = ("LIN", "FLOW", "LIMIT", "ORDER", "RRR", "LOSS", "GD", "STEP", "PERT", "INIT", "GEN", "DEPTH")


class UnknownClaim(ValueError):
    """No claim has this id; the message names the nearest ones."""


class ClaimFileError(ValueError):
    """A claim file that cannot be loaded; the message points at the line."""


@cache  # a module that cannot be loaded would otherwise run again at every call
def load_catalogue() -> Mapping[str, Claim]:
    """Every claim of the catalogue, by id, in the order of the theory text.

    >>> "GD-4.upper" in load_catalogue()
    True
    """
    package = importlib.import_module("rankladder.properties.gidel2019")
    broken: dict[str, Claim] = {}
    for module in pkgutil.iter_modules(package.__path__):
        try:
            importlib.import_module(f"rankladder.properties.gidel2019.{module.name}")
        except Exception as error:  # one module that cannot be loaded must not hide the others' verdicts
            broken |= _unloadable(Path(package.__path__[0], f"{module.name}.py"), error)
    claims = {**registered(catalogue=True), **broken}
    return MappingProxyType({c.id: c for c in sorted(claims.values(), key=_place)})


def _unloadable(file: Path, error: Exception) -> dict[str, Claim]:
    """Claims in the place of those that a module would have stated; each one reports the error.

    They are not registered: a module that takes something from this one runs it again, and states them anew.
    """

    def conclusion(**_values: object) -> object:
        raise error

    title = f"{file.name} cannot be loaded"
    stated: dict[str, Claim] = {}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") in ("claim", "lemma", "always")
            and node.args
        ):
            id = getattr(node.args[0], "value", None)
            if isinstance(id, str):
                stated[id] = Claim(id, title, "", "", {}, {}, conclusion, location=f"{file}:{node.lineno}")
    return stated


def _place(claim: Claim) -> tuple[int, int, str]:
    family, _, rest = claim.id.partition("-")
    number = rest.split(".")[0]
    order = FAMILIES.index(family) if family in FAMILIES else len(FAMILIES)
    return order, int(number) if number.isdigit() else 0, claim.id


def load_file(path: str | Path) -> Mapping[str, Claim]:
    """The claims stated in a Python file, by id, in the order stated.

    Raises:
        ClaimFileError: when the file is missing, does not import (the message points at its line), or
            states no claim.
    """
    try:
        file = given_path(str(path))
    except UsageError as error:
        raise ClaimFileError(f"claim file {error}") from error
    if file.is_dir():
        raise ClaimFileError(f"claim file {path} is a folder; give the path of a Python file")
    if not file.is_file():
        raise ClaimFileError(f"claim file {path} does not exist; give the path of a Python file")
    if file.suffix != ".py":
        raise ClaimFileError(f"claim file {path} must end in .py; got {file.suffix or 'no ending'}")
    if b"\0" in file.read_bytes():  # a SyntaxError or a ValueError, by Python's version
        raise ClaimFileError(
            f"claim file {path}: source code string cannot contain null bytes; mend the syntax"
        )
    location = str(file.resolve())
    forget(location)
    # the same in every process, for what a claim draws may be of a class of the file
    name = f"_claims_{zlib.crc32(location.encode())}"
    spec = importlib.util.spec_from_file_location(name, location)
    if spec is None or spec.loader is None:
        raise ClaimFileError(f"claim file {path} cannot be read as Python; check its ending and contents")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    folder = str(file.resolve().parent)
    sys.path.insert(0, folder)
    try:
        with unique_ids():
            spec.loader.exec_module(module)
    except SyntaxError as error:
        where = "" if error.lineno is None else f", line {error.lineno}"  # what is no text has no lines
        raise ClaimFileError(f"claim file {path}{where}: {error.msg}; mend the syntax") from error
    except (Exception, SystemExit) as error:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == location]
        where = f", line {lines[-1]}" if lines else ""
        message = " ".join(str(error).split())
        if "truth value of Relational" in message:
            message += "; write 0 < s < 1 as (s > 0) & (s < 1)"
        raise ClaimFileError(f"claim file {path}{where}: {type(error).__name__}: {message}") from error
    finally:
        sys.path.remove(folder)
    _loaded.add(location)
    own = {c.id: c for c in registered().values() if c.file == location}
    if not own:
        raise ClaimFileError(f"claim file {path} states no claim; decorate a function with @claim(...)")
    return own


_loaded: set[str] = set()


def forget(*locations: str) -> None:
    """Drop the claims of files loaded before (of all of them when none is named)."""
    stale = set(locations) or set(_loaded)
    for name in [c.id for c in registered().values() if c.file in stale]:
        del registered()[name]


def select(claims: Mapping[str, Claim], ids: Sequence[str]) -> dict[str, Claim]:
    """The claims whose id is one of ``ids``, starts with one followed by a dot, or whose family is one.

    Raises:
        UnknownClaim: with the nearest known ids.
    """
    if not ids:
        return dict(claims)
    chosen: set[str] = set()
    for wanted in ids:
        folded = wanted.casefold()
        hits = [
            c.id
            for c in claims.values()
            if c.id.casefold() == folded
            or c.id.casefold().startswith(f"{folded}.")
            or c.family.casefold() == folded
        ]
        if not hits:
            names = {k.casefold(): k for k in [*claims, *(i.split(".")[0] for i in claims)]}
            near = [names[n] for n in difflib.get_close_matches(folded, names, n=4, cutoff=0.4)]
            hint = f"; nearest: {', '.join(near)}" if near else "; see rankladder list"
            raise UnknownClaim(f"unknown claim id {wanted!r}{hint}")
        chosen.update(hits)
    return {i: c for i, c in claims.items() if i in chosen}


def check(
    target: str | Claim,
    *,
    profile: str = "default",
    examples: int | None = None,
    seed: int = 0,
    budget: float | None = None,
) -> Result:
    """Check one claim, prove it where that can be done, and return the verdict with its evidence.

    Args:
        target: a claim, or the id of one stated in this process or in the catalogue.
        profile: ``quick``, ``default`` or ``deep``: how hard to look.
        examples: instances to judge, in place of the profile's number.
        seed: any integer; with the claim's id it fixes every draw.
        budget: seconds after which to stop with what there is.

    Returns:
        A :class:`Result`: ``.verdict``, ``.counterexample`` (None when none was found), ``.margin``.

    Raises:
        UnknownClaim: for an id that nothing bears.

    >>> from rankladder import Real, claim, forall
    >>> @claim("doc-check", over=dict(x=Real(-1, 1)))
    ... def _(x):
    ...     return x * x - x / 10
    >>> str(check("doc-check").verdict)
    'refuted'
    """
    from rankladder.proof.evidence import verdict_on

    return verdict_on(_found(target), profile=profile, examples=examples, seed=seed, budget=budget)


def prove(target: str | Claim) -> Proof:
    """Prove one claim, or certify it, or come to a counterexample of it.

    Args:
        target: a claim, or the id of one stated in this process or in the catalogue.

    Returns:
        A :class:`Proof`: ``.status``, ``.text()`` with every obligation, ``.counterexample`` (None when none was
        found). What cannot be proved is ``open``, and says why.

    Raises:
        UnknownClaim: for an id that nothing bears.

    >>> from rankladder import lemma, symbols
    >>> x = symbols("x")
    >>> prove(lemma("doc-prove", x**2 >= x)).status
    <Status.refuted: 'refuted'>
    """
    from rankladder.proof.evidence import proof_of

    return proof_of(_found(target))


def _found(target: str | Claim) -> Claim:
    if isinstance(target, Claim):
        return target
    if not isinstance(target, str):
        raise TypeError(f"Expected a claim or its id but got {target!r}; pass what @claim returned")
    known = registered().get(target) or load_catalogue().get(target)
    if known is not None:
        return known
    return next(iter(select({**load_catalogue(), **registered()}, [target]).values()))
