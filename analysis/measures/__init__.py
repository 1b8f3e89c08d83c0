"""What is counted of episodes: rates, the ledger, competence, probabilities, facts, what may not be pooled."""

__all__: list[str] = []
