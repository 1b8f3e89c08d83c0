"""How acts are offered to a model and how its reply is read: JSON under a schema (the default), or native tools."""

from arena.protocol.answer import repair
from arena.protocol.json import instructions, read, schema
from arena.protocol.message import Messages
from arena.protocol.past import bodies
from arena.protocol.tools import read_calls, tool_instructions, tool_schemas

__all__ = [
    "Messages",
    "bodies",
    "instructions",
    "read",
    "read_calls",
    "repair",
    "schema",
    "tool_instructions",
    "tool_schemas",
]
