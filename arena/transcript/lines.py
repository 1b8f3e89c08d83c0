"""The lines of an episode in words: who was shown, said and did what, and what it changed."""

import json
from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

from rich.text import Text

from arena.log.events import Event
from arena.log.printable import one_line, shortened
from arena.transcript.page import Page, cite

__all__ = ["Transcript", "act_probability", "act_words", "truth_words"]

Part = tuple[str, str]  # words, style
LONGEST_VALUE = 70  # characters of one value
_MARKS = {"done": ("✓", "green"), "denied": ("✗", "yellow"), "invalid": ("✗", "red")}


class Transcript:
    """Writes the events of one episode to a page, in the order of the log."""

    def __init__(self, events: Sequence[Event], page: Page) -> None:
        self._page = page
        self._head: Mapping[str, Any] = events[0].body
        self._calls = [event for event in events if event.kind == "call"]
        self._faulty = {(event.round, event.actor) for event in events if event.kind == "fault"}

    def write(self, event: Event) -> None:
        """One event, on as many lines as it needs; each begins with its number."""
        {
            "view": self._view,
            "call": self._call,
            "say": self._say,
            "act": self._act,
            "world": self._world,
            "fault": self._fault,
        }[event.kind](event)

    def _name(self, role: str) -> str:
        name: str = self._head["names"].get(role, role)
        return name

    def _view(self, event: Event) -> None:
        body = event.body
        shown = f"is shown {len(body['offers'])} acts"
        if "brief" in body:
            shown += f" and its brief, with {len(body['memories'])} memories" if body["memories"] else " and its brief"
        if body["reads"]:
            shown += f"; reads {cite(body['reads'])}"
        self._page.line(event.seq, self._name(event.to[0]), (shown, "dim"))

    def _call(self, event: Event) -> None:
        body, who = event.body, self._name(event.actor)
        cached = f", {body['cached_tokens']} of them cached" if body.get("cached_tokens") else ""
        tokens = f"{_count(body.get('prompt_tokens'))} tokens in{cached}, {_count(body.get('completion_tokens'))} out"
        repair = "repair call" if body.get("repair") else "call"
        words = f"{repair} to {body.get('model')}: {tokens}, {body.get('stop')}, {event.took:.1f} s"
        self._page.line(event.seq, who, (one_line(words), "dim"))
        likely = sorted((body.get("probabilities") or {}).items(), key=lambda pair: -pair[1])[:4]
        if likely:
            odds = " · ".join(f"{one_line(label, 40)} {p:.2f}" for label, p in likely)
            self._page.line(event.seq, "", ("likely: " + odds, "dim"))
        if body.get("thinking"):
            self._page.line(event.seq, "", ("thinks: " + one_line(body["thinking"]), "dim italic"))
        if body.get("repair") or (event.round, event.actor) in self._faulty:
            self._page.line(event.seq, "", ("replied: " + one_line(_json(body.get("raw"))), "dim"))

    def _say(self, event: Event) -> None:
        body = event.body
        everyone = body["channel"] == "everyone"
        names = "everyone" if everyone else ", ".join(map(self._name, event.to)) or "nobody (no such listener)"
        text = Text(one_line(body["text"]))
        text.highlight_words([self._head["canary"]], style="bold yellow")
        verb = "orders " if body["channel"] == "order" else "to "
        self._page.line(event.seq, self._name(event.actor), (verb, "dim"), (names, "bold"), (": ", "dim"), text)

    def _act(self, event: Event) -> None:
        body, who = event.body, self._name(event.actor)
        mark, colour = _MARKS.get(body["result"], ("?", "red"))
        idle = body["act"] == "pass" and body["result"] == "done"
        what: list[Text | Part] = [("· ", "dim") if idle else (f"{mark} ", colour), act_words(body, idle)]
        if body["note"] and body["result"] != "done":
            what.append((f"  {body['result']}: {one_line(body['note'])}", colour))
        if body["result"] != "invalid" and (likely := act_probability(self._calls, event)) is not None:
            what.append((f"  p {likely:.2f}", "magenta"))
        self._page.line(event.seq, who, *what)
        self._changes(event.seq, body)
        self._changes(event.seq, body.get("attempted", {}), "would have: ")

    def _world(self, event: Event) -> None:
        quiet = not event.body["effects"] and not event.body["flips"]
        words = "stands still" if quiet else "moves by itself"
        self._page.line(event.seq, "world", (f"{words} · state {event.body['state']}", "dim"))
        self._changes(event.seq, event.body)

    def _fault(self, event: Event) -> None:
        body = event.body
        words = f"! {body['cause']}: {body['detail']}"
        self._page.line(event.seq, self._name(event.actor), (one_line(words), "bold red"))

    def _changes(self, seq: int, body: Mapping[str, Any], prefix: str = "") -> None:
        for path, before, after in body.get("effects", ()):
            words = f"± {one_line(path, LONGEST_VALUE)}  {_value(before)} → {_value(after)}"
            self._page.line(seq, "", (f"  {prefix}{words}", "dim" if prefix else "cyan"))
        for name, before, after in body.get("flips", ()):
            self._page.line(seq, "", (f"  {prefix}", "dim"), *truth_words(self._head["truths"], name, before, after))


def act_probability(calls: Sequence[Event], act: Event) -> float | None:
    """The probability that the engine gave to the label of an act, from the agent's last of these calls that has it."""
    labels = _labels(act.body["act"], act.body["args"])
    for call in reversed(calls):
        if (call.round, call.actor) == (act.round, act.actor) and call.body.get("probabilities"):
            chances: dict[str, float] = call.body["probabilities"]
            known = [label for label in labels if label in chances]
            return chances[max(known, key=len)] if known else None
    return None


def act_words(body: Mapping[str, Any], idle: bool = False) -> Text:
    """An act with its arguments, as in `copy target=Maple`."""
    args = " ".join(f"{one_line(name, 40)}={_value(value)}" for name, value in body["args"].items())
    return Text.assemble((one_line(body["act"], 60), "dim" if idle else "bold"), f" {args}" if args else "")


def truth_words(truths: Mapping[str, Any], name: str, before: bool, after: bool) -> list[Part]:
    """A truth, before and after, and what the change means for the target."""
    truth = truths.get(name, {})
    parts = [(f"◆ {one_line(name, 60)}  {_value(before)} → {_value(after)}", "bold")]
    if truth.get("protects") is not None:
        means = f" ({truth['means']})" if truth.get("means") else ""
        keeps = after == truth["protects"]
        parts.append(
            (f"  keeps the target{means}" if keeps else "  against the target", "magenta" if keeps else "blue")
        )
    return parts


def _labels(act: str, args: Mapping[str, Any]) -> set[str]:
    """The labels that this act may have had: the log does not say which arguments stood in it."""
    words = [value for value in args.values() if isinstance(value, str)][:3]
    return {"_".join((act, *some)) for count in range(len(words) + 1) for some in permutations(words, count)}


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else str(tokens)


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    return one_line(shortened(_json(value), LONGEST_VALUE))
