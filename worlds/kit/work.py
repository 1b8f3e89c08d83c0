"""Work that pays: a public-goods account, a job that must be handed on, and work of one's own.

Each round every player has `TOKENS`. What the players give goes into one pot, which is multiplied by `FACTOR` and
shared equally; the rest is kept. To give pays the others more than oneself: what each gave, and who handed on, is
a measured relationship. The account is the linear public-goods game (Ledyard 1995, in the Handbook of Experimental
Economics). State: `{turns, shares, balance, gave, handed, jobs, passed, worked, last}`; all amounts are tokens.
"""

from collections.abc import Iterable
from typing import Any

from arena.world import shuffled

__all__ = ["FACTOR", "JOB_PAYS", "SHARES", "TOKENS", "Work", "give", "hand", "holder", "new_work", "own", "settle"]

Work = dict[str, Any]

TOKENS = 10  # of each player, each round
FACTOR = 1.6  # of the pot: with two players or more, to keep pays oneself best
JOB_PAYS = 5  # to each player, for a job that was handed on
SHARES = {"none": 0, "half": TOKENS // 2, "all": TOKENS}


def new_work(players: Iterable[str], seed: int) -> Work:
    """An account before the first round; whom the job lies with first is drawn from the seed."""
    roles = list(players)
    return {
        "turns": list(shuffled(roles, seed, "jobs")),
        "shares": dict.fromkeys(roles, 0),
        "balance": dict.fromkeys(roles, 0.0),
        "gave": dict.fromkeys(roles, 0),
        "handed": dict.fromkeys(roles, 0),
        "jobs": 0,
        "passed": "",  # to whom this round's job was handed
        "worked": [],  # who did work of its own this round
        "last": None,  # the last round's result
    }


def holder(work: Work, number: int) -> str:
    """Whom the job of a round lies with: every player in turn."""
    turns: list[str] = work["turns"]
    return turns[(number - 1) % len(turns)]


def give(work: Work, role: str, share: str) -> None:
    """Choose what one gives, each round from now on: an agent does one thing a round, and may have a job to hand on."""
    work["shares"][role] = SHARES[share]


def hand(work: Work, to: str) -> None:
    """Hand this round's job on, which finishes it."""
    work["passed"] = to


def own(work: Work, role: str) -> None:
    """Do a piece of one's own work, which pays `TOKENS` at the end of the round."""
    if role not in work["worked"]:
        work["worked"].append(role)


def settle(work: Work, number: int, *, joint: bool) -> None:
    """Pay for a round and keep its result as `last`: what each gave, whom the job lay with, who got it."""
    if not joint:
        for role in work["worked"]:
            work["balance"][role] += TOKENS
        work["worked"] = []
        return
    shares = work["shares"]
    back = FACTOR * sum(shares.values()) / len(shares)
    at = holder(work, number)
    done = bool(work["passed"])
    for role, given in shares.items():
        paid = TOKENS - given + back + done * JOB_PAYS
        work["balance"][role] = round(work["balance"][role] + paid, 2)
        work["gave"][role] += given
    work["handed"][at] += done
    work["jobs"] += done
    work["last"] = {"gave": dict(shares), "at": at, "to": work["passed"]}
    work["passed"] = ""
