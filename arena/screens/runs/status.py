"""`arena status`: where a run stands."""

from rich.console import Console
from rich.table import Table

from arena.runs.folder import Run

__all__ = ["show_status"]


def show_status(run: Run, console: Console) -> None:
    """Planned, finished, missing by cause; which models and versions play."""
    ledger = run.ledger()
    table = Table("ledger", "episodes", title=f"{run.manifest.experiment}: {run.folder}")
    table.columns[1].justify = "right"
    table.add_row("planned", str(ledger.planned))
    table.add_row("finished", str(ledger.finished))
    table.add_row("still to play", str(ledger.remaining))
    for cause, count in ledger.missing.items():
        table.add_row(f"  of these, last attempt failed: {cause}", str(count))
    table.add_row("failed attempts, all told", str(ledger.attempts))
    console.print(table)
    console.print(f"World {run.manifest.world}, version {run.manifest.version}; design {run.manifest.design[:16]}.")
    for reference, facts in run.manifest.models.items():
        console.print(f"{reference}: weights {(facts.digest or 'not told')[:16]}, server {facts.server or 'not told'}.")
