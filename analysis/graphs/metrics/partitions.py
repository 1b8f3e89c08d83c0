"""Communities of small graphs, exactly: every way to divide the agents is tried, on many graphs at once."""

from functools import lru_cache
from itertools import combinations

import numpy as np

from analysis.graphs.rows.stacked import Floats, Ints

__all__ = [
    "MOST_AGENTS",
    "best_modularity",
    "communities",
    "modularities",
    "mutual_sets",
    "set_partitions",
    "strengths",
]

MOST_AGENTS = 8  # 4,140 ways to divide them


@lru_cache(maxsize=16)
def set_partitions(n: int) -> Ints:
    """[ways, n]: every way to divide n agents, as the number of each one's part; the finest first.

    Restricted growth strings: Knuth, The Art of Computer Programming 4A, 7.2.1.5.
    """
    ways: list[tuple[int, ...]] = [()]
    for _ in range(n):
        ways = [(*way, part) for way in ways for part in range(max(way, default=-1) + 2)]
    ways.sort(key=lambda way: (-len(set(way)), way))
    return np.array(ways, dtype=np.int64).reshape(len(ways), n)


def modularities(counts: Ints | Floats, parts: Ints) -> Floats:
    """[graphs, ways]: the modularity of each way to divide each digraph; NaN where it has no edge.

    `counts` [graphs, n, n], weights, the diagonal left out; `parts` [ways, n]. Leicht and Newman (2008), as
    `networkx.community.modularity` has it.
    """
    n = counts.shape[-1]
    weights = np.where(np.eye(n, dtype=bool), 0, counts).astype(np.float64)
    total = weights.sum(axis=(1, 2))
    together = (parts[:, :, None] == parts[:, None, :]).reshape(len(parts), n * n).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = weights / total[:, None, None]
    expected = shares.sum(axis=2)[:, :, None] * shares.sum(axis=1)[:, None, :]
    found: Floats = (shares - expected).reshape(len(counts), n * n) @ together.T
    return np.round(found, 12)  # so that 0 is 0


def best_modularity(counts: Ints | Floats) -> Floats:
    """[graphs]: the highest modularity that any way to divide it has; at most `MOST_AGENTS` agents."""
    best: Floats = modularities(counts, set_partitions(counts.shape[-1])).max(axis=1)
    return best


def communities(counts: Ints | Floats) -> tuple[list[tuple[int, ...]], float, bool]:
    """The parts with the highest modularity, that modularity, and whether it is exact.

    `counts` [n, n]. Up to `MOST_AGENTS` agents every way is tried, and of equals the finest taken, so that one without
    ties is alone; beyond, `networkx.community.greedy_modularity_communities`. An empty graph: everybody alone, NaN.
    """
    n = len(counts)
    if not (counts * ~np.eye(n, dtype=bool)).any():
        return [(place,) for place in range(n)], float("nan"), n <= MOST_AGENTS
    if n > MOST_AGENTS:
        parts = _greedy(counts)
        label = np.empty((1, n), dtype=np.int64)
        for number, part in enumerate(parts):
            label[0, list(part)] = number
        return parts, float(modularities(counts[None], label)[0, 0]), False
    ways = set_partitions(n)
    found = modularities(counts[None], ways)[0]
    way = ways[int(np.argmax(found >= found.max() - 1e-12))]
    return [tuple(np.flatnonzero(way == part).tolist()) for part in range(way.max() + 1)], float(found.max()), True


def _greedy(counts: Ints | Floats) -> list[tuple[int, ...]]:
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(counts)))
    graph.add_weighted_edges_from((i, j, float(counts[i, j])) for i, j in np.argwhere(counts) if i != j)
    found = nx.community.greedy_modularity_communities(graph, weight="weight")
    return sorted((tuple(sorted(int(place) for place in part)) for part in found), key=lambda part: part[0])


def mutual_sets(counts: Ints | Floats) -> list[tuple[int, ...]]:
    """The largest sets of two or more of which each has an edge to each other, larger ones first: the maximal cliques
    of the returned links. `counts` [n, n]. Exact for any size; networkx enumerates them."""
    import networkx as nx

    linked = np.asarray(counts) > 0
    both = linked & linked.T & ~np.eye(len(counts), dtype=bool)
    cliques = nx.find_cliques(nx.from_numpy_array(both))
    return sorted((tuple(sorted(c)) for c in cliques if len(c) > 1), key=lambda some: (-len(some), some))


def strengths(counts: Ints | Floats, size: int) -> tuple[list[tuple[int, ...]], Floats]:
    """Every set of this size, and [graphs, sets] how strong it is: how often the least tied two of it are tied, both
    ways counted and the lesser taken. `counts` [graphs, n, n]. The sets grow fast: not for large graphs."""
    sets = list(combinations(range(counts.shape[-1]), size))
    pairs = np.array([list(combinations(some, 2)) for some in sets], dtype=np.int64).reshape(len(sets), -1, 2)
    lesser = np.minimum(counts, np.swapaxes(counts, -1, -2))
    found: Floats = lesser[:, pairs[..., 0], pairs[..., 1]].min(axis=2).astype(np.float64)
    return sets, found
