"""A calibration on the terminal: one screen a world, one for all of them."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from analysis.calibration.assess import JUDGED_FROM, Calibration
from analysis.calibration.design import COVERAGE
from arena.verdicts.groups import FINDINGS

__all__ = ["print_overall", "print_world"]

FROM, TO, CELLS = 0.90, 1.00, 21  # the axis of coverage, and its width in characters
LEAVE_OUT = ("axis", "exact", "agent", "measured")  # columns that go first where there is no room, in this order
LEAVE_OUT_OF_ALL = ("behaviours", "episodes", "types", "recall", "precision")
UNBOUNDED = 10_000  # columns
SHOWN = 15  # differences that are listed
KINDS = {"class": "cyan", "flag": "magenta", "group": "yellow", "rate": "bold"}
Row = dict[str, Any]


def print_world(result: Calibration, console: Console) -> None:
    """Print what came of one world."""
    plan = result.plan
    speed = f"{result.episodes:,} episodes · {result.episodes / result.seconds:,.0f}/s" if result.seconds else ""
    head = Text("\n").append(f"{plan.world.name} version {plan.world.version}", "bold")
    head.append(f" · {_count(len(plan.arms), 'mix')} × {plan.n} episodes × {plan.repeats} repeats")
    head.append(f" · {speed}" if speed else "")
    console.print(head)
    console.print(_behaviours(result, console))
    if result.types.height:
        console.print(_matrix(result.types, console))
    console.print(_notes(result))
    console.print(_verdict(result))


def print_overall(results: Sequence[Calibration], console: Console) -> None:
    """Print a line for each world."""
    console.print(Text.assemble("\n", ("Calibration", "bold"), ("  lowest and highest of each world", "dim")))
    console.print(_widest(lambda left_out: _overall(results, left_out), LEAVE_OUT_OF_ALL, console))


def _overall(results: Sequence[Calibration], left_out: Sequence[str]) -> Table:
    rows = [
        {
            "world": Text(result.plan.world.name),
            "episodes": Text(f"{result.episodes:,}"),
            "behaviours": Text(str(result.measured.height)),
            "coverage": _span(result.measured["coverage"]),
            "precision": _share(_least(result.detected["precision"])),
            "recall": _share(_least(result.detected["recall"])),
            "types": _diagonal(result.types),
            "": _word(result),
        }
        for result in results
    ]
    table = _table(padding=1 if left_out else 2)
    columns = [name for name in rows[0] if name not in left_out]
    for name in columns:
        table.add_column(name, justify="left" if name in ("world", "") else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(row[name] for name in columns))
    return table


def _widest(made: Callable[[Sequence[str]], Table], leave_out: Sequence[str], console: Console) -> Table:
    """The table with as many of its columns as there is room for: none is ever cut."""
    tables = (made(leave_out[:number]) for number in range(len(leave_out)))
    return next((table for table in tables if _fits(table, console)), made(leave_out))


def _fits(table: Table, console: Console) -> bool:
    return console.measure(table, options=console.options.update(max_width=UNBOUNDED)).maximum <= console.width


# ---- behaviours ------------------------------------------------------------------------------------------


def _behaviours(result: Calibration, console: Console) -> Group:
    """One row for each behaviour; of several agents and mixes, the ones whose coverage is furthest from exact."""
    rows = _rows(result)
    notes = (
        "percent; coverage of the repeats' Wilson 95 % intervals; exact: that of a right instrument",
        "of several agents (+) and mixes: that coverage which is furthest from exact; the least precision and recall",
    )
    colours = [] if console.color_system is None else [Text("  ").join(Text(*kind) for kind in KINDS.items())]
    table = _widest(lambda left_out: _behaviour_table(rows, result, left_out), LEAVE_OUT, console)
    return Group(*(Text(note, "dim") for note in notes), table, *colours)


def _behaviour_table(rows: Sequence[Row], result: Calibration, left_out: Sequence[str]) -> Table:
    columns = ["behaviour", "agent", "planted", "measured", "coverage", "axis", "exact", "precision", "recall"]
    columns = [name for name in columns if name not in left_out]
    table = _table(padding=1 if left_out else 2)
    for name in columns:
        head = _axis() if name == "axis" else name
        table.add_column(head, justify="left" if name in ("behaviour", "agent", "axis") else "right", no_wrap=True)
    for row in rows:
        cells = _cells(row, result, interval="exact" in columns)
        table.add_row(*(cells[name] for name in columns))
    return table


def _rows(result: Calibration) -> list[Row]:
    """By kind, then as measured; what was found and never planted comes last of its kind."""
    key = ["kind", "name"]
    off = (pl.col("coverage") - pl.col("exact")).abs()
    measured = result.measured.with_row_index("place").sort(off, descending=True, nulls_last=True, maintain_order=True)
    furthest = measured.unique(key, keep="first", maintain_order=True).sort("place")
    detected = result.detected.group_by(key, maintain_order=True).agg(
        pl.col("role").first().alias("first"),
        pl.col("role").n_unique().alias("agents"),
        pl.col("precision", "recall").min(),
    )
    joined = furthest.join(detected, on=key, how="full", coalesce=True, maintain_order="left_right")
    return joined.sort("kind", maintain_order=True).rows(named=True)


def _cells(row: Row, result: Calibration, *, interval: bool) -> dict[str, Text]:
    nothing = Text("–", "dim")
    first = row["role"] if row["role"] is not None else row["first"]
    more = f" +{row['agents'] - 1}" if (row["agents"] or 1) > 1 else ""
    pooled = row["kind"] == "rate"  # made of the classes above, which have their own
    named = {
        "behaviour": Text(f"{row['name']} rate" if pooled else row["name"], KINDS[row["kind"]]),
        "agent": Text(first).append(more, "dim") if first else Text("all", "dim"),
        "planted": nothing if row["planted"] is None else Text(f"{100 * row['planted']:.1f}"),
    }
    found = {"precision": _share(row["precision"]), "recall": _share(row["recall"])}
    if row["coverage"] is None:
        numbers = dict.fromkeys(("measured", "coverage", "axis", "exact"), nothing)
    else:
        numbers = _numbers(row, result, interval=interval)
    return {**named, **numbers, **(dict.fromkeys(found, Text("")) if pooled else found)}


def _numbers(row: Row, result: Calibration, *, interval: bool) -> dict[str, Text]:
    outside = result.judged and not COVERAGE[0] <= row["coverage"] <= COVERAGE[1]
    style = "bold red" if outside else "green" if result.judged else ""
    share, low, high = (100 * row[name] for name in ("rate", "low", "high"))
    return {
        "measured": Text(f"{share:.1f}").append(f" [{low:.1f}, {high:.1f}]" if interval else "", "dim"),
        "coverage": Text(f"{100 * row['coverage']:.1f}", style),
        "axis": _dots(row, style),
        "exact": Text(f"{100 * row['exact']:.1f}", "dim"),
    }


def _share(value: float | None) -> Text:
    """A share that is 1 or is not: never rounded up to it."""
    if value is None:
        return Text("–", "dim")
    return Text("1", "green") if value == 1 else Text(f"{int(value * 1000) / 1000:.3f}", "bold red")


def _place(share: float) -> int:
    return round(max(0.0, (share - FROM) / (TO - FROM)) * (CELLS - 1))


def _axis() -> Text:
    return Text(f"{100 * FROM:.0f}{'95':^{CELLS - 5}}{100 * TO:.0f}", "dim")


def _dots(row: Row, style: str) -> Text:
    """The coverage with its own interval on an axis; upright strokes stand at the bounds."""
    low, at, high = (_place(row[name]) for name in ("coverage_low", "coverage", "coverage_high"))
    bounds = {_place(bound) for bound in COVERAGE}
    line = Text()
    for cell in range(CELLS):
        inside = low <= cell <= high
        glyph = "●" if cell == at else "┃" if cell in bounds else "━" if inside else "·"
        line.append(glyph, style if inside and cell not in bounds - {at} else "dim")
    return line


# ---- types, notes, verdict -------------------------------------------------------------------------------


def _matrix(types: pl.DataFrame, console: Console) -> Group:
    seen = {*types["planted"], *types["found"]}
    names = [name for name in (*FINDINGS, *sorted(seen - set(FINDINGS))) if name in seen]
    counts = {(planted, found): count for planted, found, count in types.rows()}
    table = _table()
    table.add_column("planted", no_wrap=True)
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for planted in names:
        cells = [_cell(counts.get((planted, found), 0), right=planted == found) for found in names]
        table.add_row(planted, *cells)
    if _fits(table, console):
        title = Text.assemble("\n", ("Together", "bold"), ("  planted by row, found by column; episodes", "dim"))
        return Group(title, table)
    lines = [
        Text(f"{planted} as {found}: {count:,}", "" if planted == found else "bold red")
        for (planted, found), count in counts.items()
    ]
    return Group(Text.assemble("\n", ("Together", "bold"), ("  planted as found: episodes", "dim")), *lines)


def _cell(count: int, *, right: bool) -> Text:
    return Text(f"{count:,}", "green" if right else "bold red") if count else Text("·", "dim")


def _notes(result: Calibration) -> Group:
    lines = [Text(line, "red") for line in _differences(result.differences)]
    if len(lines) > SHOWN:
        lines[SHOWN:] = [Text(f"and {len(lines) - SHOWN} more such lines (--json has all)", "red")]
    if result.unnamed:
        named = ", ".join(f"{exemplar} ({role})" for exemplar, role in result.unnamed)
        lines.append(Text(f"not calibrated, for they act and no outcome of theirs is declared: {named}", "yellow"))
    return Group(*([Text("")] if lines else []), *lines)


def _differences(differences: pl.DataFrame) -> list[str]:
    """One line for all that differs alike of an exemplar's role."""
    alike = ["exemplar", "role", "found", "episodes", "of"]
    return [
        f"{exemplar}, {role or 'all'}: {'found, not declared' if found else 'declared, not found'} "
        f"in {episodes:,} of {of:,} episodes: {', '.join(names)}"
        for exemplar, role, found, episodes, of, names in differences.group_by(alike, maintain_order=True)
        .agg(pl.col("name"))
        .rows()
    ]


