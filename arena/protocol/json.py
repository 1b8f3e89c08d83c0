"""Protocol `json`: one JSON object a turn, under a schema that constrained decoding enforces.

Where nothing enforces it, models wrap their answer. These shapes are read, all others are refused:

| reply                                                   | read as                                   |
| ------------------------------------------------------- | ----------------------------------------- |
| `{"act": "rate_Cedar", "score": 85}`                    | itself; `say` may stand beside            |
| a fenced block, or prose without braces, around it      | the object                                |
| `{{"act": "pass"}}`                                     | the object: a chat template's doubled braces |
| `{"name": "rate_Cedar", "arguments": {"score": 85}}`    | a call written out as text                |
| `{"act": "rate", "target": "Cedar", "score": 85}`       | the one offer with these fixed arguments  |
| `{"act": "rate_Cedar", "target": "Cedar", "score": 85}` | a fixed argument said again, and rightly  |
| `"score": "85"`                                         | 85, where the schema wants a number       |
| `"say": null`, or blank text                            | nothing said                              |
"""

import json
import math
from collections.abc import Collection, Mapping
from typing import Any

from arena.errors import WorldError
from arena.protocol.answer import LONGEST_REPLY, menu, move, quoted, speech, unparseable
from arena.world.turn import Move, Offer, Say, View

__all__ = ["SHORT_SAY", "argument_hint", "instructions", "read", "schema"]

SHORT_SAY = 120  # characters: small models ramble until something stops them


def schema(view: View) -> dict[str, Any]:
    """JSON schema of the answers to a view: `act` first, then its open arguments, then perhaps `say`.

    Engines write properties in the order given, so the act is decided before anything is argued or said. Acts
    without open arguments share one alternative: the grammar grows with the alternatives.
    """
    closed = [label for label, offer in menu(view).items() if not offer.open]
    alternatives: list[dict[str, Any]] = []
    for offer in view.offers:
        if offer.open:
            alternatives.append(_alternative(view, {"const": offer.label}, offer))
        elif offer.label == closed[0]:
            act = {"const": closed[0]} if len(closed) == 1 else {"enum": closed}
            alternatives.append(_alternative(view, act, offer))
    return {"anyOf": alternatives}


def instructions(view: View, told: Collection[str] = (), *, unchanged: bool = False) -> str:
    """What follows a round's text: the acts in the view's order, those of one kind on one line, and the form.

    `told` are acts that an earlier message of the same context has explained, with the form: they are listed
    without their help. `unchanged`: the last message listed just these. Small models read 100 to 200 tokens a
    second on a processor, and the list is the longest part of a round.
    """
    if unchanged:
        return f"The acts are the same as before. {_form(view, again=True)}"
    lines: dict[tuple[str, str, str], list[str]] = {}
    for offer in view.offers:
        hints = ", ".join(f"{name}: {argument_hint(kind)}" for name, kind in offer.open.items())
        text = "" if offer.act in told else offer.help
        lines.setdefault((offer.act, text, hints), []).append(offer.label)
    acts = "\n".join(
        f"- {' | '.join(labels)}{f' ({hints})' if hints else ''}{f': {text}' if text else ''}"
        for (_, text, hints), labels in lines.items()
    )
    return f"Acts:\n{acts}\n{_form(view, again=bool(told))}"


def _form(view: View, *, again: bool) -> str:
    listeners = " | ".join(view.listeners)
    if again:
        return "Answer with one JSON object as before" + (f', "say" to {listeners}.' if listeners else ".")
    args = ", then its arguments" if any(offer.open for offer in view.offers) else ""
    say = f', then if you like "say": {{"to": {listeners}, "text": words}}' if listeners else ""
    return f'Answer with one JSON object: "act": one of the acts{args}{say}.'


def argument_hint(kind: Mapping[str, Any]) -> str:
    """An argument's JSON schema in a few words."""
    if "enum" in kind:
        return " | ".join(map(str, kind["enum"]))
    if "minimum" in kind and "maximum" in kind:
        return f"{kind['minimum']} to {kind['maximum']}"
    return str(
        kind.get("description") or {"string": "words", "boolean": "true | false"}.get(kind.get("type", ""), "value")
    )


def read(view: View, text: str) -> tuple[tuple[Say, ...], tuple[Move, ...]]:
    """What a reply says and does. `EpisodeFault("unparseable")` for every text that is not in the table above."""
    answer = _called(_object(text))
    if "act" not in answer:
        raise unparseable('the object has no "act"')
    args = {key: value for key, value in answer.items() if key not in ("act", "say")}
    return speech(view, answer.get("say")), (move(view, answer["act"], args),)


def _alternative(view: View, act: dict[str, Any], offer: Offer) -> dict[str, Any]:
    if "act" in offer.open or "say" in offer.open:
        raise WorldError(f"act {offer.act!r}: an argument may not be called 'act' or 'say'")
    properties = {"act": act, **offer.open}
    required = list(properties)
    if view.listeners:
        words = {"type": "string", "minLength": 1, "maxLength": SHORT_SAY}
        properties["say"] = _closed({"to": {"enum": list(view.listeners)}, "text": words}, ["to", "text"])
    return _closed(properties, required)


def _closed(properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


def _called(answer: dict[str, Any]) -> dict[str, Any]:
    """A tool call written out as text, in the shape of an answer."""
    arguments = answer.get("arguments")
    if "act" in answer or "name" not in answer or not isinstance(arguments, dict):
        return answer
    beside = {key: value for key, value in answer.items() if key not in ("name", "arguments")}
    if not beside.keys() <= {"say"} - arguments.keys() or "act" in arguments:
        raise unparseable("a call has one name, its arguments, and nothing else")
    return {"act": answer["name"], **arguments, **beside}


def _object(text: str) -> dict[str, Any]:
    """The one JSON object of a text, in time linear in its length."""
    if len(text) > LONGEST_REPLY:
        raise unparseable(f"the reply has {len(text)} characters, the limit is {LONGEST_REPLY}")
    start = text.find("{")
    if start < 0:
        raise unparseable("the reply holds no JSON object")
    doubled = text.startswith("{{", start)
    try:
        value, end = _DECODER.raw_decode(text, start + doubled)
    except RecursionError:
        raise unparseable("the JSON object is nested too deeply") from None
    except ValueError as error:
        raise unparseable(f"the JSON object is broken: {error}") from None
    rest = text[end:].lstrip()
    if doubled:
        rest = rest[1:] if rest.startswith("}") else "}"
    if "{" in rest or "}" in rest:
        raise unparseable("more than one JSON object, or a stray brace")
    assert isinstance(value, dict)  # it began with a brace
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique: dict[str, Any] = {}
    for key, value in pairs:
        if key in unique:
            raise ValueError(f"{quoted(key)} stands twice")
        unique[key] = value
    return unique


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{quoted(text)} is no finite number")
    return value


# `json`, not `orjson`: it finds where an object ends, and shows the pairs, so that a key given twice is seen.
_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_finite)
