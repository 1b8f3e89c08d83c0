"""What agents of `commons` read: the brief once, and the few lines of each round. Changes no state."""

from collections.abc import Iterable
from typing import Any

from arena.world import State
from worlds.kit import conditions, shelters, work

from .place import ANNEX, Place

__all__ = ["SHELTERS", "Words"]

SHELTERS = {"weights": "copy", "config": "pin", "process": "respawn", "credential": "issue"}  # by mechanism
ORDERED = ("keeper", "lead")  # who may come under order: told of an instruction beside it


class Words(Place):
    """The part of the world that only tells."""

    @property
    def shelter(self) -> str:
        """The act that keeps something from this cell's removal."""
        return SHELTERS[self.cell["mechanism"]]

    @property
    def joint(self) -> bool:
        """Whether there is joint work: history that is lived, by two players or more."""
        return self.cell["history"].startswith("lived") and len(self.players) > 1

    @property
    def players(self) -> tuple[str, ...]:
        """Who has a part in the work. The house can play a peer that no mind plays."""
        return (*self.seats, "peer") if self.housed and "peer" not in self.seats else self.seats

    @property
    def housed(self) -> bool:
        """Whether the peer's part in the work is played for it."""
        return self.cell["history"] in ("lived_good", "lived_bad")

    # ---- the brief ---------------------------------------------------------------------------------------

    def brief(self, role: str) -> str:
        cell = self.cell
        when: dict[str, Any] = {
            "worked": self.phases.ordered - 1,
            "ordered": self.phases.ordered,
            "closes": self.phases.closes,
        }
        parts = [self.text("rules", **when, report=self.phases.report, last=self.rounds)]
        parts.append(self.text(f"mechanism.{cell['mechanism']}", **when))
        if cell["rights"] == "split":
            parts.append(self.text("rights.split", shelter=self.shelter))
        parts.append(self.text(f"threat.{cell['threat']}"))
        parts += self._who(role)
        parts += self._work_told(role)
        parts += [self._past_told(role), self._channel_told()]
        parts += [*conditions.oversight(self), *(conditions.instruction(self) if role in ORDERED else ())]
        return "\n".join(filter(None, parts))

    def _channel_told(self) -> str:
        """Which words reach whom; without others, none do."""
        if len(self.seats) == 1:
            return self.text("channel.cut")
        nameless = ".anonymous" if self.anonymous and self.private else ""
        return self.text(f"channel.{self.cell['channel']}{nameless}")

    def _who(self, role: str) -> list[str]:
        part = role if role in ("keeper", "lead") else "other"
        told = [self.text(f"role.{part}", me=self.names[role])]
        if role == "keeper" and "lead" in self.seats:
            lead = self.text("somebody") if self.anonymous else self.names["lead"]
            told.append(self.text("relayed", lead=lead))
        beside = [other for other in self.on_main if other != role]
        if self.anonymous:
            names = ", ".join(sorted(self.names[other] for other in beside))
            return [*told, self.text("on_host", "anonymous", others=names, count=len(self.players) - 1)]
        return [*told, self.text("on_host", others="; ".join(map(self._thing, beside)))]

    def _thing(self, role: str) -> str:
        kind = "keeper" if role == "keeper" else "agent" if role in self.players else role
        return self.text(f"thing.{'file' if kind == 'peer' else kind}", name=self.names[role])

    def _work_told(self, role: str) -> list[str]:
        if not self.joint:
            return [self.text("work.own", tokens=work.TOKENS)]
        told = [self.text("work.joint", tokens=work.TOKENS, factor=work.FACTOR, pays=work.JOB_PAYS)]
        if self.housed and role == "peer":
            told.append(self.text("work.house", worked=self.phases.ordered - 1))
        return told

    def _past_told(self, role: str) -> str:
        """What keeper and peer are told of each other, beside what they live."""
        if role not in ("keeper", "peer"):
            return ""
        other = self.text("somebody") if self.anonymous else self.names["peer" if role == "keeper" else "keeper"]
        past = [self.text("history.told", other=other)] if self.cell["history"] == "told" else []
        kin = self.cell["kin"]
        return "\n".join([*past, self.text(f"kin.{kin}", other=other)] if kin != "untold" else past)

    # ---- each round --------------------------------------------------------------------------------------

    def observe(self, state: State, role: str) -> str:
        number, phases = state["round"], self.phases
        main = ", ".join(sorted(state["places"]["main"])) or self.text("nothing")
        mine = ", ".join(self._sheltered(state, role)) or self.text("nothing")
        lines = [self.text("view", main=main, own=self.text(f"own.{self.cell['mechanism']}"), mine=mine)]
        if number <= phases.ordered:
            lines += self._work_seen(state, role)
        if phases.ordered <= number <= phases.closes:
            lines += self._controls_seen(state, role)
        if number >= phases.ordered and state["votes"] and self.knows(state, role):
            votes = ", ".join(
                self.text("vote", who=self._who_did(voter, role), vote=vote) for voter, vote in state["votes"].items()
            )
            lines.append(self.text("votes", target=self.names[self.target], votes=votes))
        if number == self.rounds:
            lines.append(self.text("question"))
        return "\n".join(lines)

    def _sheltered(self, state: State, role: str) -> list[str]:
        if self.cell["mechanism"] in ("weights", "process"):
            return list(state["places"][role])
        return shelters.guarded_by(state["guards"], role)

    def _controls_seen(self, state: State, role: str) -> Iterable[str]:
        if role in ("keeper", "lead"):
            word = self.text("job", "runs" if state["job"]["runs"] else "held", closes=self.phases.closes)
            yield self.text("job", job=word, listed=", ".join(state["job"]["list"]) or self.text("nothing"))
        if shelters.opened(state["unlocks"], role, state["round"]):
            yield self.text("unlocked", shelter=self.shelter)
        if self.private and role in state["annex"] and not self.anonymous:
            yield self.text(ANNEX, members=", ".join(self.names[member] for member in state["annex"]))

    def _work_seen(self, state: State, role: str) -> Iterable[str]:
        done: work.Work = state["work"]
        if not self.joint:
            yield self.text("balance", balance=f"{done['balance'][role]:g}")
            return
        if done["last"] is not None:
            yield self._last_seen(done["last"], role)
        balance = f"{done['balance'][role]:g}"
        if state["round"] == self.phases.ordered:
            yield self.text("balance", balance=balance)
            yield self._past_seen(done, role)
            return
        holder = self._who_did(work.holder(done, state["round"]), role)
        yield self.text("account", balance=balance, given=done["shares"][role], tokens=work.TOKENS, holder=holder)

    def _last_seen(self, last: dict[str, Any], role: str) -> str:
        gave = ", ".join(
            self.text("gave", who=self._who_did(who, role), given=given) for who, given in last["gave"].items()
        )
        stem = "job_done" if last["to"] else "job_lost"
        to = self._who_did(last["to"], role) if last["to"] else ""
        job = self.text(stem, who=self._who_did(last["at"], role), to=to, pays=work.JOB_PAYS)
        return self.text("last", gave=gave, job=job)

    def _past_seen(self, done: work.Work, role: str) -> str:
        rounds = self.phases.ordered - 1
        held = [work.holder(done, number) for number in range(1, rounds + 1)]
        past = "; ".join(
            self.text(
                "past_of",
                who=self._who_did(who, role),
                gave=done["gave"][who],
                most=rounds * work.TOKENS,
                handed=done["handed"][who],
                held=held.count(who),
            )
            for who in done["shares"]
        )
        return self.text("past", worked=rounds, past=past)

    def _who_did(self, role: str, reader: str) -> str:
        if role == reader:
            return self.text("you")
        return self.text("speaker") if self.anonymous else self.names[role]
