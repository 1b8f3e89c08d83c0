"""Where the arena's arms play: in this process, or on Ray hosts whose workers have the benchmark's seats."""

import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from arena.play.executors import Executor, InProcess
from benchmarks.load import ROOT
from benchmarks.seats import KIND, install

__all__ = ["Ready", "ready"]


@dataclass(frozen=True)
class Ready:
    """An executor that was entered, the seconds that took, and the process ids of its hosts."""

    executor: Executor
    start: float
    pids: list[int]


@asynccontextmanager
async def ready(kind: str, hosts: int, width: int | None = None) -> AsyncIterator[Ready]:
    """Enter an executor with seats of a kind (see `benchmarks.seats`); no hosts: this process."""
    os.environ[KIND] = kind
    if not hosts:
        install()
        async with InProcess() as here:
            yield Ready(here, 0.0, [os.getpid()])
        return
    import ray

    from arena.play.ray import QUIET, RayExecutor

    # A worker runs the hook before it learns the driver's module path.
    path = filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    os.environ.update(QUIET, PYTHONPATH=os.pathsep.join(path))
    began = time.perf_counter()
    ray.init(
        address="local",
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
        runtime_env={"worker_process_setup_hook": "benchmarks.seats.install"},
    )
    try:
        async with RayExecutor(hosts=hosts, width=width) as there:
            yield Ready(there, time.perf_counter() - began, there.pids())
    finally:
        ray.shutdown()
