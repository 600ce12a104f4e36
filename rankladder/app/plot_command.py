"""``rankladder plot``: the pictures of the theory, each as a file."""

from __future__ import annotations

import sys
from typing import Any

from rankladder.app.output import print_json, writable_file, write_picture
from rankladder.usage import UsageError

__all__ = ["NAMES", "run"]

# picture -> the options it takes
NAMES: dict[str, tuple[str, ...]] = {
    "staircase": ("sigma", "lam", "eta", "delta"),
    "phase": (),
    "sandwich": ("s", "z0", "steps"),
    "flow": ("s", "z0", "steps"),
    "margin": ("claim", "x", "y", "at"),
    "assumptions": (),
}
_OPTIONS = tuple(dict.fromkeys(name for names in NAMES.values() for name in names))


def run(options: Any) -> int:
    """Draw, write, and say where."""
    taken = NAMES[options.name]
    for name in _OPTIONS:
        if name not in taken and getattr(options, name) is not None:
            raise UsageError(
                f"plot {options.name} does not take --{name}; it takes {', '.join('--' + n for n in taken) or 'nothing'}"
            )
    if options.targets and options.name != "margin":
        raise UsageError(f"plot {options.name} takes no claim file; plot margin --claim ID FILE does")
    file = writable_file(options.out or f"{options.name}.png", (".png", ".pdf", ".svg"))
    try:
        made = _DRAW[options.name](options)
    except ValueError as error:
        raise UsageError(str(error)) from error
    write_picture(made, file)
    if options.json:
        print_json({"picture": options.name, "file": str(file)})
    else:
        print(f"rankladder: {options.name} drawn to {file}", file=sys.stderr)
    return 0


def _staircase(options: Any) -> Any:
    from rankladder.report.pictures import excess_loss, learned_values
    from rankladder.report.pictures.style import figure

    made, (upper, lower) = figure(rows=2)
    spectrum = (
        options.sigma or (4.0, 2.0, 1.0),
        options.lam or (1.0,) * len(options.sigma or (1, 1, 1)),
        options.eta or 0.5 / max(options.sigma or (4.0,)),
        30.0 if options.delta is None else options.delta,
    )
    excess_loss(*spectrum, ax=upper).set_xlabel("")
    learned_values(*spectrum, ax=lower)
    upper.set_title(rf"gradient descent, $\eta$ = {spectrum[2]:.3g}, $\delta$ = {spectrum[3]:g}")
    return made


def _phase(_: Any) -> Any:
    from rankladder.report.pictures import phase_diagram

    return phase_diagram().figure


def _one_mode(options: Any) -> Any:
    from rankladder.report.pictures import flow_beside_descent, sandwich

    draw = sandwich if options.name == "sandwich" else flow_beside_descent
    s = 0.35 if options.s is None else options.s
    z0 = 1e-3 if options.z0 is None else options.z0
    return draw(s, z0, options.steps).figure


def _margin(options: Any) -> Any:
    from rankladder.app.chosen import chosen_claims
    from rankladder.language.parsing import InstanceSyntaxError, fitted, parse_instance
    from rankladder.report.pictures.margins import instance_to_draw, margin_landscape

    if options.claim is None:
        raise UsageError("plot margin needs a claim: give --claim ID; rankladder list names them")
    found = chosen_claims(options.targets, [options.claim])
    if len(found) != 1:
        raise UsageError(
            f"{options.claim} names {len(found)} claims, and margin draws one: {', '.join(found)}"
        )
    (claim,) = found.values()
    if options.at is not None:
        try:
            instance: Any = fitted(parse_instance(options.at), claim.over)
        except InstanceSyntaxError as error:
            raise UsageError(str(error)) from error
    else:
        instance = instance_to_draw(claim)
    real = list(claim.reals)
    x = options.x or next((n for n in real if n != options.y), None)
    y = options.y or next((n for n in real if n != x), None)
    if x is None or y is None:
        raise UsageError(
            f"{claim.id} has fewer than two real parameters ({', '.join(real) or 'none'}), so no landscape"
        )
    return margin_landscape(claim, x, y, instance).figure


def _assumptions(_: Any) -> Any:
    from rankladder.report.pictures import assumption_map

    return assumption_map().figure


_DRAW = {
    "staircase": _staircase,
    "phase": _phase,
    "sandwich": _one_mode,
    "flow": _one_mode,
    "margin": _margin,
    "assumptions": _assumptions,
}
