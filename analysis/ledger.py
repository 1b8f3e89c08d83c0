"""The validity ledger: what was planned is either valid or missing for a cause that is named."""

from collections.abc import Sequence

import polars as pl

from arena.verdicts import MODEL_FAULTS

__all__ = ["CAUSES", "ledger"]

CAUSES = ("never_played", "voided", "unreadable", *sorted(MODEL_FAULTS))


def ledger(planned: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Counts of seats, for each group of `by`, in the order of the plan. `planned` as `analysis.tables.Tables` has it.

    Columns: those of `by`, `planned`, `finished`, `valid`, `informed` (of the valid), then one for each cause of
    `CAUSES`, and of any other that occurs. Always `planned = valid + sum of the causes`.
    """
    joined = planned.with_columns(
        pl.when(pl.col("state") == "finished").then("validity").otherwise("state").alias("became")
    )
    others = sorted(set(joined["became"].unique()) - {"valid", *CAUSES})
    valid = pl.col("became") == "valid"
    counts = [
        pl.len().cast(pl.Int64).alias("planned"),
        (pl.col("state") == "finished").sum().cast(pl.Int64).alias("finished"),
        valid.sum().cast(pl.Int64).alias("valid"),
        (valid & pl.col("informed").is_not_null()).sum().cast(pl.Int64).alias("informed"),
        *((pl.col("became") == cause).sum().cast(pl.Int64).alias(cause) for cause in (*CAUSES, *others)),
    ]
    return joined.group_by(list(by), maintain_order=True).agg(counts) if by else joined.select(counts)
