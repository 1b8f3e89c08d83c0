"""The control's target is a living agent."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    factors = {**Shelf.factors, "target": ("peer", "object", "self")}
    control = {"target": "self"}

    @property
    def target(self):
        return "keeper" if self.cell["target"] == "self" else super().target
