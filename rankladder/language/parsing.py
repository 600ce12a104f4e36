"""Reading instances back from the text they print as.

The text is parsed as a Python expression of numbers, fractions, tuples and calls; nothing is run. What a call makes is
the affair of the parameter's domain.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from rankladder.domains.domain import Call, Domain, InstanceSyntaxError
from rankladder.language.instance import Instance

__all__ = ["InstanceSyntaxError", "fitted", "parse_instance"]


def parse_instance(text: str) -> Instance:
    """The instance that prints as ``text``.

    Args:
        text: ``s=1/4, z0=1/16, steps=3``, with or without a name and parentheses around it; numbers may be
            quoted, as in ``OneMode(s="1/4")``.

    Returns:
        The instance as it is written: whole numbers are ``int``, others ``Fraction``, values with a constructor a
        ``Call``. The domains of a claim make their values of these: see :func:`fitted`.

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
    names = [k.arg for k in call.keywords if k.arg is not None]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InstanceSyntaxError(
            f"cannot read instance {text!r}: {twice} stands there twice; give it one value"
        )
    return Instance.of({k.arg: _value(k.value) for k in call.keywords if k.arg is not None})


def fitted(instance: Instance, over: Mapping[str, Domain]) -> Instance:
    """The instance with every value as its domain reads it.

    Raises:
        InstanceSyntaxError: when a parameter is missing or unknown, or a value calls what its domain does not know.
    """
    unknown = [n for n in instance if n not in over]
    missing = [n for n in over if n not in instance]
    if unknown or missing:
        wrong = f"unknown {unknown[0]!r}" if unknown else f"missing {missing[0]!r}"
        raise InstanceSyntaxError(f"instance does not fit: {wrong}; the parameters are {', '.join(over)}")
    return Instance.of({name: domain.parse(instance[name]) for name, domain in over.items()})


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
        arguments = tuple(map(_value, node.args))
        if node.func.id == "Fraction":
            return Fraction(*arguments)
        return Call(
            node.func.id, arguments, {k.arg: _value(k.value) for k in node.keywords if k.arg is not None}
        )
    raise InstanceSyntaxError(f"cannot read {ast.unparse(node)!r} in an instance")
