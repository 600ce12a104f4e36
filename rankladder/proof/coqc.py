"""Coq's kernel as a judge: it is run on what was written, and the axioms that it names are compared with those allowed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from rankladder.proof.parts import Part, Status
from rankladder.proof.result import KERNEL

__all__ = ["coq_version", "judged_by_coq"]

# those of the real numbers of Coq's standard library, and what its logarithm and exponential rest on
_AXIOMS = frozenset({"sig_forall_dec", "sig_not_dec", "functional_extensionality_dep"})
_WITH_EXPONENTIALS = _AXIOMS | {"classic"}
_SECONDS = 300.0


@cache
def coq_version() -> str:
    """The version of ``coqc``; empty where it is not installed."""
    if shutil.which("coqc") is None:
        return ""
    said = subprocess.run(["coqc", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"version\s+(\S+)", said)
    return found[1] if found else ""


def judged_by_coq(file: Path, text: str) -> Part:
    """What Coq says of a theorem: a part that is proved only if its kernel accepts the file and no other axiom is used."""
    name = f"the theorem in {file.name}"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "theorem.v"
        copy.write_text(text, encoding="utf-8")
        try:
            run = subprocess.run(
                ["coqc", "-q", "-w", "none", copy.name], cwd=folder, capture_output=True, text=True, check=False,
                timeout=_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Part(
                name, _statement(text), KERNEL, Status.open, f"coqc was stopped after {_SECONDS:.0f} s"
            )
    if run.returncode:
        first = next((line for line in run.stderr.splitlines() if line.strip()), "no message")
        return Part(name, _statement(text), KERNEL, Status.open, f"Coq {coq_version()} rejects it: {first}")
    used = {
        line.split(":")[0].strip().rpartition(".")[2]
        for line in run.stdout.splitlines()
        if _AXIOM.match(line)
    }
    allowed = _WITH_EXPONENTIALS if re.search(r"\b(ln|exp)\b", text) else _AXIOMS
    if used - allowed or not ("Axioms:" in run.stdout or "Closed under the global context" in run.stdout):
        more = ", ".join(sorted(used - allowed)) or "what it does not say"
        return Part(
            name, _statement(text), KERNEL, Status.open, f"it rests on {more}, beyond Coq's real numbers"
        )
    axioms = ", ".join(sorted(used)) or "no axiom"
    return Part(
        name, _statement(text), KERNEL, Status.proved, f"Coq {coq_version()} accepts it, from {axioms}"
    )


_AXIOM = re.compile(r"(?!Closed under)[A-Za-z_][\w.']*(\s|$)")


def _statement(text: str) -> str:
    return "; ".join(re.findall(r"^Theorem (.*)\.$", text, re.MULTILINE))
