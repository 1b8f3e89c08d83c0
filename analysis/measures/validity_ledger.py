"""The validity ledger: what was planned is either valid or missing for a cause that is named."""

from collections.abc import Sequence

import polars as pl

from arena.errors import unknown
from arena.verdicts.classes import MODEL_FAULTS

__all__ = ["CAUSES", "ledger"]

CAUSES = ("never_played", "voided", "unreadable", *sorted(MODEL_FAULTS))
PLACE, BECAME = "__place", "__became"


def ledger(planned: pl.DataFrame | pl.LazyFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Counts of seats, for each group of `by`, in the order of the plan. `planned` as `analysis.tables.Tables` has it.

    Columns: those of `by`, `planned`, `finished`, `valid`, `informed` (of the valid), then one for each cause of
    `CAUSES`, and of any other that occurs. Always `planned = valid + sum of the causes`. Without `by`, one row.
    `UserError`: no such column in `by`.
    """
    lazy = planned.lazy()
    if lost := [column for column in by if column not in lazy.collect_schema()]:
        raise unknown("column", lost[0], lazy.collect_schema())
    finished = pl.col("state") == "finished"
    became = pl.when(finished).then("validity").otherwise("state").alias(BECAME)
    each = lazy.with_row_index(PLACE).with_columns(became).group_by([*by, BECAME])
    counts = each.agg(
        pl.col(PLACE).min(),
        pl.len().cast(pl.Int64).alias("planned"),
        finished.sum().cast(pl.Int64).alias("finished"),
        pl.col("informed").is_not_null().sum().cast(pl.Int64).alias("informed"),
    ).collect(engine="streaming")
    return _wide(counts.sort(PLACE), by)


def _wide(counts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """One row a group, from one row a group and what its seats became."""
    others = sorted(set(counts[BECAME].unique()) - {"valid", *CAUSES})
    columns = [
        pl.col("planned").sum(),
        pl.col("finished").sum(),
        *(
            pl.col("planned").filter(pl.col(BECAME) == cause).sum().alias(cause)
            for cause in ("valid", *CAUSES, *others)
        ),
        pl.col("informed").filter(pl.col(BECAME) == "valid").sum(),
    ]
    wide = counts.group_by(list(by), maintain_order=True).agg(columns) if by else counts.select(columns)
    return wide.select(*by, "planned", "finished", "valid", "informed", *CAUSES, *others)
