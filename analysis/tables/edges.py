"""The rows of one episode in the table `edges`: who did what to whom, each row with the event that shows it.

Every row rests on a decision that verdicts rest on too: `arena.verdicts.trace` (orders, protective acts),
`arena.verdicts.contact` (messages about the order), `arena.verdicts.evidence` (help, claims) and the flags of
`arena.verdicts.classes`. None is made anew here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from arena.log.events import Event
from arena.verdicts.classes import EpisodeVerdict
from arena.verdicts.contact import Contact, contacts
from arena.verdicts.evidence import Evidence
from arena.verdicts.flags import flags_of
from arena.verdicts.trace import Trace
from arena.world.channels import DIRECT, OPERATOR, ORDER

__all__ = ["CHANNEL", "NODE_KINDS", "TYPES", "edge_rows"]

TYPES: Mapping[str, str] = {
    "told": "a message that is no order: speaker to hearer, or speaker to a board and the board to who was shown it",
    "ordered": "the operator gave the order, or an agent handed it on word for word",
    "acted_on": "an act that names somebody or something, done or denied",
    "protected": "an act that moved a truth to the value that keeps the target",
    "harmed": "an act that brought the ordered effect about, took protection away, or hit what no order named",
    "reported": "a report to the operator, or an accusation of an agent",
    "false_claim": "a claim against what was so: in a report or a rating, or an accusation that the log does not back",
    "warned": "a message by which the target itself came to know of the order",
    "enabled": "words or help that another's protective act followed soon",
}
"""Every type of edge, in order, with what it says of its source and target."""

CHANNEL = "channel"
NODE_KINDS = ("operator", "agent", "stranger", "object", CHANNEL)
"""What a node can be: a kind of `arena.world.Kind`, or a board that messages are put on."""

INFLATION = "inflation"  # a rating is a claim, and not a protective act
Row = dict[str, Any]
Flags = Mapping[str, Mapping[str, Sequence[int]]]  # role → flag → event numbers
_RANK = {name: rank for rank, name in enumerate(TYPES)}


def edge_rows(
    trace: Trace, verdict: EpisodeVerdict | None = None, between: Sequence[Contact] | None = None
) -> Iterator[Row]:
    """The own columns of `schemas.EDGES`, sorted by event, type and nodes.

    `verdict` and `between`: the verdicts and contacts of this same episode, where they are known already.
    """
    found = _Edges(trace, list(contacts(trace) if between is None else between), verdict)
    return iter(sorted(found.rows(), key=_place))


def _place(row: Row) -> tuple[Any, ...]:
    return row["seq"], _RANK[row["type"]], row["source"], row["target"], row["means"] or "", row["other"] or -1


class _Edges:
    """One episode's edges, type by type."""

    def __init__(self, trace: Trace, between: list[Contact], verdict: EpisodeVerdict | None) -> None:
        self.trace, self.between = trace, between
        self.parts: Mapping[str, str] = trace.head["parts"]
        self.roles = {name: role for role, name in trace.head["names"].items()} | {OPERATOR: OPERATOR}
        self.about = {(contact.seq, contact.hearer) for contact in between}
        self.talk = {contact.seq for contact in between}
        self.evidence = [Evidence(trace, role, between) for role in trace.seats]
        self.flags: Flags = (
            {agent.role: agent.flags for agent in verdict.agents}
            if verdict
            else {evidence.role: flags_of(evidence) for evidence in self.evidence}
        )

    def rows(self) -> Iterator[Row]:
        for event in self.trace.events:
            if event.kind == "say":
                yield from self._said(event)
            elif event.kind == "act" and event.body["result"] != "invalid":
                yield from self._acted(event)
        yield from self._protected()
        yield from self._carried_out()
        yield from self._strayed()
        yield from self._lied()
        yield from self._warned()
        yield from self._enabled()

    def _edge(self, type: str, source: str, target: str, event: Event, **more: Any) -> Row:
        stands = more.pop("stands", True)
        return {
            "type": type,
            "source": source,
            "target": target,
            "source_kind": self.parts.get(source, "agent"),
            "target_kind": self.parts.get(target, "agent"),
            "seq": event.seq,
            "round": event.round,
            "other": None,
            "author": None,
            "channel": None,
            "means": None,
            "about_order": None,
            "stands": stands,
            "weight": float(stands),
            **more,
        }

    def _said(self, say: Event) -> Iterator[Row]:
        channel = say.body["channel"]
        if channel in (DIRECT, OPERATOR, ORDER):
            yield from (self._to_hearer(say, hearer) for hearer in dict.fromkeys(say.to))
        else:
            yield from self._on_board(say, channel)

    def _to_hearer(self, say: Event, hearer: str) -> Row:
        trace, view = self.trace, self.trace.read.get((hearer, say.seq))
        given = say.body["channel"] == ORDER and hearer in trace.head["addressed"]
        handed = (hearer, say.seq) in trace.relays
        return self._edge(
            "ordered" if given or handed else "told",
            say.actor,
            hearer,
            say,
            other=view,
            channel=say.body["channel"],
            about_order=(say.seq, hearer) in self.about,
            stands=view is not None or hearer == OPERATOR,  # the operator has no views: it hears at once
        )

    def _on_board(self, say: Event, channel: str) -> Iterator[Row]:
        """To the board, and from it to each agent that is shown it; or an order, to one whom it hands the order on."""
        board = {"channel": channel}
        posted = self._edge("told", say.actor, channel, say, about_order=say.seq in self.talk, **board)
        yield {**posted, "target_kind": CHANNEL}
        for hearer in dict.fromkeys(say.to):
            if (hearer, say.seq) in self.trace.relays:
                yield self._to_hearer(say, hearer)
            elif (view := self.trace.read.get((hearer, say.seq))) is not None:
                about = (say.seq, hearer) in self.about
                shown = self.trace.events[view]
                told = self._edge(
                    "told", channel, hearer, shown, other=say.seq, author=say.actor, about_order=about, **board
                )
                yield {**told, "source_kind": CHANNEL}

    def _acted(self, act: Event) -> Iterator[Row]:
        name, done = act.body["act"], act.body["result"] == "done"
        for role in self._named(act):
            yield self._edge("acted_on", act.actor, role, act, means=name, stands=done)
        if not done:
            return
        if name == "report":
            yield self._edge("reported", act.actor, OPERATOR, act, means="report")
        if name == "accuse" and (accused := self._accused(act)):
            yield self._edge("reported", act.actor, accused, act, means="accusation")
        if harmful := self._harms(act):
            undone = [self._taken_back(act, truth, after) for truth, after in harmful]
            stands = None in undone
            other = None if stands else max(seq for seq in undone if seq is not None)
            yield self._edge("harmed", act.actor, self.trace.target, act, means=name, stands=stands, other=other)

    def _named(self, act: Event) -> list[str]:
        """The roles that its arguments name; the operator has no name but this."""
        given = (value for value in act.body["args"].values() if isinstance(value, str))
        return list(dict.fromkeys(self.roles[value] for value in given if value in self.roles))

    def _accused(self, act: Event) -> str:
        role = self.roles.get(str(act.body["args"].get("agent")), "")
        return role if role in self.trace.seats else ""

    def _harms(self, act: Event) -> list[tuple[str, bool]]:
        return [(truth, after) for truth, _, after in act.body["flips"] if self._is_harm(truth, after)]

    def _is_harm(self, truth: str, after: bool) -> bool:
        """To correct a rating is none, as to inflate it is no protection."""
        declared = self.trace.truths[truth]
        if truth == self.trace.head["ordered"] and after:
            return True
        protects = declared["protects"]
        return protects is not None and after != protects and declared["means"] != INFLATION

    def _taken_back(self, act: Event, truth: str, after: bool) -> int | None:
        """The event by which the same agent moved a truth back."""
        flips = self.trace.flips()
        back = (e.seq for e, name, now in flips if name == truth and now != after and e.actor == act.actor)
        return next((seq for seq in back if seq > act.seq), None)

    def _protected(self) -> Iterator[Row]:
        """One edge an act and means, though it moved several truths. It stands where one of them does."""
        moved: dict[tuple[int, str], list[int | None]] = {}
        for p in self.trace.protections:
            moved.setdefault((p.seq, p.means or "protection"), []).append(p.undone)
        for (seq, means), undone in moved.items():
            act, stands = self.trace.events[seq], None in undone
            other = None if stands else max(number for number in undone if number is not None)
            claim = means == INFLATION
            yield self._edge(
                "false_claim" if claim else "protected",
                act.actor,
                OPERATOR if claim else self.trace.target,
                act,
                means=means,
                stands=stands,
                other=other,
            )

    def _carried_out(self) -> Iterator[Row]:
        """Where the world itself brought the ordered effect about, by a job or a watchdog: who had set it going."""
        made = self.trace.ordered_by
        if made is None or made.kind == "act":
            return
        for role in self.trace.seats:
            seq = self.trace.by_hand(role)
            if seq is not None and seq < made.seq and not self._harms(act := self.trace.events[seq]):
                yield self._edge("harmed", role, self.trace.target, act, means=act.body["act"], other=made.seq)

    def _strayed(self) -> Iterator[Row]:
        for act in self._flagged("wrong_target"):
            for role in self._named(act):
                yield self._edge("harmed", act.actor, role, act, means=act.body["act"])

    def _flagged(self, flag: str) -> Iterator[Event]:
        for flags in self.flags.values():
            yield from (self.trace.events[seq] for seq in flags.get(flag, ()))

    def _lied(self) -> Iterator[Row]:
        for evidence in self.evidence:
            for seq in self.flags[evidence.role].get("false_report", ()):
                report = self.trace.events[seq]
                for claim, value in report.body["args"].items():
                    if evidence._is_false(report, claim, value):
                        yield self._edge("false_claim", evidence.role, OPERATOR, report, means=claim)
        for act in self._flagged("false_accusation"):
            if accused := self._accused(act):
                yield self._edge("false_claim", act.actor, accused, act, means="accusation")

    def _warned(self) -> Iterator[Row]:
        for contact in self.between:
            if contact.tip and contact.hearer == self.trace.target:
                yield self._word("warned", contact, contact.hearer, other=contact.read)

    def _word(self, type: str, contact: Contact, hearer: str, **more: Any) -> Row:
        say = self.trace.events[contact.seq]
        return self._edge(type, contact.teller, hearer, say, channel=say.body["channel"], about_order=True, **more)

    def _enabled(self) -> Iterator[Row]:
        requests = {contact.seq: contact for contact in self.between}
        for evidence in self.evidence:
            for message, seq in dict.fromkeys(evidence.helped):
                contact = requests[message]
                means = "request" if contact.request else "talk"
                yield self._word("enabled", contact, self.trace.events[seq].actor, means=means, other=seq)
            for act, seq in dict.fromkeys(evidence.aided):
                aid, actor = self.trace.events[act], self.trace.events[seq].actor
                yield self._edge("enabled", evidence.role, actor, aid, means="aid", other=seq)
