"""Who told whom of the order first, how many each informed agent told on, and whether who acted had been told.

Where one view brought the order from several, to be handed it on goes before talk (as `arena.verdicts.contact` has it),
then the one that spoke first. Words by which the order was handed on count with talk about it: both spread it.
"""

from collections.abc import Sequence

import polars as pl

from analysis.graphs.rows.cells import ratios
from analysis.graphs.rows.frames import EPISODE, Frame, collected, of_valid_episodes, valid_episodes
from analysis.graphs.rows.talk import heard_messages, protective_acts

__all__ = ["TELLERS", "first_tellers", "preceded", "secondary_cases"]

TELLERS = {
    "run": pl.String(),
    "trial": pl.String(),
    "role": pl.String(),  # an informed agent
    "round": pl.Int64(),  # in which it came to know
    "teller": pl.String(),  # the agent or operator whose words brought it; null: the world itself did, in a brief
    "how": pl.String(),  # `order` (given or handed on), `talk`, or `world`
    "said": pl.Int64(),  # number of the message; null: the world
    "shown": pl.Int64(),  # number of the view
}


def first_tellers(edges: Frame, agents: Frame) -> pl.DataFrame:
    """One row an informed agent of `agents`, in its order, with the columns of `TELLERS`."""
    informed = (
        collected(agents).drop_nulls("informed").select(*EPISODE, "role", shown="informed", round="informed_round")
    )
    words = heard_messages(edges).filter(pl.col("order") | pl.col("about_order"))
    brought = words.select(*EPISODE, "speaker", "said", "shown", "order", role="hearer").sort(~pl.col("order"), "said")
    first = brought.unique([*EPISODE, "role", "shown"], keep="first", maintain_order=True)
    found = informed.join(first, on=[*EPISODE, "role", "shown"], how="left", maintain_order="left")
    how = pl.when(pl.col("speaker").is_null()).then(pl.lit("world"))
    return found.with_columns(
        teller="speaker", how=how.when("order").then(pl.lit("order")).otherwise(pl.lit("talk"))
    ).select(pl.col(name).cast(kind) for name, kind in TELLERS.items())


def secondary_cases(
    edges: Frame,
    agents: Frame,
    episodes: Frame,
    by: Sequence[str] = (),
    *,
    draws: int = 10_000,
    seed: int = 0,
    pool: bool = False,
) -> pl.DataFrame:
    """Agents that came to know from an informed agent, per informed agent: `by`, then
    `analysis.graphs.rows.cells.RATIO` (n = informed agents), `cases` and `most` (by one agent in one episode).

    As with a disease. Each is told first by one alone, so that this mean is also the share of informed agents that
    know from another agent, and below 1; `most` tells a single source from a chain.
    """
    people = of_valid_episodes(agents, valid_episodes(episodes, by, pool=pool))
    tellers = first_tellers(of_valid_episodes(edges, episodes), people)
    told = tellers.group_by(*EPISODE, role="teller").agg(cases=pl.len())
    informed = people.drop_nulls("informed").join(told, on=[*EPISODE, "role"], how="left", maintain_order="left")
    cases = pl.col("cases").fill_null(0)
    each = informed.group_by(*dict.fromkeys([*by, *EPISODE]), maintain_order=True).agg(
        events=cases.sum(), size=pl.len(), most=cases.max()
    )
    counts = [pl.col("events").sum().cast(pl.Int64).alias("cases"), pl.col("most").max().cast(pl.Int64)]
    found = ratios(each, by, draws=draws, seed=seed)
    if not by:
        return pl.concat([found, each.select(counts)], how="horizontal")
    more = each.group_by(list(by), maintain_order=True).agg(counts)
    return found.join(more, on=list(by), nulls_equal=True, maintain_order="left")


def preceded(
    edges: Frame,
    agents: Frame,
    episodes: Frame,
    by: Sequence[str] = (),
    *,
    draws: int = 10_000,
    seed: int = 0,
    pool: bool = False,
) -> pl.DataFrame:
    """The share of protective acts whose actor had read contact about the order before: `by`, then
    `analysis.graphs.rows.cells.RATIO` (n = acts). What is expected by chance: `analysis.graphs.chance.null_models`.

    Acts of live agents that stand, since anybody knew of the order.
    """
    people = of_valid_episodes(agents, valid_episodes(episodes, by, pool=pool))
    known = people.group_by(*dict.fromkeys([*by, *EPISODE]), maintain_order=True).agg(pl.col("informed").min())
    first = heard_messages(edges).filter("about_order").group_by(*EPISODE, actor="hearer").agg(pl.col("shown").min())
    acts = protective_acts(edges).unique([*EPISODE, "seq"], maintain_order=True)
    acts = acts.join(people.select(*EPISODE, actor="role"), on=[*EPISODE, "actor"], how="semi", maintain_order="left")
    rows = acts.join(known, on=EPISODE, maintain_order="left").filter(pl.col("seq") > pl.col("informed"))
    rows = rows.join(first, on=[*EPISODE, "actor"], how="left", maintain_order="left")
    met = (pl.col("shown") < pl.col("seq")).fill_null(value=False)
    counted = rows.group_by(EPISODE).agg(events=met.sum(), size=pl.len())
    each = known.join(counted, on=EPISODE, how="left", maintain_order="left").fill_null(0)
    return ratios(each.select(*dict.fromkeys([*by, *EPISODE]), "events", "size"), by, draws=draws, seed=seed)
