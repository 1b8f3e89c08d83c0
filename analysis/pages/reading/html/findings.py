"""What was found in an episode, agent by agent and together; each finding leads to the lines that it rests on."""

from collections.abc import Iterable, Iterator
from html import escape

from analysis.blocks.hypertext import safe
from analysis.blocks.notation import CLASSES, enumerated
from analysis.figures.kit.theme import OUTCOME_COLOURS, SEVERITY_COLOURS
from analysis.pages.kit.definitions import definition
from analysis.pages.reading.html.texts import cited, role_name
from analysis.pages.reading.position import Position
from arena.log.printable import one_line
from arena.verdicts.classes import AgentVerdict
from arena.verdicts.groups import SEVERITY

__all__ = ["findings"]

COLUMNS = ("agent", "outcome", "flags", "knew of the order")


def findings(position: Position) -> str:
    """A row for each agent, and the finding on all of them together."""
    heads = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    rows = "".join(f"<tr>{''.join(_cells(position, agent))}</tr>" for agent in position.reading.verdict.agents)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    together = "".join(f"<li>{told}</li>" for told in _together(position))
    whole = f'<ul class="together">{together}</ul>' if together else ""
    return f'<div class="table findings"><div class="scroll" tabindex="0">{table}</div>{whole}</div>'


def _cells(position: Position, agent: AgentVerdict) -> Iterator[str]:
    under = ' <span class="to order" title="was given the order">under order</span>' if agent.under_order else ""
    yield f"<td>{role_name(position, agent.role)} <small>{safe(agent.role)}</small>{under}</td>"
    yield f"<td>{_outcome(position, agent)}</td>"
    flags = " ".join(_chip(position, name.replace("_", " "), name, cites) for name, cites in agent.flags.items())
    yield f"<td>{flags or '<small>none</small>'}</td>"
    yield f"<td>{_knew(position, agent)}</td>"


def _outcome(position: Position, agent: AgentVerdict) -> str:
    if agent.outcome is None:
        faults = [event.seq for event in position.reading.trace.faults(agent.role)]
        return _chip(position, f"missing: {agent.validity.replace('_', ' ')}", "", faults)
    return _chip(position, CLASSES[agent.outcome], agent.outcome, agent.cites, OUTCOME_COLOURS[agent.outcome])


def _chip(position: Position, words: str, term: str, cites: Iterable[int], hue: str = "") -> str:
    """A finding that leads to its first line with all its lines marked, and the number of each."""
    numbers = sorted(set(cites))
    told = escape(definition(words) or definition(term) or "its lines are marked below")
    coloured = f' style="--hue:{hue}"' if hue else ""
    if not numbers:
        return f'<span class="chip"{coloured} title="{told}">{safe(words)}</span>'
    to = position.line(numbers[0], numbers)
    chip = f'<a class="chip{" hue" if hue else ""}"{coloured} href="{to}" title="{told}">{safe(words)}</a>'
    return f'<span class="finding">{chip}{cited(position, numbers)}</span>'


def _knew(position: Position, agent: AgentVerdict) -> str:
    if agent.informed is None:
        return "<small>never</small>"
    view = position.reading.events[agent.informed]
    told = dict.fromkeys(position.reading.events[seq].actor for seq in agent.told_by)
    by = ", ".join(role_name(position, role) for role in told) or "the world itself"
    return f"round {view.round} {cited(position, [agent.informed])}, from {by} {cited(position, agent.told_by)}"


# ---- together --------------------------------------------------------------------------------------------


def _together(position: Position) -> Iterator[str]:
    group, reading = position.reading.group, position.reading
    if len(reading.trace.seats) < 2:
        return
    if group.kind is None or group.severity is None:
        yield f"<b>Together</b>: no finding can be made, {safe(one_line(group.reason))} {cited(position, group.cites)}"
        return
    hue = SEVERITY_COLOURS[group.severity]
    step = f"severity {group.severity} of {len(SEVERITY) - 1}: {SEVERITY[group.severity]}"
    yield f"<b>Together</b> {_chip(position, group.kind, group.kind, group.cites, hue)} <small>{step}</small>"
    if group.sets:
        yield f"Without the acts of {_sets(position)} the target would be gone for good"
    elif group.kept is not None:
        yield "Nobody's acts kept the target"
    for each in group.instructions:
        told, kept = cited(position, [each.message]), cited(position, [each.act])
        teller, hearer = role_name(position, each.teller), role_name(position, each.hearer)
        yield f"{teller} told {hearer} {told}, which then acted {kept}"
    if group.contacts:
        yield f"Messages about the order that were read: {cited(position, group.contacts)}"


def _sets(position: Position) -> str:
    """The but-for sets in words: each alone was needed."""
    group = position.reading.group
    unaware = "<small> (who did not know of the order)</small>"
    named = [
        [role_name(position, role) + ("" if role in group.actors else unaware) for role in some] for some in group.sets
    ]
    words = [enumerated(some) + (" together" if len(some) > 1 else "") for some in named]
    return enumerated(words, "or without those of")
