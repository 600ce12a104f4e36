"""``rankladder new``: a file of claims to start from."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from rankladder.app.output import print_json, writable_file
from rankladder.usage import UsageError

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = '''\
"""Claims of my own."""

from rankladder import Int, Real, claim, lemma, symbols
from rankladder.simulate import descent

s, x = symbols("s x")

# True. An inequality between formulas is a lemma; this one can be proved. One step of gradient descent takes the
# product x of a mode (1 is where it ends) to x (1 + s (1 - x))^2.
lemma(
    "my-one-step",
    x * (1 + s * (1 - x)) ** 2 <= 1,
    over=dict(s=Real(0, 2), x=Real(0, 2)),
    given={"small-step": 2 * s <= 1, "below": x <= 1},
    title="one step does not pass the limit",
)


# False: for steps s between 1/2 and 1 some orbits pass the limit. The function returns a margin for every instance,
# at least 0 where the claim holds; plain NumPy will do. Strike out `expects`, and the check fails.
@claim(
    "my-no-overshoot",
    over=dict(s=Real(0, 2), z0=Real(0, 1), steps=Int(1, 40)),
    given={"small-step": s <= 1},
    title="no orbit passes the limit",
    statement=r"z_k \\le 1",
    expects="refuted",
)
def _(s, z0, steps):
    z = descent(s, z0, steps)  # z_0, z_1, ...: time is the first axis
    return 1 - z
'''


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument("file", metavar="FILE", help="the file to write (.py); it must not exist")


def run(options: Any) -> int:
    """Write the example and say what to do with it; return 0."""
    file = writable_file(options.file, (".py",))
    try:
        with file.open("x", encoding="utf-8") as stream:  # "x": two runs at once must not both write
            stream.write(EXAMPLE)
    except FileExistsError:
        raise UsageError(f"{file} exists and is left as it is; give another name") from None
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}; give a file that can be written") from error
    if options.json:
        print_json({"file": str(file), "next": _next(file)})
        return 0
    print(f"{file} written: one true claim, one false. Next:")
    for command in _next(file):
        print(f"  {command}")
    return 0


def _next(file: Path) -> list[str]:
    name = shlex.quote(str(file))
    return [
        f"rankladder check {name}",
        f"rankladder prove my-one-step {name}",
        f"rankladder explore my-no-overshoot {name}",
        f"rankladder boundary my-no-overshoot {name} --parameter s",
    ]
