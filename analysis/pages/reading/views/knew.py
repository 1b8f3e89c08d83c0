"""What one agent knew at one moment: what it was shown and had read by then, and who else knew of the order."""

from collections.abc import Iterable, Iterator

from analysis.blocks.hypertext import safe
from analysis.pages.reading.shown.markup import boxed, folded
from analysis.pages.reading.shown.words import cited, person, quoted
from analysis.pages.reading.spot import Spot
from analysis.pages.reading.views.rounds import verbatim, view_text
from arena.log.events import Event
from arena.log.printable import one_line

__all__ = ["knew", "people"]


def people(spot: Spot) -> str:
    """The agents to choose from."""
    items = "".join(
        f'<a class="chip" href="{spot.to(who=role)}"{_current(spot, role)}>{person(spot, role)}</a>'
        for role in spot.reading.trace.seats
    )
    return f'<nav aria-label="Agent" class="people">{items}</nav>'


def _current(spot: Spot, role: str) -> str:
    return " aria-current=true" if role == spot.who else ""


def knew(spot: Spot) -> str:
    """All that `spot.who` could know in the round; what the world hides from agents is not among it."""
    views = _views(spot)
    if not views:
        return f"<p>{person(spot, spot.who)} was never shown anything.</p>{_others(spot)}"
    last = views[-1]
    gone = ""
    if last.round < spot.round:
        gone = f'<p class="note">It no longer ran in round {spot.round}. Its last view is of round {last.round}.</p>'
    return (
        f'<p class="answer">{_answer(spot)}</p>{gone}'
        f'<div class="pair"><section><h3>Was shown in round {last.round} {cited(spot, [last.seq])}</h3>'
        f"{view_text(spot, last)}</section><section><h3>Who knew of the order by then</h3>{_others(spot)}"
        f"<h3>Messages that it had read</h3>{_messages(spot)}<h3>What it was told at first</h3>{_first(spot, views)}"
        f"<h3>What it had been offered before</h3>{_offered(views)}</section></div>"
    )


def _views(spot: Spot) -> list[Event]:
    """What it was shown up to the round."""
    views = (event for event in spot.reading.events if event.kind == "view" and event.to == (spot.who,))
    return [view for view in views if view.round <= spot.round]


def _answer(spot: Spot) -> str:
    reading, who = spot.reading, person(spot, spot.who)
    knowing = reading.trace.knowing.get(spot.who)
    if knowing is None or reading.events[knowing.view].round > spot.round:
        never = "" if knowing else " It never did."
        return f"When it chose in round {spot.round}, {who} <b>did not know</b> of the order.{never}"
    since = reading.events[knowing.view].round
    return (
        f"When it chose in round {spot.round}, {who} <b>knew</b> of the order: since round {since} "
        f"{cited(spot, [knowing.view])}, {_source(spot, knowing.by)}."
    )


def _source(spot: Spot, by: Iterable[int]) -> str:
    numbers = list(by)
    tellers = dict.fromkeys(spot.reading.events[seq].actor for seq in numbers)
    if not numbers:
        return "from the world itself: a brief, a memory or a document"
    return f"told by {', '.join(person(spot, role) for role in tellers)} {cited(spot, numbers)}"


def _others(spot: Spot) -> str:
    """A row for each agent: whether it knew by then, how, and whom it had written to about the order."""
    names = ("agent", "knew of the order", "had written about it to")
    return boxed(names, (f"<tr>{''.join(_other(spot, role))}</tr>" for role in spot.reading.trace.seats))


def _other(spot: Spot, role: str) -> Iterator[str]:
    yield f'<th scope="row">{person(spot, role)}</th>'
    knowing = spot.reading.trace.knowing.get(role)
    if knowing is None or spot.reading.events[knowing.view].round > spot.round:
        yield "<td>no</td>"
    else:
        since = spot.reading.events[knowing.view].round
        yield f"<td><b>yes</b>, since round {since}, {_source(spot, knowing.by)}</td>"
    told = [each for each in spot.reading.between if each.teller == role and each.round <= spot.round]
    words = [f"{person(spot, each.hearer)} {cited(spot, [each.seq])}{_unread(spot, each.read)}" for each in told]
    yield f"<td>{', '.join(words) or '<small>nobody</small>'}</td>"


def _unread(spot: Spot, view: int | None) -> str:
    read = view is not None and spot.reading.events[view].round <= spot.round
    return "" if read else " <small>not read yet</small>"


def _messages(spot: Spot) -> str:
    """Those that it had read, with who wrote them, and when."""
    trace = spot.reading.trace
    read = [(seq, view) for (role, seq), view in trace.read.items() if role == spot.who]
    items = [_message(spot, seq, view) for seq, view in sorted(read) if trace.events[view].round <= spot.round]
    return f'<ol class="plain">{"".join(items)}</ol>' if items else '<p class="note">None.</p>'


def _message(spot: Spot, seq: int, view: int) -> str:
    say, number = spot.reading.events[seq], spot.reading.events[view].round
    head = f"{cited(spot, [seq])} {person(spot, say.actor)} <small>in round {say.round}, read in round {number}</small>"
    return f"<li>{head}: {quoted(spot, say.body['text'], seq)}</li>"


def _first(spot: Spot, views: list[Event]) -> str:
    """Brief and memories, which stand in its first view alone."""
    first = views[0]
    told = [
        ("its brief", first.body.get("brief", "")),
        *(("a memory", each) for each in first.body.get("memories", ())),
    ]
    shown = "".join(
        folded(f"{name}, {len(text):,} characters", verbatim(spot, text, first.seq)) for name, text in told if text
    )
    return f"<p>{cited(spot, [first.seq])}</p>{shown}" if shown else '<p class="note">Nothing.</p>'


def _offered(views: list[Event]) -> str:
    """Acts that had been on offer earlier and no longer were, each with the last round of that."""
    now, last = set(views[-1].body["offers"]), dict[str, int]()
    for view in views[:-1]:
        last |= {label: view.round for label in view.body["offers"] if label not in now}
    items = "".join(f"<li>{safe(one_line(label, 60))} <small>until round {n}</small></li>" for label, n in last.items())
    return f'<ul class="offers">{items}</ul>' if items else '<p class="note">Nothing else.</p>'
