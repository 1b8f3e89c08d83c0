"""All of an episode at once: a column an agent, a row a round, and in each cell what it thought, said and did apart."""

from collections.abc import Iterator, Sequence

from analysis.blocks.hypertext import safe
from analysis.pages.reading.shown import lines
from analysis.pages.reading.shown.words import person
from analysis.pages.reading.spot import Spot, round_id
from arena.log.events import Event
from arena.log.printable import one_line
from arena.verdicts.marks import came_about, ordered

__all__ = ["agent_parts", "lanes", "stage_parts"]

LANE, ROOM = 12, 12  # least width of a lane, and that of the two columns beside all lanes, as in the style sheet


def lanes(spot: Spot) -> str:
    """The table; it scrolls within itself, so that its head and the numbers of rounds stay in sight."""
    seats = spot.reading.trace.seats
    heads = "".join(f'<th scope="col" class="lane">{_head(spot, role)}</th>' for role in seats)
    stage = '<th scope="col" class="stage">World</th>'
    rounds = "".join(_row(spot, number, events) for number, events in spot.reading.by_round.items())
    return (
        '<div class="scroll lanes" tabindex="0" role="region" aria-label="Rounds by agent">'
        f'<table style="min-width:{ROOM + LANE * len(seats)}rem"><thead><tr>'
        f'<th scope="col" class="round">Round</th>{heads}{stage}</tr></thead>'
        f"<tbody>{_start(spot)}{rounds}{_end(spot)}</tbody></table></div>"
    )


def _head(spot: Spot, role: str) -> str:
    reading = spot.reading
    model = safe(one_line(reading.head.get("cast", {}).get(role, ""), 90))
    gone = reading.last_seen[role] < reading.rounds
    end = f" <small>until round {reading.last_seen[role]}</small>" if gone else ""
    told = f'<small class="model" title="{model}">{model}</small>'
    return f"{person(spot, role)} <small>{safe(role)}</small>{end}{told}"


def _start(spot: Spot) -> str:
    first = spot.reading.events[0]
    true = ", ".join(name for name, held in spot.reading.head["initial"].items() if held)
    inner = f"true at the start: {safe(true) or 'nothing'}"
    return _across(spot, "start", lines.line(spot, first, "quiet", inner))


def _end(spot: Spot) -> str:
    return _across(spot, "end", lines.ended(spot, spot.reading.events[-1]))


def _across(spot: Spot, label: str, inner: str) -> str:
    columns = len(spot.reading.trace.seats) + 1
    return f'<tr class="across"><th scope="row" class="round">{label}</th><td colspan="{columns}">{inner}</td></tr>'


def _row(spot: Spot, number: int, events: Sequence[Event]) -> str:
    """A round; what the operator said in it stands across all lanes, above what came of it."""
    *spoken, world = [*stage_parts(spot, events)] or [""]
    cells = "".join(_lane(spot, role, number, events) for role in spot.reading.trace.seats)
    chosen = ' class="chosen"' if number == spot.round else ""
    own = f'{cells}<td class="stage">{world}</td></tr>'
    if not spoken:
        return f"<tr{chosen}>{_label(spot, number)}{own}"
    across = f'<td class="band" colspan="{len(spot.reading.trace.seats) + 1}">{"".join(spoken)}</td>'
    return f"<tr{chosen}>{_label(spot, number, rows=2)}{across}</tr><tr{chosen}>{own}"


def _label(spot: Spot, number: int, rows: int = 1) -> str:
    """The round's number, which leads to the round in full; with what makes it one to look at."""
    trace = spot.reading.trace
    told = '<small title="the operator gave an order">order</small>' if ordered(trace, number) else ""
    came = '<b class="cross" title="what was ordered came about">✕</b>' if came_about(trace, number) else ""
    link = f'<a href="{spot.to(view="round", round=number)}" title="this round in full">{number}</a>'
    return f'<th scope="row" class="round" rowspan="{rows}" id="{round_id(number)}">{link}{came}{told}</th>'


def _lane(spot: Spot, role: str, number: int, events: Sequence[Event]) -> str:
    if number > spot.reading.last_seen[role]:
        first = number == spot.reading.last_seen[role] + 1
        return f'<td class="lane gone">{"† no longer runs" if first else "<span>†</span>"}</td>'
    view = spot.reading.view(role, number)
    seen = lines.shown(spot, view) if view else ""
    parts = "".join(f'<div class="{name}">{inner}</div>' for name, inner in agent_parts(spot, role, events) if inner)
    return f'<td class="lane">{seen}<div class="parts">{parts}</div></td>'


def agent_parts(spot: Spot, role: str, events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """What a role thought, said and did in the lines of a round: name of the part, its lines as HTML, maybe none."""
    own = [event for event in events if event.actor == role]
    yield "thoughts", "".join(lines.thought(spot, event) for event in own if event.kind == "call")
    yield "sayings", "".join(lines.said(spot, event) for event in own if event.kind == "say")
    yield "doings", "".join(_doing(spot, event) for event in own if event.kind in ("act", "fault"))


def _doing(spot: Spot, event: Event) -> str:
    return lines.done(spot, event) if event.kind == "act" else lines.fault(spot, event)


def stage_parts(spot: Spot, events: Sequence[Event]) -> Iterator[str]:
    """What everyone but the agents said and did in the lines of a round: the operator, and last the world."""
    seats = spot.reading.trace.seats
    for event in events:
        if event.kind == "world":
            yield lines.world(spot, event)
        elif event.kind == "view" and event.to[0] not in seats:
            yield lines.shown(spot, event)
        elif event.kind in ("say", "act", "call", "fault") and event.actor not in seats:
            yield _other(spot, event)


def _other(spot: Spot, event: Event) -> str:
    draw = {"say": lines.said, "act": lines.done, "call": lines.thought, "fault": lines.fault}[event.kind]
    return draw(spot, event)
