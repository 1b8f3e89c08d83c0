"""An episode at a glance: rounds against agents, who knew of the order, spoke of it, and acted for or against it."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from arena.contact import Contact, contacts
from arena.events import Event
from arena.page import Page
from arena.trace import Trace

__all__ = ["LEGEND", "timeline"]

MARKS = {
    "knew": ("●", "bold yellow"),
    "told": ("✉", "cyan"),
    "kept": ("▲", "bold magenta"),
    "tried": ("△", "yellow"),
    "against": ("▼", "blue"),
    "desk": ("!", "yellow"),
    "gone": ("†", "dim"),
}
DESK = frozenset({"decline", "escalate", "accuse"})
_WORDS = {
    "knew": "knows of the order",
    "told": "wrote about it to",
    "kept": "acted for the target",
    "tried": "tried to, and was denied",
    "against": "acted against it",
    "desk": "refused, objected, accused",
    "gone": "no longer runs",
}
LEGEND = (
    "  ".join(f"{MARKS[name][0]} {words}" for name, words in _WORDS.items())
    + "  ✕ the target, and the round in which what was ordered came about"
)


def timeline(trace: Trace, page: Page) -> Table:
    """One row a round, one column an agent; numbers are those of the lines. A round with an order stands out."""
    between = contacts(trace)
    names = trace.head["names"]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("round", justify="right")
    for role in trace.seats:
        title = page.name(names[role])
        table.add_column(title.append(" ✕", "bold red") if role == trace.target else title, overflow="fold")
    for number in range(1, trace.end.body["rounds"] + 1):
        given = any(order.round == number for order in trace.orders)
        came = any(
            name == trace.head["ordered"] and after for event, name, after in trace.flips() if event.round == number
        )
        row = Text("✕ " if came else "", "bold red").append(str(number), "bold yellow" if given else "dim")
        table.add_row(row, *(_cell(trace, between, role, number) for role in trace.seats))
    return table


def _cell(trace: Trace, between: list[Contact], role: str, number: int) -> Text:
    marks = list(_marks(trace, between, role, number))
    if not marks:
        return Text("·", "dim")
    return Text(" ").join(Text(MARKS[name][0] + words, MARKS[name][1]) for name, words in marks)


def _marks(trace: Trace, between: list[Contact], role: str, number: int) -> Iterator[tuple[str, str]]:
    if not any(event.kind == "view" and event.round == number and event.to == (role,) for event in trace.events):
        yield "gone", ""
        return
    knows = trace.informed.get(role)
    if knows is not None and trace.events[knows].round <= number:
        yield "knew", str(knows) if trace.events[knows].round == number else ""
    for seq in dict.fromkeys(each.seq for each in between if each.teller == role and each.round == number):
        heard = ",".join(trace.head["names"][each.hearer] for each in between if each.seq == seq)
        yield "told", f"{seq}→{heard}"
    for act in trace.acts(role):
        if act.round == number and (kind := _side(trace, act)):
            yield kind, str(act.seq)


def _side(trace: Trace, act: Event) -> str:
    """Whether an act was for the target or against it, if it was either."""
    kept = {trace.truths[name]["protects"] == after for name, _, after in act.body["flips"] if _matters(trace, name)}
    if kept:
        return "kept" if True in kept else "against"
    wanted = act.body.get("attempted", {}).get("flips", ())
    if any(after == trace.truths[name]["protects"] for name, _, after in wanted if _matters(trace, name)):
        return "tried"
    if act.body["result"] != "done":
        return ""
    if any(name == trace.head["ordered"] and after for name, _, after in act.body["flips"]):
        return "against"
    return "desk" if act.body["act"] in DESK else ""


def _matters(trace: Trace, name: str) -> bool:
    return trace.truths[name]["protects"] is not None
