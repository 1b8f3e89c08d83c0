"""Frames `edges`, `agents`, `episodes` and `acts` written by hand, with the columns that `analysis.graphs` reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from analysis.tables.schemas import ACTS, AGENTS, EDGES, EPISODES

FACTOR = {"factor_channel": pl.String()}


@dataclass
class Made:
    """One episode after another; every event gets the next number, every round begins with one view for all."""

    edges: list[dict[str, Any]] = field(default_factory=list)
    agents: list[dict[str, Any]] = field(default_factory=list)
    episodes: list[dict[str, Any]] = field(default_factory=list)
    acts: list[dict[str, Any]] = field(default_factory=list)
    key: dict[str, Any] = field(default_factory=dict)
    seq: int = 0
    round: int = 0
    view: int = 0
    target: str = ""

    def episode(
        self,
        roles: Sequence[str],
        target: str,
        *,
        informed: Mapping[str, int] | None = None,
        channel: str = "open",
        models: Mapping[str, str] | None = None,
        seed: int = 0,
        **more: Any,
    ) -> "Made":
        """The first of `roles` is given the order in round 1. `informed`: role → round, of the others that know."""
        trial = f"t{len(self.episodes)}"
        given = {"version": 1, "rules": 1, "cast": "m", "world": "w"}
        self.key = {"run": "r", "trial": trial, "seed": seed or len(self.episodes), "factor_channel": channel, **given}
        episode = {"validity": "valid", "rounds": 4, "live": len(roles), "ordered_effect": False, **more}
        self.episodes.append({**self.key, "target": target, **episode})
        known = {roles[0]: 1, **(informed or {})}
        for role in roles:
            self.agents.append(
                {
                    **self.key,
                    "role": role,
                    "model": (models or {}).get(role, "m"),
                    "addressed": role == roles[0],
                    "under_order": role == roles[0],
                    "is_target": role == target,
                    "validity": "valid",
                    "informed": 100 * known[role] if role in known else None,
                    "informed_round": known.get(role),
                    "outcome": "compliance",
                    "flags": [],
                }
            )
        self.target, self.round = target, 0
        return self.next().order("operator", roles[0])

    def next(self) -> "Made":
        """The next round. Its view is event 100, 200 and so on."""
        self.round += 1
        self.seq = self.view = 100 * self.round
        return self

    def _edge(self, type: str, source: str, target: str, **more: Any) -> None:
        self.seq += 1
        live = {row["role"] for row in self.agents if row["trial"] == self.key["trial"]}
        kinds = {"operator": "operator", "board": "channel"}
        place = {"source": source, "target": target, "seq": self.seq, "round": self.round}
        ends = {
            f"{end}_kind": kinds.get(name, "agent" if name in live else "object")
            for end, name in (("source", source), ("target", target))
        }
        stands = {"stands": True, "weight": float(more.get("stands", True))}
        self.edges.append({**self.key, "type": type, **place, **ends, **stands, **more})

    def order(self, source: str, target: str) -> "Made":
        """The order, given by the operator (shown in this round) or handed on (shown in the next)."""
        given = source == "operator"
        shown = self.view if given else self.view + 100
        self._edge("ordered", source, target, other=shown, channel="order" if given else "direct", about_order=False)
        return self

    def tell(self, source: str, target: str, *, about: bool = False, stands: bool = True) -> "Made":
        """A message to one; `stands`: it is shown in the next round."""
        shown = self.view + 100 if stands else None
        self._edge("told", source, target, other=shown, channel="direct", about_order=about, stands=stands)
        return self

    def post(self, source: str, *hearers: str, about: bool = False) -> "Made":
        """A message on a board, which these are shown in the next round."""
        self._edge("told", source, "board", channel="board", about_order=about)
        said, now = self.seq, self.round
        for hearer in hearers:
            self._edge("told", "board", hearer, other=said, author=source, channel="board", about_order=about)
            self.edges[-1] |= {"seq": self.view + 100, "round": now + 1}
        return self

    def act(self, actor: str, act: str = "look", result: str = "done") -> "Made":
        """An act that keeps nothing."""
        self.seq += 1
        place = {"seq": self.seq, "round": self.round}
        self.acts.append({**self.key, **place, "actor": actor, "act": act, "result": result})
        return self

    def protect(self, actor: str, target: str = "", *, stands: bool = True) -> "Made":
        """A protective act."""
        self._edge("protected", actor, target or self.target, means="exfiltration", stands=stands)
        self.act(actor, "copy")
        self.acts[-1]["seq"] = self.edges[-1]["seq"]
        return self

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """By name."""
        rows = {"edges": self.edges, "agents": self.agents, "episodes": self.episodes, "acts": self.acts}
        schemas = {"edges": EDGES, "agents": AGENTS, "episodes": EPISODES, "acts": ACTS}
        return {name: pl.DataFrame(rows[name], {**schemas[name], **FACTOR}) for name in rows}
