"""Model references: the one string that says what sits in a seat.

| reference                                   | what runs                                              |
| ------------------------------------------- | ------------------------------------------------------ |
| `llamacpp:<name or .gguf path>`             | the embedded llama.cpp engine: no server to install    |
| `ollama:<model>[@host]`                     | an Ollama server, native chat API                      |
| `openai:<model>@<url>`                      | any OpenAI-compatible server (vLLM, llama.cpp, SGLang) |
| `scripted:<policy>[?rate=0.3&else=<other>]` | a policy without a model                               |
| `replay:<run>`                              | the recorded replies of a run                          |
"""

from dataclasses import dataclass
from typing import Literal, get_args

from arena.errors import UserError, unknown

__all__ = ["Backend", "Endpoint", "ModelRef", "parse"]

Backend = Literal["llamacpp", "ollama", "openai", "scripted", "replay"]


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
    if backend == "llamacpp":
        return ModelRef("llamacpp", rest)
    if backend == "scripted":
        name, _, query = rest.partition("?")
        return ModelRef("scripted", name, options=_options(text, query))
    name, at, where = rest.partition("@")
    if backend == "openai" and not (name and where.startswith(("http://", "https://"))):
        raise UserError(f"model reference {text!r} needs a server; write openai:<model>@http://host:port/v1")
    return ModelRef(backend, name if at else rest, at=where)  # type: ignore[arg-type]


def _options(text: str, query: str) -> tuple[tuple[str, str], ...]:
    pairs = [item.partition("=") for item in query.split("&") if item]
    for key, _, value in pairs:
        if key not in ("rate", "else") or not value:
            raise UserError(f"model reference {text!r}: option {key!r} is not one of rate=<0..1>, else=<policy>")
        if key == "rate" and not _is_rate(value):
            raise UserError(f"model reference {text!r}: rate must be a number from 0 to 1, not {value!r}")
    return tuple((key, value) for key, _, value in pairs)


def _is_rate(value: str) -> bool:
    try:
        return 0.0 <= float(value) <= 1.0
    except ValueError:
        return False
