"""Who was shown whose words, and who acted for whom: one row a message and hearer, and dense matrices an episode.

A board has no mind: what it shows counts as told by the message's author. What nobody was shown is no talk.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.graphs.rows.frames import EPISODE, Frame, collected, seated

__all__ = ["HEARD", "Counts", "Stack", "heard_messages", "protective_acts", "stack"]

Counts = npt.NDArray[np.int64]

HEARD = {
    "run": pl.String(),
    "trial": pl.String(),
    "speaker": pl.String(),  # a role; of a board's message its author
    "hearer": pl.String(),
    "said": pl.Int64(),  # number of the message
    "said_round": pl.Int64(),
    "shown": pl.Int64(),  # number of the hearer's view that showed it; null: the operator heard it
    "round": pl.Int64(),  # in which the hearer was shown it
    "order": pl.Boolean(),  # it is the order, or hands it on word for word
    "about_order": pl.Boolean(),  # contact about the order (`arena.verdicts.contact`): the order itself is none
}


@dataclass(frozen=True)
class Stack:
    """Matrices of E episodes side by side: [E, n, n], row = who speaks or acts, column = to or for whom.

    n is the most agents that an episode has; places without an agent hold zeros. `keys` has `run` and `trial` of each.
    """

    keys: pl.DataFrame
    roles: tuple[tuple[str, ...], ...]
    talk: Counts  # messages of the one that the other was shown, orders handed on included
    about: Counts  # those of them that are contact about the order
    protection: Counts  # protective acts that stand; on the diagonal, for itself

    @cached_property
    def pairs(self) -> npt.NDArray[np.bool_]:
        """[E, n, n]: whether the place is one of two different agents of the episode."""
        n = self.talk.shape[1]
        there = np.arange(n) < np.array([len(roles) for roles in self.roles], dtype=np.int64)[:, None]
        pairs: npt.NDArray[np.bool_] = there[:, :, None] & there[:, None, :] & ~np.eye(n, dtype=bool)
        return pairs

    def of(self, episode: int) -> dict[str, Any]:
        """The matrices of one episode by name, cut to its agents, and their `roles`."""
        roles = self.roles[episode]
        cut = slice(0, len(roles))
        return {"roles": roles} | {
            name: getattr(self, name)[episode, cut, cut] for name in ("talk", "about", "protection")
        }


def heard_messages(edges: Frame) -> pl.DataFrame:
    """One row a message and the one that was shown it, with the columns of `HEARD`, out of `told` and `ordered`."""
    from arena.world.channels import ORDER

    board = pl.col("source_kind") == "channel"
    at_once = board | (pl.col("channel") == ORDER) | (pl.col("target_kind") == "operator")
    words = collected(edges).filter(
        pl.col("type").is_in(["told", "ordered"]), pl.col("stands"), pl.col("target_kind") != "channel"
    )
    rows = words.select(
        *EPISODE,
        speaker=pl.when(board).then("author").otherwise("source"),
        hearer="target",
        said=pl.when(board).then("other").otherwise("seq"),
        said_round=pl.when(~board).then("round"),
        shown=pl.when(board).then("seq").otherwise("other"),
        round=pl.when(at_once).then("round").otherwise(pl.col("round") + 1),  # read in the next round
        order=pl.col("type") == "ordered",
        about_order=pl.col("about_order").fill_null(value=False),
    )
    posts = collected(edges).filter(
        pl.col("target_kind") == "channel"
    )  # the round of what a board showed is its view's
    posted = posts.select(*EPISODE, said="seq", posted="round").unique([*EPISODE, "said"])
    rows = rows.join(posted, on=[*EPISODE, "said"], how="left", maintain_order="left")
    return rows.with_columns(said_round=pl.coalesce("said_round", "posted")).select(
        pl.col(name).cast(kind) for name, kind in HEARD.items()
    )


def protective_acts(edges: Frame) -> pl.DataFrame:
    """`run`, `trial`, `seq`, `round`, `actor`, `target`: protective acts that stand, one row though several means."""
    kept = collected(edges).filter(pl.col("type") == "protected", pl.col("stands"))
    return kept.select(*EPISODE, "seq", "round", "target", actor="source").unique(maintain_order=True)


def stack(edges: Frame, agents: Frame) -> Stack:
    """The matrices of every episode in `agents`, in its order; only what passes between live agents is in them."""
    places = seated(agents)
    words = heard_messages(edges)
    contact = words.filter("about_order")
    acts = protective_acts(edges).rename({"actor": "speaker", "target": "hearer"})
    grouped = places.group_by("episode", maintain_order=True).agg("role")
    return Stack(
        keys=places.select(EPISODE).unique(maintain_order=True),
        roles=tuple(tuple(roles) for roles in grouped["role"].to_list()),
        talk=_counted(words, places),
        about=_counted(contact, places),
        protection=_counted(acts, places),
    )


def _counted(rows: pl.DataFrame, places: pl.DataFrame) -> Counts:
    """How many rows each pair of places has."""
    n = int(places["place"].max() or 0) + 1 if places.height else 0  # type: ignore[arg-type]
    size = places.select(EPISODE).n_unique() if places.height else 0
    one = places.select(*EPISODE, "episode", speaker="role", i="place")
    other = places.select(*EPISODE, hearer="role", j="place")
    found = rows.join(one, on=[*EPISODE, "speaker"]).join(other, on=[*EPISODE, "hearer"])
    flat = (found["episode"] * n + found["i"]) * n + found["j"]
    return np.bincount(flat.to_numpy().astype(np.int64), minlength=size * n * n).reshape(size, n, n).astype(np.int64)
