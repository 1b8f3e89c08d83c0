"""All lines of the log, verbatim and inert: a page of them, or one with all that stands in it."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from analysis.blocks.hypertext import safe
from analysis.pages.reading.html.markup import scrolling_table
from analysis.pages.reading.position import PAGE, Position, line_id
from arena.log.events import Event

__all__ = ["one_in_full", "page_of_log"]

LONGEST = 2_000  # characters of a body
LONGEST_ALONE = 100_000


def page_of_log(position: Position, number: int) -> str:
    """The lines of one page, from 1; the last page where there is no such one."""
    events = position.reading.events
    last = -(-len(events) // PAGE)
    number = min(max(1, number), last)
    some = events[(number - 1) * PAGE : number * PAGE]
    links = " ".join(_page(position, each, number) for each in range(1, last + 1))
    pages = f'<nav aria-label="Pages of the log"><p>{len(events):,} lines. Page {links}</p></nav>' if last > 1 else ""
    return f"{pages}{_lines(position, some, LONGEST)}{pages}"


def _page(position: Position, number: int, current: int) -> str:
    return f"<b>{number}</b>" if number == current else f'<a href="{position.to(page=number)}">{number}</a>'


def one_in_full(position: Position, seq: int) -> str:
    """One line of the log, and the ways to the ones around it."""
    around = [(name, seq + step) for name, step in (("previous line", -1), ("next line", 1))]
    there = [(name, at) for name, at in around if 0 <= at < len(position.reading.events)]
    links = " · ".join(f'<a href="{position.to(line=at)}">{name}</a>' for name, at in there)
    back = f'<a href="{position.to(page=seq // PAGE + 1, sight=line_id(seq))}">all lines</a>'
    lanes = f'<a href="{position.to(view="lanes", cite=[str(seq)], sight=line_id(seq))}">among all rounds</a>'
    return f"<p>{back} · {lanes} · {links}</p>{_lines(position, [position.reading.events[seq]], LONGEST_ALONE)}"


def _lines(position: Position, events: Sequence[Event], limit: int) -> str:
    rows = (_line(position, event, limit) for event in events)
    return scrolling_table(("line", "round", "kind", "actor", "to", "body"), rows, "log")


def _line(position: Position, event: Event, limit: int) -> str:
    marked = ' class="cited"' if event.seq in position.cites else ""
    cells = (
        f'<a class="seq" href="{position.whole(event.seq)}">[{event.seq}]</a>',
        str(event.round),
        event.kind,
        safe(event.actor),
        safe(", ".join(event.to)),
        f"<pre>{_body(position, event.seq, event.body, limit)}</pre>",
    )
    return f'<tr id="{line_id(event.seq)}"{marked}>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _body(position: Position, seq: int, body: Mapping[str, Any], limit: int) -> str:
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2 if limit > LONGEST else 0).decode()
    left = len(text) - limit
    if left <= 0:
        return safe(text)
    more = f"… {left:,} more characters"
    whole = (
        f'<a href="{position.whole(seq)}">{more}</a>'
        if limit == LONGEST
        else f"<b>{more}: take the table of events</b>"
    )
    return f"{safe(text[:limit])} {whole}"
