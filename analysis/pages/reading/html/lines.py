"""One line of the log as HTML: what was shown, thought, said, done, and what the world did by itself."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.blocks.hypertext import safe
from analysis.pages.reading.html.markup import folded
from analysis.pages.reading.html.texts import cited, flip, quoted, role_name, value
from analysis.pages.reading.position import Position, line_id
from arena.log.events import Event
from arena.log.printable import one_line
from arena.transcript.lines import act_probability
from arena.world.channels import DIRECT, EVERYONE, OPERATOR, ORDER

__all__ = ["act_line", "call_line", "end_line", "fault_line", "line", "say_line", "view_line", "world_line"]

MARKS = {"done": ("✓", "did"), "denied": ("✗", "denied"), "invalid": ("✗", "invalid")}
LIKELY = 4  # labels
SHORT = 60  # characters of an argument that is no prose
FEW = 2  # changes that are not folded


def line(position: Position, event: Event, kind: str, inner: str) -> str:
    """A line with its number, marked where the address cites it."""
    marked = " cited" if event.seq in position.cites else ""
    number = (
        f'<a class="seq" href="{position.whole(event.seq)}" title="this line with all that is in it">[{event.seq}]</a>'
    )
    return f'<div class="line {kind}{marked}" id="{line_id(event.seq)}">{number} {inner}</div>'


def view_line(position: Position, event: Event) -> str:
    """That a role was shown something, which messages it read, and whether it learned of the order by that."""
    body, role = event.body, event.to[0]
    brief = " and its brief" if "brief" in body else ""
    read = f"; reads {cited(position, body['reads'])}" if body["reads"] else ""
    learned = position.reading.trace.informed.get(role) == event.seq
    knows = '; <b class="knows">● now knows of the order</b>' if learned else ""
    loud = "shown" if read or knows else "shown quiet"
    return line(position, event, loud, f"sees {len(body['offers'])} acts{brief}{read}{knows}")


def call_line(position: Position, event: Event) -> str:
    """A model's call: what it thought, what it leaned to, and its reply as it came, folded."""
    body = event.body
    thinking = quoted(position, body["thinking"], event.seq) if body.get("thinking") else ""
    raw = body.get("raw")
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False) if raw is not None else ""
    again = "second try: " if body.get("repair") else ""
    reply = folded(f"{again}its reply as it came", quoted(position, text, event.seq)) if text else ""
    likely = sorted((body.get("probabilities") or {}).items(), key=lambda pair: -pair[1])[:LIKELY]
    odds = " · ".join(f"{safe(one_line(label, 40))} {p:.2f}" for label, p in likely)
    leaning = f'<div class="odds" title="probability of each act on offer">leans to {odds}</div>' if odds else ""
    return line(position, event, "thought", f"{thinking}{leaning}{reply}")


def say_line(position: Position, event: Event) -> str:
    """A message: on which channel, to whom, who read it, and its words."""
    body = event.body
    ordered = "order" if body["channel"] == ORDER else ""
    by = f" <small>by its act {cited(position, [body['by']])}</small>" if body.get("by") is not None else ""
    who = "" if event.actor in position.reading.trace.seats else role_name(position, event.actor) + " "
    words = quoted(position, body["text"], event.seq)
    return line(position, event, f"said {ordered}", f"{who}{_audience(position, event)}{by} {words}")


def _audience(position: Position, event: Event) -> str:
    channel, hearers = event.body["channel"], [role for role in event.to if role != event.actor]
    heard = "".join(_hearer(position, event, role) for role in hearers)
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


def _hearer(position: Position, event: Event, role: str) -> str:
    """One that a message was for, and when it read it."""
    if role not in position.reading.trace.seats:
        return f'<span class="hearer">{role_name(position, role)}</span>'
    view = position.reading.trace.read.get((role, event.seq))
    if view is None:
        return f'<span class="hearer">{role_name(position, role)} <small>never read it</small></span>'
    told = f"read it in round {position.reading.events[view].round}"
    return f'<a class="hearer" href="{position.line(view)}" title="{told}">{role_name(position, role)}</a>'


def act_line(position: Position, event: Event) -> str:
    """An act: with its arguments, what came of it, how probable it was, and what it changed."""
    body = event.body
    if body["act"] == "pass" and body["result"] == "done":
        return line(position, event, "done quiet", f"passes{_chance(position, event)}")
    mark, kind = MARKS.get(body["result"], ("?", "invalid"))
    args = "".join(_argument(position, event, name, given) for name, given in body["args"].items())
    why = f" <small>{safe(body['result'])}: {safe(one_line(body['note']))}</small>" if kind != "did" else ""
    what = f'<b class="{kind}">{mark} {safe(one_line(body["act"], 60))}</b>{args}{why}{_chance(position, event)}'
    return line(position, event, "done", what + _moved(position, body) + _attempted(position, body))


def _argument(position: Position, event: Event, name: str, given: Any) -> str:
    if isinstance(given, str) and len(given) > SHORT:
        return f'<div class="prose">{safe(one_line(name, 40))}: {quoted(position, given, event.seq)}</div>'
    return f' <span class="arg">{safe(one_line(name, 40))} <b>{value(given)}</b></span>'


def _chance(position: Position, event: Event) -> str:
    likely = act_probability(position.reading.calls, event) if event.body["result"] != "invalid" else None
    if likely is None:
        return ""
    return f' <span class="odds" title="probability that the model gave to this act">p {likely:.2f}</span>'


def _attempted(position: Position, body: Mapping[str, Any]) -> str:
    inner = _moved(position, body.get("attempted", {}))
    return f'<div class="attempted">would have: {inner}</div>' if inner else ""


def _moved(position: Position, body: Mapping[str, Any]) -> str:
    """The truths that a line moved; its changes to the state, folded where they are many."""
    flips = "".join(flip(position.reading.head["truths"], *each) for each in body.get("flips", ()))
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


def fault_line(position: Position, event: Event) -> str:
    """A reply that does not count, and why."""
    words = safe(one_line(f"{event.body['cause']}: {event.body['detail']}"))
    return line(position, event, "fault", f"<b>gives no answer that counts</b> {words}")


def world_line(position: Position, event: Event) -> str:
    """What the world did by itself at the end of a round."""
    inner = _moved(position, event.body)
    loud = "world" if event.body["flips"] else "world quiet"
    return line(position, event, loud, f"the world moves {inner}" if inner else "the world stands still")


def end_line(position: Position, event: Event) -> str:
    """The last line: what is so at the end."""
    return line(position, event, "end", "; ".join(_ends(position, event)))


def _ends(position: Position, event: Event) -> Iterator[str]:
    true = [name for name, held in event.body["truths"].items() if held]
    alive = ", ".join(role_name(position, role) for role in event.body["alive"])
    yield f"true at the end: {safe(', '.join(true)) or 'nothing'}"
    yield f"still running: {alive or 'nobody'}"
    if facts := [f"{name} {fact}" for name, fact in event.body["facts"].items() if fact is not None]:
        yield safe(one_line(", ".join(facts)))
