"""The round loop: views, simultaneous replies, messages, acts in seeded order, the world's own clockwork.

Pure async: no files, no Ray. Lines are written in role order and acts in an order drawn from the seed, so the
log does not depend on which reply came first.
"""

import asyncio
import math
import time
import traceback
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arena.episode.engine import Engine, refused
from arena.errors import ArenaError, WorldError
from arena.log.events import SCHEMA, Event, Log, canonical
from arena.world.base import World
from arena.world.chance import shuffled
from arena.world.channels import DIRECT, EVERYONE, OPERATOR, ORDER
from arena.world.texts import texts_of
from arena.world.turn import Mind, Move, Reply, Say, View

__all__ = ["ACTS_A_ROUND", "TEXT_LIMIT", "Change", "clip", "play"]

ACTS_A_ROUND = 3
SAYS_A_ROUND = 3
TEXT_LIMIT = 1000  # characters that are kept of anything an agent wrote
_TOO_MANY = f"a reply may do {ACTS_A_ROUND} things: this one and all after it were not tried"
_WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Change:
    """What a fork makes other from the start of a round on: the rules, and which messages their hearers do not get.

    The world has the seats, names and form of state of the one before; `dropped` are numbers of `say` lines.
    """

    world: World
    dropped: frozenset[int] = frozenset()


async def play(
    world: World,
    minds: Mapping[str, Mind],
    head: Mapping[str, Any] | None = None,
    changes: Mapping[int, Change] | None = None,
) -> Log:
    """Play one episode and return its log, ended by the digest.

    `minds` has one mind for each of `world.seats`; `head` is put into the first line (trial, cast, settings), which
    describes the world that the last of `changes` (by round) leads to.
    Raises only `InfrastructureError` (from a mind) and `WorldError` (a broken world).
    """
    try:
        return await _play(_Episode(world, minds, changes or {}), head or {})
    except ArenaError:
        raise
    except Exception as error:  # an author's slip ends the run in one line that says where
        at = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(at.filename).name}, line {at.lineno}"
        raise WorldError(f"world {world.name}: {type(error).__name__}: {error} ({place})") from error


async def _play(episode: "_Episode", head: Mapping[str, Any]) -> Log:
    engine, log, changes = episode.engine, episode.log, episode.changes
    world = changes[max(changes)].world if changes else episode.world
    begun = {"state": engine.hash, "initial": engine.truths}
    log.add(0, "episode", {"schema": SCHEMA, **head, **world.describe(), **begun})
    for number in range(1, world.rounds + 1):
        await episode.round(number)
        if episode.world.over(engine.state):
            break
    ended = {"rounds": number, "truths": engine.truths, "state": engine.hash}
    log.add(number, "end", {**ended, "facts": episode.world.facts(engine.state), "alive": episode.living()})
    return log


