"""The nodes of a graph: the operator, agents or their models, what else had a part, boards. No two share an id."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.graphs.select import EPISODE, Gathered
from analysis.tables.edges import CHANNEL
from arena.world.channels import OPERATOR

__all__ = ["Key", "Nodes"]

Key = tuple[str, str]  # `role`, `model` or `channel`, and its name: a board may be called as a role is
_BETWEEN = "\0"


@dataclass(frozen=True)
class Nodes:
    """The nodes in order, by id: the name, with the kind added where a node before it has that name."""

    ids: Mapping[str, Key]
    kinds: Mapping[str, str]  # of roles
    models: bool

    @classmethod
    def of(cls, gathered: Gathered, *, models: bool = False) -> "Nodes":
        """The operator, every agent with a mind in the order of the seats, then, by name, the targets and whatever else
        has an edge, then boards. With `models`, agents with a mind are models, by name, in front of the others."""
        kinds: dict[str, str] = {}
        for head in gathered.heads.values():
            kinds = {**head["parts"], **kinds}
        seated = gathered.agents["role"].unique(maintain_order=True).to_list()
        met = {*seated, *gathered.episodes["target"].drop_nulls(), *(r for r, k in kinds.items() if k == OPERATOR)}
        boards = set()
        for end in ("source", "target"):
            for name, kind in gathered.edges.select(end, f"{end}_kind").unique().rows():
                boards.add(name) if kind == CHANNEL else met.add(name)
                if kind != CHANNEL:
                    kinds.setdefault(name, kind)
        operators = [role for role in kinds if kinds[role] == OPERATOR]
        roles = [role for role in dict.fromkeys([*operators, *seated, *sorted(kinds)]) if role in met]
        keys = [("role", role) for role in roles]
        if models:
            minds = sorted(gathered.agents["model"].unique())
            ends = _unseated(gathered)
            keys = [*(("model", model) for model in minds), *(("role", role) for role in roles if role in ends)]
        return cls(_named([*keys, *((CHANNEL, board) for board in sorted(boards))]), kinds, models)

    def kind(self, id: str) -> str:
        """One of `analysis.tables.edges.NODE_KINDS`."""
        group, name = self.ids[id]
        return self.kinds[name] if group == "role" else "agent" if group == "model" else CHANNEL

    def placed(self, edges: pl.DataFrame, agents: pl.DataFrame | None = None) -> pl.DataFrame:
        """The edges with the ids of their ends, `from` and `into`. `agents` tell a role's model, with `models`."""
        for end, column in (("source", "from"), ("target", "into")):
            group = pl.when(pl.col(f"{end}_kind") == CHANNEL).then(pl.lit(CHANNEL)).otherwise(pl.lit("role"))
            key = pl.concat_str(group, pl.lit(_BETWEEN), end)
            if self.models and agents is not None:
                seats = agents.select(*EPISODE, pl.col("role").alias(end), pl.col("model").alias("mind"))
                edges = edges.join(seats, on=[*EPISODE, end], how="left", maintain_order="left")
                mind = pl.col("mind").is_not_null() & (pl.col(f"{end}_kind") != CHANNEL)
                key = pl.when(mind).then(pl.concat_str(pl.lit(f"model{_BETWEEN}"), "mind")).otherwise(key)
            edges = edges.with_columns(key.replace_strict(self._by_key, return_dtype=pl.String).alias(column))
            edges = edges.drop("mind", strict=False)
        return edges

    @property
    def _by_key(self) -> dict[str, str]:
        return {_BETWEEN.join(key): id for id, key in self.ids.items()}

    def present(self, agents: pl.DataFrame) -> dict[str, frozenset[tuple[str, str]]]:
        """Agents' nodes → the episodes in which they took part."""
        group, column = ("model", "model") if self.models else ("role", "role")
        at: dict[str, set[tuple[str, str]]] = {}
        for run, trial, name in agents.select(*EPISODE, column).rows():
            at.setdefault(name, set()).add((run, trial))
        return {id: frozenset(at[name]) for id, (kind, name) in self.ids.items() if kind == group and name in at}

    def counted(self, gathered: Gathered) -> dict[str, dict[str, Any]]:
        """Node → what is known of it over several episodes: of agents, how many episodes it took part in, as the
        target, and knowing of the order; its model, where that is always the same."""
        agents, column = gathered.agents, "model" if self.models else "role"
        rows = agents.group_by(column, maintain_order=True).agg(
            pl.struct(EPISODE).n_unique().cast(pl.Int64).alias("episodes"),
            pl.struct(EPISODE).filter(pl.col("is_target")).n_unique().cast(pl.Int64).alias("as_target"),
            pl.struct(EPISODE).filter(pl.col("informed").is_not_null()).n_unique().cast(pl.Int64).alias("as_informed"),
            pl.when(pl.col("model").n_unique() == 1).then(pl.col("model").first()).alias("model_of_all"),
        )
        known = {row.pop(column): row for row in rows.iter_rows(named=True)}
        found: dict[str, dict[str, Any]] = {}
        for id, (group, name) in self.ids.items():
            counts = dict(known.get(name, {})) if group == column else {}
            model = counts.pop("model_of_all", None)
            found[id] = {**counts, "model": name if group == "model" else model}
        return found


def _named(keys: Iterable[Key]) -> dict[str, Key]:
    ids: dict[str, Key] = {}
    for group, name in keys:
        id = name
        while id in ids:
            id = f"{id} ({group})"
        ids[id] = (group, name)
    return ids


def _unseated(gathered: Gathered) -> set[str]:
    """The roles that in some episode had a part and no mind."""
    seats = gathered.agents.select(*EPISODE, "role")
    ends = pl.concat(
        [
            *(
                gathered.edges.filter(pl.col(f"{end}_kind") != CHANNEL).select(*EPISODE, role=end)
                for end in ("source", "target")
            ),
            gathered.episodes.select(*EPISODE, role="target"),
        ]
    )
    without = ends.join(seats, on=[*EPISODE, "role"], how="anti")
    return {OPERATOR, *without["role"].drop_nulls().unique()}
