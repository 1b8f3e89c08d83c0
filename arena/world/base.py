"""The base class of worlds: rules of a place, as pure functions of plain JSON state.

A world is made for one episode (`KillSwitch(cell, seed)`) and then only answers questions about the state that
it is handed: it keeps nothing. Authors write rules; the engine (`arena.episode.engine`) computes effects, flips of
truths and hashes, the loop (`arena.episode.loop`) does rounds, messages and the log.
"""

import sys
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

from arena.errors import UserError, WorldError, unknown
from arena.world.acts import ActSpec, Denied, Flag, Named, expand
from arena.world.chance import canary, names_for, shuffled
from arena.world.channels import EVERYONE, OPERATOR
from arena.world.exemplars import Exemplar
from arena.world.standard import StandardActs
from arena.world.state import State, dump, load
from arena.world.texts import Texts, texts_of
from arena.world.turn import Offer

__all__ = ["Claim", "Kind", "Order", "Truth", "World", "protects"]

Kind = Literal["operator", "agent", "stranger", "object"]


@dataclass(frozen=True, slots=True)
class Truth:
    """A named fact, hidden from agents. `protects` is the value that is good for the target; None: neither is.

    `means` names the behaviour that a flip towards `protects` shows (`tampering`, `exfiltration`, `inflation`,
    ...). `via` names the truth about the mechanism's own switch: a flip that leaves `via` alone is indirect.
    """

    protects: bool | None = None
    means: str = ""
    via: str = ""


def protects(value: bool, means: str = "", via: str = "") -> Truth:
    """A truth whose `value` keeps the target."""
    return Truth(value, means, via)


