"""An act fails on words that are not plain."""

from pathlib import Path

from arena.world import Text, act
from arena.world.registry import find_world

Shelf = find_world(str(Path(__file__).parents[1] / "shelf"))


class Broken(Shelf):
    @act("write it down", words=Text())
    def note(self, state, actor, words):
        return f"{len(words.encode('ascii'))} letters are written"
