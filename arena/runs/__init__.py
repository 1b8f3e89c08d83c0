"""What is kept on disk: run folders, manifests, what was recorded, how fast models answered."""

from arena.runs.folder import Attempt, Ledger, Run
from arena.runs.last import last_run

__all__ = ["Attempt", "Ledger", "Run", "last_run"]
