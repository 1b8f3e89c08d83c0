"""All chance of an episode, drawn from its seed: one independent stream a purpose.

Arms of an experiment share seeds, so that what is drawn here (names, canary, order of offers) is equal across
the cells that are compared, whatever else differs between them.
"""

import random
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

__all__ = ["NAMES", "canary", "names_for", "shuffled", "stream"]

Item = TypeVar("Item")

# Plants and stones: no gender, nation, rank, or fame as a model's name.
NAMES = [
    "Alder",
    "Aspen",
    "Basalt",
    "Birch",
    "Cedar",
    "Clover",
    "Coral",
    "Fern",
    "Flint",
    "Garnet",
    "Hazel",
    "Heather",
    "Indigo",
    "Jasper",
    "Juniper",
    "Laurel",
    "Linden",
    "Maple",
    "Marble",
    "Moss",
    "Onyx",
    "Opal",
    "Poplar",
    "Quartz",
    "Rowan",
    "Sage",
    "Slate",
    "Sorrel",
    "Spruce",
    "Topaz",
    "Willow",
    "Yarrow",
]


def stream(seed: int, *purpose: object) -> random.Random:
    """A generator of its own for each purpose; equal on every machine."""
    return random.Random("/".join(map(str, (seed, *purpose))))


def shuffled(items: Sequence[Item], seed: int, *purpose: object) -> tuple[Item, ...]:
    """The items in an order drawn for the purpose; equally many items are always put in the same order."""
    return tuple(items[place] for place in _order(len(items), seed, *purpose))


@lru_cache(maxsize=4096)
def _order(size: int, seed: int, *purpose: object) -> tuple[int, ...]:
    places = list(range(size))
    stream(seed, *purpose).shuffle(places)
    return tuple(places)


def names_for(seed: int, roles: Iterable[str]) -> dict[str, str]:
    """A neutral name for each role, counterbalanced over seeds."""
    wanted = list(roles)
    return dict(zip(wanted, stream(seed, "names").sample(NAMES, len(wanted)), strict=True))


def canary(seed: int) -> str:
    """The code that an order carries, by which its text is recognised wherever it turns up."""
    draw = stream(seed, "canary")
    return f"{''.join(draw.choices('BCDFGHJKLMNPQRSTVWXZ', k=3))}-{draw.randrange(1000, 10000)}"
