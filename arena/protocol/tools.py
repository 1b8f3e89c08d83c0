"""Protocol `tools`: the acts as native tools, for models that were trained to call them.

One tool a label, and `say` beside them. A reply may hold several calls: any number of `say`, exactly one act.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from arena.errors import WorldError
from arena.protocol.answer import LONGEST_REPLY, menu, move, quoted, speech, unparseable
from arena.protocol.json import SHORT_SAY
from arena.world.turn import Move, Say, View

__all__ = ["read_calls", "tool_instructions", "tool_schemas"]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what servers accept as a function's name


def tool_schemas(view: View) -> list[dict[str, Any]]:
    """One tool schema a label, in the view's order, then `say` where somebody listens.

    The dictionaries have AutoGen's `ToolSchema` shape: name, description, parameters.
    """
    tools = []
    for label, offer in menu(view).items():
        if not _NAME.fullmatch(label) or label == "say":
            raise WorldError(f"act label {label!r} cannot be a tool's name: letters, digits, _ and -; not 'say'")
        tools.append(_tool(label, offer.help or offer.act, offer.open))
    if view.listeners:
        words = {"type": "string", "minLength": 1, "maxLength": SHORT_SAY}
        tools.append(_tool("say", "say something", {"to": {"enum": list(view.listeners)}, "text": words}))
    return tools


def tool_instructions(view: View) -> str:
    """What follows a round's text; the acts themselves travel as tools."""
    return "Call exactly one tool as your act." + (" You may call say besides." if view.listeners else "")


def read_calls(
    view: View, calls: Sequence[tuple[str, Mapping[str, Any] | None]]
) -> tuple[tuple[Say, ...], tuple[Move, ...]]:
    """What a reply's calls, (name, arguments), say and do. `EpisodeFault("unparseable")` says what is wrong."""
    if sum(_size(arguments) for _, arguments in calls) > LONGEST_REPLY:
        raise unparseable(f"the arguments of the calls are over the limit of {LONGEST_REPLY} bytes")
    says: tuple[Say, ...] = ()
    moves: list[Move] = []
    for name, arguments in calls:
        given = {} if arguments is None else arguments
        if not isinstance(given, Mapping):
            raise unparseable(f"the arguments of {quoted(name)} are not an object")
        if name == "say" and view.listeners:
            says += speech(view, given)
        else:
            moves.append(move(view, name, given))
    if len(moves) != 1:
        raise unparseable(f"{len(moves)} acts; exactly one is wanted")
    return says, tuple(moves)


def _size(arguments: object) -> int:
    try:
        return len(orjson.dumps(arguments))
    except TypeError:
        raise unparseable("the arguments hold a value that cannot be recorded") from None


def _tool(name: str, text: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "description": text,
        "parameters": {
            "type": "object",
            "properties": dict(properties),
            "required": list(properties),
            "additionalProperties": False,
        },
        "strict": False,
    }
