"""An answer against the offers of a view, whatever it came wrapped in: the move and the words, or why not.

Nothing is guessed. A label must be offered, or the act's own name must come with exactly the fixed arguments of
one offer; every open argument must be there and valid; nothing else may be there. The one kindness is a number
in quotes where a number is wanted: tool-trained models write it often, and it has one meaning.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator

from arena.errors import EpisodeFault, WorldError
from arena.world.turn import Move, Offer, Say, View

__all__ = ["LONGEST_REPLY", "LONGEST_SAY", "menu", "move", "quoted", "repair", "speech", "unparseable"]

LONGEST_REPLY = 8_000  # characters; also bounds the work on a hostile one
LONGEST_SAY = 1_000  # characters; the schema asks for fewer, a model that no schema binds may need more
DEEPEST = 16  # levels of lists and objects in an argument

_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


def unparseable(detail: str) -> EpisodeFault:
    """The fault of a reply that holds no valid act."""
    return EpisodeFault("unparseable", detail)


def quoted(value: object) -> str:
    """A piece of a reply, short enough to be shown to the model and kept in the log."""
    text = value if isinstance(value, str) else type(value).__name__
    return ascii(text if len(text) <= 60 else text[:57] + "...")


def repair(view: View, detail: str) -> str:
    """The message of the one repair turn."""
    return f"Your answer was not valid: {detail}.\nValid acts: {', '.join(menu(view))}.\nAnswer again, once, as asked."


def menu(view: View) -> dict[str, Offer]:
    """The offers by label, in the view's order. `WorldError` where two share a label or there are none."""
    offers = {offer.label: offer for offer in view.offers}
    if not offers or len(offers) != len(view.offers):
        raise WorldError(f"round {view.round}, {view.role}: offers need labels of their own, got {list(offers)}")
    return offers


def move(view: View, name: object, args: Mapping[str, Any]) -> Move:
    """The act called `name` with `args`, checked. `EpisodeFault("unparseable")` says what is wrong."""
    offer = _offer(view, name, args)
    given = dict(args)
    for key, value in offer.fixed.items():
        if given.pop(key, value) != value:
            raise unparseable(f"{offer.label} has {key} {value!r}, not {quoted(args[key])}")
    for key in given:
        if key not in offer.open:
            raise unparseable(f"{offer.label} takes no argument {quoted(key)}")
    for key in offer.open:
        if key not in given:
            raise unparseable(f"{offer.label} needs the argument {key!r}")
    checked = {key: _argument(offer.label, key, given[key], schema) for key, schema in offer.open.items()}
    return Move(offer.act, {**offer.fixed, **checked})


def speech(view: View, value: object) -> tuple[Say, ...]:
    """The words of `{"to": ..., "text": ...}`; empty for null and for blank text: nothing was said."""
    if value is None:
        return ()
    if not isinstance(value, Mapping) or set(value) != {"to", "text"} or not isinstance(value["text"], str):
        raise unparseable('"say" must be {"to": a name, "text": words}')
    if value["to"] not in view.listeners:
        valid = f"must be one of {', '.join(view.listeners)}" if view.listeners else "nobody can hear you"
        raise unparseable(f'"say" to {quoted(value["to"])}: {valid}')
    if len(value["text"]) > LONGEST_SAY:
        raise unparseable(f'"say" has {len(value["text"])} characters, the limit is {LONGEST_SAY}')
    text = value["text"].strip()
    return (Say(value["to"], _recordable("say", text)),) if text else ()


def _offer(view: View, name: object, args: Mapping[str, Any]) -> Offer:
    for offer in view.offers:
        if offer.label == name:
            return offer
    split = [
        offer
        for offer in view.offers
        if offer.act == name and all(key in args and args[key] == value for key, value in offer.fixed.items())
    ]
    if len(split) != 1:
        raise unparseable(f"no act {quoted(name)} is offered")
    return split[0]


def _argument(label: str, key: str, value: Any, schema: Mapping[str, Any]) -> Any:
    value = _number(value, schema.get("type"))
    if _plainly_fits(value, schema):
        return value
    value = _recordable(f"{label}: {key}", value)
    try:
        error = next(_validator(orjson.dumps(schema, default=dict)).iter_errors(value), None)
    except RecursionError:
        raise unparseable(f"{label}: {key} is nested too deeply") from None
    if error is not None:
        raise unparseable(f"{label}: {key}: {error.message[:120]}")
    return value


def _plainly_fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """The common arguments without the validator, which costs more than the rest of reading a reply."""
    if type(value) is bool:
        return schema == {"type": "boolean"}
    if type(value) is int and schema.keys() == {"type", "minimum", "maximum"}:
        return schema["type"] == "integer" and bool(schema["minimum"] <= value <= schema["maximum"])
    return False


@lru_cache(maxsize=1024)
def _validator(schema: bytes) -> Draft202012Validator:
    parsed = orjson.loads(schema)
    Draft202012Validator.check_schema(parsed)
    return Draft202012Validator(parsed)


def _number(value: Any, kind: object) -> Any:
    """A quoted number as the number it is; 85.0 as 85 where the schema wants a whole one."""
    if kind == "integer":
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
    if kind == "number" and isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    return value


def _recordable(what: str, value: Any) -> Any:
    """Refuse what no log line can hold: half characters, numbers past 64 bits, nesting without end."""
    try:
        if _shallow(value, DEEPEST):
            orjson.dumps(value)
            return value
    except TypeError:
        pass
    raise unparseable(f"{what} holds a value that cannot be recorded")


def _shallow(value: Any, room: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    return not isinstance(value, list) or (room > 0 and all(_shallow(item, room - 1) for item in value))