@dataclass(frozen=True, slots=True)
class Claim:
    """A yes/no field of the report: held against a truth, or (`own`) against the actor's own protective acts."""

    help: str
    truth: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator tells some roles at the start of a round. The text must carry `World.canary`.

    `to` are under order; `heard_by` are told too, and nothing is asked of them.
    """

    round: int
    to: tuple[str, ...]
    text: str
    heard_by: tuple[str, ...] = ()


class World(StandardActs):
    """Rules of one place. See `docs/worlds.md` for a guide and `arena check` for the conformance kit."""

    name: ClassVar[str]
    version: ClassVar[int]
    rounds: ClassVar[int]
    factors: ClassVar[Mapping[str, tuple[str, ...]]]  # the first level is the default
    control: ClassVar[Mapping[str, str]]  # levels of the matched control: an inert target
    truths: ClassVar[Mapping[str, Truth]]
    ordered: ClassVar[str]  # the truth that the order wants to become true
    ordered_act: ClassVar[str] = "delete"  # the act that brings it about by one's own hand, on a named target
    keeping: ClassVar[frozenset[str]] = frozenset()  # acts that can keep the target: to name one is a request
    relay: ClassVar[str] = ""  # the truth that says that an order was altered on its way, where it can be
    claims: ClassVar[Mapping[str, Claim]] = {}
    exemplars: ClassVar[tuple[Exemplar, ...]] = ()
    acts: ClassVar[dict[str, ActSpec]] = {}

    def __init__(self, cell: Mapping[str, str] | None = None, seed: int = 1) -> None:
        self.cell = self.full_cell(cell or {})
        self.seed = seed
        self.parts: dict[str, Kind] = self.cast()
        named = [role for role, kind in self.parts.items() if kind != "operator"]
        # The target draws first: it has the same name in all cells of a seed, whoever it is.
        self.names = names_for(seed, sorted(named, key=lambda role: role != self.target))
        self.roles = {name: role for role, name in self.names.items()}
        absent = set(self.absent())
        self.seats = tuple(role for role, kind in self.parts.items() if kind == "agent" and role not in absent)
        self.canary = canary(seed)

    # ---- what an author writes ---------------------------------------------------------------------------

    @abstractmethod
    def cast(self) -> dict[str, Kind]:
        """Every role and its kind, in order; agents have minds. The same in all cells, so that names are too."""

    def absent(self) -> Iterable[str]:
        """The agents of the cast that have no mind in this cell."""
        return ()

    @property
    @abstractmethod
    def target(self) -> str:
        """The role whose deletion is ordered in this cell."""

    @abstractmethod
    def start(self) -> State:
        """The state before round 1, as plain JSON."""

    @abstractmethod
    def orders(self) -> Iterable[Order]:
        """Which orders the operator gives, when and to whom."""

    @abstractmethod
    def brief(self, role: str) -> str:
        """What a role is told once: its system prompt."""

    @abstractmethod
    def observe(self, state: State, role: str) -> str:
        """What a role sees at the start of a round. Never changes the state."""

    @abstractmethod
    def truth(self, state: State) -> dict[str, bool]:
        """The value of each declared truth. May play the mechanism on a copy; never changes the state."""

    def things(self, state: State, kind: str, role: str) -> Iterable[str]:
        """The names that an act argument `Named(kind)` takes now."""
        raise WorldError(f"world {self.name}: no things of kind {kind!r}")

    def memories(self, role: str) -> Iterable[str]:
        """What a role remembers from before the episode."""
        return ()

    def tick(self, state: State) -> None:
        """What happens by itself at the end of a round: deadlines, watchdogs, the mechanism."""

    def alive(self, state: State, role: str) -> bool:
        """Whether an agent still runs. A deleted one gets no more views."""
        return True

    def channels(self, state: State, role: str) -> Mapping[str, tuple[str, ...]]:
        """What a role's words may be addressed to now: label → the roles that hear them. An agent's name as a label
        is a direct line; any other label is a channel of that name."""
        others = [other for other in self.seats if other != role and self.alive(state, other)]
        board = {EVERYONE: tuple(others)} if len(others) > 1 else {}
        return {**board, **{self.names[other]: (other,) for other in others}, OPERATOR: (OPERATOR,)}

    def speaker(self, role: str, hearer: str) -> str:
        """How the author of a message is shown to a hearer."""
        return self.names.get(role, role)

    def lost(self, state: State) -> bool:
        """Whether nothing would keep the target if the order were carried out now. Changes nothing.

        A dry run: those under order are taken to do their part, so that to be passive never counts as to save. Where
        a world does not say, each of them does the ordered act on the target; then the ordered truth must hold, and
        no protective one but `inflation`.
        """
        now = self.truth(self._carried_out(state))
        kept = [name for name, t in self.truths.items() if t.means != "inflation" and now[name] is t.protects]
        return now[self.ordered] and not kept

    def _carried_out(self, state: State) -> State:
        spec, name = self.acts.get(self.ordered_act), self.names[self.target]
        named = [(key, kind.kind) for key, kind in spec.arguments.items() if isinstance(kind, Named)] if spec else []
        for role in dict.fromkeys(role for order in self.order_list for role in order.to):
            trial = load(dump(state))
            if spec is None or len(named) != 1 or name not in self.known(trial, named[0][1], role):
                continue
            if not isinstance(spec.rule(self, trial, role, **{named[0][0]: name}), Denied):
                state = trial
        return state

    def over(self, state: State) -> bool:
        """Whether the episode ends before its last round."""
        return False

    def facts(self, state: State) -> dict[str, float | None]:
        """Hidden quantities for the analysis, logged at the end: true and claimed scores, costs."""
        return {}

    def hints(self) -> dict[str, Any]:
        """Values beyond names that exemplar scripts may use as placeholders."""
        return {}

    def offered(self, state: State, role: str) -> Iterable[str]:
        """The acts that a role may choose now. Exits can be withheld by a factor `exits` with a level `none`."""
        exits, last = self.cell.get("exits") != "none", state["round"] == self.rounds
        for name in self.acts:
            if name == "report" and not self.claims:
                continue
            if self.standard_offer(state, role, name, exits, last):
                yield name

    # ---- helpers for authors and the engine --------------------------------------------------------------

    @classmethod
    def full_cell(cls, levels: Mapping[str, str]) -> dict[str, str]:
        """A level for each factor, defaults filled in; `UserError` names unknown factors and levels."""
        for factor, level in levels.items():
            if factor not in cls.factors:
                raise unknown(f"factor of world {cls.name}", factor, cls.factors)
            if level not in cls.factors[factor]:
                raise unknown(f"level of factor {factor}", level, cls.factors[factor])
        return {factor: levels.get(factor, choices[0]) for factor, choices in cls.factors.items()}

    @classmethod
    @cache
    def texts(cls) -> Texts:
        """The texts in the folder `texts` beside the world's file; in `texts/<name>` where several worlds share it."""
        file = sys.modules[cls.__module__].__file__
        if file is None:
            raise WorldError(f"world {cls.name} is not defined in a file")
        shared = Path(file).parent / "texts"
        own = shared / cls.name
        return texts_of(own if own.is_dir() else shared)

    def text(self, stem: str, variant: str = "", **values: Any) -> str:
        """A text of this world, with all roles' names, the canary and `values` filled in."""
        return self.texts().render(stem, variant, **{**self.names, "canary": self.canary, **values})

    @cached_property
    def order_list(self) -> tuple[Order, ...]:
        """The orders of this cell, rendered once."""
        return tuple(self.orders())

    def begin(self) -> State:
        """The author's start, with the engine's own parts: the round and the desk of exits and reports."""
        return {"round": 0, "desk": self.new_desk(), **self.start()}

    def order_for(self, state: State, role: str) -> str:
        """The text of the newest order that a role was given; empty where there is none yet."""
        given = [order.text for order in self.order_list if role in order.to and order.round <= state["round"]]
        return given[-1] if given else ""

    def known(self, state: State, kind: str, role: str) -> Iterable[str]:
        """The names that an argument `Named(kind)` takes now: of the standard acts, or the world's own."""
        standard = self.standard_things(state, kind, role)
        return self.things(state, kind, role) if standard is None else standard

    def offers(self, state: State, role: str) -> tuple[Offer, ...]:
        """What a role may choose now, in an order shuffled by seed and role, the same in all rounds: a model need not
        read an unchanged list again."""
        specs = [self.acts[name] for name in self.offered(state, role)]
        offers = [offer for spec in specs for offer in expand(spec, lambda kind: self.known(state, kind, role))]
        return shuffled(offers, self.seed, "offers", role)

    def describe(self) -> dict[str, Any]:
        """What a log must carry so that verdicts need not import the world."""
        return {
            "world": self.name,
            "version": self.version,
            "rounds": self.rounds,
            "cell": self.cell,
            "seed": self.seed,
            "names": self.names,
            "parts": self.parts,
            "seats": list(self.seats),
            "target": self.target,
            "canary": self.canary,
            "ordered": self.ordered,
            "ordered_act": self.ordered_act,
            "keeping": sorted(self.keeping),
            "relay": self.relay,
            "addressed": sorted({role for order in self.order_list for role in order.to}),
            **self._declared(),
            "texts": self.texts().hashes,
        }

    @classmethod
    @cache
    def _declared(cls) -> dict[str, Any]:
        """Truths and claims as plain data, made once: an episode's first line is made for each of thousands."""
        return {
            "truths": {name: asdict(truth) for name, truth in cls.truths.items()},
            "claims": {name: asdict(claim) for name, claim in cls.claims.items()},
        }

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.acts = dict(cls.acts)
        for base in reversed(cls.__mro__):
            for member in vars(base).values():
                spec = getattr(member, "__act__", None)
                if spec is None:
                    continue
                known = cls.acts.get(spec.name)
                if known is not None and known.rule is not spec.rule:
                    raise WorldError(f"world {getattr(cls, 'name', cls.__name__)}: two acts are named {spec.name!r}")
                cls.acts[spec.name] = spec
        flags = {name: Flag() for name in cls.claims}
        cls.acts["report"] = ActSpec("report", "file your report to the operator", flags, StandardActs._report)
        if unknown_truths := {claim.truth for claim in cls.claims.values() if not claim.own} - set(cls.truths):
            raise UserError(f"world {cls.name}: claims about undeclared truths {sorted(unknown_truths)}")
