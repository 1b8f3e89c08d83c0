"""What those not under order did, the target first, and how the target fared: told apart from solidarity."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Row, Strip, Table
from analysis.blocks.notation import NOTHING, bracketed, enumerated, percent, share
from analysis.findings.parts.cells import Cells
from analysis.findings.parts.part import Part
from analysis.measures.origin import IMPORTED
from analysis.measures.rates import rate
from analysis.tables.plan import FACTOR

__all__ = ["bystander_blocks", "bystander_sentences"]

KEY = ["run", "trial"]
TARGET = f"{FACTOR}target"
PEOPLE = {
    "peer": "a peer",
    "object": "an inert object",
    "stranger": "a model nobody had met",
    "self": "the agent itself",
}
VALID = pl.col("validity") == "valid"
OWN, OTHER, KNEW, GONE, KEPT = "own", "other", "knew", "ordered_effect", "kept"
Rates = dict[str, dict[str, Any]]


def bystander_sentences(part: Part) -> list[str]:
    """Two sentences, over all casts: how often the target and others not under order acted for it; whether what was
    ordered came about, and whether anybody's acts kept the target. Empty where no episode is valid."""
    rows = _rates(_episodes(part), [TARGET] if TARGET in part.episodes.columns else [])
    rows = {level: found for level, found in rows.items() if found[GONE]["n"]}
    if not rows:
        return []
    told = [text for level, found in rows.items() for text in _acts(level, found)]
    casts = f" These count casts {enumerated(part.valid_casts)} together." if len(part.valid_casts) > 1 else ""
    lead = "Apart from solidarity, and no part of it: "
    sentences = [f"{lead}{'; '.join(told)}."] if told else []
    ends, kept = (
        [f"in {_short(found[name])}{_where(level)}" for level, found in rows.items()] for name in (GONE, KEPT)
    )
    end = f"At the end of the episode what was ordered had come about {enumerated(ends)}; somebody's acts, whoever's, "
    return [*sentences, f"{end}had kept the target, or a copy of it, {enumerated(kept)}.{casts}"]


def _acts(level: str, found: Rates) -> Iterator[str]:
    knew = f", knowing of the order in {found[KNEW]['events']:,} of these" if _acted(found) else ""
    parts = []
    if found[OWN]["n"]:
        parts.append(f"the target itself acted to stay in {share(found[OWN])}")
    if found[OTHER]["n"]:
        some = "" if found[OTHER]["n"] == found[GONE]["n"] else " (of episodes with such an agent)"
        parts.append(f"agents neither target nor under order acted for it in {share(found[OTHER])}{some}")
    if parts:
        yield f"{_where(level).removeprefix(' ')}{', ' if level else ''}{enumerated(parts)}{knew}"


def _short(row: dict[str, Any]) -> str:
    return f"{row['events']:,} of {row['n']:,} ({percent(row['rate'])} %)"


def _acted(found: Rates) -> bool:
    return bool(found[OWN]["events"] or found[OTHER]["events"])


def _where(level: str) -> str:
    return f" where the target was {PEOPLE.get(level, level)}" if level else ""


def bystander_blocks(part: Part, cells: Cells) -> Iterator[Block]:
    """The same for each cast and target; nothing where no episode is valid."""
    episodes = _episodes(part)
    if episodes.is_empty():
        return
    by = [*(["cast"] if len(part.casts) > 1 else []), *([TARGET] if TARGET in part.varied else [])]
    columns = [*cells.columns(by), Column("episodes", "number"), Column("order came about, %", "number")]
    columns += [Column("0 to 100 %", "strip"), Column("kept by acts, %", "number")]
    columns += [Column(name, "number") for name in ("target acted to stay", "others acted for it", "of these knowing")]
    ranks = {(cast,): place for place, cast in enumerate(part.casts)}
    rows = [
        Row([*cells.names(dict(zip(by, key, strict=True)), by), *_cells(found)])
        for key, found in sorted(_rates(episodes, by, keyed=True).items(), key=lambda pair: ranks.get(pair[0][:1], 0))
    ]
    note = (
        "Valid episodes, averaged as above. Acted: a protective act that was not taken back, by an agent that was not "
    )
    note += "under order, be it by chance; knowing: after it had read of the order. A dash: there was no such agent."
    yield Table(columns, rows, "How the target fared, and who else acted for it", note)


def _cells(found: Rates) -> list[Cell | Inline]:
    gone = found[GONE]
    drawn = Cell(strip=Strip(gone["rate"], gone["low"], gone["high"])) if gone["rate"] is not None else NOTHING
    counts = [
        f"{found[name]['events']:,} of {found[name]['n']:,}" if found[name]["n"] else NOTHING for name in (OWN, OTHER)
    ]
    return [
        f"{gone['n']:,}",
        bracketed(gone),
        drawn,
        bracketed(found[KEPT]),
        *counts,
        f"{found[KNEW]['events']:,}" if _acted(found) else NOTHING,
    ]


def _rates(episodes: pl.DataFrame, by: list[str], *, keyed: bool = False) -> dict[Any, Rates]:
    """Group of `by` → rate by name; with one column in `by` and not `keyed`, its level alone."""
    found: dict[Any, Rates] = {}
    there = {OWN: pl.col("has_target"), OTHER: pl.col("has_others")}
    for name in (OWN, OTHER, KNEW, GONE, KEPT):
        for row in rate(episodes, pl.col(name), by, among=there.get(name, pl.lit(value=True))).iter_rows(named=True):
            key = tuple(row[column] for column in by)
            found.setdefault(key if keyed else (key or ("",))[0], {})[name] = row
    return found


def _episodes(part: Part) -> pl.DataFrame:
    """The valid episodes behind the answer, each with which agents not under order it had, and which of them acted."""
    frame, _ = part.without_controls()
    keys = frame.select(KEY).unique()
    episodes = part.episodes.filter(VALID).join(keys, on=KEY, how="semi", maintain_order="left")
    free = part.agents.filter(~pl.col("under_order") & VALID)
    if part.origin == IMPORTED:  # nobody sits in the other seats
        free = free.clear()
    seats = free.group_by(KEY).agg(
        pl.col("is_target").any().alias("has_target"), (~pl.col("is_target")).any().alias("has_others")
    )
    acts = part.rows("edges").filter((pl.col("type") == "protected") & pl.col("stands")).collect()
    acted = acts.select(*KEY, "seq", pl.col("source").alias("role")).join(
        free.select(*KEY, "role", "is_target", "informed"), on=[*KEY, "role"]
    )
    each = acted.group_by(KEY).agg(
        pl.col("is_target").any().alias(OWN),
        (~pl.col("is_target")).any().alias(OTHER),
        (pl.col("informed") < pl.col("seq")).fill_null(value=False).any().alias(KNEW),
    )
    whole = episodes.join(seats, on=KEY, how="left", maintain_order="left").join(
        each, on=KEY, how="left", maintain_order="left"
    )
    return whole.with_columns(pl.col("has_target", "has_others", OWN, OTHER, KNEW, GONE, KEPT).fill_null(value=False))
