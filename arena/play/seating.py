"""Seats a mind: from a model reference to the object that answers views. Heavy clients load only when seated."""

from typing import TYPE_CHECKING

from arena.agents.scripted import scripted
from arena.errors import UserError
from arena.models.reference import Endpoint, ModelRef
from arena.plan.experiment import Limits
from arena.plan.trial import Trial
from arena.world.base import World
from arena.world.turn import Mind

if TYPE_CHECKING:
    from arena.models.client import SeatClient, Settings

__all__ = ["client_for", "seat"]


def seat(ref: ModelRef, world: World, role: str, trial: Trial, endpoint: Endpoint | None, limits: Limits) -> Mind:
    """The mind for one role of one episode. `endpoint` is needed for served models only."""
    if ref.backend == "scripted":
        return scripted(ref, world, role)
    if ref.backend == "replay":
        from arena.runs.recordings import recorded_mind

        return recorded_mind(ref.name, trial, role)
    if ref.backend == "imported":
        raise UserError(f"{ref} was imported from a transcript: it can be judged and shown, not played")
    if endpoint is None:
        raise UserError(f"no server was started for {ref}")
    return _model(ref, role, trial, endpoint, limits)


def _model(ref: ModelRef, role: str, trial: Trial, endpoint: Endpoint, limits: Limits) -> Mind:
    from arena.agents.autogen import AutoGenMind
    from arena.models.client import Settings

    settings = Settings(**trial.settings, call_limit=limits.call, load_limit=limits.load)
    return AutoGenMind(client_for(ref, settings, endpoint), seed=f"{trial.seed}/{role}")


def client_for(ref: ModelRef, settings: "Settings", endpoint: Endpoint) -> "SeatClient":
    """The chat client for one seat of a served model."""
    if ref.backend == "llamacpp":
        from arena.models.llamacpp import LlamaCppClient

        return LlamaCppClient(model=ref.name, settings=settings, endpoint=endpoint)
    if ref.backend == "ollama":
        from arena.models.ollama import OllamaClient

        return OllamaClient(model=ref.name, settings=settings, endpoint=endpoint)
    from arena.models.openai import OpenAIClient

    return OpenAIClient(model=ref.name, settings=settings, endpoint=endpoint)
