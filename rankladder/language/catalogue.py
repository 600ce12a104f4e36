"""A catalogue: the claims of one source, and what comes with them.

A package names its :class:`Catalogue` under the entry point group ``rankladder.catalogues``; what ships with
rankladder is found and loaded in the same way. Nothing here imports a claim before it is asked for.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from rankladder.usage import UsageError

if TYPE_CHECKING:  # a command line names commands long before it needs a claim
    from rankladder.language.statement import Claim

__all__ = [
    "Assertion", "Catalogue", "catalogue", "catalogue_of", "catalogues", "home_of", "loaded_catalogues",
]  # fmt: skip

GROUP = "rankladder.catalogues"
DEFAULT = "gidel2019"
COMPARISON = "OWN-1"  # that a user's function does what the simulator of a catalogue does


@dataclass(frozen=True)
class Assertion:
    """A sentence of a source, and the claims that carry it: ids, or what stands before a dot in several.

    >>> Assertion("H1", "from above the method falls to the root", ("NEWTON-1", "NEWTON-2")).id
    'H1'
    """

    id: str
    text: str
    claims: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Catalogue:
    """The claims of one source, and what comes with them.

    Every claim that a module of ``package`` states belongs to it, so it must exist before they are stated: best in
    the package's ``__init__``. What takes long to import is given by name, ``"package.module:NAME"``.

    Args:
        name: what ``--catalogue`` takes; the name of the entry point.
        package: the package (or the one module) that states the claims. Counterexamples that come with them lie in
            its folder ``counterexamples``.
        title: a line of words.
        source: where the claims come from.
        unsourced: what stands for the source of a claim that names none.
        families: what stands before the number of an id, to a line of words; claims are listed in this order.
        assertions: the sentences of the source.
        words: what a name of an assumption means, in a line, for readers who do not know the claims.
        proofs: a package whose modules hold ``PROOFS`` and ``CERTIFICATES``, functions by claim id.
        derivations: a function from a claim's id to the derivations behind it.
        thresholds: a function that returns exact SymPy numbers by name, with which ``boundary`` compares.
        thresholds_in: the letter that these are values of, in words, unless their names say another.
        setting: a sentence on what all assertions are about, that none of their assumptions says.
        commands: commands of its own: name to a module with ``add_arguments(parser)`` and ``run(options)``, and a
            line of help.
        data: what ``check --data`` runs: a function of the claims and the options that returns the exit code.
        simulator: what ``check --simulator`` makes of a user's function and its name; see
            ``OwnSimulator`` in ``rankladder.verdicts.own_simulator``.

    >>> made = Catalogue(name="doc", package="doc_claims", title="an example", families={"SUM": "sums"})
    >>> home_of("doc_claims.sums") is made
    True
    """

    name: str
    package: str
    title: str
    source: str = ""
    unsourced: str = ""
    families: Mapping[str, str] = field(default_factory=dict)
    assertions: tuple[Assertion, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    proofs: str = ""
    derivations: str = ""
    thresholds: str = ""
    thresholds_in: str = ""
    setting: str = ""
    commands: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    data: str = ""
    simulator: str = ""

    def __post_init__(self) -> None:
        _made[self.package] = self

    @cached_property  # a module that cannot be loaded would otherwise run again each time
    def claims(self) -> Mapping[str, Claim]:
        """Every claim by id, in the order of the families, then of the numbers, then of the ids.

        Those of a module that cannot be loaded report the error, and hide no other's verdict.
        """
        from rankladder.language.statement import registered

        broken: dict[str, Claim] = {}
        for file, loaded in _modules(self.package):
            if isinstance(loaded, BaseException):
                broken |= _unloadable_claims(self.package, file, loaded)
        claims = {**registered(self), **broken}
        return MappingProxyType({c.id: c for c in sorted(claims.values(), key=self._place)})

    def _place(self, claim: Claim) -> tuple[int, int, str]:
        order = list(self.families)
        number = claim.id.partition("-")[2].split(".")[0]
        place = order.index(claim.family) if claim.family in order else len(order)
        return place, int(number) if number.isdecimal() else 0, claim.id

    @cached_property
    def written_proofs(self) -> Mapping[str, Callable[[], Any]]:
        """The proofs that are written down, by claim id; those of a module that cannot be loaded raise the error."""
        found: dict[str, Callable[[], Any]] = {}
        broken: dict[str, Callable[[], Any]] = {}
        for file, loaded in _modules(self.proofs) if self.proofs else ():
            if isinstance(loaded, BaseException):
                broken |= dict.fromkeys(_texts(file) & self.claims.keys(), _raising(file, loaded))
            for part in ("PROOFS", "CERTIFICATES"):
                found |= getattr(loaded, part, {})
        return {**broken, **found}

    def derivations_for(self, id: str) -> list[Any]:
        """The derivations behind a claim's id."""
        return list(pkgutil.resolve_name(self.derivations)(id)) if self.derivations else []

    def named_thresholds(self) -> Mapping[str, Any]:
        """Thresholds that theory derives: exact SymPy numbers, by name."""
        found: Mapping[str, Any] = pkgutil.resolve_name(self.thresholds)() if self.thresholds else {}
        return found

    @cached_property
    def folder(self) -> Path:
        """Where the package lies."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise UsageError(f"package {self.package} of catalogue {self.name} cannot be found; install it")
        return Path(spec.origin).resolve().parent

    @cached_property
    def digest(self) -> bytes:
        """A digest of every module of the package."""
        texts = (file.read_bytes() for file in sorted(self.folder.rglob("*.py")))
        return hashlib.blake2b(b"\0".join(texts)).digest()

    @property
    def counterexamples(self) -> Path:
        """The folder of the counterexamples that come with the claims."""
        return self.folder / "counterexamples"


_made: dict[str, Catalogue] = {}  # by package


def loaded_catalogues() -> list[Catalogue]:
    """The catalogues whose claims were asked for in this process, or whose package was imported."""
    return list(_made.values())


def home_of(module: str) -> Catalogue | None:
    """The catalogue to which the claims of a module belong; None for a user's own file."""
    parts = module.split(".")
    packages = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((_made[p] for p in packages if p in _made), None)


