"""Print the lower bounds of pyproject.toml as pip constraints: each ``name>=1.2`` becomes ``name==1.2``.

``pip install -c <(python .ci/lowest.py) '.[test]'`` then installs the oldest versions the project says it works
with, so that the bounds are tried and not guessed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

EXTRAS = ("plot", "proof", "report", "cluster", "test")
BOUND = re.compile(r"(?P<name>[A-Za-z0-9._-]+)>=(?P<version>[0-9][0-9A-Za-z.]*)")


def lowest(project: str) -> list[str]:
    """The core dependencies and those of the extras ``EXTRAS``, each at its lower bound.

    Raises:
        ValueError: a requirement that is not ``name>=version``.
    """
    table = tomllib.loads(project)["project"]
    requirements = list(table["dependencies"])
    for extra in EXTRAS:
        requirements += table["optional-dependencies"].get(extra, [])
    pins = []
    for requirement in requirements:
        if requirement.startswith(f"{table['name']}["):
            continue
        match = BOUND.fullmatch(requirement)
        if match is None:
            raise ValueError(f"requirement {requirement!r} must read name>=version; give it a lower bound")
        pins.append(f"{match['name']}=={match['version']}")
    return sorted(pins)


if __name__ == "__main__":
    pyproject = Path(__file__).resolve().parent.parent / "pyproject.toml"
    sys.stdout.write("\n".join(lowest(pyproject.read_text(encoding="utf-8"))) + "\n")
