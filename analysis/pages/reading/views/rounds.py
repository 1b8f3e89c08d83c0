"""One round at full width: what each agent was shown, thought, said and did, and what that changed in the world."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.blocks.hypertext import safe
from analysis.pages.reading.shown import lines
from analysis.pages.reading.shown.markup import boxed, folded
from analysis.pages.reading.shown.words import person, quoted, value
from analysis.pages.reading.spot import Spot, round_id
from analysis.pages.reading.views.lanes import agent_parts, stage_parts
from arena.log.events import Event
from arena.log.printable import one_line

__all__ = ["round_in_full", "verbatim", "view_text"]

COLUMNS = ("agent", "was shown", "thought", "said", "did")


def round_in_full(spot: Spot) -> str:
    """The round that the spot is at."""
    events = spot.reading.by_round.get(spot.round, [])
    rows = (_row(spot, role, events) for role in spot.reading.trace.seats)
    stage = list(stage_parts(spot, events))  # the last is the world's
    orders, own = "".join(stage[:-1]), "".join(stage[-1:])
    before = f"<h3>From the operator</h3>{orders}" if orders else ""
    return (
        f'<h2 id="{round_id(spot.round)}">Round {spot.round} of {spot.reading.rounds}</h2>'
        f"{before}{boxed(COLUMNS, rows, 'inround')}"
        f"<h3>What changed in the world</h3>{_state(spot, events)}<h3>The world by itself</h3>{own}"
    )


def _row(spot: Spot, role: str, events: Sequence[Event]) -> str:
    view = spot.reading.view(role, spot.round)
    name = f'<th scope="row">{person(spot, role)}<br><small>{safe(role)}</small></th>'
    if view is None:
        return f'<tr class="gone">{name}<td colspan="4">† no longer runs</td></tr>'
    parts = dict(agent_parts(spot, role, events))
    cells = "".join(f"<td>{parts[key] or '<small>–</small>'}</td>" for key in ("thoughts", "sayings", "doings"))
    return f"<tr>{name}<td>{lines.shown(spot, view)}{view_text(spot, view)}</td>{cells}</tr>"


def view_text(spot: Spot, view: Event) -> str:
    """All that a view showed, verbatim: brief and memories, text, the acts on offer."""
    body = view.body
    brief = folded("its brief", verbatim(spot, body.get("brief", ""), view.seq))
    memories = "".join(folded("a memory", verbatim(spot, memory, view.seq)) for memory in body.get("memories", ()))
    text = verbatim(spot, body["text"], view.seq)
    return f"{brief if 'brief' in body else ''}{memories}{text}{_offers(spot, view)}"


def verbatim(spot: Spot, text: str, seq: int) -> str:
    """A text as it was shown, line by line."""
    return f'<pre class="verbatim">{quoted(spot, text, seq, limit=6_000)}</pre>'


def _offers(spot: Spot, view: Event) -> str:
    """The acts on offer, with the probability that the model gave to each where it is recorded."""
    role = view.to[0]
    calls = [call for call in spot.reading.calls if (call.round, call.actor) == (view.round, role)]
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


def _state(spot: Spot, events: Sequence[Event]) -> str:
    rows = list(_changes(spot, events))
    if not rows:
        return '<p class="note">Nothing.</p>'
    return boxed(("line", "whose doing", "where", "before", "after"), rows, "state")


def _changes(spot: Spot, events: Sequence[Event]) -> Iterator[str]:
    for event in events:
        for path, before, after in event.body.get("effects", ()):
            yield _change(spot, event, f"<code>{safe(one_line(path, 90))}</code>", before, after)
        for name, before, after in event.body.get("flips", ()):
            yield _change(spot, event, f"truth <b>{safe(one_line(name, 60))}</b>", before, after)


def _change(spot: Spot, event: Event, where: str, before: Any, after: Any) -> str:
    who = person(spot, event.actor) if event.actor else "the world"
    number = f'<a class="seq" href="{spot.line(event.seq)}">[{event.seq}]</a>'
    cells = (number, who, where, value(before), value(after))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
