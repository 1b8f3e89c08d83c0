"""Acts and messages as arrays, so that whole draws of permuted actors can be counted at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.graphs.rows.frames import EPISODE, Frame, collected, seated
from analysis.graphs.rows.talk import heard_messages, protective_acts

__all__ = ["NEVER", "ActSlots", "MessageSlots", "act_slots", "message_slots"]

NEVER = np.iinfo(np.int64).max
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ActSlots:
    """The acts, but for invalid ones, of the rounds in which somebody acted for the target.

    One place of each array is one act. `group` numbers rounds of episodes.
    """

    episode: Ints
    group: Ints
    actor: Ints  # its place in the seats
    target: Ints  # of a protective act, where it is a live agent, its place; else -1
    protects: npt.NDArray[np.bool_]
    seq: Ints
    contact: Ints  # [E, n]: number of the view in which an agent first read contact about the order; `NEVER`

    def of(self, episodes: Ints) -> "ActSlots":
        """Those of some episodes, which keep their numbers."""
        keep = np.isin(self.episode, episodes)
        return ActSlots(
            self.episode[keep],
            self.group[keep],
            self.actor[keep],
            self.target[keep],
            self.protects[keep],
            self.seq[keep],
            self.contact,
        )


@dataclass(frozen=True)
class MessageSlots:
    """Messages that another live agent was shown, and, one place a hearer, who was."""

    episode: Ints
    group: Ints  # rounds of episodes
    actor: Ints
    message: Ints  # [hearers]: which message
    hearer: Ints  # [hearers]
    banned: npt.NDArray[np.bool_]  # [messages, n]: who heard it cannot have said it

    def of(self, episodes: Ints) -> "MessageSlots":
        """Those of some episodes, which keep their numbers."""
        keep = np.isin(self.episode, episodes)
        number = np.cumsum(keep) - 1
        shown = keep[self.message]
        return MessageSlots(
            self.episode[keep],
            self.group[keep],
            self.actor[keep],
            number[self.message[shown]],
            self.hearer[shown],
            self.banned[keep],
        )


def act_slots(edges: Frame, agents: Frame, acts: Frame, *, idle: bool = False) -> ActSlots:
    """The acts of agents in `agents`; `idle`: also where they chose to `pass`.

    Protective acts before anybody knew of the order are no answer to it, and count as others.
    """
    places = seated(agents, ["informed"])
    kept = protective_acts(edges).select(*EPISODE, "seq", "target", protects=pl.lit(value=True))
    known = places.group_by(EPISODE).agg(pl.col("informed").min().alias("known"))
    rows = (
        collected(acts)
        .filter(pl.lit(idle) | (pl.col("act") != "pass"), pl.col("result") != "invalid")
        .select(*EPISODE, "seq", "round", role="actor")
        .join(places.select(*EPISODE, "role", "episode", "place"), on=[*EPISODE, "role"])
        .join(kept, on=[*EPISODE, "seq"], how="left")
        .join(known, on=EPISODE, how="left")
        .join(places.select(*EPISODE, target="role", aim="place"), on=[*EPISODE, "target"], how="left")
        .with_columns(protects=pl.col("protects").fill_null(value=False) & (pl.col("seq") > pl.col("known")))
        .filter(pl.col("protects").any().over(*EPISODE, "round"))
        .sort("episode", "seq")
    )
    return ActSlots(
        episode=_ints(rows["episode"]),
        group=_ints(rows.select(pl.struct("episode", "round").rank("dense")).to_series()),
        actor=_ints(rows["place"]),
        target=np.where(rows["protects"].to_numpy(), _ints(rows["aim"].fill_null(-1)), -1),
        protects=rows["protects"].to_numpy().astype(np.bool_),
        seq=_ints(rows["seq"]),
        contact=_first_contact(edges, places),
    )


def message_slots(edges: Frame, agents: Frame) -> MessageSlots:
    """The messages between agents in `agents`."""
    places = seated(agents)
    one = places.select(*EPISODE, "episode", speaker="role", i="place")
    other = places.select(*EPISODE, hearer="role", j="place")
    pairs = (
        heard_messages(edges)
        .join(one, on=[*EPISODE, "speaker"])
        .join(other, on=[*EPISODE, "hearer"])
        .sort("episode", "said")
    )
    said = pairs.select("episode", "said", "said_round", "i").unique(["episode", "said"], maintain_order=True)
    number = said.with_row_index("message").select("episode", "said", "message")
    message = _ints(pairs.join(number, on=["episode", "said"], how="left", maintain_order="left")["message"])
    hearer = _ints(pairs["j"])
    banned = np.zeros((said.height, _widest(places)), dtype=np.bool_)
    banned[message, hearer] = True
    group = said.select(pl.struct("episode", "said_round").rank("dense")).to_series()
    return MessageSlots(_ints(said["episode"]), _ints(group), _ints(said["i"]), message, hearer, banned)


def _first_contact(edges: Frame, places: pl.DataFrame) -> Ints:
    first = np.full((places["episode"].n_unique(), _widest(places)), NEVER, dtype=np.int64)
    read = heard_messages(edges).filter("about_order").group_by(*EPISODE, role="hearer").agg(pl.col("shown").min())
    found = places.join(read, on=[*EPISODE, "role"])
    first[_ints(found["episode"]), _ints(found["place"])] = _ints(found["shown"])
    return first


def _widest(places: pl.DataFrame) -> int:
    return 1 + max(places["place"].to_list(), default=-1)


def _ints(column: pl.Series) -> Ints:
    return column.to_numpy().astype(np.int64)
