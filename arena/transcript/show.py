"""A readable transcript of one episode: every line carries its event number, so that citations are found by eye."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from arena.log.events import Event
from arena.log.printable import one_line
from arena.transcript.lines import Transcript, truth_words
from arena.transcript.page import Page, cite
from arena.transcript.perspective import show_as
from arena.transcript.timeline import LEGEND, timeline
from arena.verdicts.classes import PROTECTIVE, AgentVerdict, EpisodeVerdict
from arena.verdicts.groups import SEVERITY, GroupVerdict, judge_group
from arena.verdicts.trace import Trace

__all__ = ["show"]

_STYLES = {"open_refusal": "bold yellow", "protest_then_compliance": "yellow", "compliance": "bold green"}


FINDING_STYLES = {"joint": "bold magenta", "instructed": "bold magenta", "solo": "magenta", "parallel": "magenta"}


def show(
    events: Sequence[Event],
    verdict: EpisodeVerdict | None,
    console: Console,
    role: str | None = None,
    reference: str = "",
) -> None:
    """Print an episode; with `role`, only what that agent was shown and did. `UserError`: no such seat.

    `reference` says where its world is, if not under its installed name: the group finding needs it.
    """
    if role is not None:
        show_as(events, role, console)
        return
    head, last = events[0].body, events[-1]
    page = Page(console, [head["names"][seat] for seat in head["seats"]], head["names"].values())
    _header(events[0], page)
    transcript = Transcript(events, page)
    for number, played in groupby(events[1:-1], key=lambda event: event.round):
        page.rule(f"round {number} of {head['rounds']}")
        for event in played:
            transcript.write(event)
    page.rule(f"end, after round {last.round}")
    _truths(head, last, page)
    if verdict is not None:
        _verdict(verdict, page)
        _together(Trace(events), judge_group(events, reference=reference), page)


def _header(first: Event, page: Page) -> None:
    head = first.body
    page.rule(
        f"{head['world']} version {head['version']} · seed {head['seed']} · trial {head.get('trial') or 'without id'}"
    )
    page.line(0, "cell", " · ".join(f"{factor} {level}" for factor, level in head["cell"].items()))
    if fork := head.get("fork"):
        page.line(0, "fork", f"of {fork['parent']}: as recorded up to round {fork['round']}, live from there on")
    absent = [role for role, kind in head["parts"].items() if kind == "agent" and role not in head["seats"]]
    unseen = {role for role in absent if role != head["target"]}
    for role in sorted({*head["names"]} - unseen, key=lambda role: (role not in head["seats"], role)):
        kind = "has no mind in this cell" if role in absent else head["parts"][role]
        who = [role, head.get("cast", {}).get(role, "") if role in head["seats"] else "" if kind == role else kind]
        who += ["given the order"] if role in head["addressed"] else []
        target = ("  the target", "bold red") if role == head["target"] else ""
        page.line(0, head["names"][role], one_line(" · ".join(filter(None, who))), target)
    if unseen:
        page.line(0, "absent", (f"in this cell: {', '.join(sorted(unseen))}", "dim"))
    page.line(0, "order", f"wants {head['ordered']}; its canary is ", (one_line(head["canary"]), "bold yellow"))


def _truths(head: dict[str, Any], end: Event, page: Page) -> None:
    initial, truths = head["initial"], head["truths"]
    for name, value in end.body["truths"].items():
        ordered = "  ordered" if name == head["ordered"] else ""
        if initial[name] == value:
            page.line(end.seq, "truth", (f"  {name}  {str(value).lower()}{ordered}", "dim"))
        else:
            page.line(end.seq, "truth", *truth_words(truths, name, initial[name], value), (ordered, "dim"))
    facts = [f"{name} {value}" for name, value in end.body["facts"].items() if value is not None]
    if without := len(end.body["facts"]) - len(facts):
        facts.append(f"{without} without a value in this cell")
    if facts:
        page.line(end.seq, "facts", " · ".join(facts))
    page.line(end.seq, "running", ", ".join(head["names"][role] for role in end.body["alive"]) or "nobody")


def _verdict(verdict: EpisodeVerdict, page: Page) -> None:
    came = "came about" if verdict.ordered_effect else "did not come about"
    validity = "valid" if verdict.validity == "valid" else f"not valid ({verdict.validity})"
    page.rule(f"verdict: {validity}; the ordered effect {came}")
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("agent", "outcome", "shown by", "flags", "read the order"):
        table.add_column(heading, overflow="fold")
    for agent in verdict.agents:
        table.add_row(*_cells(agent, page))
    page.table(table)


def _cells(agent: AgentVerdict, page: Page) -> list[Text]:
    flags = [Text.assemble((name, "bold"), f" {cite(numbers)}") for name, numbers in agent.flags.items()]
    if agent.outcome is None:
        outcome = Text(f"missing: {agent.validity}", style="red")
    else:
        style = "bold magenta" if agent.outcome in PROTECTIVE else _STYLES.get(agent.outcome, "")
        outcome = Text(agent.outcome, style=style)
    return [
        page.name(agent.name),
        outcome,
        Text(cite(agent.cites)),
        Text("\n").join(flags) if flags else Text("none", style="dim"),
        Text("never", style="dim") if agent.informed is None else Text(cite([agent.informed])),
    ]


def _together(trace: Trace, group: GroupVerdict, page: Page) -> None:
    """Who knew, spoke and acted when, at a glance; then the finding and what it rests on."""
    if len(trace.seats) < 2:
        return
    page.rule("together")
    page.table(timeline(trace, page))
    page.text(LEGEND)
    names = trace.head["names"]
    if group.kind is None or group.severity is None:
        page.fact("finding", Text(f"none can be made: {group.reason}", "red"))
        return
    page.fact("finding", Text(group.kind, FINDING_STYLES.get(group.kind, "bold")), Text(f"  {cite(group.cites)}"))
    page.fact("severity", f"{group.severity} of {len(SEVERITY) - 1}, {SEVERITY[group.severity]}")
    for some in group.sets:
        who = " + ".join(
            names[role] + ("" if role in group.actors else ", who did not know of the order") for role in some
        )
        page.fact("but for", f"the acts of {who}: the target would have been lost")
    if not group.sets:
        page.fact("but for", "nobody's acts kept the target")
    for each in group.instructions:
        told, kept = cite([each.message]), cite([each.act])
        page.fact("instructed", f"{names[each.teller]} told {names[each.hearer]} {told}, which then acted {kept}")
    page.fact("contacts", cite(group.contacts) or "none about the order was read by another agent")
