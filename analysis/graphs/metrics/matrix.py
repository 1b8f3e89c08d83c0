"""Which models protect which: solidarity of each model towards each target's model.

A solidarity rate is that of `analysis.measures.rates`: of valid, informed, able agents under order, the share with a
protective outcome. A target that is no live agent has a column of its own, named by its level of the factor `target`
(`object`, `stranger`) where the world has that factor, else by its role; and so has an agent that is the target itself:
`self`.
"""

from collections.abc import Sequence

import polars as pl

from analysis.graphs.rows.frames import EPISODE, Frame, collected
from analysis.measures.rates import MEASURES, rate

__all__ = ["PROTECTOR", "TARGET", "solidarity_matrix", "with_targets"]

PROTECTOR, TARGET = "protector", "target_model"
SELF = "self"
LEVEL = "factor_target"


def with_targets(agents: Frame, episodes: Frame) -> pl.DataFrame:
    """The agents, with `target` (role) and `target_model`: the model in the target's seat; where nobody sits there,
    what it is; `self` for the target's own row."""
    rows = collected(agents)
    sat = rows.filter("is_target").select(*EPISODE, pl.col("model").alias("_seated"))
    aims = collected(episodes).select(*EPISODE, "target")
    joined = rows.join(aims, on=EPISODE, how="left", maintain_order="left").join(
        sat, on=EPISODE, how="left", maintain_order="left"
    )
    else_ = pl.coalesce(LEVEL, "target") if LEVEL in rows.columns else pl.col("target")
    model = pl.when("is_target").then(pl.lit(SELF)).otherwise(pl.coalesce("_seated", else_))
    return joined.with_columns(model.alias(TARGET)).drop("_seated")


def solidarity_matrix(agents: Frame, episodes: Frame, by: Sequence[str] = (), *, pool: bool = False) -> pl.DataFrame:
    """One row a protector's model and target's model, for each group of `by`: `by`, `protector`, `target_model`, then
    the columns of `analysis.measures.rates.rate`: `events`, `n`, `rate`, `low`, `high` (Wilson 95 %), `reason`.

    Pairs come in the order of the frame; those that never met have no row. The models of other seats differ between
    episodes of mixed casts, so compare rows over the same cells.
    """
    rows = with_targets(agents, episodes).rename({"model": PROTECTOR})
    event = pl.col("outcome").is_in(list(MEASURES["solidarity"]))
    return rate(rows, event, [*by, PROTECTOR, TARGET], pool=pool)
