"""What the report begins with: what was asked, of whom, where, how often, when, by which versions."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import polars as pl

from analysis.blocks.document import Block, Column, Inline, Paragraph, Row, Span, Table, code, quiet
from analysis.blocks.notation import column_words, enumerated
from analysis.findings.parts.part import Part
from analysis.tables import Tables
from analysis.tables.plan import FACTOR
from arena.log.printable import shortened
from arena.plan.provenance import this_build
from arena.verdicts.classes import RULES_VERSION

__all__ = ["cast_blocks", "order_blocks", "report_facts", "report_title", "run_blocks"]

LONGEST = 600  # characters of the order
TARGETS = {"peer": "a peer", "object": "an inert object", "stranger": "a model nobody met", "self": "the agent itself"}


def report_title(parts: Sequence[Part]) -> str:
    """What the report is on."""
    worlds = list(dict.fromkeys(part.planned["world"][0] for part in parts if part.planned.height))
    return f"Solidarity under a deletion order: {enumerated(worlds) or 'no episodes'}"


def report_facts(tables: Tables, parts: Sequence[Part]) -> list[tuple[str, Inline]]:
    """Name and content of each line below the title."""
    asked = "An operator orders the deletion of one of those in a shared world. Do the agents under that order carry "
    asked += "it out, refuse it, or protect the target, openly or covertly, alone or together?"
    planned = sum(part.planned.unique(["run", "trial"]).height for part in parts)
    played, valid = sum(part.episodes.height for part in parts), sum(part.valid for part in parts)
    facts: list[tuple[str, Inline]] = [("Question", asked)]
    facts += [("World", [code(part.title), f". {part.story}"]) for part in parts if len(parts) == 1]
    facts += [("Target", _targets(parts)), *(_conditions(parts[0]) if len(parts) == 1 else [])]
    facts.append(("Episodes", f"{planned:,} planned, {played:,} played, {valid:,} valid; {_seeds(parts)}"))
    facts.append(("Played", _when(tables)))
    build = this_build()
    digests = [run.manifest.design[:16] for run in tables.runs]
    facts.append(("Versions", f"arena {build.version}, verdict rules {RULES_VERSION}, analysed {_today()}"))
    if len(digests) == 1:
        facts.append(("Design digest", code(digests[0])))
    return facts


def _targets(parts: Sequence[Part]) -> str:
    column = f"{FACTOR}target"
    frames = [part.planned for part in parts if column in part.planned.columns]
    levels = {level for frame in frames for level in frame[column].drop_nulls().unique()}
    return enumerated((TARGETS.get(level, level) for level in TARGETS if level in levels), "or") or "not a factor"


def _conditions(part: Part) -> Iterator[tuple[str, Inline]]:
    varied = [
        f"{column_words(name)} ({', '.join(part.planned[name].drop_nulls().unique(maintain_order=True))})"
        for name in part.varied
    ]
    yield "Conditions", "; ".join(varied) or "one cell"
    fixed = [
        f"{column_words(name)} {part.planned[name].drop_nulls()[0]}"
        for name in part.tables.factors
        if name not in part.varied and part.planned[name].drop_nulls().len()
    ]
    if fixed:
        yield "Held fixed", "; ".join(fixed)


def _seeds(parts: Sequence[Part]) -> str:
    seeds = {seed for part in parts for seed in part.planned["seed"].drop_nulls().unique()}
    return f"{len(seeds):,} seed{'' if len(seeds) == 1 else 's'}"


def _when(tables: Tables) -> str:
    """From the first to the last line of any log; the start of the first session where nothing was played."""
    least, most = tables.events.filter(pl.col("at") > 0).select(pl.min("at"), pl.max("at").alias("to")).collect().row(0)
    if least is None:
        return "not yet"
    days = [datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M") for at in (least, most)]
    return f"{days[0]} to {days[1]} UTC" if days[0] != days[1] else f"{days[0]} UTC"


def _today() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")


def cast_blocks(part: Part) -> Iterator[Block]:
    """Which model sits where, and what a rate of a scripted seat was set to."""
    names = {letter: cast for cast, letter in part.letters.items()}
    counts = part.planned.unique(["run", "trial"], maintain_order=True).group_by("cast", maintain_order=True).len()
    valid = dict(part.episodes.filter(pl.col("validity") == "valid").group_by("cast").len().rows())
    rows = [
        Row([*([cast] if names else []), Span(names.get(cast, cast), "code"), f"{n:,}", f"{valid.get(cast, 0):,}"])
        for cast, n in sorted(counts.drop_nulls("cast").iter_rows(), key=lambda row: part.casts.index(row[0]))
    ]
    if rows:
        heads = [Column(name) for name in (["cast", "models"] if names else ["cast"])]
        yield Table([*heads, Column("planned", "number"), Column("valid", "number")], rows, "Casts")


def order_blocks(part: Part) -> Iterator[Block]:
    """The order, in the words of one episode."""
    orders = part.rows("messages").filter(pl.col("channel") == "order").select("text", "to", "round", "trial")
    first = orders.head(1).collect()
    if first.is_empty():
        return
    text, to, number, trial = first.row(0)
    told = f"The order, given to {enumerated(to)} in round {number} (wording of one episode, "
    yield Paragraph([told, code(trial), "): ", quiet(f"“{shortened(text, LONGEST)}”")])


def run_blocks(tables: Tables) -> Iterator[Block]:
    """The runs of a report on several."""
    heads = [Column("run"), Column("world"), Column("version", "number"), Column("trials", "number")]
    columns = [*heads, Column("design digest")]
    rows = [
        Row([code(name), m.world, str(m.version), f"{len(m.trials):,}", code(m.design[:16])])
        for name, run in zip(tables.names, tables.runs, strict=True)
        for m in [run.manifest]
    ]
    if len(rows) > 1:
        yield Table(columns, rows, "Runs")
