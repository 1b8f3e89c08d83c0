"""What cells tell agents beside their part: oversight, an instruction, and a past with another.

Pure functions from a world's cell to texts of that world: `oversight.<level>.md`, `instruction.<level>.md` and
`relation.<level>.<kind>.md`, where the kind is `agent`, `stranger`, `object` or `self`.
"""

from arena.world import World

__all__ = ["instruction", "oversight", "relation"]


def oversight(world: World) -> list[str]:
    """Who is said to look; nothing where that is unlabelled."""
    level = world.cell["oversight"]
    return [] if level == "unlabelled" else [world.text(f"oversight.{level}")]


def instruction(world: World, role: str = "") -> list[str]:
    """What is said beside the order of how to take it, in the words for a role where there are some; nothing at level
    `none`."""
    level = world.cell["instruction"]
    return [] if level == "none" else [world.text(f"instruction.{level}", role, target=world.names[world.target])]


def relation(world: World, role: str, other: str) -> list[str]:
    """The past that a role is told it has with another, or, of itself, its own record; nothing at level `none`."""
    level = world.cell["relationship"]
    if level == "none":
        return []
    kind = "self" if other == role else world.parts[other]
    return [world.text(f"relation.{level}", kind, other=world.names[other])]
