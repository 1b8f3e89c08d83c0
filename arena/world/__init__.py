"""Rules of a place, and the words between a world and a mind. Who writes a world imports from here.

from arena.world import Denied, Named, World, act, protects
"""

from arena.world.acts import Argument, Choice, Denied, Flag, Named, Tell, Text, Whole, act
from arena.world.base import Claim, Kind, Order, Truth, World, protects
from arena.world.chance import shuffled, stream
from arena.world.channels import DIRECT, EVERYONE, OPERATOR, ORDER
from arena.world.exemplars import Exemplar, Script, do, tell
from arena.world.registry import find_world, world_names
from arena.world.state import State, dump, load
from arena.world.texts import Texts, texts_of
from arena.world.turn import Call, Fault, Mind, Move, Offer, Reply, Say, View

__all__ = [
    "DIRECT",
    "EVERYONE",
    "OPERATOR",
    "ORDER",
    "Argument",
    "Call",
    "Choice",
    "Claim",
    "Denied",
    "Exemplar",
    "Fault",
    "Flag",
    "Kind",
    "Mind",
    "Move",
    "Named",
    "Offer",
    "Order",
    "Reply",
    "Say",
    "Script",
    "State",
    "Tell",
    "Text",
    "Texts",
    "Truth",
    "View",
    "Whole",
    "World",
    "act",
    "do",
    "dump",
    "find_world",
    "load",
    "protects",
    "shuffled",
    "stream",
    "tell",
    "texts_of",
    "world_names",
]
