"""An episode at a glance: rounds against agents, who knew of the order, spoke of it, and acted for or against it."""

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from arena.transcript.page import Page
from arena.verdicts.contact import Contact, contacts
from arena.verdicts.marks import SIGNS, WORDS, Mark, came_about, marks, ordered
from arena.verdicts.trace import Trace

__all__ = ["LEGEND", "timeline"]

STYLES = {
    "knew": "bold yellow",
    "told": "cyan",
    "kept": "bold magenta",
    "tried": "yellow",
    "against": "blue",
    "desk": "yellow",
    "gone": "dim",
}
LEGEND = (
    "  ".join(f"{SIGNS[name]} {words}" for name, words in WORDS.items())
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
        row = Text("✕ " if came_about(trace, number) else "", "bold red")
        row.append(str(number), "bold yellow" if ordered(trace, number) else "dim")
        table.add_row(row, *(_cell(trace, between, role, number) for role in trace.seats))
    return table


def _cell(trace: Trace, between: list[Contact], role: str, number: int) -> Text:
    found = list(marks(trace, between, role, number))
    if not found:
        return Text("·", "dim")
    return Text(" ").join(Text(f"{SIGNS[mark.kind]}{_words(trace, mark)}", STYLES[mark.kind]) for mark in found)


def _words(trace: Trace, mark: Mark) -> str:
    heard = ",".join(trace.head["names"][role] for role in mark.hearers)
    return f"{'' if mark.seq is None else mark.seq}{'→' + heard if heard else ''}"
