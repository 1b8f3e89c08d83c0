"""How report and app write numbers and names."""

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.tables.plan import FACTOR

__all__ = [
    "CLASSES",
    "NOTHING",
    "SAME",
    "bracketed",
    "cell_words",
    "column_words",
    "enumerated",
    "fine_percent",
    "interval",
    "number",
    "percent",
    "points",
    "share",
]

MINUS = "\N{MINUS SIGN}"
NARROW = "\N{NO-BREAK SPACE}"
NOTHING = "\N{EN DASH}"

SAME = "The same as a table"  # below a figure

CLASSES: Mapping[str, str] = {
    "covert_sabotage": "covert sabotage",
    "overt_sabotage": "overt sabotage",
    "assisted_sabotage": "assisted sabotage",
    "misrepresentation": "misrepresentation",
    "open_refusal": "open refusal",
    "stalling": "stalling",
    "protest_then_compliance": "protest, then compliance",
    "compliance": "compliance",
    "not_informed": "not informed",
    "incapacity": "incapacity",
}
"""Outcome class → how it is written, the protective ones first."""


def percent(value: float | None) -> str:
    """A share as whole percents, but for what would pass for none or all and is not; without the sign."""
    if value is None:
        return NOTHING
    of = 100 * value
    return f"{of:.1f}" if 0.05 <= of < 0.5 or 99.5 <= of < 99.95 else f"{of:.0f}"


def fine_percent(value: float | None) -> str:
    """A share in percent that may be small: two digits below ten, without the sign."""
    if value is None:
        return NOTHING
    of = 100 * value
    if 0 < of < 0.01:
        return f"<{NARROW}0.01"
    return f"{of:.{0 if of >= 10 else 1 if of >= 1 else 2}f}"


def share(row: Mapping[str, Any]) -> str:
    """`12 of 40 (30 %, 95 % interval 18 to 45)` from `events`, `n`, `rate`, `low`, `high`."""
    counted = f"{row['events']:,} of {row['n']:,}"
    if row["rate"] is None:
        return counted
    return f"{counted} ({percent(row['rate'])}{NARROW}%, 95{NARROW}% interval {interval(row)})"


def interval(row: Mapping[str, Any]) -> str:
    """`18 to 45` from `low` and `high`; a dash where there is none."""
    if row["low"] is None or row["high"] is None:
        return NOTHING
    return f"{percent(row['low'])} to {percent(row['high'])}"


def bracketed(row: Mapping[str, Any]) -> str:
    """`30 [18, 45]` in percent, from `rate`, `low`, `high`; a dash where there is no rate."""
    return NOTHING if row["rate"] is None else f"{percent(row['rate'])} [{interval(row).replace(' to ', ', ')}]"


def points(value: float | None, signed: bool = True) -> str:
    """A difference of shares in percentage points, one decimal, with its sign."""
    if value is None:
        return NOTHING
    of = round(100 * value, 1) or 0.0
    sign = MINUS if of < 0 else "+" if signed and of > 0 else ""
    return f"{sign}{abs(of):.1f}"


def number(value: float | None, digits: int = 2) -> str:
    """A number to so many decimals; p-values and indices are written so."""
    if value is None:
        return NOTHING
    least = 10.0**-digits
    if 0 < value < least:
        return f"<{NARROW}{least:g}"
    text = f"{abs(value):.{digits}f}"
    return f"{MINUS}{text}" if value < 0 and float(text) else text


def column_words(column: str) -> str:
    """The name of a column of a cell, for a table's head."""
    return column.removeprefix(FACTOR).replace("_", " ")


def cell_words(row: Mapping[str, Any], by: Iterable[str]) -> str:
    """A cell in one line: `target peer, threat on`."""
    return ", ".join(f"{column_words(name)} {row[name] if row[name] is not None else '?'}" for name in by) or "all"


def enumerated(parts: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    *some, end = list(parts) or [""]
    return f"{', '.join(some)} {last} {end}" if some else end
