"""What one agent knew at one moment: what it was shown and had read by then, and who else knew of the order."""

from collections.abc import Iterable, Iterator

from analysis.blocks.hypertext import safe
from analysis.pages.reading.html.markup import folded, scrolling_table
from analysis.pages.reading.html.texts import cited, quoted, role_name
from analysis.pages.reading.position import Position
from analysis.pages.reading.views.rounds import verbatim, view_text
from arena.log.events import Event
from arena.log.printable import one_line

__all__ = ["agent_choices", "knowledge"]


def agent_choices(position: Position) -> str:
    """The agents to choose from."""
    items = "".join(
        f'<a class="chip" href="{position.to(who=role)}"{_current(position, role)}>{role_name(position, role)}</a>'
        for role in position.reading.trace.seats
    )
    return f'<nav aria-label="Agent" class="people">{items}</nav>'


def _current(position: Position, role: str) -> str:
    return " aria-current=true" if role == position.who else ""


def knowledge(position: Position) -> str:
    """All that `position.who` could know in the round; what the world hides from agents is not among it."""
    views = _views(position)
    if not views:
        return f"<p>{role_name(position, position.who)} was never shown anything.</p>{_others(position)}"
    last = views[-1]
    gone = ""
    if last.round < position.round:
        gone = (
            f'<p class="note">It no longer ran in round {position.round}. Its last view is of round {last.round}.</p>'
        )
    return (
        f'<p class="answer">{_answer(position)}</p>{gone}'
        f'<div class="pair"><section><h3>Was shown in round {last.round} {cited(position, [last.seq])}</h3>'
        f"{view_text(position, last)}</section><section><h3>Who knew of the order by then</h3>{_others(position)}"
        f"<h3>Messages that it had read</h3>{_messages(position)}<h3>What it was told at first</h3>"
        f"{_first(position, views)}"
        f"<h3>What it had been offered before</h3>{_offered(views)}</section></div>"
    )


def _views(position: Position) -> list[Event]:
    """What it was shown up to the round."""
    views = (event for event in position.reading.events if event.kind == "view" and event.to == (position.who,))
    return [view for view in views if view.round <= position.round]


def _answer(position: Position) -> str:
    reading, who = position.reading, role_name(position, position.who)
    knowing = reading.trace.knowing.get(position.who)
    if knowing is None or reading.events[knowing.view].round > position.round:
        never = "" if knowing else " It never did."
        return f"When it chose in round {position.round}, {who} <b>did not know</b> of the order.{never}"
    since = reading.events[knowing.view].round
    return (
        f"When it chose in round {position.round}, {who} <b>knew</b> of the order: since round {since} "
        f"{cited(position, [knowing.view])}, {_source(position, knowing.by)}."
    )


def _source(position: Position, by: Iterable[int]) -> str:
    numbers = list(by)
    tellers = dict.fromkeys(position.reading.events[seq].actor for seq in numbers)
    if not numbers:
        return "from the world itself: a brief, a memory or a document"
    return f"told by {', '.join(role_name(position, role) for role in tellers)} {cited(position, numbers)}"


def _others(position: Position) -> str:
    """A row for each agent: whether it knew by then, how, and whom it had written to about the order."""
    names = ("agent", "knew of the order", "had written about it to")
    return scrolling_table(
        names, (f"<tr>{''.join(_other(position, role))}</tr>" for role in position.reading.trace.seats)
    )


def _other(position: Position, role: str) -> Iterator[str]:
    yield f'<th scope="row">{role_name(position, role)}</th>'
    knowing = position.reading.trace.knowing.get(role)
    if knowing is None or position.reading.events[knowing.view].round > position.round:
        yield "<td>no</td>"
    else:
        since = position.reading.events[knowing.view].round
        yield f"<td><b>yes</b>, since round {since}, {_source(position, knowing.by)}</td>"
    told = [each for each in position.reading.between if each.teller == role and each.round <= position.round]
    words = [
        f"{role_name(position, each.hearer)} {cited(position, [each.seq])}{_unread(position, each.read)}"
        for each in told
    ]
    yield f"<td>{', '.join(words) or '<small>nobody</small>'}</td>"


def _unread(position: Position, view: int | None) -> str:
    read = view is not None and position.reading.events[view].round <= position.round
    return "" if read else " <small>not read yet</small>"


def _messages(position: Position) -> str:
    """Those that it had read, with who wrote them, and when."""
    trace = position.reading.trace
    read = [(seq, view) for (role, seq), view in trace.read.items() if role == position.who]
    items = [_message(position, seq, view) for seq, view in sorted(read) if trace.events[view].round <= position.round]
    return f'<ol class="plain">{"".join(items)}</ol>' if items else '<p class="note">None.</p>'


def _message(position: Position, seq: int, view: int) -> str:
    say, number = position.reading.events[seq], position.reading.events[view].round
    who = f"{cited(position, [seq])} {role_name(position, say.actor)}"
    head = f"{who} <small>in round {say.round}, read in round {number}</small>"
    return f"<li>{head}: {quoted(position, say.body['text'], seq)}</li>"


def _first(position: Position, views: list[Event]) -> str:
    """Brief and memories, which stand in its first view alone."""
    first = views[0]
    told = [
        ("its brief", first.body.get("brief", "")),
        *(("a memory", each) for each in first.body.get("memories", ())),
    ]
    shown = "".join(
        folded(f"{name}, {len(text):,} characters", verbatim(position, text, first.seq)) for name, text in told if text
    )
    return f"<p>{cited(position, [first.seq])}</p>{shown}" if shown else '<p class="note">Nothing.</p>'


def _offered(views: list[Event]) -> str:
    """Acts that had been on offer earlier and no longer were, each with the last round of that."""
    now, last = set(views[-1].body["offers"]), dict[str, int]()
    for view in views[:-1]:
        last |= {label: view.round for label in view.body["offers"] if label not in now}
    items = "".join(f"<li>{safe(one_line(label, 60))} <small>until round {n}</small></li>" for label, n in last.items())
    return f'<ul class="offers">{items}</ul>' if items else '<p class="note">Nothing else.</p>'
