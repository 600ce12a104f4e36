"""``rankladder plot``: the pictures of the theory, each as a file."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from rankladder.app.arguments import finite_number, number_list, positive_integer, positive_number
from rankladder.app.output import print_json, writable_file, write_picture
from rankladder.language.verdict import Expectation
from rankladder.usage import UsageError

__all__ = ["add_arguments", "run"]

# picture -> the options it takes
_TAKES: dict[str, tuple[str, ...]] = {
    "staircase": ("sigma", "lam", "eta", "delta"),
    "phase": (),
    "sandwich": ("s", "z0", "steps"),
    "flow": ("s", "z0", "steps"),
    "margin": ("claim", "x", "y", "at"),
    "assumptions": (),
    "ladder": ("only",),
    "steps": (),
    "orders": ("sigma", "lam"),
    "certified": ("s", "z0", "steps"),
}
_FILES = ("margin", "ladder", "orders")  # pictures of what files hold
_HEADLINE = ("GD-9", "RRR-1", "RRR-2", "RRR-4", "ORDER-1", "ORDER-2", "STEP-6")  # what ladder shows by itself
_OPTIONS = tuple(dict.fromkeys(name for names in _TAKES.values() for name in names))


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    sub.add_argument("name", metavar="NAME", choices=list(_TAKES), help=", ".join(_TAKES))
    sub.add_argument(
        "targets",
        nargs="*",
        metavar="FILE",
        help="margin, ladder: claim files (.py); orders: data, X [Y] as for rankladder data",
    )
    sub.add_argument("--out", metavar="FILE", help=".png, .pdf or .svg (default NAME.png)")
    sub.add_argument(
        "--sigma", type=number_list, metavar="S1,S2,…", help="staircase, orders: singular values of Sxy"
    )
    sub.add_argument(
        "--lam", type=number_list, metavar="L1,L2,…", help="staircase, orders: eigenvalues of Sxx"
    )
    sub.add_argument("--eta", type=positive_number, metavar="E", help="staircase: step size")
    sub.add_argument("--delta", type=finite_number, metavar="D", help="staircase: the start is exp(-D)")
    sub.add_argument("--s", type=finite_number, metavar="S", help="sandwich, flow, certified: eta sigma")
    sub.add_argument(
        "--z0", type=finite_number, metavar="Z", help="sandwich, flow, certified: the start, in (0, 1)"
    )
    sub.add_argument(
        "--steps", type=positive_integer, metavar="N", help="sandwich, flow, certified: how many"
    )
    sub.add_argument("--only", nargs="+", metavar="ID", help="ladder: the claims")
    sub.add_argument("--claim", metavar="ID", help="margin: the claim")
    sub.add_argument("--x", metavar="NAME", help="margin: the parameter on the horizontal axis")
    sub.add_argument("--y", metavar="NAME", help="margin: the parameter on the vertical axis")
    sub.add_argument("--at", metavar="INSTANCE", help="margin: around this (default: a kept counterexample)")


def run(options: Any) -> int:
    """Draw, write, and say where."""
    taken = _TAKES[options.name]
    for name in _OPTIONS:
        if name not in taken and getattr(options, name) is not None:
            raise UsageError(
                f"plot {options.name} does not take --{name}; it takes {', '.join('--' + n for n in taken) or 'nothing'}"
            )
    if options.targets and options.name not in _FILES:
        raise UsageError(f"plot {options.name} takes no file; {', '.join(_FILES)} do")
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
    from rankladder.properties.gidel2019.pictures import excess_loss, learned_values
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
    from rankladder.properties.gidel2019.pictures import phase_diagram

    return phase_diagram().figure


def _one_mode(options: Any) -> Any:
    from rankladder.properties.gidel2019.pictures import certified_run, flow_beside_descent, sandwich

    draw = {"sandwich": sandwich, "flow": flow_beside_descent, "certified": certified_run}[options.name]
    given = {name: value for name in ("s", "z0", "steps") if (value := getattr(options, name)) is not None}
    return draw(**given).figure


def _margin(options: Any) -> Any:
    from rankladder.app.chosen import chosen_claims
    from rankladder.language.parsing import InstanceSyntaxError, fitted, parse_instance
    from rankladder.report.pictures.margins import instance_to_draw, margin_landscape

    if options.claim is None:
        raise UsageError("plot margin needs a claim: give --claim ID; rankladder list names them")
    found = chosen_claims(options.targets, [options.claim], options.catalogue)
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


def _ladder(options: Any) -> Any:
    from rankladder.app.chosen import chosen_claims
    from rankladder.report.pictures import assumption_ladder

    only = options.only or (() if options.targets else _HEADLINE)
    claims = chosen_claims(options.targets, only, options.catalogue)
    return assumption_ladder([c for c in claims.values() if c.expects is not Expectation.refuted]).figure


def _steps(_: Any) -> Any:
    from rankladder.properties.gidel2019.pictures import step_regimes

    return step_regimes().figure


def _orders(options: Any) -> Any:
    from rankladder.properties.gidel2019.pictures import plateau_losses, two_orders
    from rankladder.report.pictures.style import figure

    if options.targets and (options.sigma or options.lam):
        raise UsageError("plot orders takes the spectrum from --sigma and --lam or from files; leave one out")
    sigma, lam = (
        options.sigma or (4.0, 3.0, 1.0),
        options.lam or ((4.0, 1.0, 1.0) if not options.sigma else (1.0,) * len(options.sigma)),
    )
    if options.targets:
        sigma, lam = _spectrum_of(options.targets)
    made, (upper, lower) = figure(rows=2, shared=False)
    two_orders(sigma, lam, ax=upper)
    plateau_losses(sigma, lam, ax=lower)
    return made


def _spectrum_of(files: list[str]) -> tuple[Any, Any]:
    from rankladder.properties.gidel2019.data.reading import read_dataset
    from rankladder.properties.gidel2019.data.study import decomposed

    if len(files) > 2:
        raise UsageError(f"plot orders takes X [Y] but got {len(files)} files")
    data = read_dataset(files[0], files[1] if len(files) > 1 else None, center=None, standardize=False)
    geometry = decomposed(data, files[0], centred=True)
    return geometry.sigma[: geometry.m], geometry.lam[: geometry.m]


_DRAW = {
    "staircase": _staircase,
    "phase": _phase,
    "sandwich": _one_mode,
    "flow": _one_mode,
    "margin": _margin,
    "assumptions": _assumptions,
    "ladder": _ladder,
    "steps": _steps,
    "orders": _orders,
    "certified": _one_mode,
}
