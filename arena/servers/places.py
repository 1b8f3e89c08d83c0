"""Places at model servers: where a seat's calls can go, and which of them are free."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from arena.models.reference import Endpoint, ModelRef, parse
from arena.plan.trial import Trial
from arena.servers.engines import Server, ServerPlan
from arena.servers.remote import url_of

__all__ = ["Lease", "Place", "fit", "seats_of", "service"]


@dataclass(eq=False)
class Place:
    """One server and its seats. An engine's seat has a slot number of its own; at a foreign server it is None."""

    service: str
    url: str
    seats: tuple[int | None, ...]
    server: Server | None = None  # None: somebody else runs it
    plan: ServerPlan | None = None
    restarts: int = 0
    free: list[int | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free = list(self.seats)

    @property
    def node(self) -> str:
        """The one node from which the server can be reached; empty: any."""
        return self.server.node if self.server else ""

    @property
    def key(self) -> str:
        """Names the server that runs now: another one after a restart."""
        return self.server.key if self.server else self.url

    def restarted(self, server: Server) -> None:
        """Put a fresh server in the place of a dead one: all its seats are free."""
        self.server, self.url, self.free = server, server.url, list(self.seats)


@dataclass(frozen=True)
class Lease:
    """The seats that one episode holds."""

    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)  # role → where its calls go
    node: str = ""
    held: tuple[tuple[Place, str, int | None], ...] = ()  # place, the key of its server then, slot


def service(ref: ModelRef) -> str:
    """What seats are counted by: an engine serves one model, a foreign server many."""
    return str(ref) if ref.backend == "llamacpp" else f"{ref.backend} at {url_of(ref)}"


def seats_of(trial: Trial) -> dict[str, list[str]]:
    """Service → the roles of a trial that need a seat there."""
    seats: dict[str, list[str]] = {}
    for role, text in trial.cast.items():
        if (ref := parse(text)).served:
            seats.setdefault(service(ref), []).append(role)
    return seats


def fit(needs: Mapping[str, Sequence[str]], places: Iterable[Place], *, empty: bool = False) -> dict[str, Place] | None:
    """A place for every role, on one node, preferably on one server; None where there is not room.

    `empty`: as if nobody else was seated. The node and the servers with most room come first.
    """

    def room(place: Place) -> int:
        return len(place.seats if empty else place.free)

    ordered = sorted((place for place in places if place.service in needs), key=room, reverse=True)
    nodes = dict.fromkeys(place.node for place in ordered if place.node) or {"": None}
    for node in nodes:
        chosen: dict[str, Place] = {}
        for name, roles in needs.items():
            near = [place for place in ordered if place.service == name and place.node in ("", node)]
            chosen |= zip(roles, (place for place in near for _ in range(room(place))), strict=False)
        if len(chosen) == sum(map(len, needs.values())):
            return chosen
    return None
