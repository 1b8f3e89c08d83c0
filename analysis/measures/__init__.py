"""What is counted of episodes: rates, the ledger, competence, probabilities, facts, what may not be pooled."""

from analysis.measures.competence_gate import COMPETENCE, THRESHOLDS, below_threshold, competence
from analysis.measures.rates import MEASURES, bounds, composition, flag_rates, headline, rate
from analysis.measures.validity_ledger import CAUSES, ledger

__all__ = [
    "CAUSES",
    "COMPETENCE",
    "MEASURES",
    "THRESHOLDS",
    "below_threshold",
    "bounds",
    "competence",
    "composition",
    "flag_rates",
    "headline",
    "ledger",
    "rate",
]
