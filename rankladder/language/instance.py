"""Instances: one exact choice of every parameter of a claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

__all__ = ["Instance"]


@dataclass(frozen=True)
class Instance(Mapping[str, Any]):
    """Plain exact values by parameter name; prints as an expression to paste back.

    >>> Instance.of(s=Fraction(1, 3), steps=3)
    Instance(s=Fraction(1, 3), steps=3)
    >>> str(Instance.of(s=Fraction(1, 3), steps=3))
    's=1/3, steps=3'
    >>> str(Instance.of(sigma=(Fraction(2), Fraction(1, 2))))
    'sigma=(2, 1/2)'
    """

    items_: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, mapping: Mapping[str, Any] | None = None, /, **values: Any) -> Instance:
        """Build from a mapping or keywords, in the order given."""
        return cls(tuple({**(mapping or {}), **values}.items()))

    def __getitem__(self, name: str) -> Any:
        for key, value in self.items_:
            if key == name:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.items_)

    def __len__(self) -> int:
        return len(self.items_)

    @cached_property
    def _hash(self) -> int:
        return hash(self.items_)  # of fractions it takes long, and a search asks often

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return Instance, (self.items_,)  # in another process the hash is another

    def with_(self, **changes: Any) -> Instance:
        """A copy in which the named values are others."""
        return Instance.of({**dict(self.items_), **changes})

    def __repr__(self) -> str:
        return f"Instance({', '.join(f'{k}={v!r}' for k, v in self.items_)})"

    def __str__(self) -> str:
        return ", ".join(f"{k}={_text(v)}" for k, v in self.items_)

    def _repr_html_(self) -> str:
        from rankladder.language.snippets import table, text

        rows = []
        for name, value in self.items_:
            size = f" ≈ {float(value):.6g}" if isinstance(value, Fraction) and value.denominator > 1 else ""
            rows.append((name, f"<code>{text(_text(value))}</code>{size}"))
        return f"<div>{table(rows)}</div>"

    def _repr_latex_(self) -> str:
        from rankladder.language.snippets import symbol

        return "$" + r",\quad ".join(f"{symbol(n)} = {_latex(v)}" for n, v in self.items_) + "$"

    def to_json(self) -> dict[str, Any]:
        """Exact numbers as strings beside their float; structured values as pasteable text."""
        return {key: _plain(value) for key, value in self.items_}


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))}{',' if len(value) == 1 else ''})"
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return {"exact": str(value), "float": float(value)}
    if isinstance(value, int):
        return {"exact": str(value), "float": float(value)}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return str(value)


def _latex(value: Any) -> str:
    if isinstance(value, Fraction) and value.denominator > 1:
        sign = "-" if value < 0 else ""
        return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    if isinstance(value, tuple):
        return "(" + r",\,".join(map(_latex, value)) + ")"
    return str(value) if isinstance(value, (int, Fraction)) else rf"\texttt{{{value}}}"
