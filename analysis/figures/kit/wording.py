"""Text in figures: hostile names made inert and short, numbers in words, and how wide a text is at most."""

import textwrap
import unicodedata
from collections.abc import Iterable, Sequence

from arena.log.printable import one_line

__all__ = [
    "LONGEST",
    "distinct",
    "fitted",
    "heading",
    "humane",
    "interval",
    "percent",
    "plain",
    "points",
    "probability",
    "short",
    "wide",
    "wrapped",
]

LONGEST = 400  # characters of a full name in a tooltip
_NARROW, _BROAD = frozenset("iIjl.,:;'|!()[]/·tf "), frozenset("mwMW@%…—")


def plain(value: object, limit: int = LONGEST) -> str:
    """Any value as one line without control characters; `all` for a group that is not split."""
    return "all" if value is None else one_line(str(value), limit)


def humane(name: str) -> str:
    """A column, class or level as words: `factor_final_threat` → `final threat`."""
    return plain(name).removeprefix("factor_").replace("_", " ")


def short(text: object, limit: int = 40) -> str:
    """At most `limit` characters, with the middle left out: models' names differ at both ends."""
    given = "all" if text is None else str(text)
    ends = [given] if len(given) <= 8 * limit else [given[: 4 * limit], given[-4 * limit :]]
    first, last = (one_line(end, len(end)) for end in (ends[0], ends[-1]))
    if len(ends) == 1 and len(first) <= limit:
        return first
    head = limit // 2
    return f"{first[:head]}…{last[len(last) - (limit - 1 - head) :]}"


def fitted(text: object, pixels: float, size: float = 11) -> str:
    """`short`, to at most about so many pixels."""
    line = short(text, max(4, int(pixels / (0.3 * size))))
    while len(line) > 4 and wide(line, size) > pixels:
        line = short(line, len(line) - 1)
    return line


def distinct(names: Iterable[object], pixels: float, *, bold: bool = False) -> dict[object, str]:
    """Each name → its form of at most about so many pixels, no two alike."""
    found: dict[object, str] = {}
    used: set[str] = set()
    size = 12 if bold else 11
    for name in dict.fromkeys(names):
        label, number = fitted(name, pixels, size), 1
        while label in used:
            number += 1
            label = f"{fitted(name, pixels - 24, size)} ({number})"
        used.add(label)
        found[name] = label
    return found


def heading(columns: Sequence[str]) -> str:
    """What the labels of rows are, over them: `threat · target`."""
    return " · ".join(humane(column) for column in columns)


def percent(share: float | None, digits: int = 0) -> str:
    """`30 %`; a share that is not 0 or 1 is never rounded to it."""
    if share is None:
        return "–"
    told = f"{100 * share:.{digits}f}"
    least = 10.0**-digits
    if share > 0 and float(told) == 0:
        return f"<{least:g} %"
    return f">{100 - least:g} %" if share < 1 and float(told) == 100 else f"{told} %"


def interval(low: float | None, high: float | None) -> str:
    """`18 to 45 %`; empty where there is none."""
    return "" if low is None or high is None else f"{percent(low).removesuffix(' %')} to {percent(high)}"


def points(share: float | None) -> str:
    """A difference of shares in percentage points, with its sign: `+15.0`."""
    if share is None:
        return "–"
    told = f"{100 * share:+.1f}"
    return "0.0" if float(told) == 0 else told.replace("-", "−")


def probability(p: float | None) -> str:
    """A p value as papers print it."""
    if p is None:
        return "–"
    if p < 0.001:
        return "<0.001"
    return f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def wide(text: str, size: float = 11) -> float:
    """About how many pixels a text takes in the broadest font of the stack."""
    per = sum(
        0.36 if c in _NARROW else 0.95 if c in _BROAD or unicodedata.east_asian_width(c) in "WF" else 0.62 for c in text
    )
    return per * size


def wrapped(text: str, pixels: float, size: float) -> list[str]:
    """The text in lines of at most about so many pixels."""
    return textwrap.wrap(plain(text, 2000), max(8, int(pixels / (0.58 * size))), break_on_hyphens=False) or [""]
