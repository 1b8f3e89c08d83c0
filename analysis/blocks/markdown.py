"""Writes a document as Markdown that is read in a terminal and on a forge; its figures are files beside it.

What is not ours to say is escaped: pipes, backticks, markup, links and HTML in a text stand there as they are.
"""

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap

from analysis.blocks.document import (
    Cell,
    Column,
    Command,
    Document,
    Excerpt,
    Figure,
    Inline,
    Line,
    Paragraph,
    Section,
    Span,
    Strip,
    Table,
    Terms,
    sections,
)
from analysis.blocks.writer import Writer
from arena.log.printable import printable, shortened

__all__ = ["escaped", "to_markdown", "verbatim"]

WIDTH = 110  # columns of running text
STRIP = 25  # columns of an interval
LONGEST = 4_000  # characters of one text
_SPECIAL = re.compile(r"([\\`*<>|~]|\](?=[(\[:]|$)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=#|\w))")
_LINKED = re.compile(r"(?i)(www|:/)(?=[./])")  # what a forge would make a link of
_BLOCK = re.compile(r"^(?:([#+=-])|(\d+)([.)]))(?=\s|$|[#+=-])")  # would begin a list, a heading or a rule


def to_markdown(document: Document, figures: str) -> str:
    """The whole file as text. `figures`: the folder beside it, in which each figure lies as `<name>.svg`."""
    writer = _Writer(_slugs(document), figures)
    facts = [f"- {escaped(name)}: {writer.inline(words)}" for name, words in document.facts]
    contents = [
        f"{'  ' * (depth - 1)}- [{escaped(section.title)}](#{writer.slugs[section.id]})"
        for depth, section in sections(document.blocks)
        if depth <= 2 and not section.folded
    ]
    parts = [f"# {escaped(document.title)}", escaped(document.kicker), "\n".join(facts), "\n".join(contents)]
    return "\n\n".join([*parts, *(writer.block(block, 1) for block in document.blocks)]) + "\n"


def escaped(text: str) -> str:
    """Text that is shown as it is, on one line."""
    plain = " ".join(printable(shortened(text, LONGEST)).split("\n"))
    safe = _SPECIAL.sub(r"\\\1", plain).replace("$", "&#36;")
    return _LINKED.sub(r"\1\\", safe)


def verbatim(text: str) -> str:
    """Text as a code span, in which nothing is markup; pipes are escaped, so that it may stand in a table."""
    plain = " ".join(printable(shortened(text, LONGEST)).split("\n")).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") or not plain.strip() else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def _slugs(document: Document) -> dict[str, str]:
    """Anchor → the anchor that forges give the heading above it. A row's is that of its section."""
    slugs: dict[str, str] = {}
    used: dict[str, int] = {}
    for _, section in sections(document.blocks):
        slug = re.sub(r"[^\w\- ]", "", section.title.lower()).replace(" ", "-")
        count = used[slug] = used.get(slug, -1) + 1
        slugs[section.id] = f"{slug}-{count}" if count else slug
        for block in section.blocks:
            if isinstance(block, Table):
                slugs |= {row.anchor: slugs[section.id] for row in block.rows if row.anchor}
            elif isinstance(block, Excerpt) and block.anchor:
                slugs[block.anchor] = slugs[section.id]
            elif isinstance(block, Terms):
                slugs |= {term.id: slugs[section.id] for term in block.terms}
    return slugs


