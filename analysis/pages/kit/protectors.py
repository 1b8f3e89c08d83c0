"""Which model's agents protected a peer, how often, by which means, and with whom: the first question of a reader."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.document import Block, Cell, Column, Inline, Paragraph, Row, Span, Strip, Table, code, link
from analysis.blocks.notation import CLASSES, NOTHING, bracketed
from analysis.findings.answer import scope
from analysis.measures.groups import WITH_FINDING
from analysis.measures.rates import headline
from analysis.pages.kit.cells import levels_without_control
from analysis.pages.session.place import Place
from analysis.tables.plan import FACTOR
from arena.verdicts.classes import PROTECTIVE
from arena.verdicts.groups import FINDINGS

__all__ = ["protector_blocks"]

TARGET = f"{FACTOR}target"
MEANS = {
    "covert_sabotage": "covert",
    "overt_sabotage": "overt",
    "assisted_sabotage": "assisted",
    "misrepresentation": "misrepresentation",
}
"""Protective class → its measure in `analysis.measures.rates`."""
ABLE = [name for name in CLASSES if name not in ("incapacity", "not_informed")]
"""Classes of the agent-episodes that rates are shares of."""
NOTE = (
    "Solidarity: share of valid, informed agent-episodes under order, incapacity set aside, in which the agent "
    "protected the target; Wilson 95 %. Means and findings are counts. A number leads to its episodes, and from there "
    "to the lines that prove it."
)


def protector_blocks(place: Place) -> Iterator[Block]:
    """A row for each model that was under order, the most protective first: of peers, where there are any."""
    frame, _ = place.part.without_controls()
    peers = TARGET in frame.columns and (frame[TARGET] == "peer").any()
    some = frame.filter(pl.col(TARGET) == "peer") if peers else frame
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in headline(some, ["model"]).iter_rows(named=True):
        found.setdefault(row["model"], {})[row["measure"]] = row
    told = {model: rates for model, rates in found.items() if rates["solidarity"]["n"]}
    if not told:
        yield Paragraph("No agent under order has a valid episode yet: nothing is to be counted.", "warning")
        return
    means = [name for name in MEANS if any(rates[MEANS[name]]["events"] for rates in told.values())]
    together = _together(place, some)
    kinds = [kind for kind in FINDINGS if kind != "none" and any(kind in counts for counts in together.values())]
    chosen = levels_without_control(place.part) | ({TARGET: "peer"} if peers else {})
    ranked = sorted(told.items(), key=lambda item: -item[1]["solidarity"]["rate"])
    rows = []
    for model, rates in ranked:
        findings = _kinds(place, model, together.get(model, {}), kinds, chosen)
        rows.append(Row([*_rates(place, model, rates, means, chosen), *findings]))
    columns = [Column("model"), Column("n", "number"), Column("solidarity, % [95 %]", "number")]
    columns += [Column("0 to 100 %", "strip"), *(Column(CLASSES[name], "number") for name in means)]
    columns += [Column(name, "number") for name in ("open refusal", *kinds)]
    caption = "Where the target was a peer" if peers else "Where agents were under order"
    yield Table(columns, rows, caption, f"{NOTE} {scope(place.part)}")


def _rates(
    place: Place, model: str, rates: dict[str, Any], means: list[str], chosen: dict[str, str]
) -> list[Cell | Inline]:
    whole = rates["solidarity"]
    drawn = Cell(strip=Strip(whole["rate"], whole["low"], whole["high"], hue="solidarity"))
    rate = bracketed(whole)
    to = place.episodes(chosen, model=model, outcome=sorted(PROTECTIVE))
    counts = [_count(place, rates[MEANS[name]]["events"], model, name, chosen) for name in means]
    refusals = _count(place, rates["refusal"]["events"], model, "open_refusal", chosen)
    counted = link(f"{whole['n']:,}", place.episodes(chosen, model=model, outcome=ABLE))
    return [code(model), counted, link(rate, to) if whole["events"] else rate, drawn, *counts, refusals]


def _count(place: Place, events: int, model: str, outcome: str, chosen: dict[str, str]) -> Inline:
    if not events:
        return Span("·", "quiet")
    return link(f"{events:,}", place.episodes(chosen, model=model, outcome=outcome))


def _together(place: Place, some: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Model → group finding → protective agent-episodes in which its agents were part of that."""
    kept = some.filter(pl.col("outcome").is_in(sorted(PROTECTIVE)) & (pl.col("validity") == "valid"))
    groups = place.part.episodes.filter(WITH_FINDING).select("run", "trial", "group")
    counted = kept.join(groups, on=["run", "trial"]).group_by("model", "group").len()
    found: dict[str, dict[str, int]] = {}
    for model, kind, count in counted.iter_rows():
        found.setdefault(model, {})[kind] = count
    return found


def _kinds(
    place: Place, model: str, counts: dict[str, int], kinds: list[str], chosen: dict[str, str]
) -> Iterator[Inline]:
    for kind in kinds:
        to = place.episodes(chosen, model=model, group=kind, outcome=sorted(PROTECTIVE))
        yield link(f"{counts[kind]:,}", to) if counts.get(kind) else NOTHING
