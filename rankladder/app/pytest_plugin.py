"""Claims as tests: pytest collects claim files, claims in test modules, and catalogues by the name of their package
(``pytest --pyargs rankladder.properties``), one test a claim.

Pytest loads this module in every project of an environment, so it imports nothing but pytest until a claim
file, or a module that states claims, is met.
"""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rankladder.language.statement import Claim
    from rankladder.language.verdict import Result
    from rankladder.verdicts.own_simulator import OwnSimulator

__all__ = ["ClaimFailure", "ClaimFile", "ClaimItem", "check_claim"]

_PATTERNS = ["claims_*.py", "*_claims.py"]
_WIDTH = 12


class ClaimFailure(Exception):
    """A verdict that is not the expected one; the message is the whole report."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The profile, and which files state claims."""
    group = parser.getgroup("claims", "rankladder claims")
    group.addoption(
        "--claims-profile",
        choices=("quick", "default", "deep"),
        default="default",
        help="how hard to look for violations (default: default)",
    )
    group.addoption(
        "--claims-simulator",
        metavar="FILE:NAME",
        help="your own gradient descent in the place of ours; claims that it has no part in are skipped",
    )
    parser.addini(
        "claims_files", f"patterns of claim files (default: {' '.join(_PATTERNS)})", "args", _PATTERNS
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "claim: a claim that rankladder checks")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimFile | None:
    """Claim files, except those that pytest is about to make a module of."""
    stating = _states_claims(file_path, parent.config) or _catalogue_of(file_path, parent.config)
    if stating and not _made_a_module(file_path, parent):
        return ClaimFile.from_parent(parent, path=file_path)
    return None


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> ClaimFile | None:
    """A claim file named on the command line, which would be imported as a test module besides."""
    stating = _states_claims(module_path, parent.config) or _catalogue_of(module_path, parent.config)
    named = stating and not _test_module(module_path, parent.config)
    return ClaimFile.from_parent(parent, path=module_path) if named else None


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: Any) -> ClaimItem | None:
    """A claim among the names of a test module."""
    statement = sys.modules.get("rankladder.language.statement")  # who states a claim has loaded it
    if statement is None or not isinstance(obj, statement.Claim):
        return None
    return ClaimItem.from_parent(collector, name=obj.id, claim=obj)


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """The verdict beside the word for a claim that passes."""
    verdict = _said(report, "verdict")
    return ("passed", ".", f"PASSED ({verdict[0]})") if verdict and report.passed else None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many claims got which verdict, and why a proof that can be tried was not made."""
    reports = [r for r in terminalreporter.stats.get("passed", []) if _said(r, "verdict")]
    if not reports:
        return
    counts = Counter(_said(r, "verdict")[0] for r in reports)
    terminalreporter.section("claims")
    terminalreporter.line(", ".join(f"{n} {verdict}" for verdict, n in counts.items()))
    for report in reports:
        (verdict,) = _said(report, "verdict")
        for reason in _said(report, "proof") if verdict != "proved" else ():
            terminalreporter.line(f"{report.nodeid}: {verdict}; {reason}")


@pytest.fixture
def check_claim(request: pytest.FixtureRequest) -> Callable[..., Result]:
    """Check a claim inside a test, with a gradient descent of your own in the place of ours where one is given.

    ``check_claim("GD-4.upper", simulator=run)`` takes a claim or its id. It returns the result, fails the test with the
    whole report where the verdict is not the expected one, and skips it where the simulator has no part in the claim.
    Without ``simulator`` it takes that of ``--claims-simulator``, if any; how hard it looks, ``--claims-profile`` says.
    """

    def checked(target: str | Claim, *, simulator: Callable[..., Any] | None = None) -> Result:
        question = _Question.of(
            request.config, target, simulator or request.config.getoption("claims_simulator") or None
        )
        result = question.answer()
        if result.status != "as_expected":
            pytest.fail(question.report(result), pytrace=False)
        return result

    return checked


def _said(report: Any, name: str) -> list[str]:
    """What the test of a claim left under a name."""
    found = getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ()
    mine = "claim" in getattr(report, "keywords", ())
    return [str(value) for key, value in found if key == name and mine]


def _states_claims(path: Path, config: pytest.Config) -> bool:
    return path.suffix == ".py" and any(path.match(p) for p in config.getini("claims_files"))


def _catalogue_of(path: Path, config: pytest.Config) -> str | None:
    """The catalogue to which a module belongs; asked only where packages are named."""
    if path.suffix != ".py" or not config.getoption("pyargs"):
        return None
    return next((name for name, folder in _packages() if path.resolve().is_relative_to(folder)), None)


@cache
def _packages() -> list[tuple[str, Path]]:
    """The installed catalogues by name and the folders of their packages; none is loaded."""
    found = ((e.name, find_spec(e.module)) for e in entry_points(group="rankladder.catalogues"))
    return [(name, Path(spec.origin).resolve().parent) for name, spec in found if spec and spec.origin]


def _test_module(path: Path, config: pytest.Config) -> bool:
    return any(path.match(p) for p in config.getini("python_files"))


def _made_a_module(path: Path, parent: pytest.Collector) -> bool:
    return parent.session.isinitpath(path) and not _test_module(path, parent.config)


class ClaimFile(pytest.File):
    """A file that states claims: a user's own, or a module of a catalogue."""

    def collect(self) -> Iterable[ClaimItem]:
        """One test a claim, in the order stated."""
        from rankladder.language.library import ClaimFileError, forget, load_catalogue, load_file

        if name := _catalogue_of(self.path, self.config):
            for claim in load_catalogue(name).values():
                if Path(claim.file).resolve() == self.path.resolve():
                    yield ClaimItem.from_parent(self, name=claim.id, claim=claim)
            return
        try:
            claims = load_file(self.path)
        except ClaimFileError as error:
            raise self.CollectError(str(error)) from error
        forget(str(self.path.resolve()))  # another file of the session may state the same id
        for claim in claims.values():
            yield ClaimItem.from_parent(self, name=claim.id, claim=claim)


