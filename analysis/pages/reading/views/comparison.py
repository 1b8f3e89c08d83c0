"""An episode beside another one: what was set otherwise, where the two part, and what came of each."""

from collections.abc import Iterable, Sequence

from analysis.blocks.hypertext import safe
from analysis.pages.reading.html.markup import scrolling_table
from analysis.pages.reading.html.timeline import timeline
from analysis.pages.reading.position import Position
from analysis.pages.reading.relatives import Relative
from arena.log.printable import one_line
from arena.transcript.compare import Comparison, Divergence, Row

__all__ = ["comparison", "other_episodes"]

LONGEST = 300  # characters of a line that is quoted
MOST = 40  # of one kind to choose from


def other_episodes(position: Position, others: Sequence[Relative], chosen: Relative | None) -> str:
    """What there is to compare with, as links."""
    kinds = dict.fromkeys(other.kind for other in others)
    rows = "".join(
        f"<dt>{safe(kind)}</dt><dd>{_choice(position, [o for o in others if o.kind == kind], chosen)}</dd>"
        for kind in kinds
    )
    return f'<nav aria-label="Compare with"><dl class="facts choices">{rows}</dl></nav>'


def _choice(position: Position, others: Sequence[Relative], chosen: Relative | None) -> str:
    links = "".join(_chip(position, other, current=other == chosen) for other in others[:MOST])
    return links + (f" <small>and {len(others) - MOST} more</small>" if len(others) > MOST else "")


def _chip(position: Position, other: Relative, *, current: bool) -> str:
    here = " aria-current=true" if current else ""
    to = position.to(**{"with": other.key})
    return (
        f'<a class="chip" title="{safe(one_line(other.more))}" href="{to}"{here}>{safe(one_line(other.words, 90))}</a>'
    )


def comparison(position: Position, other: Position, relative: Relative, found: Comparison, *, swapped: bool) -> str:
    """The comparison. `swapped`: the other one came first, as the parent of a fork does."""
    here, there = "this episode", safe(one_line(relative.words, 90))
    titles = (there, here) if swapped else (here, there)
    changed = "".join(f"<li>{safe(one_line(line, LONGEST))}</li>" for line in found.changed)
    return (
        f'<p><a href="{other.to()}">Open the other episode: <code>{safe(relative.key)}</code></a></p>'
        f"<h3>What was set otherwise</h3><ul>{changed or '<li>nothing</li>'}</ul>"
        f"{_divergences(found, titles)}<h3>What came of each</h3>{_table(found.rows, titles)}"
        f'<div class="pair"><section><h3>This episode</h3>{timeline(position)}</section>'
        f"<section><h3>{there}</h3>{timeline(other)}</section></div>"
    )


def _divergences(found: Comparison, titles: tuple[str, str]) -> str:
    if found.line is None:
        return "<p>No line differs.</p>"
    first = _divergence("The first line that differs", found.line, titles)
    if found.first_act is None:
        return f"{first}<p>No act and no message differs.</p>"
    return (
        first
        if found.first_act.seq == found.line.seq
        else first + _divergence("The first act or message", found.first_act, titles)
    )


def _divergence(what: str, divergence: Divergence, titles: tuple[str, str]) -> str:
    sides = zip(titles, (divergence.before, divergence.after), strict=True)
    items = "".join(f"<dt>{title}</dt><dd>{safe(one_line(text, LONGEST))}</dd>" for title, text in sides)
    return f'<h3>{what} <small>[{divergence.seq}]</small></h3><dl class="facts">{items}</dl>'


def _table(rows: Iterable[Row], titles: tuple[str, str]) -> str:
    body = (
        f'<tr class="{"" if row.same else "differs"}"><th scope="row">{safe(one_line(row.what))}</th>'
        f"<td>{_told(row, row.before)}</td><td>{_told(row, row.after)}</td></tr>"
        for row in rows
    )
    return scrolling_table(("", *titles), body, "both")


def _told(row: Row, text: str) -> str:
    """What an episode came to; flags are names with blanks between them."""
    words = ", ".join(text.split()) if row.what.strip() == "flags" else text
    return safe(one_line(words.replace("_", " ")))
