"""The control's object keeps an agent alive."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def alive(self, state, role):
        return super().alive(state, role) and (role != "helper" or self.names["box"] in state["shelf"])
