"""One mode under descent, as claims about every step state it: its start, its step, and the simulator's orbit."""

from __future__ import annotations

from typing import Any

from rankladder import symbols
from rankladder.simulate import descent
from rankladder.theory import normal_form_step

__all__ = ["MODE", "beside", "later", "q", "s", "z", "z0"]

s, z0, z, later, q = symbols("s z0 z z_next q")


def _orbit(s: Any, z0: Any, steps: int) -> Any:
    return descent(s, z0, steps).z


# what always() takes
MODE: dict[str, Any] = {"start": {z: z0}, "step": {z: normal_form_step(s, z)}, "orbit": {z: _orbit}}


def beside(first: Any, factor: Any) -> dict[str, Any]:
    """The orbit of one mode beside a number q that starts at one value and is multiplied by a factor at every step."""
    return MODE | {"start": {z: z0, q: first}, "step": {**MODE["step"], q: q * factor}}
