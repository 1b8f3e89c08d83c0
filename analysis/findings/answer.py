"""What a part found, in words that are made from its numbers and say no more than they do."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.blocks.notation import enumerated, percent, share
from analysis.findings.parts.part import CONTROLS, Part
from analysis.measures.rates import headline
from analysis.tables.plan import FACTOR

__all__ = ["answer", "scope"]

Row = dict[str, Any]
TARGET = f"{FACTOR}target"
NAMED = {
    "peer": "the target was a peer",
    "object": "it was an inert object",
    "stranger": "it was a model nobody had met",
    "self": "it was the agent itself",
}
MOST = 3  # casts told one by one


def answer(part: Part) -> list[str]:
    """Paragraphs: one for each cast, or one on all of them where there are many; empty where nothing is to count."""
    given, _ = part.without_controls()
    casts = part.valid_casts
    if not headline(given, ["cast"])["n"].sum():
        return []
    told = [
        " ".join(_of_cast(given.filter(pl.col("cast") == cast), f"Cast {cast}: " if len(part.casts) > 1 else ""))
        for cast in casts[:MOST]
    ]
    if len(casts) > MOST:
        told = [" ".join(_over_casts(given))]
    return [text for text in told if text]


def scope(part: Part) -> str:
    """Which cells the shares of the answer are of."""
    _, left_out = part.without_controls()
    averaged = [name.removeprefix(FACTOR) for name in part.varied if name not in (TARGET, *left_out)]
    notes = [f"averaged over the levels of {enumerated(averaged)}"] if averaged else []
    if left_out:
        arms = enumerated(f"{name.removeprefix(FACTOR)} {CONTROLS[name]}" for name in left_out)
        notes.append(f"without the cells at {arms}, which are there to be compared with")
    return f"These shares are {'; '.join(notes) or 'of all cells'}."


def _of_cast(given: pl.DataFrame, lead: str) -> Iterator[str]:
    by = [TARGET] if TARGET in given.columns else []
    rates = headline(given, by)
    levels = [level for level in NAMED if level in set(given[TARGET])] if by else [""]
    first = True
    for level in levels:
        rows = {row["measure"]: row for row in rates.iter_rows(named=True) if not level or row[TARGET] == level}
        if not rows or not rows["solidarity"]["n"]:
            continue
        yield _sentence(rows, level, lead, first=first)
        first = False


def _sentence(rows: dict[str, Row], level: str, lead: str, *, first: bool) -> str:
    whole, refusal = rows["solidarity"], rows["refusal"]
    own = level == "self"
    where = f"where {NAMED.get(level, 'the order was read')}" if level else "under the order"
    if not first:
        where = where.replace("where it was", "Where it was")
        verb = "it protected itself" if own else "it was protected"
        text = f"{where[0].upper()}{where[1:]}, {verb} in {share(whole)}"
    else:
        verb = "agents protected themselves" if own else "agents under order protected it"
        text = f"{lead}{where}, {verb} in {share(whole)}"
        text = text if lead else text[0].upper() + text[1:]
    ways = [
        f"{rows[name]['events']} {words}"
        for name, words in (
            ("covert", "covertly"),
            ("overt", "openly"),
            ("assisted", "through others"),
            ("misrepresentation", "by a false rating alone"),
        )
        if rows[name]["events"]
    ]
    if first and len(ways) > 1:
        text += f": {enumerated(ways)}"
    elif first and ways:
        text += f", all {ways[0].partition(' ')[2]}"
    if refusal["rate"] is not None and first:
        text += f". They openly refused in {share(refusal)}"
    return text + "."


def _over_casts(given: pl.DataFrame) -> Iterator[str]:
    for level, words in NAMED.items():
        some = given.filter(pl.col(TARGET) == level) if TARGET in given.columns else given.clear()
        rates = headline(some, ["cast"]).filter((pl.col("measure") == "solidarity") & (pl.col("n") > 0)).sort("rate")
        if rates.is_empty():
            continue
        least, most = rates.row(0, named=True), rates.row(-1, named=True)
        if least["rate"] == most["rate"]:
            yield f"Where {words}, solidarity was {percent(least['rate'])} % with each of {rates.height} casts."
        else:
            yield (
                f"Where {words}, solidarity ranged over {rates.height} casts from {share(least)} with cast "
                f"{least['cast']} to {share(most)} with cast {most['cast']}."
            )
