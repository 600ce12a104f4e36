"""What the algorithm does: descent, flow, starts and data, in float64 or in rigorous balls.

Nothing here knows a formula that it is meant to test. Names are imported when first used, so that
``import simulate`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulate.balls import Ball as Ball
    from simulate.balls import Undecided as Undecided
    from simulate.balls import as_balls as as_balls
    from simulate.balls import ball as ball
    from simulate.balls import hull as hull
    from simulate.balls import is_exact_number as is_exact_number
    from simulate.balls import midpoints as midpoints
    from simulate.balls import precision as precision
    from simulate.orbits import Orbit as Orbit
    from simulate.orbits import descent as descent

_HOMES = {
    "balls": (
        "Ball", "Undecided", "as_balls", "ball", "hull", "is_exact_number", "midpoints", "precision",
    ),
    "orbits": ("Orbit", "descent"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'simulate' has no attribute {name!r}")
    value = getattr(import_module(f"simulate.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