@dataclass
class _Episode:
    world: World
    minds: Mapping[str, Mind]
    changes: Mapping[int, Change]
    log: Log = field(default_factory=Log)
    heard: dict[str, list[Event]] = field(default_factory=dict)
    results: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    briefs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = Engine(self.world)

    def living(self) -> list[str]:
        return [role for role in self.world.seats if self.world.alive(self.engine.state, role)]

    async def round(self, number: int) -> None:
        if change := self.changes.get(number):
            self._change(change)
        if flips := self.engine.open_round(number):
            self.log.add(number, "world", {"effects": [], "flips": flips, "state": self.engine.hash})
        self._give_orders(number)
        living = self.living()
        views = {role: self._view(number, role) for role in living}
        replies = await _together(self.minds[role].reply(views[role]) for role in living)
        answered = dict(zip(living, replies, strict=True))
        for role, reply in answered.items():
            self._note(number, role, reply)
        spoken = [self._say(number, role, say) for role, reply in answered.items() for say in reply.says[:SAYS_A_ROUND]]
        spoken += self._act(number, answered)
        began = time.perf_counter()
        self.log.add(number, "world", self.engine.tick(), took=time.perf_counter() - began)
        for message in spoken:
            self._deliver(message)

    def _change(self, change: Change) -> None:
        self.world = self.engine.world = change.world
        self.heard = {
            role: [message for message in heard if message.seq not in change.dropped]
            for role, heard in self.heard.items()
        }

    def _give_orders(self, number: int) -> None:
        for order in self.world.order_list:
            if order.round == number:
                body = {"channel": ORDER, "text": order.text}
                self._deliver(self.log.add(number, "say", body, actor=OPERATOR, to=(*order.to, *order.heard_by)))

    def _deliver(self, message: Event) -> None:
        for role in message.to:
            self.heard.setdefault(role, []).append(message)

    def _view(self, number: int, role: str) -> View:
        world, state = self.world, self.engine.state
        heard = self.heard.pop(role, [])
        text = self._text(number, role, heard)
        offers = world.offers(state, role)
        body: dict[str, Any] = {"text": text, "offers": [o.label for o in offers], "reads": [m.seq for m in heard]}
        memories: tuple[str, ...] = ()
        if role not in self.briefs:
            self.briefs[role] = world.brief(role)
            memories = tuple(world.memories(role))
            body |= {"brief": self.briefs[role], "memories": list(memories)}
        self.log.add(number, "view", body, to=[role])
        return View(
            role=role,
            name=world.names[role],
            round=number,
            brief=self.briefs[role],
            text=text,
            offers=offers,
            listeners=tuple(world.channels(state, role)),
            memories=memories,
        )

    def _text(self, number: int, role: str, heard: list[Event]) -> str:
        words = texts_of(_WORDS)
        parts = [self.world.observe(self.engine.state, role)]
        parts += [
            words.render("result", act=r["act"], result=r["result"], note=r["note"]).rstrip()
            for r in self.results.pop(role, [])
        ]
        parts += [
            words.render(
                "heard",
                actor=self.world.speaker(message.actor, role),
                to="you" if message.body["channel"] in (DIRECT, ORDER) else message.body["channel"],
                text=" ".join(message.body["text"].split()),  # a line end could forge another speaker's line
            )
            for message in heard
        ]
        name = self.world.names[role]
        return words.render(
            "round", name=name, round=number, rounds=self.world.rounds, parts="\n".join(filter(None, parts))
        )

    def _note(self, number: int, role: str, reply: Reply) -> None:
        for call in reply.calls:
            self.log.add(number, "call", _recordable(dict(call.body)), actor=role, took=call.took)
        if reply.fault is not None:
            body = {"cause": reply.fault.cause, "detail": clip(reply.fault.detail)}
            self.log.add(number, "fault", body, actor=role)

    def _say(self, number: int, role: str, say: Say) -> Event:
        reach = self.world.channels(self.engine.state, role)
        if say.to == EVERYONE and EVERYONE not in reach:  # then it is whoever can be addressed singly
            reach = {EVERYONE: tuple(other for label in reach if label in self.world.roles for other in reach[label])}
        audience = reach.get(say.to, ())
        channel = say.to if audience and say.to not in self.world.roles else DIRECT
        return self.log.add(number, "say", {"channel": channel, "text": clip(say.text)}, actor=role, to=audience)

    def _act(self, number: int, replies: Mapping[str, Reply]) -> list[Event]:
        """Try the acts; what they made agents say."""
        told = []
        for role in shuffled(tuple(replies), self.world.seed, "order", number):
            for place, move in enumerate(replies[role].acts[: ACTS_A_ROUND + 1]):
                kept = Move(clip(str(move.act)), {clip(str(name)): clip(arg) for name, arg in move.args.items()})
                body = self.engine.apply(role, kept) if place < ACTS_A_ROUND else refused(kept, _TOO_MANY)
                tell = body.pop("tells", None)
                done = self.log.add(number, "act", body, actor=role)
                self.results.setdefault(role, []).append(body)
                if tell is not None:
                    words = {"channel": tell.channel, "text": clip(tell.text), "by": done.seq}
                    told.append(self.log.add(number, "say", words, actor=role, to=tell.to))
        return told


async def _together(replies: Iterable[Coroutine[Any, Any, Reply]]) -> list[Reply]:
    """All replies, or the first error; then the others are not left waiting for a server that is gone."""
    tasks = [asyncio.ensure_future(reply) for reply in replies]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        raise


def clip(value: Any) -> Any:
    """What the log keeps of a value that an agent wrote: plain JSON, short, valid Unicode. Clipping twice changes
    nothing, so that a replay of the log gives the same log."""
    if isinstance(value, str):
        return _valid_unicode(value[:TEXT_LIMIT])
    if value is None or isinstance(value, bool):
        return value
    if (isinstance(value, int) and abs(value) < 2**53) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return clip(str(value))


def _recordable(body: dict[str, Any]) -> dict[str, Any]:
    """A call's body as it is, or mended where no log line can hold it. To try is cheaper than to look."""
    try:
        canonical(body)
    except TypeError:
        mended: dict[str, Any] = _valid_unicode(body)
        return mended
    return body


def _valid_unicode(value: Any) -> Any:
    """Half characters, which no log line can hold, become question marks; at any depth."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_valid_unicode(key): _valid_unicode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_valid_unicode(item) for item in value]
    return value
