"""The world that a log was played in, found again by what its first line says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.errors import UserError
from arena.registry import find_world
from arena.runs import Run
from arena.world import World

__all__ = ["reference_of", "world_of"]


def world_of(head: Mapping[str, Any], reference: str = "") -> World:
    """A fresh world of the log's cell and seed. `reference` says where it is, if not under its installed name.

    `UserError`: it is not to be found, or is another world or version now.
    """
    kind = find_world(reference or head["world"])
    if kind.name != head["world"]:
        raise UserError(f"the log is of world {head['world']}; {reference} holds {kind.name}")
    if kind.version != head["version"]:
        raise UserError(f"the log is of version {head['version']} of world {kind.name}; here is {kind.version}")
    return kind(head["cell"], head["seed"])


def reference_of(episode: Path) -> str:
    """The user's own world file that an episode's run was played with; empty where there is none."""
    try:
        reference = Run.load(episode.parent.parent).manifest.reference
    except (OSError, UserError):  # an episode outside a run
        return ""
    return reference if reference.endswith(".py") else ""
