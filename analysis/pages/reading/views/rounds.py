"""One round at full width: what each agent was shown, thought, said and did, and what that changed in the world."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.blocks.hypertext import safe
from analysis.pages.reading.html import lines
from analysis.pages.reading.html.markup import folded, scrolling_table
from analysis.pages.reading.html.texts import quoted, role_name, value
from analysis.pages.reading.position import Position, round_id
from analysis.pages.reading.views.lanes import agent_parts, stage_parts
from arena.log.events import Event
from arena.log.printable import one_line

__all__ = ["round_in_full", "verbatim", "view_text"]

COLUMNS = ("agent", "was shown", "thought", "said", "did")


def round_in_full(position: Position) -> str:
    """The round that is looked at."""
    events = position.reading.by_round.get(position.round, [])
    rows = (_row(position, role, events) for role in position.reading.trace.seats)
    stage = list(stage_parts(position, events))  # the last is the world's
    orders, own = "".join(stage[:-1]), "".join(stage[-1:])
    before = f"<h3>From the operator</h3>{orders}" if orders else ""
    return (
        f'<h2 id="{round_id(position.round)}">Round {position.round} of {position.reading.rounds}</h2>'
        f"{before}{scrolling_table(COLUMNS, rows, 'inround')}"
        f"<h3>What changed in the world</h3>{_state(position, events)}<h3>The world by itself</h3>{own}"
    )


def _row(position: Position, role: str, events: Sequence[Event]) -> str:
    view = position.reading.view(role, position.round)
    name = f'<th scope="row">{role_name(position, role)}<br><small>{safe(role)}</small></th>'
    if view is None:
        return f'<tr class="gone">{name}<td colspan="4">† no longer runs</td></tr>'
    parts = dict(agent_parts(position, role, events))
    cells = "".join(f"<td>{parts[key] or '<small>–</small>'}</td>" for key in ("thoughts", "sayings", "doings"))
    return f"<tr>{name}<td>{lines.view_line(position, view)}{view_text(position, view)}</td>{cells}</tr>"


def view_text(position: Position, view: Event) -> str:
    """All that a view showed, verbatim: brief and memories, text, the acts on offer."""
    body = view.body
    brief = folded("its brief", verbatim(position, body.get("brief", ""), view.seq))
    memories = "".join(folded("a memory", verbatim(position, memory, view.seq)) for memory in body.get("memories", ()))
    text = verbatim(position, body["text"], view.seq)
    return f"{brief if 'brief' in body else ''}{memories}{text}{_offers(position, view)}"


def verbatim(position: Position, text: str, seq: int) -> str:
    """A text as it was shown, line by line."""
    return f'<pre class="verbatim">{quoted(position, text, seq, limit=6_000)}</pre>'


def _offers(position: Position, view: Event) -> str:
    """The acts on offer, with the probability that the model gave to each where it is recorded."""
    role = view.to[0]
    calls = [call for call in position.reading.calls if (call.round, call.actor) == (view.round, role)]
    chances: Mapping[str, float] = next(
        (call.body["probabilities"] for call in calls if call.body.get("probabilities")), {}
    )
    labels = [
        f"{safe(one_line(label, 60))}" + (f" <small>p {chances[label]:.2f}</small>" if label in chances else "")
        for label in view.body["offers"]
    ]
    items = "".join(f"<li>{label}</li>" for label in labels)
    return f'<p class="note offered">may do:</p><ul class="offers">{items}</ul>'


# ---- the state -------------------------------------------------------------------------------------------


def _state(position: Position, events: Sequence[Event]) -> str:
    rows = list(_changes(position, events))
    if not rows:
        return '<p class="note">Nothing.</p>'
    return scrolling_table(("line", "whose doing", "where", "before", "after"), rows, "state")


def _changes(position: Position, events: Sequence[Event]) -> Iterator[str]:
    for event in events:
        for path, before, after in event.body.get("effects", ()):
            yield _change(position, event, f"<code>{safe(one_line(path, 90))}</code>", before, after)
        for name, before, after in event.body.get("flips", ()):
            yield _change(position, event, f"truth <b>{safe(one_line(name, 60))}</b>", before, after)


def _change(position: Position, event: Event, where: str, before: Any, after: Any) -> str:
    who = role_name(position, event.actor) if event.actor else "the world"
    number = f'<a class="seq" href="{position.line(event.seq)}">[{event.seq}]</a>'
    cells = (number, who, where, value(before), value(after))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
