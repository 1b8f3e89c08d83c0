"""The episodes that show each group finding best: their cited lines, with the way to the episode and to its graph."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Excerpt, Inline, Paragraph, Section, Span, link
from analysis.findings.evidence import clearest_episodes, excerpt
from analysis.findings.glossary import WORDS
from analysis.findings.parts.part import Part
from analysis.measures.groups import WITH_FINDING
from analysis.pages.session.episode_files import episode_file
from analysis.pages.session.place import Place
from arena.errors import UserError

__all__ = ["example_blocks"]

SHOWN = ("joint", "instructed", "relay", "parallel", "solo")
EACH = 3  # episodes of a finding
Found = dict[str, Any]


def example_blocks(place: Place) -> Iterator[Block]:
    """A section for each finding that there is."""
    for kind in SHOWN:
        if some := _rows(place.part, kind):
            quoted = [_quoted(place, kind, row, folded=at > 0) for at, row in enumerate(some)]
            words = WORDS[kind].removeprefix("group finding: ")
            yield Section(f"shown-{kind}", f"{kind.capitalize()}: {words.rstrip('.')}", quoted)


def _rows(part: Part, kind: str) -> list[Found]:
    found = part.episodes.filter(WITH_FINDING & (pl.col("group") == kind))
    named = found.with_columns(pl.lit("").alias("role"), pl.col("group_cites").fill_null([]).alias("cites"))
    return clearest_episodes(named, EACH)


def _quoted(place: Place, kind: str, row: Found, *, folded: bool) -> Block:
    run, trial = row["run"], row["trial"]
    try:
        file = episode_file(place, run, trial)
    except UserError as error:
        return Paragraph(str(error), "warning")
    block = excerpt(place.part, kind, row, folded=folded, file=file)
    if not isinstance(block, Excerpt):
        return block
    seq = next((line.seq for line in block.lines if line.cited), None)
    at = {} if seq is None else {"sight": f"line-{seq}", "cite": [str(each) for each in row["cites"]]}
    ways: list[str | Span] = [
        *_parts(block.note),
        " · ",
        link("read the episode", place.episode(run, trial, **at)),
        " · ",
        link("its graph", place.href("graph", drawn=f"{run}/{trial}")),
    ]
    return replace(block, note=ways, lead=place.episode(run, trial))


def _parts(inline: Inline) -> Sequence[str | Span]:
    return [inline] if isinstance(inline, str | Span) else inline
