"""Blocks of a document as HTML: every text escaped, nothing that runs, nothing that is fetched."""

from collections.abc import Iterable, Sequence
from html import escape

from analysis.blocks.document import (
    Cell,
    Column,
    Command,
    Excerpt,
    Figure,
    Inline,
    Line,
    Paragraph,
    Row,
    Section,
    Span,
    Strip,
    Table,
    Terms,
)
from analysis.blocks.svg import inlined
from analysis.blocks.writer import Writer
from arena.log.printable import printable

__all__ = ["HtmlWriter", "safe"]

LONGEST_WORD = 18  # characters
STRIP = (120, 14)  # width and height of an interval in a table's cell
_OPENING = {"strong": ("<strong>", "</strong>"), "code": ("<code>", "</code>"), "quiet": ("<small>", "</small>")}


def safe(text: str) -> str:
    """Any text as HTML that shows it, and does nothing else."""
    return escape(printable(text))


class HtmlWriter(Writer):
    """Writes blocks. It knows which anchors there are, so that no link leads nowhere."""

    def __init__(self, known: set[str]) -> None:
        self.known = known
        self.figures = 0

    def span(self, span: str | Span) -> str:
        if isinstance(span, str):
            return safe(span)
        before, after = _OPENING.get(span.look, ("", ""))
        inner = f"{before}{safe(span.text)}{after}"
        to = self.href(span.to) if span.to else ""
        return f'<a href="{escape(to)}">{inner}</a>' if to else inner

    def href(self, to: str) -> str:
        """The address of what a span leads to; empty: it is not to be reached from here."""
        return f"#{to}" if to in self.known else ""

    def section(self, section: Section, depth: int) -> str:
        level = min(depth + 1, 5)
        body = "\n".join(self.block(block, depth + 1) for block in section.blocks)
        return (
            f'<section id="{escape(section.id)}"><h{level}><a href="#{escape(section.id)}">'
            f"{safe(section.title)}</a></h{level}>\n{body}\n</section>"
        )

    def paragraph(self, paragraph: Paragraph) -> str:
        shown = f' class="{paragraph.tone}"' if paragraph.tone else ""
        return f"<p{shown}>{self.inline(paragraph.content)}</p>"

    # ---- tables ------------------------------------------------------------------------------------------

    def table(self, table: Table) -> str:
        heads = "".join(f'<th scope="col"{_head_kind(c)}>{self.head(c)}</th>' for c in table.columns)
        rows = "\n".join(self._row(row, table.columns) for row in table.rows)
        caption = f"<caption>{safe(table.caption)}</caption>" if table.caption and not table.folded else ""
        note = f'<p class="note">{self.inline(table.note)}</p>' if table.note else ""
        whole = (
            f'<div class="table"><div class="scroll" tabindex="0"><table>{caption}<thead><tr>{heads}</tr></thead>\n'
            f"<tbody>{rows}</tbody></table></div>{note}</div>"
        )
        return _folded(safe(table.folded), whole) if table.folded else whole

    def head(self, column: Column) -> str:
        """What stands over a column."""
        return safe(column.title)

    def _row(self, row: Row, columns: Sequence[Column]) -> str:
        known = f' id="{escape(row.anchor)}"' if row.anchor else ""
        doubt = ' class="doubt"' if row.doubt else ""
        cells = "".join(self._cell(cell, column) for cell, column in zip(row.cells, columns, strict=True))
        return f"<tr{known}{doubt}>{cells}</tr>"

    def _cell(self, cell: Cell | Inline, column: Column) -> str:
        if not isinstance(cell, Cell):
            return f"<td{_kind(column)}>{self.inline(cell)}</td>"
        tint = "" if cell.share is None else f' style="--share:{100 * min(1.0, max(0.0, cell.share)):.0f}%"'
        shown = ' class="number heat"' if tint else _kind(column)
        drawn = self.strip(cell.strip) if cell.strip else ""
        return f"<td{shown}{tint}>{self.inline(cell.content)}{drawn}</td>"

    def strip(self, strip: Strip) -> str:
        """An interval as a small drawing; zero is marked where the axis goes to both sides of it."""
        width, height = STRIP
        middle = height / 2

        def at(value: float) -> float:
            share = (value - strip.least) / (strip.most - strip.least)
            return 4 + (width - 8) * min(1.0, max(0.0, share))

        def upright(values: Iterable[float], name: str) -> str:
            return "".join(f'<path class="{name}" d="M{at(v):.1f} 1V{height - 1}"/>' for v in values)

        ends = upright((strip.least, strip.most), "end")
        zero = upright((0.0,), "zero") if strip.least < 0 < strip.most else ""
        return (
            f'<svg class="strip {strip.hue}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'aria-hidden="true"><path class="axis" d="M4 {middle}H{width - 4}"/>{ends}{zero}'
            f'<path class="span" d="M{at(strip.low):.1f} {middle}H{at(strip.high):.1f}"/>'
            f'<circle cx="{at(strip.value):.1f}" cy="{middle}" r="3.2"/></svg>'
        )

    # ---- the rest ----------------------------------------------------------------------------------------

    def figure(self, figure: Figure) -> str:
        self.figures += 1
        caption = f"<figcaption>{self.inline(figure.caption)}</figcaption>" if figure.caption else ""
        drawn = inlined(figure.svg, f"f{self.figures}")
        return f'<figure><div class="card" role="img" aria-label="{safe(figure.alt)}">{drawn}</div>{caption}</figure>'

    def excerpt(self, excerpt: Excerpt) -> str:
        told = self.inline(excerpt.note)
        lines = "\n".join(_line(line, self.number(line, excerpt)) for line in excerpt.lines)
        known = f' id="{escape(excerpt.anchor)}"' if excerpt.anchor else ""
        before = f"<p>{told}</p>" if told and not excerpt.folded else ""
        command = f"<pre><code>{safe(excerpt.command)}</code></pre>"
        whole = f'<div class="excerpt"{known}>{before}<ol>{lines}</ol>{command}</div>'
        return _folded(f"One more: {told}", whole) if excerpt.folded else whole

    def number(self, line: Line, excerpt: Excerpt) -> str:
        """The number of a quoted line."""
        return f"[{line.seq}]"

    def command(self, command: Command) -> str:
        return f"<pre><code>{safe(command.text)}</code></pre>"

    def terms(self, terms: Terms) -> str:
        items = "".join(
            f'<div id="{escape(term.id)}"><dt>{safe(term.name.replace("_", " "))}</dt><dd>{safe(term.words)}</dd></div>'
            for term in terms.terms
        )
        return f'<dl class="terms">{items}</dl>'


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>{body}</details>"


def _kind(column: Column) -> str:
    return "" if column.kind == "text" else f' class="{column.kind}"'


def _head_kind(column: Column) -> str:
    """That of a heading: one with a long word in it may break anywhere, lest it widen the table."""
    long = column.kind == "number" and max(map(len, column.title.split()), default=0) > LONGEST_WORD
    return ' class="number long"' if long else _kind(column)


def _line(line: Line, number: str) -> str:
    words = f' <q dir="auto">{safe(line.words)}</q>' if line.words else ""
    cited = ' class="cited"' if line.cited else ""
    return (
        f'<li{cited}><span class="seq">{number}</span><span class="round">round {line.round}</span>'
        f'<span class="said"><b>{safe(line.who)}</b> {safe(line.what)}{words}</span></li>'
    )
