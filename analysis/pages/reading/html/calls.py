"""What servers counted of the calls of models, and the replies that do not count."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape

from analysis.blocks.document import Block, Column, Inline, Paragraph, Row, Table, link
from analysis.pages.reading.position import Position
from arena.log.events import Event
from arena.log.printable import one_line

__all__ = ["call_blocks"]

MOST = 400  # calls that are listed one by one
COUNTS = ("calls", "tokens in", "of them cached", "tokens out", "seconds", "second tries")
EACH = ("round", "tokens in", "of them cached", "tokens out", "limit", "seconds")


def call_blocks(position: Position) -> Iterator[Block]:
    """Faults; calls added up by agent; each call."""
    reading = position.reading
    faults = [event for event in reading.events if event.kind == "fault"]
    if faults:
        named = [Column("line"), Column("round", "number"), Column("agent"), Column("cause")]
        rows = [_fault(position, event) for event in faults]
        yield Table([*named, Column("detail", "words")], rows, "Replies that do not count")
    if not reading.calls:
        yield Paragraph("No model was called: scripts played all seats.", "note")
        return
    totals = [_total(position, role, [c for c in reading.calls if c.actor == role]) for role in reading.trace.seats]
    heads = [Column("agent"), *(Column(name, "number") for name in COUNTS), Column("stopped by"), Column("models")]
    yield Table(heads, totals, "Model calls by agent")
    each = [
        Column("line"),
        Column("agent"),
        *(Column(name, "number") for name in EACH),
        Column("stop"),
        Column("which try"),
    ]
    note = f"The first {MOST} of {len(reading.calls):,} calls." if len(reading.calls) > MOST else ""
    yield Table(each, [_call(position, c) for c in reading.calls[:MOST]], "Each call", note, folded="Each call")


def _fault(position: Position, event: Event) -> Row:
    cause, detail = (one_line(str(event.body[key])) for key in ("cause", "detail"))
    return Row([_number(position, event), str(event.round), position.reading.name(event.actor), cause, detail])


def _number(position: Position, event: Event) -> Inline:
    return link(f"[{event.seq}]", unescape(position.line(event.seq)))  # a block's address is raw: its writer escapes it


def _total(position: Position, role: str, calls: Sequence[Event]) -> Row:
    counted = [_sum(calls, key) for key in ("prompt_tokens", "cached_tokens", "completion_tokens")]
    stops = Counter(str(call.body.get("stop")) for call in calls)
    models = ", ".join(dict.fromkeys(str(call.body.get("model")) for call in calls))
    again = sum(bool(call.body.get("repair")) for call in calls)
    numbers = [str(len(calls)), *counted, f"{sum(call.took for call in calls):.1f}", str(again)]
    told = ", ".join(f"{stop} {count}" for stop, count in stops.items())
    return Row([position.reading.name(role), *numbers, one_line(told, 80), one_line(models, 80)])


def _sum(calls: Sequence[Event], key: str) -> str:
    known = [call.body[key] for call in calls if call.body.get(key) is not None]
    return f"{sum(known):,}" if known else "?"


def _call(position: Position, call: Event) -> Row:
    body = call.body
    counts = [_count(body.get(key)) for key in ("prompt_tokens", "cached_tokens", "completion_tokens", "context")]
    numbers = [str(call.round), *counts, f"{call.took:.1f}"]
    name, stop = position.reading.name(call.actor), one_line(str(body.get("stop")), 40)
    return Row([_number(position, call), name, *numbers, stop, "second" if body.get("repair") else "first"])


def _count(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"
