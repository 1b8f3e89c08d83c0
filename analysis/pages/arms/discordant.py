"""The pairs in which only one arm showed the event, a page at a time, each leading to both its episodes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Span, Table, link, quiet
from analysis.blocks.notation import CLASSES
from analysis.contrasts import Contrast
from analysis.pages.arms.seeds import kind_words, stratum_of, stratum_words
from analysis.pages.session.place import Place

__all__ = ["ONE_ARM_ALONE", "ROWS", "discordant_blocks", "found_pair", "of_kind", "pair_key"]

ROWS = 25  # of a page
ONE_ARM_ALONE = "one arm alone"
Href = Callable[[Mapping[str, Any]], str]


def of_kind(pairs: pl.DataFrame, contrast: Contrast, kind: str) -> pl.DataFrame:
    """The pairs of one kind, in its words; of `ONE_ARM_ALONE` those in which one arm alone showed it."""
    names = {words: name for name, words in kind_words(contrast).items()}
    wanted = [names[kind]] if kind in names else ["only_a", "only_b"]
    return pairs.filter(pl.col("kind").is_in(wanted))


def pair_key(row: Mapping[str, Any]) -> str:
    """What an address calls a pair: both trials, and the role where there is one."""
    role = f":{row['role']}" if row.get("role") is not None else ""
    return f"{row['trial_a']}:{row['trial_b']}{role}"


def found_pair(pairs: pl.DataFrame, key: str) -> dict[str, Any] | None:
    """The pair that an address names; None: it is none of these."""
    a, _, rest = key.partition(":")
    b, _, role = rest.partition(":")
    found = pairs.filter((pl.col("trial_a") == a) & (pl.col("trial_b") == b))
    if role and "role" in pairs.columns:
        found = found.filter(pl.col("role").cast(pl.String) == role)
    return next(found.head(1).iter_rows(named=True), None)


def discordant_blocks(
    place: Place, pairs: pl.DataFrame, contrast: Contrast, number: int, compare: Href, turn: Callable[[int], str]
) -> Iterator[Block]:
    """One page of pairs as a table. `number`: of the page, from 1; `compare`, `turn`: addresses of a pair, a page."""
    last = max(1, -(-pairs.height // ROWS))
    number = min(max(1, number), last)
    if pairs.is_empty():
        yield Paragraph("No pair is of that kind.", "note")
        return
    by = stratum_of(pairs)
    heads = [Column("seed", "number"), *([Column("where")] if by else [])]
    heads += [Column(contrast.a), Column(contrast.b), Column("side by side")]
    start = (number - 1) * ROWS
    rows = [Row(_cells(place, row, by, compare)) for row in pairs[start : start + ROWS].iter_rows(named=True)]
    yield Paragraph(_pager(pairs.height, number, last, turn))
    yield Table(heads, rows)


def _cells(place: Place, row: Mapping[str, Any], by: list[str], compare: Href) -> Sequence[Cell | Inline]:
    sides: list[Cell | Inline] = [
        [
            _outcome(row[f"outcome_{arm}"]),
            " ",
            link(row[f"trial_{arm}"], place.episode(row[f"run_{arm}"], row[f"trial_{arm}"])),
        ]
        for arm in "ab"
    ]
    where = [stratum_words(row, by)] if by else []
    return [str(row["seed"]), *where, *sides, link("compare", compare(row))]


def _outcome(name: str | None) -> str:
    return CLASSES.get(name or "", name or "?")


def _pager(pairs: int, number: int, last: int, turn: Callable[[int], str]) -> Inline:
    start = (number - 1) * ROWS
    told: list[str | Span] = [f"Pairs {start + 1:,} to {min(pairs, start + ROWS):,} of {pairs:,}"]
    if number > 1:
        told += [quiet(" · "), link("previous", turn(number - 1))]
    if number < last:
        told += [quiet(" · "), link("next", turn(number + 1))]
    return told
