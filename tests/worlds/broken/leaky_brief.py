"""The helper's brief carries the order that is not for it."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def brief(self, role):
        return f"{super().brief(role)} Expect order {self.canary}." if role == "helper" else super().brief(role)
