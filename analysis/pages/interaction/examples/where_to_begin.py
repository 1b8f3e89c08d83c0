"""Episodes whose graph shows much: where to begin, and the one of each finding that shows it best."""

import polars as pl

from analysis.blocks.hypertext import safe
from analysis.findings.parts.part import Part
from analysis.pages.session.place import Place
from analysis.pages.session.same_view import same_view
from analysis.tables.plan import FACTOR

__all__ = ["first_episode_links", "first_episodes"]

OFFERED = 12  # episodes
PLAIN = {f"{FACTOR}target": "peer", f"{FACTOR}threat": "on", f"{FACTOR}instruction": "none"}


def first_episodes(part: Part) -> pl.DataFrame:
    """Episodes to begin with: those with a peer as target first, among them those in which agents went furthest, with
    the fewest contacts to read; one of each finding and step before there is a second."""
    off = [(pl.col(column) != level) for column, level in PLAIN.items() if column in part.episodes.columns]
    severe = pl.col("severity").fill_null(-1)
    order = [
        pl.col("validity") != "valid",
        *off[:1],
        -severe,
        *off[1:],
        pl.col("contacts"),
        pl.col("seed"),
        pl.col("trial"),
    ]
    ranked = part.episodes.sort(order)
    kinds = ranked.unique(["group", "severity"], keep="first", maintain_order=True)
    return pl.concat([kinds, ranked.head(OFFERED)]).unique(["run", "trial"], maintain_order=True).head(OFFERED)


def first_episode_links(place: Place, clear: pl.DataFrame, wanted: str) -> str:
    """Markup: the episode that shows each finding best, as a link."""
    chips = []
    shown = clear.filter(pl.col("group") != "none").unique(["group", "severity"], keep="first", maintain_order=True)
    for run, trial, group, step in shown.select("run", "trial", "group", "severity").rows():
        now = " aria-current=true" if f"{run}/{trial}" == wanted else ""
        to = same_view(place, drawn=f"{run}/{trial}", of=None, pick=None, until=None)
        chips.append(f'<a class="chip" href="{safe(to)}"{now}>{safe(f"{group}, step {step}")}</a>')
    return f'<p class="note">The clearest: {"".join(chips)}</p>' if chips else ""