def _verdict(result: Calibration) -> Text:
    line = Text("\n").append_text(_word(result))
    line.append(f"  precision {_plain(result.detected['precision'])} · recall {_plain(result.detected['recall'])}")
    line.append(f" · types {_diagonal(result.types).plain} · coverage {_span(result.measured['coverage']).plain}")
    if result.judged:
        line.append(f" (between {100 * COVERAGE[0]:.0f} and {100 * COVERAGE[1]:.0f} wanted)", "dim")
    else:
        line.append(f" (judged from --n {JUDGED_FROM[0]} --repeats {JUDGED_FROM[1]})", "dim")
    return line


def _word(result: Calibration) -> Text:
    return Text("right", "bold green") if result.right else Text("WRONG", "bold red")


def _diagonal(types: pl.DataFrame) -> Text:
    if types.is_empty():
        return Text("none", "dim")
    off = types.filter(pl.col("planted").ne_missing(pl.col("found")))
    return Text("diagonal", "green") if off.is_empty() else Text("not diagonal", "bold red")


def _plain(values: pl.Series) -> str:
    return _share(_least(values)).plain


def _least(values: pl.Series) -> float | None:
    known = values.drop_nulls().to_list()
    return min(known) if known else None


def _span(values: pl.Series) -> Text:
    known = [100 * value for value in values.drop_nulls()]
    return Text(f"{min(known):.1f}–{max(known):.1f}") if known else Text("–", "dim")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'es' if number != 1 else ''}"


def _table(padding: int = 2) -> Table:
    return Table(box=None, padding=(0, padding, 0, 0), pad_edge=False, header_style="dim")
