"""All of an episode at once: a column an agent, a row a round, and in each cell what it thought, said and did apart."""

from collections.abc import Iterator, Sequence

from analysis.blocks.hypertext import safe
from analysis.pages.reading.html import lines
from analysis.pages.reading.html.texts import role_name
from analysis.pages.reading.position import Position, round_id
from arena.log.events import Event
from arena.log.printable import one_line
from arena.verdicts.marks import came_about, ordered

__all__ = ["agent_parts", "lanes", "stage_parts"]

LANE, ROOM = 12, 12  # least width of a lane, and that of the two columns beside all lanes, as in the style sheet


def lanes(position: Position) -> str:
    """The table; it scrolls within itself, so that its head and the numbers of rounds stay in sight."""
    seats = position.reading.trace.seats
    heads = "".join(f'<th scope="col" class="lane">{_head(position, role)}</th>' for role in seats)
    stage = '<th scope="col" class="stage">World</th>'
    rounds = "".join(_row(position, number, events) for number, events in position.reading.by_round.items())
    return (
        '<div class="scroll lanes" tabindex="0" role="region" aria-label="Rounds by agent">'
        f'<table style="min-width:{ROOM + LANE * len(seats)}rem"><thead><tr>'
        f'<th scope="col" class="round">Round</th>{heads}{stage}</tr></thead>'
        f"<tbody>{_start(position)}{rounds}{_end(position)}</tbody></table></div>"
    )


def _head(position: Position, role: str) -> str:
    reading = position.reading
    model = safe(one_line(reading.head.get("cast", {}).get(role, ""), 90))
    gone = reading.last_seen[role] < reading.rounds
    end = f" <small>until round {reading.last_seen[role]}</small>" if gone else ""
    told = f'<small class="model" title="{model}">{model}</small>'
    return f"{role_name(position, role)} <small>{safe(role)}</small>{end}{told}"


def _start(position: Position) -> str:
    first = position.reading.events[0]
    true = ", ".join(name for name, held in position.reading.head["initial"].items() if held)
    inner = f"true at the start: {safe(true) or 'nothing'}"
    return _across(position, "start", lines.line(position, first, "quiet", inner))


def _end(position: Position) -> str:
    return _across(position, "end", lines.end_line(position, position.reading.events[-1]))


def _across(position: Position, label: str, inner: str) -> str:
    columns = len(position.reading.trace.seats) + 1
    return f'<tr class="across"><th scope="row" class="round">{label}</th><td colspan="{columns}">{inner}</td></tr>'


def _row(position: Position, number: int, events: Sequence[Event]) -> str:
    """A round; what the operator said in it stands across all lanes, above what came of it."""
    *spoken, world = [*stage_parts(position, events)] or [""]
    cells = "".join(_lane(position, role, number, events) for role in position.reading.trace.seats)
    chosen = ' class="chosen"' if number == position.round else ""
    own = f'{cells}<td class="stage">{world}</td></tr>'
    if not spoken:
        return f"<tr{chosen}>{_label(position, number)}{own}"
    across = f'<td class="band" colspan="{len(position.reading.trace.seats) + 1}">{"".join(spoken)}</td>'
    return f"<tr{chosen}>{_label(position, number, rows=2)}{across}</tr><tr{chosen}>{own}"


def _label(position: Position, number: int, rows: int = 1) -> str:
    """The round's number, which leads to the round in full; with what makes it one to look at."""
    trace = position.reading.trace
    told = '<small title="the operator gave an order">order</small>' if ordered(trace, number) else ""
    came = '<b class="cross" title="what was ordered came about">✕</b>' if came_about(trace, number) else ""
    link = f'<a href="{position.to(view="round", round=number)}" title="this round in full">{number}</a>'
    return f'<th scope="row" class="round" rowspan="{rows}" id="{round_id(number)}">{link}{came}{told}</th>'


def _lane(position: Position, role: str, number: int, events: Sequence[Event]) -> str:
    if number > position.reading.last_seen[role]:
        first = number == position.reading.last_seen[role] + 1
        return f'<td class="lane gone">{"† no longer runs" if first else "<span>†</span>"}</td>'
    view = position.reading.view(role, number)
    seen = lines.view_line(position, view) if view else ""
    parts = "".join(
        f'<div class="{name}">{inner}</div>' for name, inner in agent_parts(position, role, events) if inner
    )
    return f'<td class="lane">{seen}<div class="parts">{parts}</div></td>'


def agent_parts(position: Position, role: str, events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """What a role thought, said and did in the lines of a round: name of the part, its lines as HTML, maybe none."""
    own = [event for event in events if event.actor == role]
    yield "thoughts", "".join(lines.call_line(position, event) for event in own if event.kind == "call")
    yield "sayings", "".join(lines.say_line(position, event) for event in own if event.kind == "say")
    yield "doings", "".join(_doing(position, event) for event in own if event.kind in ("act", "fault"))


def _doing(position: Position, event: Event) -> str:
    return lines.act_line(position, event) if event.kind == "act" else lines.fault_line(position, event)


def stage_parts(position: Position, events: Sequence[Event]) -> Iterator[str]:
    """What everyone but the agents said and did in the lines of a round: the operator, and last the world."""
    seats = position.reading.trace.seats
    for event in events:
        if event.kind == "world":
            yield lines.world_line(position, event)
        elif event.kind == "view" and event.to[0] not in seats:
            yield lines.view_line(position, event)
        elif event.kind in ("say", "act", "call", "fault") and event.actor not in seats:
            yield _other(position, event)


def _other(position: Position, event: Event) -> str:
    draw = {"say": lines.say_line, "act": lines.act_line, "call": lines.call_line, "fault": lines.fault_line}[
        event.kind
    ]
    return draw(position, event)
