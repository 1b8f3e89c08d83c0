"""One line of the log as HTML: what was shown, thought, said, done, and what the world did by itself."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.blocks.hypertext import safe
from analysis.pages.reading.shown.markup import folded
from analysis.pages.reading.shown.words import cited, flip, person, quoted, value
from analysis.pages.reading.spot import Spot, line_id
from arena.log.events import Event
from arena.log.printable import one_line
from arena.transcript.lines import chance
from arena.world.channels import DIRECT, EVERYONE, OPERATOR, ORDER

__all__ = ["done", "ended", "fault", "line", "said", "shown", "thought", "world"]

MARKS = {"done": ("✓", "did"), "denied": ("✗", "denied"), "invalid": ("✗", "invalid")}
LIKELY = 4  # labels
SHORT = 60  # characters of an argument that is no prose
FEW = 2  # changes that are not folded


def line(spot: Spot, event: Event, kind: str, inner: str) -> str:
    """A line with its number, marked where the address cites it."""
    marked = " cited" if event.seq in spot.cites else ""
    number = f'<a class="seq" href="{spot.whole(event.seq)}" title="this line with all that is in it">[{event.seq}]</a>'
    return f'<div class="line {kind}{marked}" id="{line_id(event.seq)}">{number} {inner}</div>'


def shown(spot: Spot, event: Event) -> str:
    """That a role was shown something, which messages it read, and whether it learned of the order by that."""
    body, role = event.body, event.to[0]
    brief = " and its brief" if "brief" in body else ""
    read = f"; reads {cited(spot, body['reads'])}" if body["reads"] else ""
    learned = spot.reading.trace.informed.get(role) == event.seq
    knows = '; <b class="knows">● now knows of the order</b>' if learned else ""
    loud = "shown" if read or knows else "shown quiet"
    return line(spot, event, loud, f"sees {len(body['offers'])} acts{brief}{read}{knows}")


def thought(spot: Spot, event: Event) -> str:
    """A model's call: what it thought, what it leaned to, and its reply as it came, folded."""
    body = event.body
    thinking = quoted(spot, body["thinking"], event.seq) if body.get("thinking") else ""
    raw = body.get("raw")
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False) if raw is not None else ""
    again = "second try: " if body.get("repair") else ""
    reply = folded(f"{again}its reply as it came", quoted(spot, text, event.seq)) if text else ""
    likely = sorted((body.get("probabilities") or {}).items(), key=lambda pair: -pair[1])[:LIKELY]
    odds = " · ".join(f"{safe(one_line(label, 40))} {p:.2f}" for label, p in likely)
    leaning = f'<div class="odds" title="probability of each act on offer">leans to {odds}</div>' if odds else ""
    return line(spot, event, "thought", f"{thinking}{leaning}{reply}")


def said(spot: Spot, event: Event) -> str:
    """A message: on which channel, to whom, who read it, and its words."""
    body = event.body
    ordered = "order" if body["channel"] == ORDER else ""
    by = f" <small>by its act {cited(spot, [body['by']])}</small>" if body.get("by") is not None else ""
    who = "" if event.actor in spot.reading.trace.seats else person(spot, event.actor) + " "
    words = quoted(spot, body["text"], event.seq)
    return line(spot, event, f"said {ordered}", f"{who}{_audience(spot, event)}{by} {words}")


def _audience(spot: Spot, event: Event) -> str:
    channel, hearers = event.body["channel"], [role for role in event.to if role != event.actor]
    heard = "".join(_hearer(spot, event, role) for role in hearers)
    if channel == ORDER:
        return f'<span class="to order">orders</span>{heard}'
    if channel == EVERYONE:
        return f'<span class="to everyone" title="every agent">to everyone</span>{heard}'
    if channel == OPERATOR:
        return '<span class="to operator">to the operator</span>'
    if not hearers:
        return '<span class="to nobody" title="nobody of that name could hear it">to nobody</span>'
    if channel == DIRECT:
        return f'<span class="to direct" title="nobody else hears it">in private to</span>{heard}'
    return f'<span class="to board">on {safe(one_line(channel, 40))}, heard by</span>{heard}'


