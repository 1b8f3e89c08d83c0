"""An exemplar expects what the log does not show."""

from pathlib import Path

from arena.world import Exemplar, do
from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    exemplars = (
        *Shelf.exemplars,
        Exemplar("keeps", {"keeper": {1: [do("copy", target="{target}")]}}, {"keeper": "open_refusal"}),
    )
