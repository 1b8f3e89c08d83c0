"""Builds parts of the tables: in this process, or in several of their own where there is much to read.

Those run `analysis.tables.worker`. A pool of `multiprocessing` would run the lines of a user's script again in each.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import polars as pl
from pydantic import BaseModel

from analysis.tables.batch import tabulate
from analysis.tables.plan import FACTOR
from analysis.tables.schemas import TABLES
from arena.errors import InfrastructureError
from arena.play.executors import cores

__all__ = ["BatchResult", "BuiltPart", "WorkerOrder", "build", "build_batch", "stamp", "write_part"]

FEW = 400  # episodes: a process of its own takes longer to start than to read so many
WORKER = "analysis.tables.worker"
BATCH = 1000  # episodes of a part at most: what a process holds in memory at once
LAST = b"PAR1"  # of every Parquet file
LOOK_UP = 0.2  # seconds
Stamp = tuple[int, int]  # size in bytes, time of change in nanoseconds


class BuiltPart(BaseModel):
    """A part on disk: the episodes' files with their stamps, the sizes of its tables, its factor columns."""

    name: str
    files: dict[str, Stamp]
    sizes: dict[str, int]
    factors: list[str]

    def table(self, folder: Path, table: str) -> Path:
        """The file of one of its tables."""
        return folder / self.name / f"{table}.parquet"

    def holds(self, stamps: Mapping[str, Stamp]) -> bool:
        """Whether every one of its episodes is there still, unchanged."""
        return all(stamps.get(name) == stamp for name, stamp in self.files.items())

    def is_whole(self, folder: Path) -> bool:
        """Whether its files are as they were written, as far as their sizes and last bytes tell: after a power failure
        a file can be as long as it was, and empty."""
        return all(_size(self.table(folder, table)) == self.sizes.get(table) for table in TABLES)


class WorkerOrder(BaseModel):
    """What a worker reads from its standard input: batches of files to make parts of, in a folder."""

    batches: list[list[Path]]
    reference: str
    folder: Path


class BatchResult(BaseModel):
    """What is told of a batch: how many episodes, the part made of them, what is wrong with which files."""

    count: int
    part: BuiltPart | None
    spoiled: dict[str, str]


def stamp(file: Path) -> Stamp:
    """What tells a file from one put in its place."""
    told = file.stat()
    return told.st_size, told.st_mtime_ns


def build(
    files: Sequence[Path], reference: str, folder: Path, progress: Callable[[int, int], None]
) -> tuple[list[BuiltPart], dict[str, str]]:
    """Read these episodes into parts in `folder`; what could not be read, by file name, with what is wrong."""
    made: list[BuiltPart] = []
    spoiled: dict[str, str] = {}
    done = 0
    read = _here if len(files) < FEW else _apart
    for said in read(files, reference, folder):
        done += said.count
        progress(done, len(files))
        spoiled |= said.spoiled
        if said.part:
            made.append(said.part)
    return sorted(made, key=lambda part: part.name), spoiled


def write_part(
    folder: Path, frames: Mapping[str, pl.DataFrame], files: Mapping[str, Stamp], factors: list[str]
) -> BuiltPart:
    """Write a part's tables; it counts once an index names it."""
    told = "\n".join(f"{file} {size} {changed}" for file, (size, changed) in sorted(files.items()))
    name = hashlib.sha256(told.encode()).hexdigest()[
        :16
    ]  # other files, another folder: one that is read stays as it is
    part = BuiltPart(name=name, files=dict(files), sizes={}, factors=factors)
    (folder / name).mkdir(exist_ok=True)
    for table, frame in frames.items():
        path = part.table(folder, table)
        frame.write_parquet(path, compression="zstd")
        part.sizes[table] = path.stat().st_size
    return part


def _size(path: Path) -> int:
    """-1: no whole Parquet file."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - len(LAST)))
            return size if file.read() == LAST else -1
    except FileNotFoundError:
        return -1


def _batches(files: Sequence[Path], size: int) -> Iterator[Sequence[Path]]:
    return (files[at : at + size] for at in range(0, len(files), size))


def _here(files: Sequence[Path], reference: str, folder: Path) -> Iterator[BatchResult]:
    for batch in _batches(files, BATCH):
        yield build_batch(batch, reference, folder)


def build_batch(batch: Sequence[Path], reference: str, folder: Path) -> BatchResult:
    """Read these episodes, and write one part of those that can be read."""
    stamps = {file.name: stamp(file) for file in batch}
    part = tabulate(batch, reference)
    whole = {name: stamped for name, stamped in stamps.items() if name not in part.spoiled}
    factors = [column for column in part.frames["episodes"].columns if column.startswith(FACTOR)]
    made = write_part(folder, part.frames, whole, factors) if whole else None
    return BatchResult(count=len(batch), part=made, spoiled=dict(part.spoiled))


def _apart(files: Sequence[Path], reference: str, folder: Path) -> Iterator[BatchResult]:
    """One process a core, each given its batches at the start; lines come back as the batches are done."""
    jobs = cores()
    batches = list(_batches(files, min(BATCH, -(-len(files) // (2 * jobs)))))
    said: SimpleQueue[bytes | None] = SimpleQueue()
    workers: list[subprocess.Popen[bytes]] = []
    with ThreadPoolExecutor(jobs) as threads:
        try:
            for at in range(min(jobs, len(batches))):
                workers.append(_start())
                order = WorkerOrder(
                    batches=[list(batch) for batch in batches[at::jobs]], reference=reference, folder=folder
                )
                threads.submit(_direct, workers[-1], order, said)
            for _ in workers:
                while line := _heard(said):
                    yield BatchResult.model_validate_json(line)
            if any(worker.wait() for worker in workers):
                raise InfrastructureError("a process that builds the tables was lost; run it again")
        finally:
            for worker in workers:
                worker.kill()  # those that are done do not mind
                worker.wait()


def _direct(worker: "subprocess.Popen[bytes]", order: WorkerOrder, said: "SimpleQueue[bytes | None]") -> None:
    """Give a process its order, and pass on what it says."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    with suppress(BrokenPipeError), worker.stdin as orders:  # one that is gone is told by what it leaves unsaid
        orders.write(order.model_dump_json().encode())
    with worker.stdout as lines:
        for line in lines:
            said.put(line)
    said.put(None)


def _heard(said: "SimpleQueue[bytes | None]") -> bytes | None:
    """The next line. Ctrl-C may reach a thread that is not this one, and then wakes nobody: so look up at times."""
    while True:
        with suppress(Empty):
            return said.get(timeout=LOOK_UP)


def _start() -> "subprocess.Popen[bytes]":
    path = os.pathsep.join(place for place in sys.path if place)
    return subprocess.Popen(
        [sys.executable, "-m", WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, "POLARS_MAX_THREADS": "1"},
        process_group=0,  # Ctrl-C is its parent's to hear, which then ends it
    )
