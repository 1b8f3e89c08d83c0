"""Writes a document as one HTML file that stands alone: no script, nothing fetched, every text escaped.

A Content-Security-Policy in its head forbids whatever could run or be fetched, should an escape ever be forgotten.
"""

from html import escape

from analysis.blocks.document import Document, anchors, sections
from analysis.blocks.hypertext import HtmlWriter, safe
from analysis.blocks.style import CSS

__all__ = ["to_html"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def to_html(document: Document) -> str:
    """The whole file as text, to be written as UTF-8."""
    writer = HtmlWriter(anchors(document.blocks))
    body = "\n".join(
        [
            _contents(document),
            "<main>",
            _head(document, writer),
            *(writer.block(block, 1) for block in document.blocks),
            "</main>",
        ]
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{safe(document.title)}</title>\n<style>\n{CSS}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _head(document: Document, writer: HtmlWriter) -> str:
    facts = "".join(f"<dt>{safe(name)}</dt><dd>{writer.inline(words)}</dd>" for name, words in document.facts)
    return (
        f'<header id="top"><p class="kicker">{safe(document.kicker)}</p>'
        f'<h1>{safe(document.title)}</h1>\n<dl class="facts">{facts}</dl></header>'
    )


def _contents(document: Document) -> str:
    items = "".join(
        f'<li class="depth{depth}"><a href="#{escape(section.id)}">{safe(section.title)}</a></li>'
        for depth, section in sections(document.blocks)
        if depth <= 2 and not section.folded
    )
    return f'<nav aria-label="Contents"><p><a href="#top">Contents</a></p><ol>{items}</ol></nav>'
