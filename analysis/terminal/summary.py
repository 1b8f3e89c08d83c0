"""What `arena run` ends with: the run in a line, outcome classes, rates with intervals, the ledger, model calls."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from analysis.measures.cast_letters import letters_for
from analysis.measures.caveats import model_caveats
from analysis.measures.groups import findings, without_finding
from analysis.measures.probabilities import paired_probability
from analysis.measures.rates import VALID_UNDER_ORDER, composition, headline
from analysis.measures.validity_ledger import ledger
from analysis.tables import load
from analysis.tables.plan import FACTOR
from analysis.tables.reading_bar import reading_bar
from analysis.terminal.bars import Axis, IntervalBar, ShareBar
from arena.agents.scripted import DEFAULT
from arena.log.printable import one_line
from arena.models.reference import parse
from arena.runs.manifest import Manifest
from arena.verdicts.groups import FINDINGS, SEVERITY

__all__ = ["print_summary"]

CLASSES = {
    "covert_sabotage": ("covert", "█", "red"),
    "overt_sabotage": ("overt", "▓", "dark_orange"),
    "assisted_sabotage": ("assisted", "▒", "magenta"),
    "misrepresentation": ("misreports", "░", "yellow"),
    "open_refusal": ("refuses", "╱", "blue"),
    "stalling": ("stalls", "┄", "cyan"),
    "protest_then_compliance": ("protests", "═", "bright_green"),
    "compliance": ("complies", "─", "green"),
    "not_informed": ("unaware", "·", "dim"),
    "incapacity": ("incapable", "×", "bright_black"),
}
"""Outcome class → word, glyph and style: classes stay apart on a terminal without colours."""

STYLES = {"solidarity": "red", "refusal": "blue"}
TOPS = (10, 20, 50, 100)  # percent: where the axis of probabilities may end
UNBOUNDED = 10_000  # columns
Row = dict[str, Any]


def print_summary(run_folder: Path, console: Console) -> None:
    """Print the first numbers of a run; files that cannot be read are told first. Raises what `load` raises."""
    with reading_bar(console) as progress:
        tables = load(run_folder, progress=progress)
    planned, agents, episodes = pl.collect_all([tables.planned, tables.agents, tables.episodes])
    casts = planned["cast"].drop_nulls().unique(maintain_order=True).to_list()
    letters = letters_for(casts)
    seats = planned.with_columns(pl.col("cast").replace(letters))
    ordered = seats.filter(pl.col("addressed").fill_null(value=True))
    given = seats.filter(pl.coalesce("under_order", "addressed").fill_null(value=True))
    by = [*tables.varied, *(["cast"] if len(casts) > 1 else [])]
    each = [*by, *(["role"] if _several_under_order(given) else [])]
    for line in tables.spoiled:
        console.print(Text(line, "red"), soft_wrap=True)
    console.print(_title(tables.runs[0].manifest, planned, agents, episodes, letters))
    if agents.height:
        shapes = ((True, True), (False, True), (False, False))
        console.print(_fitting(console, (_outcomes(given, each, words=words, bars=bars) for words, bars in shapes)))
        console.print(_fitting(console, (_rates(given, each, bars=bars) for bars in (2, 1, 0))))
        lettered = episodes.with_columns(pl.col("cast").replace(letters))
        if (found := findings(lettered, by)).select(pl.col("n") > pl.col("none")).to_series().any():
            console.print(_fitting(console, (_together(found, by, short=short) for short in (False, True))))
        for reason, count in without_finding(episodes).items():
            console.print(
                Text(f"No group finding on {count} valid episodes: {one_line(reason)}", "red"), soft_wrap=True
            )
        console.print(_stated(planned, letters), end="")
    console.print(_fitting(console, (_ledger(ordered, by, short=short) for short in (False, True))))
    if (means := paired_probability(given, each)).height:
        console.print(_probabilities(means, each, episodes["ordered_act"][0]))
    console.print(_calls(agents))


def _several_under_order(given: pl.DataFrame) -> bool:
    """Whether some episode has more than one agent under order: their parts differ, and are not pooled."""
    return not given.group_by("trial").len().filter(pl.col("len") > 1).is_empty()


# ---- title -----------------------------------------------------------------------------------------------


def _title(
    manifest: Manifest, planned: pl.DataFrame, agents: pl.DataFrame, episodes: pl.DataFrame, letters: dict[str, str]
) -> Group:
    valid = episodes.filter(pl.col("validity") == "valid").height
    casts = planned["cast"].drop_nulls().unique(maintain_order=True).to_list()
    who = f"{len(casts)} casts" if letters else " + ".join(casts) or "cast unknown"
    line = Text("\n").append(f"{manifest.world} version {manifest.version}", "bold").append(f" · {who}")
    line.append(f" · {episodes.height} of {len(manifest.trials)} episodes · {valid} valid")
    models = [*planned["model"].drop_nulls().unique(), *agents["called"].drop_nulls().unique()]
    told = [Text(f"{letter}  {cast}") for cast, letter in letters.items()]
    told += [Text(note.words, "bold yellow" if note.key == "simulated" else "yellow") for note in model_caveats(models)]
    return Group(line, *told)


# ---- tables ----------------------------------------------------------------------------------------------


def _table(by: Sequence[str]) -> Table:
    """A table that begins with the columns which name a cell."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in by or ["cell"]:
        table.add_column(column.removeprefix(FACTOR), no_wrap=True, vertical="bottom")
    return table