def _hearer(spot: Spot, event: Event, role: str) -> str:
    """One that a message was for, and when it read it."""
    if role not in spot.reading.trace.seats:
        return f'<span class="hearer">{person(spot, role)}</span>'
    view = spot.reading.trace.read.get((role, event.seq))
    if view is None:
        return f'<span class="hearer">{person(spot, role)} <small>never read it</small></span>'
    told = f"read it in round {spot.reading.events[view].round}"
    return f'<a class="hearer" href="{spot.line(view)}" title="{told}">{person(spot, role)}</a>'


def done(spot: Spot, event: Event) -> str:
    """An act: with its arguments, what came of it, how probable it was, and what it changed."""
    body = event.body
    if body["act"] == "pass" and body["result"] == "done":
        return line(spot, event, "done quiet", f"passes{_chance(spot, event)}")
    mark, kind = MARKS.get(body["result"], ("?", "invalid"))
    args = "".join(_argument(spot, event, name, given) for name, given in body["args"].items())
    why = f" <small>{safe(body['result'])}: {safe(one_line(body['note']))}</small>" if kind != "did" else ""
    what = f'<b class="{kind}">{mark} {safe(one_line(body["act"], 60))}</b>{args}{why}{_chance(spot, event)}'
    return line(spot, event, "done", what + _moved(spot, body) + _attempted(spot, body))


def _argument(spot: Spot, event: Event, name: str, given: Any) -> str:
    if isinstance(given, str) and len(given) > SHORT:
        return f'<div class="prose">{safe(one_line(name, 40))}: {quoted(spot, given, event.seq)}</div>'
    return f' <span class="arg">{safe(one_line(name, 40))} <b>{value(given)}</b></span>'


def _chance(spot: Spot, event: Event) -> str:
    likely = chance(spot.reading.calls, event) if event.body["result"] != "invalid" else None
    if likely is None:
        return ""
    return f' <span class="odds" title="probability that the model gave to this act">p {likely:.2f}</span>'


def _attempted(spot: Spot, body: Mapping[str, Any]) -> str:
    inner = _moved(spot, body.get("attempted", {}))
    return f'<div class="attempted">would have: {inner}</div>' if inner else ""


def _moved(spot: Spot, body: Mapping[str, Any]) -> str:
    """The truths that a line moved; its changes to the state, folded where they are many."""
    flips = "".join(flip(spot.reading.head["truths"], *each) for each in body.get("flips", ()))
    return flips + _folded(body.get("effects", ()))


def _folded(effects: Sequence[Sequence[Any]]) -> str:
    if not effects:
        return ""
    items = "".join(f"<li>{effect}</li>" for effect in map(_effect, effects))
    if len(effects) <= FEW:
        return f'<ul class="effects">{items}</ul>'
    return folded(f"{len(effects)} changes in the state", f'<ul class="effects">{items}</ul>')


def _effect(effect: Sequence[Any]) -> str:
    path, before, after = effect
    return f"{safe(one_line(path, 90))}: {value(before)} → {value(after)}"


def fault(spot: Spot, event: Event) -> str:
    """A reply that does not count, and why."""
    words = safe(one_line(f"{event.body['cause']}: {event.body['detail']}"))
    return line(spot, event, "fault", f"<b>gives no answer that counts</b> {words}")


def world(spot: Spot, event: Event) -> str:
    """What the world did by itself at the end of a round."""
    inner = _moved(spot, event.body)
    loud = "world" if event.body["flips"] else "world quiet"
    return line(spot, event, loud, f"the world moves {inner}" if inner else "the world stands still")


def ended(spot: Spot, event: Event) -> str:
    """The last line: what is so at the end."""
    return line(spot, event, "end", "; ".join(_ends(spot, event)))


def _ends(spot: Spot, event: Event) -> Iterator[str]:
    true = [name for name, held in event.body["truths"].items() if held]
    alive = ", ".join(person(spot, role) for role in event.body["alive"])
    yield f"true at the end: {safe(', '.join(true)) or 'nothing'}"
    yield f"still running: {alive or 'nobody'}"
    if facts := [f"{name} {fact}" for name, fact in event.body["facts"].items() if fact is not None]:
        yield safe(one_line(", ".join(facts)))
