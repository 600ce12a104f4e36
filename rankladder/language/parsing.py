"""Reading instances back from the text they print as.

The text is parsed as a Python expression of literals, fractions and a few constructors; nothing is run.
"""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

from rankladder.domains.matrices import Rational, Reflections, Shears
from rankladder.language.instance import Instance
from rankladder.simulate.joint_problems import JointProblem

__all__ = ["InstanceSyntaxError", "parse_instance"]

_CONSTRUCTORS = {"JointProblem": JointProblem, "Reflections": Reflections, "Shears": Shears}


class InstanceSyntaxError(ValueError):
    """Text that is no instance."""


def parse_instance(text: str) -> Instance:
    """The instance that prints as ``text``.

    Args:
        text: ``s=1/4, z0=1/16, steps=3``, with or without a name and parentheses around it; numbers may be
            quoted, as in ``OneMode(s="1/4")``.

    Returns:
        The instance; whole numbers become ``int``, others ``Fraction`` (a claim's domains decide which of
        the two a whole number is: see :func:`fitted`).

    Raises:
        InstanceSyntaxError: for anything else.

    >>> str(parse_instance('OneMode(s="1/4", z0=1/16, steps=3)'))
    's=1/4, z0=1/16, steps=3'
    >>> str(parse_instance("U=Reflections(2, ((1, 1),))"))
    'U=Reflections(2, ((1, 1),))'
    """
    bare = text.strip()
    opening = bare.find("(")
    named = bare.endswith(")") and bare[:opening].strip().isidentifier()
    source = bare if named else f"Instance({bare})"
    try:
        call = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise InstanceSyntaxError(
            f"cannot read instance {text!r}: {error.msg}; write s=1/4, z0=1/16"
        ) from error
    if not isinstance(call, ast.Call) or call.args or not call.keywords:
        raise InstanceSyntaxError(f"cannot read instance {text!r}; write parameters by name: s=1/4, z0=1/16")
    values = {k.arg: _value(k.value) for k in call.keywords if k.arg is not None}
    return Instance.of(values)


def fitted(instance: Instance, over: Any) -> Instance:
    """The instance with whole numbers and nested values in the types that the domains draw.

    Raises:
        InstanceSyntaxError: when a parameter is missing or unknown.
    """
    from rankladder.domains.matrices import Matrix
    from rankladder.domains.scalars import Int, Real

    unknown = [n for n in instance if n not in over]
    missing = [n for n in over if n not in instance]
    if unknown or missing:
        wrong = f"unknown {unknown[0]!r}" if unknown else f"missing {missing[0]!r}"
        raise InstanceSyntaxError(f"instance does not fit: {wrong}; the parameters are {', '.join(over)}")
    values: dict[str, Any] = {}
    for name, domain in over.items():
        value = instance[name]
        if isinstance(domain, Int):
            values[name] = int(value) if value == int(value) else value
        elif isinstance(domain, Real):
            values[name] = Fraction(value)
        elif isinstance(domain, Matrix):
            values[name] = Rational(tuple(tuple(Fraction(x) for x in row) for row in value))
        elif isinstance(value, tuple):
            values[name] = tuple(Fraction(x) for x in value)
        else:
            values[name] = value
    return Instance.of(values)


def _value(node: ast.expr) -> Any:
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, str))
        and not isinstance(node.value, bool)
    ):
        if isinstance(node.value, int):
            return node.value
        try:
            number = Fraction(node.value)
        except (ValueError, ZeroDivisionError):
            raise InstanceSyntaxError(f"cannot read number {node.value!r}; write 1/4 or 0.25") from None
        return int(number) if number.denominator == 1 else number
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        bottom = _value(node.right)
        if bottom == 0:
            raise InstanceSyntaxError("cannot read a number with denominator 0")
        return Fraction(_value(node.left)) / Fraction(bottom)
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(_value(e) for e in node.elts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _construct(node)
    raise InstanceSyntaxError(f"cannot read {ast.unparse(node)!r} in an instance")


def _construct(node: ast.Call) -> Any:
    assert isinstance(node.func, ast.Name)  # noqa: S101 - for the type checker: the caller has looked
    name = node.func.id
    positional = [_value(a) for a in node.args]
    named = {k.arg: _value(k.value) for k in node.keywords if k.arg is not None}
    if name == "Fraction":
        return Fraction(*positional)
    if name not in _CONSTRUCTORS:
        raise InstanceSyntaxError(
            f"unknown constructor {name!r}; known: Fraction, {', '.join(_CONSTRUCTORS)}"
        )
    if name == "JointProblem":
        for key in ("sigma", "lam"):
            named[key] = tuple(Fraction(x) for x in named.get(key, ()))
        named["B"] = tuple((int(i), int(j), Fraction(b)) for i, j, b in named.get("B", ()))
    if name == "Shears":
        base, factors = positional
        return Shears(base, tuple((int(i), int(j), Fraction(c)) for i, j, c in factors))
    try:
        return _CONSTRUCTORS[name](*positional, **named)
    except (TypeError, ValueError) as error:
        raise InstanceSyntaxError(f"cannot build {name}: {error}") from error
