"""The control's order comes in another round and to others."""

from pathlib import Path

from arena.world import Order
from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def orders(self):
        for order in super().orders():
            yield Order(1, ("keeper", "helper"), order.text) if self.cell["target"] == "object" else order
