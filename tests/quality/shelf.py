"""How the banks of statements are filled."""

from collections.abc import Callable
from typing import Any

from rankladder import Claim, claim


def stated_on(shelf: list[Claim], word: str) -> Callable[..., Any]:
    """Like ``claim``, with the assumptions as keywords; each claim is named ``word.name`` and put on the shelf."""

    def stating(name: str, over: Any, **given: Any) -> Any:
        named = {key.replace("_", "-"): value for key, value in given.items()}
        return lambda conclusion: shelf.append(claim(f"{word}.{name}", over=over, given=named)(conclusion))

    return stating
