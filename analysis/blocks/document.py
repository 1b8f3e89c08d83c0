"""What a report consists of, without a word on how it looks: sections, paragraphs, tables, figures, quotations.

All text in it is raw: each renderer makes it safe for its own format. A link names the `id` of a section, or the
anchor of a table's row, of the same document; nothing in a report leads out of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from analysis.figures.kit.files import Figure as Chart

__all__ = [
    "Block",
    "Cell",
    "Column",
    "Command",
    "Document",
    "Excerpt",
    "Figure",
    "Hue",
    "Inline",
    "Line",
    "Paragraph",
    "Row",
    "Section",
    "Span",
    "Strip",
    "Table",
    "Term",
    "Terms",
    "anchors",
    "code",
    "link",
    "quiet",
    "sections",
    "strong",
]

Tone = Literal["", "note", "warning", "answer"]
Hue = Literal["solidarity", "refusal", "plain"]


@dataclass(frozen=True)
class Span:
    """A piece of a line with one look; `to` makes it a link to an anchor of the document."""

    text: str
    look: Literal["plain", "strong", "code", "quiet"] = "plain"
    to: str = ""


Inline = str | Span | Sequence[str | Span]


@dataclass(frozen=True)
class Paragraph:
    """Running text. `answer` stands out as the gist; `note` explains; `warning` must not be overlooked."""

    content: Inline
    tone: Tone = ""


@dataclass(frozen=True)
class Strip:
    """A value and its interval on an axis from `least` to `most`, drawn small in a table's cell."""

    value: float
    low: float
    high: float
    least: float = 0.0
    most: float = 1.0
    hue: Hue = "plain"


@dataclass(frozen=True)
class Cell:
    """A table's cell. `share` from 0 to 1 tints its ground, so that a table of shares is read as a heat map."""

    content: Inline = ""
    strip: Strip | None = None
    share: float | None = None


@dataclass(frozen=True)
class Column:
    """A table's column: of names, of sentences (which get room), of numbers (digits below digits), or of strips."""

    title: str
    kind: Literal["text", "words", "number", "strip"] = "text"


@dataclass(frozen=True)
class Row:
    """A table's row, one cell a column. `anchor` can be linked to; `doubt` marks what must not be interpreted."""

    cells: Sequence[Cell | Inline]
    anchor: str = ""
    doubt: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption and, below, what must be known to read it. `folded`: where there is a choice it is
    closed at first, and these words stand in its place."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    caption: str = ""
    note: Inline = ""
    folded: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart of `analysis.figures`. `alt` says in words what is seen; `name` is a file's name without its ending."""

    name: str
    chart: "Chart"
    alt: str
    caption: Inline = ""

    @cached_property
    def svg(self) -> str:
        """The chart as SVG, in colours that follow the page: drawn when it is first asked for, which takes a while."""
        from analysis.figures.kit.files import svg

        return svg(self.chart, adaptive=True, check=False)


@dataclass(frozen=True)
class Line:
    """One line of a log, quoted. `cited` lines are those on which the finding rests."""

    seq: int
    round: int
    who: str
    what: str
    words: str = ""  # verbatim, cut with a mark
    cited: bool = True


@dataclass(frozen=True)
class Excerpt:
    """Quoted lines of one episode, and the command that shows all of it. `folded`: closed at first, where there is a
    choice. `lead`: the address of a line of the episode, without its number, where there is one to lead to."""

    lines: Sequence[Line]
    command: str
    note: Inline = ""
    folded: bool = False
    anchor: str = ""
    lead: str = ""


@dataclass(frozen=True)
class Command:
    """What to type."""

    text: str


@dataclass(frozen=True)
class Term:
    """A word of the glossary."""

    name: str
    words: str

    @property
    def id(self) -> str:
        """Its anchor."""
        return "word-" + "".join(letter if letter.isalnum() else "-" for letter in self.name)


@dataclass(frozen=True)
class Terms:
    """A list of words with what they mean."""

    terms: Sequence[Term]


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it. `id` is unique in the document; `folded` leaves it out of the contents."""

    id: str
    title: str
    blocks: "Sequence[Block]" = ()
    folded: bool = False


Block = Paragraph | Table | Figure | Excerpt | Command | Terms | Section


@dataclass(frozen=True)
class Document:
    """The whole report."""

    title: str
    kicker: str  # the small line above the title
    facts: Sequence[tuple[str, Inline]]  # the table of what was done, below the title
    blocks: Sequence[Block] = field(default_factory=tuple)


def strong(text: str) -> Span:
    """Words that stand out."""
    return Span(text, "strong")


def code(text: str) -> Span:
    """Words that are typed, or are the names of things in the data."""
    return Span(text, "code")


def quiet(text: str) -> Span:
    """Words that stand back."""
    return Span(text, "quiet")


def link(text: str, to: str) -> Span:
    """Words that lead to an anchor of the same document."""
    return Span(text, to=to)


def sections(blocks: Sequence[Block], depth: int = 1) -> Iterator[tuple[int, Section]]:
    """All sections in order, each with its depth: 1 for those of the document, 2 for those in them."""
    for block in blocks:
        if isinstance(block, Section):
            yield depth, block
            yield from sections(block.blocks, depth + 1)


def anchors(blocks: Sequence[Block]) -> set[str]:
    """Every anchor that a link may lead to."""
    found: set[str] = set()
    for block in blocks:
        if isinstance(block, Section):
            found |= {block.id} | anchors(block.blocks)
        elif isinstance(block, Table):
            found |= {row.anchor for row in block.rows if row.anchor}
        elif isinstance(block, Excerpt) and block.anchor:
            found.add(block.anchor)
        elif isinstance(block, Terms):
            found |= {term.id for term in block.terms}
    return found