def catalogue_of(claim: Claim) -> Catalogue | None:
    """The catalogue to which a claim belongs; None for a claim of a user's own file."""
    return home_of(claim.module)


def proven_in(claim: Claim) -> Catalogue | None:
    """The catalogue that has a proof of the claim written down, if one has; not of it without an assumption."""
    home = catalogue_of(claim)
    return home if home is not None and claim.dropped is None and claim.id in home.written_proofs else None


def sources_of(claim: Claim) -> bytes:
    """What a claim is made of: the text of its file, and a digest of all of its catalogue; empty where there is none.

    A change of it is a change of the claim, as far as anyone can tell.
    """
    home, file = catalogue_of(claim), Path(claim.file)
    return (file.read_bytes() if file.is_file() else b"") + (b"" if home is None else home.digest)


def catalogues() -> tuple[str, ...]:
    """The names of the catalogues that are installed.

    >>> "gidel2019" in catalogues()
    True
    """
    return tuple(sorted(_installed()))


@cache
def catalogue(name: str = DEFAULT) -> Catalogue:
    """The catalogue of that name.

    Raises:
        UsageError: when no installed package has one of that name, or it cannot be loaded.

    >>> "GD-4.upper" in catalogue("gidel2019").claims
    True
    """
    entry = _installed().get(name)
    if entry is None:
        known = ", ".join(catalogues()) or "none; pip install rankladder anew"
        raise UsageError(f"no catalogue {name!r} is installed; there is: {known}")
    try:
        made = entry.load()
    except (Exception, SystemExit) as error:
        what = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise UsageError(
            f"catalogue {name} ({entry.value}) cannot be loaded: {what}; mend that package"
        ) from error
    if not isinstance(made, Catalogue) or made.name != name:
        raise UsageError(
            f"entry point {name} of {GROUP} must be a Catalogue named {name!r} but {entry.value} is {made!r}; mend that package"
        )
    return made


def _installed() -> Mapping[str, EntryPoint]:
    return {e.name: e for e in entry_points(group=GROUP)}


def _modules(package: str) -> Iterator[tuple[Path, ModuleType | BaseException]]:
    """The modules of a package, imported; for one that cannot be, the error."""
    for module in pkgutil.iter_modules(getattr(importlib.import_module(package), "__path__", ())):
        name = f"{package}.{module.name}"
        try:
            loaded: ModuleType | BaseException = importlib.import_module(name)
        except (Exception, SystemExit) as error:  # which must not hide the verdicts of other modules
            loaded = error
        yield Path(str(getattr(module.module_finder, "path", "")), f"{module.name}.py"), loaded


def _unloadable_claims(package: str, file: Path, error: BaseException) -> dict[str, Claim]:
    """Claims in the place of those that a module would have stated; each one reports the error.

    They are not registered: a module that takes something from this one runs it again, and states them anew.
    """
    from rankladder.language.statement import Claim

    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args]
        stated = {
            getattr(call.args[0], "value", None): call.lineno
            for call in calls
            if getattr(call.func, "id", "") in ("claim", "lemma", "always")
        }
    except (SyntaxError, ValueError):  # nobody can tell what it would have stated
        stated = {file.stem: getattr(error, "lineno", None) or 1}
    title, conclusion = f"{file.name} cannot be loaded", _raising(file, error)
    return {
        id: Claim(id, title, "", "", {}, {}, conclusion, location=f"{file}:{line}", module=package)
        for id, line in stated.items()
        if isinstance(id, str)
    }


def _raising(file: Path, error: BaseException) -> Callable[..., Any]:
    """What stands in the place of something that a module would have defined."""

    def cannot(**_values: object) -> Any:
        raise RuntimeError(f"{file.name} cannot be loaded: {type(error).__name__}: {error}") from error

    return cannot


def _texts(file: Path) -> set[str]:
    """The texts in a module: claims are named in it."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return set()
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
