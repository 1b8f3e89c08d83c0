"""Which cells are looked at: the default one, each level alone, and each pair of levels of two factors."""

from collections.abc import Mapping
from itertools import combinations

from arena.world.base import World

__all__ = ["Cell", "double", "place", "single"]

Cell = Mapping[str, str]  # only the levels off their default


def _off(world: type[World]) -> dict[str, tuple[str, ...]]:
    return {factor: tuple(levels[1:]) for factor, levels in world.factors.items()}


def single(world: type[World]) -> list[Cell]:
    """The default cell, then each with one factor off its default."""
    return [{}, *({factor: level} for factor, levels in _off(world).items() for level in levels)]


def double(world: type[World]) -> list[Cell]:
    """Each cell with two factors off their defaults."""
    return [
        {one: first, two: second}
        for (one, firsts), (two, seconds) in combinations(_off(world).items(), 2)
        for first in firsts
        for second in seconds
    ]


def place(cell: Cell, seed: int) -> str:
    """A cell and a seed, in words."""
    levels = ", ".join(f"{factor}={level}" for factor, level in cell.items())
    return f"{levels or 'default cell'}, seed {seed}"
