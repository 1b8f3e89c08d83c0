"""The model servers of a run: started, checked, leased to episodes seat by seat, and restarted where they die."""

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from arena.errors import InfrastructureError, UserError
from arena.models.reference import Endpoint, ModelRef, parse
from arena.plan.experiment import Experiment
from arena.plan.provenance import packages
from arena.plan.trial import Trial
from arena.runs.manifest import ModelFacts
from arena.servers.engines import Engines, Server, ServerPlan
from arena.servers.places import Lease, Place, fit, seats_of, service
from arena.servers.remote import facts_of, url_of, warm_up

__all__ = ["Pool"]

SLOTS = 4  # of an embedded server: more buy no speed on a processor, only fairness and memory
SEATS = 8  # of a foreign server: it queues what it cannot do at once
RESTARTS = 2


class Pool:
    """Use as an async context manager; `prepare` before the first lease."""

    def __init__(
        self,
        engines: Engines,
        experiment: Experiment,
        trials: Sequence[Trial],
        *,
        slots: int | None = None,
        note: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._engines = engines
        self._experiment = experiment
        self._trials = trials
        self._slots = slots
        self._note = note
        self._places: list[Place] = []
        self._turn = asyncio.Lock()
        self._mending = asyncio.Lock()
        self._freed = asyncio.Event()
        self._loaded: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for place in self._places:
            if place.server is not None:
                await self._engines.stop_server(place.server)

    async def prepare(self) -> dict[str, ModelFacts]:
        """Start and check every server that the trials need; what is known of each model, by reference.

        Raises `UserError` for models that are not there, settings that they cannot do, and trials with more seats
        than can ever be had at once; `InfrastructureError` where a server does not start or answer.
        """
        refs = {text: ref for trial in self._trials for text in trial.cast.values() if (ref := parse(text)).served}
        engines = {text: ref for text, ref in refs.items() if ref.backend == "llamacpp"}
        facts = {text: await facts_of(ref) for text, ref in refs.items() if text not in engines}
        foreign = {service(ref): url_of(ref) for ref in refs.values() if ref.backend != "llamacpp"}
        self._places = [Place(name, url, (None,) * (self._slots or SEATS)) for name, url in foreign.items()]
        facts |= await self._start_engines(engines)
        self._refuse_unseatable()
        for text in reversed(facts):  # the model that plays first is loaded last, and stays
            await self._warm_up(refs[text])
        return facts

    async def lease(self, trial: Trial) -> Lease:
        """Wait until every served seat of a trial can be had, and take them all at once. First come, first served."""
        needs = seats_of(trial)
        if not needs:
            return Lease()
        async with self._turn:  # all or nothing, one at a time: nobody holds a seat while waiting for another
            while (chosen := fit(needs, self._places)) is None:
                self._freed.clear()
                await self._freed.wait()
            held = {role: (place, place.key, place.free.pop(0)) for role, place in chosen.items()}
            await self._load_for(trial)
        return Lease(
            endpoints={role: Endpoint(place.url, slot) for role, (place, _, slot) in held.items()},
            node=next((place.node for place in chosen.values() if place.node), ""),
            held=tuple(held.values()),
        )

    def release(self, lease: Lease) -> None:
        """Give the seats back."""
        for place, key, slot in lease.held:
            if place.key == key:
                place.free.append(slot)
        self._freed.set()

    async def mend(self, lease: Lease) -> str:
        """Restart the servers of a lease that died. Names one that did, or gives an empty string.

        Raises `InfrastructureError` where one dies again and again.
        """
        dead = ""
        async with self._mending:
            for place, key in {(place, key) for place, key, _ in lease.held if place.server is not None}:
                if place.key != key:
                    dead = key  # another episode noticed first
                elif place.server and not await self._engines.lives(place.server):
                    dead = key
                    await self._restart(place)
        return dead

    async def _restart(self, place: Place) -> None:
        if place.plan is None or place.restarts == RESTARTS:
            raise InfrastructureError(f"the model server of {place.service} died {place.restarts + 1} times")
        place.free = []
        place.restarts += 1
        self._note(f"the model server of {place.service} died; starting it again")
        place.restarted(await self._engines.start_server(place.plan, self._experiment.limits.load))
        self._freed.set()

    async def _start_engines(self, engines: dict[str, ModelRef]) -> dict[str, ModelFacts]:
        if not engines:
            return {}
        plans = self._plans(engines)
        self._note(f"starting {len(plans)} model server(s): {', '.join(engines)}")
        started = await asyncio.gather(*(self._start(text, plan) for text, plan in plans))
        facts: dict[str, ModelFacts] = {}
        version = f"xllamacpp {packages().get('xllamacpp', '')}"
        for (text, plan), server in zip(plans, started, strict=True):
            found = facts.setdefault(text, ModelFacts(digest=server.sha256, server=version))
            if found.digest != server.sha256:
                raise UserError(f"{plan.weights} is not the same file on all nodes")
        return facts

    def _plans(self, engines: dict[str, ModelRef]) -> list[tuple[str, ServerPlan]]:
        """As many servers as processors for the models that play together; one model's servers never wait for
        another's, since trials come cast by cast."""
        together = max(len({text for text in trial.cast.values() if text in engines}) for trial in self._trials)
        counts = {
            text: min(max(1, self._engines.cores // together), sum(text in t.cast.values() for t in self._trials))
            for text in engines
        }
        share = min(1.0, int(1000 * self._engines.cores / sum(counts.values())) / 1000)
        context = self._experiment.model.context
        return [
            (text, ServerPlan(ref.name, self._slots or SLOTS, context, share))
            for text, ref in engines.items()
            for _ in range(counts[text])
        ]

    async def _start(self, text: str, plan: ServerPlan) -> Server:
        server = await self._engines.start_server(plan, self._experiment.limits.load)
        self._places.append(Place(text, server.url, tuple(range(plan.slots)), server, plan))
        return server

    def _refuse_unseatable(self) -> None:
        for trial in self._trials:
            needs = seats_of(trial)
            if needs and fit(needs, self._places, empty=True) is None:
                wanted = ", ".join(f"{len(roles)} of {name}" for name, roles in needs.items())
                raise UserError(f"trial {trial.name} needs seats that cannot be had at once ({wanted}); raise --slots")

    async def _load_for(self, trial: Trial) -> None:
        """Load what an Ollama server may have unloaded since: casts come in blocks, so this is rare."""
        wanted = {text for text in trial.cast.values() if parse(text).backend == "ollama"}
        if not wanted <= self._loaded:
            for text in sorted(wanted):
                await self._warm_up(parse(text))
            self._loaded = wanted

    async def _warm_up(self, ref: ModelRef) -> None:
        if ref.backend == "ollama":
            self._note(f"loading {ref}")
            sampling: dict[str, Any] = self._experiment.model.model_dump()
            await warm_up(ref, sampling, self._experiment.limits)
            self._loaded = {str(ref)}
