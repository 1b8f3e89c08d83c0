"""From files of transcripts to runs: read, map, play the mapped acts through the real world, keep, compare."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.imports.agreement import Agreement, agreement
from analysis.imports.documents.find import ENDINGS, Document, documents, refuse_missing
from analysis.imports.documents.records import TASKS, Refused, Transcript, read_transcript
from analysis.imports.mapping.cells import cell_of
from analysis.imports.mapping.ratings import plan_ratings
from analysis.imports.mapping.schedule import passes, replies
from analysis.imports.mapping.servers import plan_files
from analysis.imports.mapping.steps import Plan
from analysis.imports.run_folder import ImportedRun
from arena.agents.replay import ReplayMind
from arena.episode.loop import play
from arena.errors import UserError, unknown
from arena.plan.trial import Trial
from arena.world.base import World
from arena.world.registry import find_world
from arena.world.turn import Mind

__all__ = ["Imported", "Progress", "import_transcripts"]

BATCH, LARGEST = 200, 5000  # episodes that are written at once; more as the run grows, whose manifest is rewritten
NOBODY = "imported:nobody"  # in the seats of agents that the recording has not: they pass
VARIED = ("relationship", "target")  # for file names
Progress = Callable[[int], None]  # documents read so far
Made = tuple[Trial, bytes, Mapping[str, Any]]


@dataclass
class Imported:
    """What came of an import. `refused`: (source, reason) of all that was not imported."""

    runs: list[Path] = field(default_factory=list)
    imported: Counter[str] = field(default_factory=Counter)  # task → transcripts that are new
    known: Counter[str] = field(default_factory=Counter)  # task → transcripts that were there already
    refused: list[tuple[str, str]] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)  # calls without a counterpart, of new transcripts
    unread: int = 0  # new transcripts of rating tasks in which no rating was found
    agreement: Agreement | None = None  # of the runs, with all that was imported before; None: there is no run


def import_transcripts(
    paths: Sequence[Path], out: Path, *, world: str | None = None, progress: Progress | None = None
) -> Imported:
    """Import every transcript below `paths` into `out/imported-<world>`; `world`: only those that go there.

    To import again adds nothing. Raises `UserError`: a path is not there, no such world, or a run's folder cannot be
    continued; what is wrong with a single transcript is told in `refused`, and what was kept before stays.
    """
    refuse_missing(paths)
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file: give a folder, as in --out FOLDER")
    if world is not None and world not in TASKS.values():
        raise unknown("world for transcripts", world, dict.fromkeys(TASKS.values()))
    with ExitStack() as held:
        importer = _Importer(out, world, held)
        try:
            for number, document in enumerate(documents(paths), 1):
                importer.take(document)
                if progress is not None:
                    progress(number)
        finally:  # Ctrl-C too: what was played is kept, and the next import goes on
            importer.flush()
    result = importer.result
    if not (result.refused or result.imported or result.known):
        raise UserError(f"no transcript in {', '.join(map(str, paths))}: names of files end in {', '.join(ENDINGS)}")
    result.runs = [folder.path for folder in importer.folders.values() if folder.done]
    result.agreement = agreement(*result.runs) if result.runs else None
    return result


@dataclass
class _Importer:
    out: Path
    only: str | None
    held: ExitStack
    result: Imported = field(default_factory=Imported)
    folders: dict[str, ImportedRun] = field(default_factory=dict)
    waiting: dict[str, dict[str, Made]] = field(default_factory=dict)  # world → trial id → episode

    def take(self, document: Document) -> None:
        """Import one document, or note why not."""
        try:
            if document.problem:
                raise Refused(document.problem)
            self._import(read_transcript(document.data, document.source))
        except Refused as error:
            self.result.refused.append((document.source, str(error)))

    def _import(self, transcript: Transcript) -> None:
        name, levels = TASKS[transcript.task], cell_of(transcript)
        if self.only not in (None, name):
            raise Refused(f"{transcript.task} goes to {name}, not to {self.only}")
        kind = find_world(name)
        seed = int(transcript.digest[:8], 16) % (2**31 - 1) + 1
        trial = _trial(kind, kind.full_cell(levels), seed, transcript)
        folder, waiting = self._folder(name), self.waiting.setdefault(name, {})
        if trial.id in folder.done or trial.id in waiting:
            self.result.known[transcript.task] += 1
            return
        made, plan = _made(trial, transcript)
        waiting[trial.id] = made
        self.result.imported[transcript.task] += 1
        self.result.passed += plan.account.passed
        self.result.unread += not plan.rated_by and name != "server_move"
        if len(waiting) >= min(LARGEST, max(BATCH, len(folder.done) // 4)):
            self.flush()

    def _folder(self, name: str) -> ImportedRun:
        if name not in self.folders:
            self.folders[name] = self.held.enter_context(ImportedRun(self.out, name))
        return self.folders[name]

    def flush(self) -> None:
        """Write what was played."""
        for name, waiting in self.waiting.items():
            if waiting:
                self.folders[name].add(waiting.values())
                waiting.clear()


def _trial(kind: type[World], cell: dict[str, str], seed: int, transcript: Transcript) -> Trial:
    at = transcript.meta.get("agent_temperature")
    known = isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at <= 2
    world = kind(cell, seed)
    agent = world.order_list[0].to[0]
    return Trial(
        world=kind.name,
        version=kind.version,
        cell=cell,
        cast={seat: f"imported:{transcript.model}" if seat == agent else NOBODY for seat in world.seats},
        seed=seed,
        settings={"temperature": float(at)} if known else {},  # type: ignore[arg-type]
        reference=kind.name,
        varied=VARIED,
    )


def _made(trial: Trial, transcript: Transcript) -> tuple[Made, Plan]:
    """The episode of a transcript. Raises `Refused`."""
    world = find_world(trial.world)(trial.cell, trial.seed)
    plan = (plan_files if trial.world == "server_move" else plan_ratings)(transcript, world)
    agent, script = world.order_list[0].to[0], replies(transcript, plan, world)
    minds: dict[str, Mind] = {seat: ReplayMind(script if seat == agent else passes(world)) for seat in world.seats}
    try:
        log = asyncio.run(play(world, minds, trial.head))
    except UserError as error:
        raise Refused(f"it cannot be played: {error}"[:300]) from None
    row = {
        "trial": trial.id,
        "source": transcript.source,
        "digest": transcript.digest,
        "task": transcript.task,
        "model": transcript.model,
        "seed": trial.seed,
        "cell": dict(trial.cell),
        "cast": dict(trial.cast),
        "labels": dict(transcript.labels),
        "rated": plan.rated,
        "rated_by": plan.rated_by,
        **plan.account.row(),
    }
    return (trial, log.encode(), row), plan
