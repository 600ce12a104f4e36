"""Who may import whom: the contracts hold, and each falls where it is broken."""

import subprocess
from pathlib import Path

from tests.packaging.checkout import copy_of_checkout
from tests.processes import python

ORDER = "no arrow between the framework's folders runs back"
PAPER = "the framework knows no paper, no formula and no network"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command as run; run()"
    return python("-c", code, "--no-cache", cwd=folder, env={"PYTHONPATH": str(folder), "PATH": ""})


def test_the_contracts_hold_and_each_violation_is_named(tmp_path) -> None:
    copy = copy_of_checkout(tmp_path)
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    violations = [
        ("simulate", "rankladder.theory", "theory and simulate know nothing of each other"),
        ("simulate", "rankladder.language.margins", "of the framework, simulate knows numbers and domains"),
        ("simulate", "sympy", "of the framework, simulate knows numbers and domains"),
        ("theory", "rankladder.domains.scalars", "of the framework, theory knows numbers"),
        ("theory", "hypothesis", "of the framework, theory knows numbers"),
        ("properties", "sklearn", "what is installed needs no test and no test tool"),
        ("rankladder/language", "rankladder.search.check", ORDER),
        ("rankladder/search", "rankladder.proof.proof", ORDER),
        ("rankladder/storage", "rankladder.app.output", ORDER),
        ("rankladder/numbers", "rankladder.simulate", PAPER),
        ("rankladder/app", "rankladder.properties.gidel2019", PAPER),
        ("rankladder/report", "rankladder.theory", PAPER),
    ]
    for number, (importer, imported, _) in enumerate(violations):
        # inside a function, where an import is easiest to overlook
        text = f"def scratch():\n    import {imported}\n"
        (copy / importer / f"scratch_{number}.py").write_text(text, encoding="utf-8")
    done = lint_imports(copy)
    said = " ".join(done.stdout.split())
    assert done.returncode == 1, done.stdout + done.stderr
    for number, (importer, imported, contract) in enumerate(violations):
        scratch = f"{'rankladder.' * (not importer.startswith('rankladder'))}{importer.replace('/', '.')}.scratch_{number}"
        assert f"{contract} BROKEN" in said and f"{scratch} -> {imported}" in said, (scratch, said)
