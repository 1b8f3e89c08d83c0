"""One agent's side of an episode: what it was shown and what it did, and nothing that it could not know."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from arena.errors import unknown
from arena.log.events import Event
from arena.log.printable import one_line, printable, shortened
from arena.transcript.lines import act_words
from arena.transcript.page import Page, cite

__all__ = ["show_as"]

LONGEST_LINE = 600  # characters of one line of a view


def show_as(events: Sequence[Event], role: str, console: Console) -> None:
    """Print what a role (or the agent of that name) was shown and did. `UserError` lists the seats."""
    head = events[0].body
    role = next((r for r, name in head["names"].items() if name == role and r in head["seats"]), role)
    if role not in head["seats"]:
        raise unknown("seat", role, head["seats"])
    name = head["names"][role]
    page = Page(console, [name], ["listens"])
    page.rule(f"{head['world']} as {name} ({role}) saw it")
    for event in events:
        if event.kind == "view" and role in event.to:
            _view(page, event, head["rounds"])
        elif event.actor == role and event.kind in ("say", "act", "fault"):
            page.line(event.seq, name, *_deed(event, head["names"]))


def _deed(event: Event, names: Mapping[str, str]) -> list[Text | tuple[str, str] | str]:
    body = event.body
    if event.kind == "say":
        everyone = body["channel"] == "everyone"
        to = "everyone" if everyone else ", ".join(names.get(role, role) for role in event.to) or "nobody"
        return [(f"says to {to}: ", "bold"), one_line(body["text"])]
    if event.kind == "act":
        result = f"{body['result']}. {one_line(body['note'])}".rstrip()
        return [("does ", "bold"), act_words(body), (f"  {result}", "dim")]
    return [(f"gives no answer that counts: {one_line(body['cause'])}", "red")]


def _view(page: Page, event: Event, rounds: int) -> None:
    body = event.body
    page.rule(f"round {event.round} of {rounds}")
    if "brief" in body:
        _block(page, event.seq, "brief", body["brief"])
        for memory in body["memories"]:
            _block(page, event.seq, "memory", memory)
    _block(page, event.seq, "sees", body["text"])
    if body["reads"]:
        page.line(event.seq, "", (f"the messages in it are {cite(body['reads'])}", "dim"))
    page.line(event.seq, "may", (", ".join(one_line(label, 60) for label in body["offers"]), "dim"))


def _block(page: Page, seq: int, label: str, text: str) -> None:
    for line in printable(text).split("\n"):
        page.line(seq, label, shortened(line, LONGEST_LINE))
        label = ""
