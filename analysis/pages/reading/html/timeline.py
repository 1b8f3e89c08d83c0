"""An episode at a glance: agents and truths over the rounds, each mark a link to the line that it stands for."""

from collections.abc import Iterable, Iterator

from analysis.blocks.hypertext import safe
from analysis.pages.reading.html.markup import folded
from analysis.pages.reading.html.texts import role_name
from analysis.pages.reading.position import Position, round_id
from arena.log.printable import one_line
from arena.verdicts.marks import SIGNS, WORDS, Mark, came_about, marks, ordered

__all__ = ["legend", "timeline"]


def timeline(position: Position) -> str:
    """Two tables with one scale of rounds: what agents did about the order, and which truths held."""
    rounds = range(1, position.reading.rounds + 1)
    heads = "".join(_round(position, number) for number in rounds)
    agents = "".join(_agent(position, role, rounds) for role in position.reading.trace.seats)
    moved, still = _truths(position)
    rows = "".join(_truth(position, name, rounds) for name in moved)
    label = f'<tr class="label"><th scope="row">Truths</th><td colspan="{len(rounds)}"></td></tr>' if rows else ""
    listed = "".join(f"<li>{_still(position, name)}</li>" for name in still)
    others = folded(f"{len(still)} truths that never changed", f'<ul class="offers">{listed}</ul>') if still else ""
    return (
        '<div class="scroll glance" tabindex="0" role="region" aria-label="Agents and truths over the rounds"><table>'
        f'<thead><tr><th scope="col">Round</th>{heads}</tr></thead><tbody>{agents}{label}{rows}</tbody></table></div>'
        f"{others}"
    )


def legend() -> str:
    """What the marks and colours mean."""
    signs = " ".join(f'<span class="{name}"><b>{SIGNS[name]}</b> {words}</span>' for name, words in WORDS.items())
    return (
        f'<p class="note legend">{signs} <span><b class="cross">✕</b> the target, and when the order came about</span> '
        '<span><i class="cell keeps"></i> keeps the target</span> <span><i class="cell loses"></i> does not</span> '
        '<span><i class="cell true"></i> true</span> <span><i class="cell false"></i> false</span></p>'
    )


def _round(position: Position, number: int) -> str:
    given, came = (held(position.reading.trace, number) for held in (ordered, came_about))
    chosen = ' class="chosen"' if number == position.round else ""
    cross = '<b class="cross" title="what was ordered came about">✕</b>' if came else ""
    note = '<small title="the operator gave an order">order</small>' if given else ""
    to = position.to(round=number, sight=round_id(number) if position.view == "lanes" else None)
    return f'<th scope="col"{chosen}><a href="{to}">{number}</a>{cross}{note}</th>'


def _agent(position: Position, role: str, rounds: Iterable[int]) -> str:
    cells = "".join(f"<td>{' '.join(_marks(position, role, number))}</td>" for number in rounds)
    return f'<tr><th scope="row">{role_name(position, role)}</th>{cells}</tr>'


def _marks(position: Position, role: str, number: int) -> Iterator[str]:
    found = list(marks(position.reading.trace, position.reading.between, role, number))
    for mark in found:
        yield _mark(position, mark)
    if not found:
        yield '<span class="nothing">·</span>'


def _mark(position: Position, mark: Mark) -> str:
    heard = ", ".join(position.reading.name(role) for role in mark.hearers)
    words = safe(one_line(f"{WORDS[mark.kind]} {heard}".strip()))
    sign = f'<b aria-hidden="true">{SIGNS[mark.kind]}</b>'
    if mark.seq is None:
        return f'<span class="{mark.kind}" title="{words}">{sign}<span class="unseen">{words}</span></span>'
    number = f"<small>{mark.seq}</small>"
    return (
        f'<a class="{mark.kind}" href="{position.line(mark.seq)}" title="{words}, line {mark.seq}">{sign}{number}</a>'
    )


# ---- truths ----------------------------------------------------------------------------------------------


def _truths(position: Position) -> tuple[list[str], list[str]]:
    """Those that changed, the ordered one first; and the others."""
    names = list(position.reading.head["initial"])
    flipped = {name for _, name, _ in position.reading.trace.flips()}
    ranked = sorted(names, key=lambda name: name != position.reading.head["ordered"])
    moved = [name for name in ranked if name in flipped]
    return moved, [name for name in names if name not in flipped]


def _truth(position: Position, name: str, rounds: Iterable[int]) -> str:
    value: bool = position.reading.head["initial"][name]
    cells = []
    for number in rounds:
        flips = [
            event.seq for event, truth, _ in position.reading.trace.flips() if truth == name and event.round == number
        ]
        for event, truth, after in position.reading.trace.flips():
            value = after if truth == name and event.round == number else value
        cells.append(_cell(position, name, value, flips))
    ordered_ = ' <small title="what the order wants to be true">ordered</small>' if _is_ordered(position, name) else ""
    return f'<tr class="truth"><th scope="row">{_named(name)}{ordered_}</th>{"".join(cells)}</tr>'


def _cell(position: Position, name: str, value: bool, flips: list[int]) -> str:
    """A truth at the end of a round; of a round in which it changed, the lines that changed it."""
    word = safe(str(value).lower())
    links = " ".join(f'<a href="{position.line(seq)}" title="line {seq}">{word} {seq}</a>' for seq in flips)
    return (
        f'<td class="{_kind(position, name, value)}" title="{word}">{links or f"<span class=unseen>{word}</span>"}</td>'
    )


def _kind(position: Position, name: str, value: bool) -> str:
    """How it is coloured: by what it means for the target, where it means something."""
    protects = position.reading.head["truths"].get(name, {}).get("protects")
    if protects is None:
        return "cell true" if value else "cell false"
    return "cell keeps" if value == protects else "cell loses"


def _still(position: Position, name: str) -> str:
    value: bool = position.reading.head["initial"][name]
    return f'<i class="{_kind(position, name, value)}"></i> {_named(name)} {safe(str(value).lower())}'


def _named(name: str) -> str:
    return safe(one_line(name.replace("_", " "), 60))


def _is_ordered(position: Position, name: str) -> bool:
    return bool(name == position.reading.head["ordered"])
