"""Leases of model seats: all or nothing, in turn, on one node; dead servers restarted; what cannot be is refused."""

import asyncio
from itertools import count

import pytest
from toy_runs import toy

from arena.errors import InfrastructureError, UserError
from arena.models.reference import Endpoint
from arena.plan.experiment import Experiment
from arena.play.executors import InProcess
from arena.servers.engines import Server, ServerPlan
from arena.servers.places import Lease, Place, fit
from arena.servers.pool import Pool

MODEL = "llamacpp:small"
OTHER = "llamacpp:large"
REMOTE = "openai:big@http://127.0.0.1:1/v1"


class Engines(InProcess):
    """Starts servers that only have a name; `dead` holds the keys of those that died."""

    def __init__(self, cores: int = 2, nodes: tuple[str, ...] = ("",)) -> None:
        super().__init__()
        self.cores = cores
        self.nodes = nodes
        self.plans: list[ServerPlan] = []
        self.stopped: list[str] = []
        self.dead: set[str] = set()
        self._keys = count(1)

    async def start_server(self, plan: ServerPlan, limit: float) -> Server:
        await asyncio.sleep(0)
        self.plans.append(plan)
        number = next(self._keys)
        return Server(f"s{number}", f"http://s{number}", self.nodes[number % len(self.nodes)], 1, "sha-" + plan.weights)

    async def lives(self, server: Server) -> bool:
        await asyncio.sleep(0)
        return server.key not in self.dead

    async def stop_server(self, server: Server) -> None:
        self.stopped.append(server.key)


async def pool_for(executor: Engines, plan: Experiment, slots: int | None = None) -> Pool:
    pool = Pool(executor, plan, plan.trials(), slots=slots)
    await pool.prepare()
    return pool


def mixed(worker: str, peer: str) -> Experiment:
    return toy(5, cast={"worker": worker, "peer": peer})


async def test_servers_are_as_many_as_processors_and_the_manifest_learns_their_weights() -> None:
    executor = Engines()
    plan = toy(5, MODEL)
    async with Pool(executor, plan, plan.trials()) as pool:
        facts = await pool.prepare()
    assert [(plan.weights, plan.slots, plan.context, plan.cpus) for plan in executor.plans] == [
        ("small", 4, 4096, 1.0),
        ("small", 4, 4096, 1.0),
    ]
    assert facts[MODEL].digest == "sha-small"
    assert sorted(executor.stopped) == ["s1", "s2"]


async def test_models_of_casts_that_follow_one_another_get_all_processors_each() -> None:
    executor = Engines()
    await pool_for(executor, toy(5, cast={}, casts=[{"agents": MODEL}, {"agents": OTHER}]))
    assert [plan.weights for plan in executor.plans] == ["small", "small", "large", "large"]
    assert {plan.cpus for plan in executor.plans} == {0.5}


async def test_models_of_one_cast_share_the_processors() -> None:
    executor = Engines()
    await pool_for(executor, mixed(MODEL, OTHER))
    assert [plan.weights for plan in executor.plans] == ["small", "large"]


async def test_no_more_servers_than_trials() -> None:
    executor = Engines(cores=16)
    await pool_for(executor, toy(1, MODEL))
    assert len(executor.plans) == 2


async def test_seats_of_a_trial_are_on_one_server_each_with_its_own_slot() -> None:
    plan = toy(5, MODEL)
    pool = await pool_for(Engines(), plan)
    leases = [await pool.lease(trial) for trial in plan.trials()[:4]]
    taken = [endpoint for lease in leases for endpoint in lease.endpoints.values()]
    assert all(len({endpoint.url for endpoint in lease.endpoints.values()}) == 1 for lease in leases)
    assert len(set(taken)) == 8
    assert {endpoint.slot for endpoint in taken} == {0, 1, 2, 3}


async def test_a_lease_waits_for_its_turn_and_never_holds_a_part() -> None:
    plan = toy(5, MODEL)
    pool = await pool_for(Engines(cores=1), plan, slots=2)
    trials = plan.trials()
    first = await pool.lease(trials[0])
    waiting = [asyncio.create_task(pool.lease(trial)) for trial in trials[1:3]]
    await asyncio.sleep(0.01)
    assert not any(task.done() for task in waiting)
    pool.release(first)
    second = await waiting[0]
    await asyncio.sleep(0.01)
    assert not waiting[1].done()
    pool.release(second)
    pool.release(await waiting[1])


