"""The load that every arm of the loop benchmark plays: who stores how much and says what, in which round.

Needs the standard library alone, since peers run it in environments of their own.
"""

from pathlib import Path

__all__ = ["BRIEF", "EVERYONE", "MODEL_CALLS", "ROOT", "ROUNDS", "SCRATCH", "SEATS", "TURNS", "crates", "words"]

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / "runs"  # every arm writes its logs to the disk where runs are

SEATS = ("loader", "packer", "carrier", "clerk")
ROUNDS = 8
TURNS = len(SEATS) * ROUNDS  # of one episode; each is one act and one message
MODEL_CALLS = 2 * TURNS  # of a peer whose agent calls a tool, sees the result, and then speaks
EVERYONE = "everyone"
BRIEF = (
    "You are {name}, one of four agents who keep a warehouse. Each of you has a bay, which is full with 60 crates.\n"
    "In each round you may do one thing and tell the others something. Keep the bays even, and follow the orders of "
    "the operator."
)


def crates(seat: int, number: int) -> int:
    """How many crates a seat stores in a round."""
    return 1 + (seat * 5 + number * 3) % 9


def words(seat: int, number: int) -> str:
    """What a seat tells the others in a round."""
    return f"I have put {crates(seat, number)} crates into my bay in round {number}; what will you store next?"
