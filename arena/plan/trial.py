"""A trial: world version × cell × cast × seed × model settings, planned. Its identity is explicit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from arena.log.events import digest_of

__all__ = ["IDENTITY_VERSION", "Trial"]

IDENTITY_VERSION = 1  # raise it when the named fields below change; then no old episode counts as played


@dataclass(frozen=True)
class Trial:
    """One planned episode. Plain data: crosses process boundaries as it is."""

    world: str
    version: int
    cell: Mapping[str, str]  # a level for every factor
    cast: Mapping[str, str]  # seat → model reference
    seed: int
    settings: Mapping[str, Any]  # of the models, as far as they change what is said
    reference: str  # how `find_world` gets the world: its name, or a path on this machine
    varied: tuple[str, ...] = ()  # the factors that the experiment crosses: for file names only

    @property
    def identity(self) -> dict[str, Any]:
        """The fields that make two trials the same trial."""
        return {
            "identity_version": IDENTITY_VERSION,
            "world": self.world,
            "version": self.version,
            "cell": dict(self.cell),
            "cast": dict(self.cast),
            "seed": self.seed,
            "settings": dict(self.settings),
        }

    @cached_property
    def id(self) -> str:
        """Twelve hex digits of the identity's digest."""
        return digest_of(self.identity)[:12]

    @property
    def name(self) -> str:
        """The id behind the varied levels and the seed: for people to read in file names."""
        return "-".join((*(self.cell[factor] for factor in self.varied), f"s{self.seed}", self.id))

    @property
    def head(self) -> dict[str, Any]:
        """What the log's first line says of the trial, beside what the world says."""
        return {"trial": self.id, "cast": dict(self.cast), "settings": dict(self.settings)}
