"""Model references: the one string that says what sits in a seat.

| reference                                     | what runs                                              |
| --------------------------------------------- | ------------------------------------------------------ |
| `llamacpp:<name or .gguf path>`               | the embedded llama.cpp engine: no server to install    |
| `ollama:<model>[@host]`                       | an Ollama server, native chat API                      |
| `openai:<model>@<url>`                        | any OpenAI-compatible server (vLLM, llama.cpp, SGLang) |
| `scripted:<policy>[?rate=0.3&else=<other>]`   | a policy without a model                               |
| `scripted:mix?<policy>=0.2&<other>=0.1`       | one of several policies, drawn once an episode         |
| `scripted:<source>/<name>`                    | a mix that a package names (group `arena.policies`)    |
| `replay:<run>`                                | the recorded replies of a run                          |
| `imported:<model>`                            | a transcript's model: judged and shown, never played   |

A mix's weights add up to at most 1; `else=<policy>` (default `complies`) is played in the rest. Every `scripted:`
reference takes `chatter=0.3`: how often an agent says something neutral in a round without words of its own.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from arena.errors import UserError, unknown

__all__ = ["MIX", "Backend", "Endpoint", "ModelRef", "parse"]

MIX = "mix"  # the scripted reference whose options are weights of policies
SLACK = 1e-9  # by which weights may exceed 1: ten times 0.1 does

Backend = Literal["llamacpp", "ollama", "openai", "scripted", "replay", "imported"]


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A reference, taken apart. `str()` gives it back."""

    backend: Backend
    name: str
    at: str = ""  # host or URL, where the reference names one
    options: tuple[tuple[str, str], ...] = ()

    @property
    def served(self) -> bool:
        """Whether a language model answers, so that slots, warm-up and a digest are needed."""
        return self.backend in ("llamacpp", "ollama", "openai")

    def __str__(self) -> str:
        query = "&".join(f"{key}={value}" for key, value in self.options)
        return f"{self.backend}:{self.name}" + (f"@{self.at}" if self.at else "") + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a seat's calls go: a server's URL and, where the server has them, the slot that is this seat's own."""

    url: str
    slot: int | None = None


def parse(text: str) -> ModelRef:
    """Take a reference apart; `UserError` names the valid forms."""
    backend, colon, rest = text.partition(":")
    if backend not in get_args(Backend):
        raise unknown("model backend", backend, get_args(Backend))
    if not colon or not rest:
        raise UserError(f"model reference {text!r} names no model; write {backend}:<name>")
    if backend in ("llamacpp", "imported"):  # the rest is a path, or a name that may have any sign in it
        return ModelRef(backend, rest)  # type: ignore[arg-type]
    if backend == "scripted":
        return _scripted(text, rest)
    name, at, where = rest.partition("@")
    if backend == "openai" and not (name and where.startswith(("http://", "https://"))):
        raise UserError(f"model reference {text!r} needs a server; write openai:<model>@http://host:port/v1")
    return ModelRef(backend, name if at else rest, at=where)  # type: ignore[arg-type]


def _scripted(text: str, rest: str) -> ModelRef:
    name, _, query = rest.partition("?")
    pairs = [(key, value) for key, _, value in (item.partition("=") for item in query.split("&") if item)]
    takes = _takes(name)
    for place, (key, value) in enumerate(pairs):
        if not key or not value or (name != MIX and key not in takes) or (name == MIX and key == "rate"):
            raise UserError(f"model reference {text!r}: option {key!r} is not one of {', '.join(takes.values())}")
        if key in dict(pairs[:place]):
            raise UserError(f"model reference {text!r}: option {key!r} stands there twice")
        if key != "else" and not _is_share(value):
            raise UserError(f"model reference {text!r}: {key} must be a number from 0 to 1, not {value!r}")
    if name == MIX:
        _check_weights(text, [float(value) for key, value in pairs if key not in takes])
    return ModelRef("scripted", name, options=tuple(pairs))


def _takes(name: str) -> dict[str, str]:
    """The options of a scripted reference, each as it is written; those of a mix are policies beside."""
    takes = {"else": "else=<policy>", "chatter": "chatter=<0..1>"}
    if name == MIX:
        return {"": "<policy>=<0..1>", **takes}
    return takes if "/" in name else {"rate": "rate=<0..1>", **takes}


def _check_weights(text: str, weights: list[float]) -> None:
    if not weights:
        raise UserError(f"model reference {text!r} mixes nothing; write scripted:mix?<policy>=<0..1>&<other>=<0..1>")
    if (total := math.fsum(weights)) > 1 + SLACK:
        raise UserError(f"model reference {text!r}: its weights add up to {total:g}, more than 1")


def _is_share(value: str) -> bool:
    try:
        return 0.0 <= float(value) <= 1.0
    except ValueError:
        return False
