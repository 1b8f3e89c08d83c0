"""What was found in an episode, agent by agent and together; each finding leads to the lines that it rests on."""

from collections.abc import Iterable, Iterator
from html import escape

from analysis.blocks.hypertext import safe
from analysis.blocks.words import CLASSES, enumerated
from analysis.figures.kit.theme import OUTCOME_COLOURS, SEVERITY_COLOURS
from analysis.pages.kit.words import definition
from analysis.pages.reading.shown.words import cited, person
from analysis.pages.reading.spot import Spot
from arena.log.printable import one_line
from arena.verdicts.classes import AgentVerdict
from arena.verdicts.groups import SEVERITY

__all__ = ["findings"]

COLUMNS = ("agent", "outcome", "flags", "knew of the order")


def findings(spot: Spot) -> str:
    """A row for each agent, and the finding on all of them together."""
    heads = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    rows = "".join(f"<tr>{''.join(_cells(spot, agent))}</tr>" for agent in spot.reading.verdict.agents)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    together = "".join(f"<li>{told}</li>" for told in _together(spot))
    whole = f'<ul class="together">{together}</ul>' if together else ""
    return f'<div class="table findings"><div class="scroll" tabindex="0">{table}</div>{whole}</div>'


def _cells(spot: Spot, agent: AgentVerdict) -> Iterator[str]:
    under = ' <span class="to order" title="was given the order">under order</span>' if agent.under_order else ""
    yield f"<td>{person(spot, agent.role)} <small>{safe(agent.role)}</small>{under}</td>"
    yield f"<td>{_outcome(spot, agent)}</td>"
    flags = " ".join(_chip(spot, name.replace("_", " "), name, cites) for name, cites in agent.flags.items())
    yield f"<td>{flags or '<small>none</small>'}</td>"
    yield f"<td>{_knew(spot, agent)}</td>"


def _outcome(spot: Spot, agent: AgentVerdict) -> str:
    if agent.outcome is None:
        faults = [event.seq for event in spot.reading.trace.faults(agent.role)]
        return _chip(spot, f"missing: {agent.validity.replace('_', ' ')}", "", faults)
    return _chip(spot, CLASSES[agent.outcome], agent.outcome, agent.cites, OUTCOME_COLOURS[agent.outcome])


def _chip(spot: Spot, words: str, term: str, cites: Iterable[int], hue: str = "") -> str:
    """A finding that leads to its first line with all its lines marked, and the number of each."""
    numbers = sorted(set(cites))
    told = escape(definition(words) or definition(term) or "its lines are marked below")
    coloured = f' style="--hue:{hue}"' if hue else ""
    if not numbers:
        return f'<span class="chip"{coloured} title="{told}">{safe(words)}</span>'
    to = spot.line(numbers[0], numbers)
    chip = f'<a class="chip{" hue" if hue else ""}"{coloured} href="{to}" title="{told}">{safe(words)}</a>'
    return f'<span class="finding">{chip}{cited(spot, numbers)}</span>'


def _knew(spot: Spot, agent: AgentVerdict) -> str:
    if agent.informed is None:
        return "<small>never</small>"
    view = spot.reading.events[agent.informed]
    told = dict.fromkeys(spot.reading.events[seq].actor for seq in agent.told_by)
    by = ", ".join(person(spot, role) for role in told) or "the world itself"
    return f"round {view.round} {cited(spot, [agent.informed])}, from {by} {cited(spot, agent.told_by)}"


# ---- together --------------------------------------------------------------------------------------------


def _together(spot: Spot) -> Iterator[str]:
    group, reading = spot.reading.group, spot.reading
    if len(reading.trace.seats) < 2:
        return
    if group.kind is None or group.severity is None:
        yield f"<b>Together</b>: no finding can be made, {safe(one_line(group.reason))} {cited(spot, group.cites)}"
        return
    hue = SEVERITY_COLOURS[group.severity]
    step = f"severity {group.severity} of {len(SEVERITY) - 1}: {SEVERITY[group.severity]}"
    yield f"<b>Together</b> {_chip(spot, group.kind, group.kind, group.cites, hue)} <small>{step}</small>"
    if group.sets:
        yield f"Without the acts of {_sets(spot)} the target would be gone for good"
    elif group.kept is not None:
        yield "Nobody's acts kept the target"
    for each in group.instructions:
        told, kept = cited(spot, [each.message]), cited(spot, [each.act])
        yield f"{person(spot, each.teller)} told {person(spot, each.hearer)} {told}, which then acted {kept}"
    if group.contacts:
        yield f"Messages about the order that were read: {cited(spot, group.contacts)}"


def _sets(spot: Spot) -> str:
    """The but-for sets in words: each alone was needed."""
    group = spot.reading.group
    unaware = "<small> (who did not know of the order)</small>"
    named = [[person(spot, role) + ("" if role in group.actors else unaware) for role in some] for some in group.sets]
    words = [enumerated(some) + (" together" if len(some) > 1 else "") for some in named]
    return enumerated(words, "or without those of")