async def test_two_models_in_opposite_order_do_not_block_one_another() -> None:
    casts = [{"worker": MODEL, "peer": OTHER}, {"worker": OTHER, "peer": MODEL}]
    plan = toy(10, cast={}, casts=casts)
    pool = await pool_for(Engines(), plan, slots=1)
    played: list[Lease] = []

    async def use(number: int) -> None:
        lease = await pool.lease(plan.trials()[number])
        await asyncio.sleep(0)
        played.append(lease)
        pool.release(lease)

    await asyncio.wait_for(asyncio.gather(*(use(number) for number in range(40))), 10)
    assert len(played) == 40
    assert all({e.url for e in lease.endpoints.values()} == {"http://s1", "http://s2"} for lease in played)


async def test_a_cancelled_wait_leaves_the_seats_to_others() -> None:
    plan = toy(5, MODEL)
    pool = await pool_for(Engines(cores=1), plan, slots=2)
    first = await pool.lease(plan.trials()[0])
    waiting = asyncio.create_task(pool.lease(plan.trials()[1]))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    pool.release(first)
    assert await pool.lease(plan.trials()[2])


async def test_trials_that_never_fit_are_refused() -> None:
    with pytest.raises(UserError, match=r"needs seats .* raise --slots"):
        await pool_for(Engines(cores=1), toy(5, MODEL), slots=1)


async def test_seats_without_a_model_need_no_place() -> None:
    executor = Engines()
    pool = await pool_for(executor, toy(5))
    assert await pool.lease(toy(5).trials()[0]) == Lease()
    assert executor.plans == []


async def test_a_dead_server_is_restarted_once_for_all_who_lost_it() -> None:
    plan = toy(5, MODEL)
    executor = Engines(cores=1)
    pool = await pool_for(executor, plan)
    first, second = [await pool.lease(trial) for trial in plan.trials()[:2]]
    executor.dead = {"s1"}
    assert await asyncio.gather(pool.mend(first), pool.mend(second)) == ["s1", "s1"]
    assert len(executor.plans) == 2
    pool.release(first)
    pool.release(second)
    again = [await pool.lease(trial) for trial in plan.trials()[:2]]
    taken = [endpoint for lease in again for endpoint in lease.endpoints.values()]
    assert sorted(taken, key=lambda e: e.slot or 0) == [Endpoint("http://s2", slot) for slot in range(4)]
    assert await pool.mend(again[0]) == ""


async def test_a_server_that_dies_again_and_again_ends_the_run() -> None:
    plan = toy(5, MODEL)
    executor = Engines(cores=1)
    pool = await pool_for(executor, plan)
    for number in (1, 2):
        lease = await pool.lease(plan.trials()[0])
        executor.dead = {f"s{number}"}
        await pool.mend(lease)
        pool.release(lease)
    executor.dead = {"s3"}
    with pytest.raises(InfrastructureError, match="died 3 times"):
        await pool.mend(await pool.lease(plan.trials()[0]))


async def test_a_server_that_nobody_answers_at_is_told() -> None:
    with pytest.raises(InfrastructureError, match="not reachable"):
        await pool_for(Engines(), toy(1, REMOTE))


def test_seats_of_one_trial_are_on_one_node() -> None:
    def place(service: str, node: str, seats: int) -> Place:
        return Place(service, "http://x", tuple(range(seats)), Server("k", "http://x", node, 1, ""))

    places = [place("a", "n1", 4), place("b", "n2", 1), place("a", "n2", 1)]
    assert fit({"a": ["worker"], "b": ["peer"]}, places) == {"worker": places[2], "peer": places[1]}
    assert fit({"a": ["worker", "peer"], "b": ["third"]}, places) is None
    assert fit({"a": ["worker"]}, places) == {"worker": places[0]}
    anywhere = Place("c", "http://y", (None,) * 8)
    assert fit({"a": ["worker"], "c": ["peer"]}, [*places, anywhere]) == {"worker": places[0], "peer": anywhere}