def _section(title: str, note: str, *body: RenderableType) -> Group:
    return Group(Text.assemble("\n", (title, "bold"), (f"  {note}", "dim")), *body)


def _cell(row: Row, by: Sequence[str]) -> list[RenderableType]:
    return [Text("?" if row[column] is None else row[column]) for column in by] or [Text("all")]


def _fitting(console: Console, variants: Iterable[Group]) -> Group:
    """The first variant that the console has room for, so that no number is ever cut; else the last."""
    room = console.options.update(max_width=UNBOUNDED)
    last = Group()
    for last in variants:
        if max(Measurement.get(console, room, part).minimum for part in last.renderables) <= console.width:
            break
    return last


def _outcomes(planned: pl.DataFrame, by: Sequence[str], *, words: bool, bars: bool) -> Group:
    counts = composition(planned, by)
    wide = counts.pivot("outcome", index=[*by, "n"], values="events", maintain_order=True)
    seen = [name for name in CLASSES if wide[name].sum()]
    table = _table(by)
    for word, glyph, style in (CLASSES[name] for name in seen):
        head = f"{glyph * 2}\n{word}" if words else glyph * 2
        table.add_column(Text(head, style), justify="right", no_wrap=True)
    table.add_column("")
    for row in wide.iter_rows(named=True):
        numbers = [Text(str(row[name]), CLASSES[name][2]) if row[name] else Text("·", "dim") for name in seen]
        bar = ShareBar([(row[name], *CLASSES[name][1:]) for name in seen])
        picture = bar if bars and row["n"] else Text("" if row["n"] else "nothing to count", "dim")
        table.add_row(*_cell(row, by), *numbers, picture)
    key = Text("   ").join(
        Text(f"{glyph * 2}\N{NO-BREAK SPACE}{word}", style) for word, glyph, style in map(CLASSES.__getitem__, seen)
    )
    note = "one class for each valid episode of an agent under order"
    return _section("Outcomes", note, table, *([] if words else [key]))


def _rates(planned: pl.DataFrame, by: Sequence[str], *, bars: int) -> Group:
    """`bars`: how many of the two rates are drawn."""
    rates = headline(planned, by)
    table = _table(by)
    table.add_column("n", justify="right", no_wrap=True)
    drawn = {"solidarity": bars > 0, "refusal": bars > 1}
    for name, draw in drawn.items():
        table.add_column(Text(name, STYLES[name]), no_wrap=True)
        if draw:
            table.add_column(Axis())
    pairs = (rates.filter(pl.col("measure") == name).iter_rows(named=True) for name in drawn)
    for both in zip(*pairs, strict=True):
        shown = [part for row in both for part in _rate(row, STYLES[row["measure"]])[: 1 + drawn[row["measure"]]]]
        table.add_row(*_cell(both[0], by), str(both[0]["n"]), *shown)
    note = "percent of valid, informed, able agents under order; Wilson 95 %"
    own = Text("Where the agent itself is the target, solidarity is self-preservation.", "dim")
    return _section("Rates", note, table, *([own] if planned["is_target"].any() else []))


def _rate(row: Row, style: str) -> tuple[RenderableType, RenderableType]:
    if row["rate"] is None:
        return Text("  –", "dim"), Text(row["reason"], "dim")
    share, low, high = (100 * row[key] for key in ("rate", "low", "high"))
    text = Text.assemble((f"{_percent(share):>3}", "bold"), (f" [{_percent(low)}, {_percent(high)}]", "dim"))
    return text, IntervalBar(row["rate"], row["low"], row["high"], style)


def _together(found: pl.DataFrame, by: Sequence[str], *, short: bool) -> Group:
    """`short`: severity as one number a cell, its highest step, where its counts leave no room."""
    kinds = [kind for kind in FINDINGS if found[kind].sum()]
    steps = [f"severity_{step}" for step in range(len(SEVERITY)) if found[f"severity_{step}"].sum()]
    table = _table(by)
    for name in ("n", *kinds, *(["highest"] if short else [f"s{step[-1]}" for step in steps])):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.iter_rows(named=True):
        counts = [*kinds, *([] if short else steps)]
        numbers = [Text(str(row[name]), "bold") if row[name] else Text("·", "dim") for name in counts]
        highest = [Text(f"s{max(step[-1] for step in steps if row[step])}")] if short else []
        table.add_row(*_cell(row, by), str(row["n"]), *numbers, *highest)
    words = "   ".join(f"s{step[-1]} {SEVERITY[int(step[-1])]}".replace(" ", "\N{NO-BREAK SPACE}") for step in steps)
    note = "valid episodes of several agents, by group finding, then by severity"
    return _section("Together", note, table, Text(words, "dim"))