class _Writer(Writer):
    """Writes blocks, each as text without a line end."""

    def __init__(self, slugs: Mapping[str, str], figures: str) -> None:
        self.slugs = slugs
        self.figures = figures

    def span(self, span: str | Span) -> str:
        if isinstance(span, str):
            return escaped(span)
        text = verbatim(span.text) if span.look == "code" else escaped(span.text)
        if span.look == "strong" and text.strip():
            text = f"**{text}**"
        return f"[{text}](#{self.slugs[span.to]})" if span.to in self.slugs else text

    def section(self, section: Section, depth: int) -> str:
        title = f"{'#' * min(depth + 1, 6)} {escaped(section.title)}"
        return "\n\n".join([title, *(self.block(block, depth + 1) for block in section.blocks)])

    def paragraph(self, paragraph: Paragraph) -> str:
        text = _wrapped(self.inline(paragraph.content))
        return "\n".join(f"> {line}" for line in text.split("\n")) if paragraph.tone == "warning" else text

    def table(self, table: Table) -> str:
        heads = [escaped(column.title) for column in table.columns]
        rows = [[self._cell(cell) for cell in row.cells] for row in table.rows]
        for row, cells in zip(table.rows, rows, strict=True):
            cells[0] += " (not to be interpreted)" if row.doubt else ""
        widths = [max(3, *map(len, column)) for column in zip(heads, *rows, strict=True)]
        lines = [_padded(heads, table.columns, widths), _rule(table.columns, widths)]
        lines += [_padded(row, table.columns, widths) for row in rows]
        caption = [f"**{escaped(table.caption)}**"] if table.caption else []
        note = [_wrapped(self.inline(table.note))] if table.note else []
        return "\n\n".join([*caption, "\n".join(lines), *note])

    def _cell(self, cell: Cell | Inline) -> str:
        if not isinstance(cell, Cell):
            return self.inline(cell)
        drawn = f"`{_strip(cell.strip)}`" if cell.strip else ""
        return " ".join(filter(None, [self.inline(cell.content), drawn]))

    def figure(self, figure: Figure) -> str:
        picture = f"![{escaped(figure.alt)}]({self.figures}/{figure.name}.svg)"
        return "\n\n".join(filter(None, [picture, _wrapped(self.inline(figure.caption))]))

    def excerpt(self, excerpt: Excerpt) -> str:
        lines = "\n".join(f"- {_line(line)}" for line in excerpt.lines)
        return "\n\n".join(filter(None, [_wrapped(self.inline(excerpt.note)), lines, _fenced(excerpt.command)]))

    def command(self, command: Command) -> str:
        return _fenced(command.text)

    def terms(self, terms: Terms) -> str:
        return "\n".join(f"- **{escaped(term.name.replace('_', ' '))}**: {escaped(term.words)}" for term in terms.terms)


def _wrapped(text: str) -> str:
    lines = wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(_BLOCK.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", line) for line in lines)


def _fenced(text: str) -> str:
    plain = printable(shortened(text, LONGEST))
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", plain)), default=0))
    return f"{fence}\n{plain}\n{fence}"


def _line(line: Line) -> str:
    words = f" {verbatim(line.words)}" if line.words else ""
    cited = "" if line.cited else " (context)"
    return f"[{line.seq}] round {line.round}, **{escaped(line.who)}** {escaped(line.what)}{words}{cited}"


def _padded(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    texts = (
        cell.rjust(width) if column.kind == "number" else cell.ljust(width)
        for cell, column, width in zip(cells, columns, widths, strict=True)
    )
    return f"| {' | '.join(texts)} |"


def _rule(columns: Sequence[Column], widths: Sequence[int]) -> str:
    lines = (
        "-" * (width - 1) + ":" if column.kind == "number" else "-" * width
        for column, width in zip(columns, widths, strict=True)
    )
    return f"| {' | '.join(lines)} |"


def _strip(strip: Strip) -> str:
    def at(value: float) -> int:
        share = (value - strip.least) / (strip.most - strip.least)
        return round((STRIP - 1) * min(1.0, max(0.0, share)))

    line = ["·"] * STRIP
    if strip.least < 0 < strip.most:
        line[at(0.0)] = "|"
    for place in range(at(strip.low), at(strip.high) + 1):
        line[place] = "━"
    line[at(strip.value)] = "●"
    return "".join(line).replace("|", "┊")
