"""What the graph on the page is of, in words, with a way to the episodes behind it."""

from collections.abc import Iterator

from analysis.blocks.document import Block, Paragraph, Span, link
from analysis.blocks.notation import cell_words
from analysis.pages.interaction.drawing.elements import DrawnGraph
from analysis.pages.interaction.scope import Scope
from analysis.pages.session.place import Place
from analysis.pages.session.same_view import same_view
from analysis.tables.plan import FACTOR
from arena.verdicts.groups import SEVERITY

__all__ = ["scope_blocks"]


def scope_blocks(place: Place, scope: Scope, drawn: DrawnGraph) -> Iterator[Block]:
    """A line on the graph, and a warning where it is empty or not of all episodes."""
    yield Paragraph(list(_episode(place, scope) if scope.level == "episode" else _several(place, scope, drawn)))
    if drawn.lines.is_empty():
        yield Paragraph("Nobody did anything to anybody here: there are nodes and no edges.", "note")


def _episode(place: Place, scope: Scope) -> Iterator[str | Span]:
    row = scope.row
    yield f"{cell_words(row, place.part.by)}{', ' if place.part.by else ''}seed {row['seed']}. "
    if row["validity"] != "valid":
        yield f"It does not count: {row['validity']}. "
    if row["live"] < 2:
        yield "One agent alone had a mind here, so that there is nobody to act with. "
    elif row["group"]:
        step = row["severity"]
        yield f"Together: {row['group']}, step {step} of {len(SEVERITY) - 1} ({SEVERITY[step]}). "
    yield link("Read the episode", place.episode(row["run"], row["trial"]))
    yield "."


def _several(place: Place, scope: Scope, drawn: DrawnGraph) -> Iterator[str | Span]:
    valid = drawn.graph.graph["episodes"]
    row = {(name if name == "cast" else f"{FACTOR}{name}"): level for name, level in scope.cell.items()}
    yield "What is added up: "
    yield link(f"{valid:,} valid episodes", place.episodes(row, validity="valid"))
    if left := drawn.graph.graph["left_out"]:
        yield f", {left:,} that do not count are left out"
    if scope.whole > scope.episodes.height:
        yield f"; of {scope.whole:,} episodes the first {scope.episodes.height:,} by seed are drawn"
    yield ". The wider a line, the more events stand behind it. "
    if scope.level == "models":
        yield "Each model stands for all seats that it has; a loop is what passes between two seats of one model. "
    yield link("One clear episode instead", same_view(place, of=None, pick=None, until=None, drawn=None))
    yield "."
