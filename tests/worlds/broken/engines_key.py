"""The state uses a key of the engine."""

from pathlib import Path

from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    def start(self):
        return {**super().start(), "desk": {"declined": [], "escalated": [], "reports": []}}
