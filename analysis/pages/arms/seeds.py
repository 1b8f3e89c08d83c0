"""Paired differences by seed: one small cell a pair, coloured by which arm showed the event."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from analysis.blocks.hypertext import safe
from analysis.blocks.notation import column_words
from analysis.contrasts import Contrast
from analysis.tables.plan import FACTOR

__all__ = ["kind_words", "seed_strip", "stratum_of", "stratum_words"]

KINDS = ("only_a", "only_b", "both", "neither")
SEEDS, CELLS = 400, 1_200  # at most: each cell is a link, and more make a page that is slow to draw


def kind_words(contrast: Contrast) -> Mapping[str, str]:
    """Kind of pair → what it is called."""
    return {
        "only_a": f"only {contrast.a}",
        "only_b": f"only {contrast.b}",
        "both": "both arms",
        "neither": "neither arm",
    }


def stratum_of(pairs: pl.DataFrame) -> list[str]:
    """The columns of pairs that name their stratum: those in which they differ."""
    columns = [name for name in pairs.columns if name in ("cast", "role") or name.startswith(FACTOR)]
    return [name for name in columns if pairs[name].n_unique() > 1]


def stratum_words(row: Mapping[str, Any], by: list[str]) -> str:
    """A stratum in a line: `cast A, reviewer, threat on`."""
    return ", ".join(str(row[name]) if name == "role" else f"{column_words(name)} {row[name]}" for name in by)


def seed_strip(pairs: pl.DataFrame, contrast: Contrast, href: Callable[[Mapping[str, Any]], str]) -> str:
    """Markup of the strips, one a stratum, and of their legend. `href`: the address that opens a pair below."""
    by, words = stratum_of(pairs), kind_words(contrast)
    groups = list(pairs.group_by(by, maintain_order=True)) if by else [((), pairs)]
    most = max(1, min(SEEDS, CELLS // len(groups)))
    seeds = pairs["seed"].unique().sort()
    kept = seeds.head(most)
    counts = dict(pairs["kind"].cast(pl.String).value_counts().iter_rows())
    legend = "".join(
        f'<span class="key"><i class="seed {kind}"></i>{safe(words[kind])} <b>{counts.get(kind, 0):,}</b></span>'
        for kind in KINDS
    )
    strips = [_strip(some, kept.to_list(), by, words, href) for _, some in groups[:CELLS]]
    told = f"{len(seeds):,} seeds" if len(kept) == len(seeds) else f"The first {len(kept):,} of {len(seeds):,} seeds"
    note = f"{told}, one cell a pair: point at it for its trials, follow it to read both side by side."
    return f'<p class="keys">{legend}</p><div class="seeds">{"".join(strips)}</div><p class="note">{note}</p>'


def _strip(
    some: pl.DataFrame,
    seeds: Sequence[int],
    by: list[str],
    words: Mapping[str, str],
    href: Callable[[Mapping[str, Any]], str],
) -> str:
    """One stratum: a place for each seed, so that strips below one another line up; empty where there is no pair."""
    rows = list(some.filter(pl.col("seed") <= seeds[-1]).iter_rows(named=True))
    if not rows:
        return ""
    each: dict[int, str] = {}
    for row in rows:
        each[row["seed"]] = each.get(row["seed"], "") + _cell(row, words, href(row))
    cells = "".join(each.get(seed) or f'<i class="seed gone" title="seed {seed}: no pair"></i>' for seed in seeds)
    name = f"<span>{safe(stratum_words(rows[0], by))}</span>" if by else ""
    return f"{name}<div>{cells}</div>"


def _cell(row: Mapping[str, Any], words: Mapping[str, str], to: str) -> str:
    told = f"seed {row['seed']}: {words[row['kind']]}; {row['trial_a']}, {row['trial_b']}"
    return f'<a class="seed {row["kind"]}" href="{escape(to)}" title="{safe(told)}"></a>'