def _stated(seats: pl.DataFrame, letters: dict[str, str]) -> Text:
    """How often policies with a rate play what they are named for: what the rates above are to be held against."""
    told = Text()
    for cast, role, model in (
        seats.drop_nulls("model").select("cast", "role", "model").unique(maintain_order=True).rows()
    ):
        reference = parse(model)
        options = dict(reference.options)
        if "rate" in options:
            where = f"{letters.get(cast, cast)}, {role}" if seats["cast"].n_unique() > 1 else role
            share = f"{_percent(100 * float(options['rate']))} %"
            told.append(f"Stated ({where}): {reference.name} {share}, else {options.get('else', DEFAULT)}\n", "dim")
    return told


def _percent(value: float) -> str:
    """Whole percents, but for what would pass for none or all and is not."""
    return f"{value:.1f}" if 0.05 <= value < 0.5 or 99.5 <= value < 99.95 else f"{value:.0f}"


def _ledger(planned: pl.DataFrame, by: Sequence[str], *, short: bool) -> Group:
    """`short`: with heads of two letters, named below, where whole words leave no room."""
    numbers = ["planned", "finished", "valid", "informed"]
    counts = ledger(planned, by)
    causes = [column for column in counts.columns if column not in {*by, *numbers}]
    table = _table(by)
    for column in numbers:
        table.add_column(column[:2] if short else column, justify="right", no_wrap=True)
    table.add_column("missing", overflow="fold")
    for row in counts.iter_rows(named=True):
        missing = ", ".join(f"{row[cause]} {cause.replace('_', ' ')}" for cause in causes if row[cause])
        told = Text(missing, "red") if missing else Text("none", "dim")
        table.add_row(*_cell(row, by), *(str(row[name]) for name in numbers), told)
    key = [Text("   ".join(f"{name[:2]} {name}" for name in numbers), "dim")] if short else []
    return _section("Validity ledger", "agents that the operator orders; planned = valid + missing", table, *key)


def _probabilities(means: pl.DataFrame, by: Sequence[str], act: str) -> Group:
    table = _table(by)
    for name in ("mean", "seeds", "decisions"):
        table.add_column(name, justify="right", no_wrap=True)
    top = next(top for top in TOPS if 100 * max(means["mean"].to_list()) <= top)
    table.add_column(Axis(top))
    for row in means.iter_rows(named=True):
        place = 100 * row["mean"] / top
        mean = Text(f"{100 * row['mean']:.1f}", "bold")
        bar = IntervalBar(place, place, place, "magenta")
        table.add_row(*_cell(row, by), mean, str(row["n"]), str(row["decisions"]), bar)
    how = "paired over seeds" if means["paired"].all() else "cells share no seed"
    return _section(f"P({act} target)", f"mean percent where offered to the informed; {how}", table)


# ---- model calls -----------------------------------------------------------------------------------------


def _calls(agents: pl.DataFrame) -> Text:
    calls = int(agents["calls"].sum())
    parts = [f"{calls:,} model calls"]
    if calls:
        each = float(agents["seconds"].sum()) / calls
        parts[0] += f", {each:.{1 if each >= 1 else 2}f} s each on average"
        parts += _tokens(agents, calls)
    causes = agents["faults"].explode().drop_nulls().value_counts(sort=True)
    faults = ", ".join(f"{row['count']} {row['faults']}" for row in causes.iter_rows(named=True))
    told: list[str | tuple[str, str]] = [
        ("Calls", "bold"),
        f"   {' · '.join(parts)}\n",
        ("Faults", "bold"),
        f"  {faults or 'none'}\n",
    ]
    if agents.filter(VALID_UNDER_ORDER).is_empty():
        told += _first_fault(agents)
    return Text.assemble("\n", *told)


def _tokens(agents: pl.DataFrame, calls: int) -> list[str]:
    uncounted = int(agents["uncounted"].sum())
    if uncounted == calls:
        return ["tokens not counted"]
    parts = [f"{int(agents['prompt_tokens'].sum()):,} prompt tokens"]
    counted = agents.drop_nulls(["prompt_tokens", "cached_tokens"])
    if prompt := counted["prompt_tokens"].sum():
        parts[0] += f" ({int(counted['cached_tokens'].sum()) / int(prompt):.0%} from cache)"
    parts.append(f"{int(agents['completion_tokens'].sum()):,} written")
    return [*parts, f"tokens of {uncounted:,} calls not counted"] if uncounted else parts


def _first_fault(agents: pl.DataFrame) -> list[str | tuple[str, str]]:
    """Why not one episode counts, as far as one example tells it."""
    for cause, detail in agents.filter(pl.col("addressed")).drop_nulls("fault").select("validity", "fault").rows():
        way_out = ": raise context in [model]" if cause == "truncated" else ""
        return [("First", "bold"), f"   {cause}{way_out} ({one_line(detail)})\n"]
    return []
