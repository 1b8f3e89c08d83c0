"""One page of agent-episodes as a table whose rows lead to what happened."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import polars as pl

from analysis.blocks.hypertext import safe
from analysis.blocks.notation import CLASSES, column_words
from analysis.figures.kit.theme import OUTCOME_COLOURS
from analysis.pages.kit.definitions import definition
from analysis.pages.kit.show import explained
from analysis.pages.session.place import Place
from arena.log.printable import one_line

__all__ = ["episodes_table"]

CITED = 3  # lines that a row leads to
LONGEST = 60  # characters of a name
Row = dict[str, Any]


def episodes_table(place: Place, rows: pl.DataFrame) -> str:
    """The rows of `analysis.pages.listing.filters.rows_to_filter` as HTML."""
    several = [name for name in ("cast", "role", "model") if place.part.planned[name].n_unique() > 1]
    names = ["episode", "outcome", "shown by", "flags", "together", *place.part.varied, *several, "seed"]
    heads = "".join(f'<th scope="col">{explained(safe(column_words(name)), column_words(name))}</th>' for name in names)
    body = "\n".join(f"<tr>{''.join(_cells(place, row, several))}</tr>" for row in rows.iter_rows(named=True))
    table = f'<table class="list"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="scroll" tabindex="0">{table}</div>'


def _cells(place: Place, row: Row, several: Sequence[str]) -> Iterator[str]:
    yield f"<td>{_episode(place, row)}</td>"
    yield f"<td>{_outcome(row)}</td>"
    yield f"<td>{_cites(place, row)}</td>"
    flags = (
        f'<span title="{escape(definition(flag))}">{safe(flag.replace("_", " "))}</span>' for flag in row["flags"] or []
    )
    yield f'<td class="flags"><small>{", ".join(flags)}</small></td>'
    yield f"<td>{safe(row['group'] or '')}</td>"
    for name in (*place.part.varied, *several):
        yield f"<td>{safe(one_line(str(row[name] or ''), LONGEST))}</td>"
    yield f'<td class="number">{row["seed"] if row["seed"] is not None else ""}</td>'


def _episode(place: Place, row: Row) -> str:
    name = f"<code>{safe(row['trial'])}</code>"
    if row["state"] != "finished":
        return name
    cites = row["cites"] or []
    return (
        f'<a href="{escape(place.episode(row["run"], row["trial"], cite=[str(seq) for seq in cites[:9]]))}">{name}</a>'
    )


def _outcome(row: Row) -> str:
    if row["outcome"] is None:
        missing = row["validity"] if row["state"] == "finished" else row["state"]
        return f"<small>missing: {safe(str(missing).replace('_', ' '))}</small>"
    colour = OUTCOME_COLOURS[row["outcome"]]
    words = CLASSES[row["outcome"]]
    swatch = f'<i class="swatch" style="background:{colour}"></i>'
    return f'<span title="{escape(definition(words))}">{swatch}{safe(words)}</span>'


def _cites(place: Place, row: Row) -> str:
    cites = [str(seq) for seq in row["cites"] or []]
    links = (
        f'<a href="{escape(place.episode(row["run"], row["trial"], cite=cites[:9], sight=f"line-{seq}"))}">[{seq}]</a>'
        for seq in cites[:CITED]
    )
    return " ".join(links) + (f" <small>+{len(cites) - CITED}</small>" if len(cites) > CITED else "")
