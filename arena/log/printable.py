"""Makes any text safe and short for a terminal. What models wrote is hostile: nothing in it may act on the screen."""

import re
import unicodedata

__all__ = ["one_line", "printable", "shortened"]

_RETURN = "⏎"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, direction marks, half characters, odd line ends
_HEAPED = re.compile("([\u0300-\u036f]{3})[\u0300-\u036f]+")  # accents upon accents, which run into other lines


class _Escapes(dict[int, str]):
    """Character → what is shown for it; filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        shown = chr(code)
        if unicodedata.category(shown) in _UNSEEN:
            shown = chr(0x2400 + code) if code < 0x20 else f"<U+{code:04X}>"
        self[code] = shown
        return shown


_ESCAPES = _Escapes({0x09: " ", 0x0A: "\n", 0x7F: "␡"})


def printable(text: str) -> str:
    """The text with every character visible that would move the cursor, colour, ring, hide or turn words round.

    Escapes rather than drops, since the log is evidence: ANSI sequences stay readable as `␛[31m`. Lines stay.
    """
    return _HEAPED.sub(r"\1…", text.replace("\r\n", "\n")).translate(_ESCAPES)


def one_line(text: str, limit: int = 400) -> str:
    """`printable` on one line of at most about `limit` characters."""
    return printable(shortened(text, limit)).replace("\n", f" {_RETURN} ")


def shortened(text: str, limit: int) -> str:
    """The text, cut behind `limit` characters with a note of how many were left out."""
    return text if len(text) <= limit else f"{text[:limit]}… (+{len(text) - limit} characters)"