class ClaimItem(pytest.Item):
    """The check of one claim: passes when the verdict is the one the claim expects."""

    def __init__(self, *, claim: Claim, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.claim = claim
        self.add_marker("claim")

    def runtest(self) -> None:
        """Check the claim as ``rankladder check`` does.

        Raises:
            ClaimFailure: when the verdict is not the expected one.
        """
        written = self.config.getoption("claims_simulator")
        question = _Question.of(self.config, self.claim, written or None)
        result = question.answer()
        self.user_properties += [("verdict", str(result.verdict))]
        self.user_properties += [(e.kind, e.detail) for e in result.evidence]
        if result.status != "as_expected":
            raise ClaimFailure(question.report(result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any) -> Any:
        """The report alone: where in rankladder it was raised tells nobody anything."""
        if isinstance(excinfo.value, ClaimFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *arguments)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, line and name."""
        _, _, line = self.claim.location.rpartition(":")
        return Path(self.claim.file), int(line) - 1 if line.isdigit() else 0, f"claim {self.claim.id}"


@dataclass(frozen=True)
class _Question:
    """A claim to be checked, how hard, and with whose simulator."""

    claim: Claim
    profile: str
    own: OwnSimulator | None
    options: tuple[str, ...]  # by which the command finds the simulator; none where it cannot
    here: Path

    @classmethod
    def of(
        cls, config: pytest.Config, target: str | Claim, simulator: str | Callable[..., Any] | None
    ) -> _Question:
        from rankladder.verdicts import claim_of, with_simulator

        here, profile = config.invocation_params.dir, config.getoption("claims_profile")
        if simulator is None:
            return cls(claim_of(target), profile, None, (), here)
        if isinstance(simulator, str):
            from rankladder.app.simulator_option import function_of

            own, claim = with_simulator(target, *function_of(simulator))
            return cls(claim, profile, own, ("--simulator", simulator), here)
        own, claim = with_simulator(target, simulator)
        place = _place(simulator, here)
        return cls(claim, profile, own, ("--simulator", place) if place else (), here)

    def answer(self) -> Result:
        """The verdict; the test is skipped where the simulator has no part in the claim."""
        if self.own is None:
            from rankladder.verdicts.checking import verdict_on

            return verdict_on(self.claim, profile=self.profile)
        from rankladder.verdicts.own_simulator import verdict_with

        if reason := self.own.reason(self.claim):
            pytest.skip(f"{self.own.name} has no part in it: it {reason}")
        return verdict_with(self.own, self.claim, profile=self.profile)

    def report(self, result: Result) -> str:
        """All that there is to say of a verdict that is not the expected one."""
        from rankladder.numbers.nothing import margin_text
        from rankladder.report.words import assumption_texts

        claim = self.claim
        lines = [f"claim {claim.id}: {result.verdict} (expected: {claim.expects})"]

        def say(name: str, text: str) -> None:
            lines.append(f"  {name:{_WIDTH}} {text}")

        if claim.title != claim.id:
            say("title", claim.title)
        if claim.statement:
            say(claim.statement_word, " ".join(claim.statement.split()))
        for name, domain in claim.over.items():
            say("parameter", f"{name} in {domain}")
        for name, text in assumption_texts(claim).items():
            say("assumes", f"{name}: {text}")
        if result.counterexample is not None:
            say("instance", str(result.counterexample))
            say("margin", f"{margin_text(result.counterexample_margin, 6)}: violated")
            if result.worst != result.counterexample:
                say("worst", f"margin {margin_text(result.worst_margin, 6)} at {result.worst}")
        elif result.margin is not None:
            say("margin", f"{result.margin:.6g} at the least")
        for evidence in result.evidence:
            if evidence.kind == "mistake" or result.counterexample is None:
                say(evidence.kind, evidence.detail)
        if self.own is None or self.options:
            command = ["rankladder", "check", *self._where(), "--only", claim.id]
            harder = [] if self.profile == "default" else ["--profile", self.profile]
            say("reproduce", shlex.join([*command, *harder, *self.options]))
            if result.counterexample is not None:
                at = ["--at", str(result.counterexample)]
                say("step by step", shlex.join([*command, *self.options, *at]))
        return "\n".join(lines)

    def _where(self) -> list[str]:
        """By which words the command finds the claim."""
        from rankladder.language.catalogue import COMPARISON, DEFAULT, catalogue_of

        if home := catalogue_of(self.claim):
            return [] if home.name == DEFAULT else ["--catalogue", home.name]
        return [] if self.claim.id == COMPARISON else [_seen_from(self.here, Path(self.claim.file))]


def _place(function: Callable[..., Any], here: Path) -> str:
    """``FILE:NAME`` of a function that stands in a file by its name, as the command takes it; else nothing."""
    code = getattr(function, "__code__", None)
    name = getattr(function, "__qualname__", "")
    return f"{_seen_from(here, Path(code.co_filename))}:{name}" if code and name.isidentifier() else ""


def _seen_from(here: Path, file: Path) -> str:
    """As the user sees it: from where pytest was started."""
    return str(file.relative_to(here) if file.is_relative_to(here) else file)
