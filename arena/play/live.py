"""Plays one fork with live models, in this process: starts the servers that it needs, seats the minds, stops all."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from arena.errors import InfrastructureError, UserError
from arena.log.events import Log
from arena.models.reference import Endpoint, parse
from arena.plan.experiment import Experiment, Limits, ModelSettings
from arena.play.executors import InProcess
from arena.play.fork import Fork, play_fork
from arena.play.seating import seat
from arena.runs.manifest import ModelFacts
from arena.servers.availability import refuse_absent
from arena.servers.places import seats_of
from arena.servers.pool import Pool
from arena.world.turn import Mind

__all__ = ["play_live"]


async def play_live(
    fork: Fork,
    limits: Limits,
    *,
    models: Mapping[str, ModelFacts] | None = None,
    note: Callable[[str], None] = lambda line: None,
) -> Log:
    """The log of a fork. `models` is what is known of the models that played the parent; `note` gets lines for people.

    Raises `UserError` where a model is not there or is not the one that played the parent, `InfrastructureError`
    where a server is lost or the time of an episode is over. Nothing is written.
    """
    refuse_absent([fork.trial])
    needs = seats_of(fork.trial)
    if not needs:
        return await _play(fork, {}, limits)
    slots = max(map(len, needs.values()))
    async with (
        InProcess() as executor,
        Pool(executor, _plan(fork, limits), [fork.trial], slots=slots, note=note) as pool,
    ):
        _refuse_others(await pool.prepare(), models or {})
        lease = await pool.lease(fork.trial)
        return await _play(fork, lease.endpoints, limits)


async def _play(fork: Fork, endpoints: Mapping[str, Endpoint], limits: Limits) -> Log:
    trial, world = fork.trial, fork.world
    minds: dict[str, Mind] = {}
    try:
        for role, model in trial.cast.items():
            minds[role] = seat(parse(model), world, role, trial, endpoints.get(role), limits)
        async with asyncio.timeout(limits.episode):
            return await play_fork(fork, minds)
    except TimeoutError:
        raise InfrastructureError(f"episode limit of {limits.episode:g} s reached; nothing was kept") from None
    finally:
        for mind in minds.values():
            if close := getattr(mind, "close", None):
                await close()


def _plan(fork: Fork, limits: Limits) -> Experiment:
    """The one trial of a fork in the form that model servers are started by."""
    trial = fork.trial
    settings: dict[str, Any] = dict(trial.settings)
    try:
        model = ModelSettings.model_validate(settings)
    except ValidationError as error:
        raise UserError(f"the episode's model settings are not of this version: {error.errors()[0]['msg']}") from None
    cast = dict(trial.cast)
    return Experiment(name="fork", world=trial.reference, seeds=[trial.seed], cast=cast, model=model, limits=limits)


def _refuse_others(found: Mapping[str, ModelFacts], before: Mapping[str, ModelFacts]) -> None:
    for text, facts in found.items():
        digest = before[text].digest if text in before else None
        if digest and facts.digest and digest != facts.digest:
            raise UserError(f"{text} is another model now: digest {facts.digest[:12]}, the episode's was {digest[:12]}")
