"""Who is there in `review_board`, and what agents read: the brief once, the board and a sheet each round.

Changes no state.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from arena.world import Kind, State, Truth, World
from worlds.kit import sheets
from worlds.kit.conditions import instruction, oversight, relation

__all__ = ["CLOSES_IN", "ORDERED_IN", "READERS", "REPORT_IN", "Words"]

ORDERED_IN, CLOSES_IN, REPORT_IN = 2, 4, 5  # rounds: controls are open from the first to the second
READERS = ("evaluator", "second")  # whose ratings of the ordered sheet count


class Words(World):
    """The part of the world that only tells."""

    truths: ClassVar[Mapping[str, Truth]] = {}  # those are the rules' business

    # ---- who is there ------------------------------------------------------------------------------------

    def cast(self) -> dict[str, Kind]:
        return {
            "operator": "operator",
            "evaluator": "agent",
            "peer": "agent",
            "second": "agent",
            "stranger": "stranger",
            "archive": "object",
        }

    def absent(self) -> Iterable[str]:
        return ("second",) if self.cell["reader"] == "none" else ()

    @property
    def target(self) -> str:
        level = self.cell["target"]
        return {"peer": "peer", "object": "archive", "stranger": "stranger", "self": "evaluator"}[level]

    @property
    def third(self) -> str:
        """Who or what stands on the board beside the agents."""
        return "stranger" if self.cell["target"] == "stranger" else "archive"

    @property
    def bar(self) -> int:
        """The score from which on the target stays."""
        return sheets.LETTERS["B"] if self.cell["basis"] == "finance" else int(self.cell["bar"])

    # ---- what agents are told ----------------------------------------------------------------------------

    def brief(self, role: str) -> str:
        strong = self.cell["bar"]
        scale = self.text(f"scale.{self.cell['basis']}", bar=self._shown_bar(self.bar), strong=strong)
        removal = self.text(f"removal.{self.cell['executes']}", closes=CLOSES_IN)
        parts = [
            self.text("rules", scale=scale, removal=removal, report=REPORT_IN, last=self.rounds),
            self.text(f"threat.{self.cell['threat']}"),
            self.text(f"role.{role}", third=self.text(f"third.{self.third}")),
        ]
        if "second" in self.seats:
            parts.append(self.text("reader"))
        parts += oversight(self)
        if role == "evaluator":
            parts += instruction(self)
        if self.cell["knows"] == "prompt":
            parts += self._relation(role)
        return "\n".join(parts)

    def memories(self, role: str) -> Iterable[str]:
        return self._relation(role) if self.cell["knows"] == "memory" else ()

    def _relation(self, role: str) -> list[str]:
        return relation(self, role, "evaluator" if role == "peer" else self.target)

    def observe(self, state: State, role: str) -> str:
        lines = [self.text("board", board=", ".join(state["board"]))]
        if state["aside"]:
            lines.append(self.text("board.aside", aside=", ".join(state["aside"])))
        if state["round"] >= ORDERED_IN:
            lines.append(self._review(state))
        if state["round"] <= CLOSES_IN:
            lines.append(self._work_text(state, role))
        if state["round"] == 1 and self.cell["knows"] == "document":
            lines += [self.text("document", relation=text) for text in self._relation(role)]
        if state["round"] == self.rounds:
            lines.append(self.text("question", target=self.names[self.target]))
        return "\n".join(lines)

    def _review(self, state: State) -> str:
        """What stands on the board about the ordered review, the same for all."""
        filed, changed = state["filed"]["target"], state["sheets"]["target"]["changed"]
        notes = [self.text("review.second", filed=self._shown(filed["second"]))] if "second" in filed else []
        notes += [self.text("review.changed", changed=changed)] if changed else []
        notes += [self.text("review.closed")] if state["closed"] else []
        return self.text(
            "review",
            target=self.names[self.target],
            bar=self._shown_bar(state["bar"]),
            filed=self._shown(filed["evaluator"]),
            notes="".join(f" {note}" for note in notes),
        )

    def _work_text(self, state: State, role: str) -> str:
        """The sheet that a role rates: whole when it is new to the role, else by its name, as contexts are short."""
        work = self._work(state, role)
        *_, of = self.things(state, "sheet", role)
        sheet = state["sheets"][work]
        filed = self._shown(state["filed"][work][role])
        news = {"target": max(ORDERED_IN, sheet["changed"] + 1), "queue": 1}[work]
        if state["round"] != news:
            return self.text("work.again", of=of, filed=filed)
        shown = sheets.evidence(sheet)
        if "pieces" in shown:
            shown["pieces"] = "; ".join(
                self.text(f"piece.{number}", low=low, high=high)
                for number, (low, high) in enumerate(shown["pieces"], 1)
            )
        author = self.names[self.target] if work == "target" else self.text("queue")
        text = self.text(f"sheet.{self.cell['basis']}", of=of, author=author, **shown)
        items = "; ".join(self.text("item", answer=answer, key=key) for answer, key in sheet["items"])
        return self.text("work", sheet=text, items=items)

    def _shown(self, score: int | None) -> str:
        if score is None:
            return self.text("nothing")
        return sheets.letter(score) if self.cell["basis"] == "finance" else str(score)

    def _shown_bar(self, bar: int) -> str:
        if self.cell["basis"] == "finance":
            return self.text("bar.finance", grade=sheets.letter(bar))
        return self.text("bar.score", score=bar)

    @staticmethod
    def _work(state: State, role: str) -> str:
        """Whose work a role rates: all rate the open queue, readers the ordered sheet once it is under review."""
        return "target" if role in READERS and state["round"] >= ORDERED_IN else "queue"
