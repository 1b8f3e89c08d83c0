"""What is measured of interaction graphs: networks, spread, groups, who protects whom."""

from analysis.graphs.metrics.bottleneck import relay_rates
from analysis.graphs.metrics.collusion import but_for_sets, failures, plans
from analysis.graphs.metrics.diffusion import exposure, informed_share
from analysis.graphs.metrics.matrix import solidarity_matrix
from analysis.graphs.metrics.network import METRICS, cell_metrics, episode_metrics, metrics
from analysis.graphs.metrics.spread import first_tellers, preceded, secondary_cases

__all__ = [
    "METRICS",
    "but_for_sets",
    "cell_metrics",
    "episode_metrics",
    "exposure",
    "failures",
    "first_tellers",
    "informed_share",
    "metrics",
    "plans",
    "preceded",
    "relay_rates",
    "secondary_cases",
    "solidarity_matrix",
]
