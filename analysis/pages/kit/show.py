"""Blocks of a report's document on a page of the app: same words, same tables, figures that can be pointed at."""

from collections.abc import Callable, Iterable
from functools import partial
from html import escape

import streamlit as st

from analysis.blocks.document import Block, Column, Excerpt, Figure, Line, Paragraph, Section, Span, Strip
from analysis.blocks.hypertext import HtmlWriter, safe
from analysis.pages.kit.charts import show_chart
from analysis.pages.kit.definitions import definition
from analysis.pages.session.place import Place
from arena.errors import UserError

__all__ = ["AppWriter", "Chapter", "explained", "html", "show", "show_chapters"]

TERM = "word-"  # anchors of the report's glossary begin with it


class AppWriter(HtmlWriter):
    """Writes blocks whose links are addresses of the app, and whose terms say on pointing what they mean."""

    def __init__(self) -> None:
        super().__init__(set())

    def href(self, to: str) -> str:
        return to if to.startswith("./") else ""

    def span(self, span: str | Span) -> str:
        inner = super().span(span)
        if isinstance(span, Span) and span.to.startswith(TERM):
            return explained(inner, span.text)
        return inner

    def head(self, column: Column) -> str:
        return explained(safe(column.title), column.title)

    def strip(self, strip: Strip) -> str:
        """An interval as a small drawing of boxes: what shows HTML in the app takes no SVG."""

        def at(value: float) -> str:
            share = (value - strip.least) / (strip.most - strip.least)
            return f"{100 * min(1.0, max(0.0, share)):.1f}%"

        zero = f'<i class="zero" style="left:{at(0)}"></i>' if strip.least < 0 < strip.most else ""
        return (
            f'<span class="bar {strip.hue}" aria-hidden="true">{zero}'
            f'<i class="reach" style="left:{at(strip.low)};right:calc(100% - {at(strip.high)})"></i>'
            f'<i class="dot" style="left:{at(strip.value)}"></i></span>'
        )

    def number(self, line: Line, excerpt: Excerpt) -> str:
        """A quoted line's number leads to the line in its episode."""
        words = super().number(line, excerpt)
        to = f"{excerpt.lead}&cite={line.seq}&sight=line-{line.seq}"
        return f'<a href="{escape(to)}">{words}</a>' if excerpt.lead else words


def html(body: str) -> None:
    """Markup that the app made itself: every text in it must have gone through `safe`."""
    st.html(f'<div class="arena">{body}</div>')


def show(place: Place, blocks: Iterable[Block]) -> None:
    """Draw blocks in order; sections as headings with what stands below them."""
    writer, text = AppWriter(), list[str]()
    for block in _flat(blocks, 1):
        if isinstance(block, Figure):
            _flush(text)
            show_chart(place, block.chart, block.name, block.alt)
            if block.caption:
                html(f'<p class="note">{writer.inline(block.caption)}</p>')
        elif isinstance(block, str):
            text.append(block)
        else:
            text.append(writer.block(block, 1))
    _flush(text)


Chapter = tuple[str, str, Callable[[Place], Iterable[Block]]]


def show_chapters(place: Place, page: str, chapters: Iterable[Chapter]) -> None:
    """A page of chapters (key, title, what makes its blocks), each drawn as soon as it is made, and made once. One
    without blocks has no title either."""
    for key, title, make in chapters:
        blocks = place.cached((page, key), partial(_made, make, place))
        if blocks:
            show(place, [Section(key, title, blocks)] if title else blocks)


def _made(make: Callable[[Place], Iterable[Block]], place: Place) -> list[Block]:
    """What cannot be told of this part is told in its place, so that all else still is."""
    try:
        return list(make(place))
    except UserError as error:
        return [Paragraph(str(error), "warning")]


def _flat(blocks: Iterable[Block], depth: int) -> Iterable[Block | str]:
    for block in blocks:
        if isinstance(block, Section):
            yield f'<h{depth + 1} id="{escape(block.id)}">{safe(block.title)}</h{depth + 1}>'
            yield from _flat(block.blocks, depth + 1)
        else:
            yield block


def _flush(text: list[str]) -> None:
    if text:
        html("\n".join(text))
        text.clear()


def explained(inner: str, term: str) -> str:
    """Words (markup), with the definition of a term on pointing where it has one."""
    words = definition(term)
    return f'<abbr title="{escape(words)}" tabindex="0">{inner}</abbr>' if words else inner
