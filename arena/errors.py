"""Every error of the arena, on one page.

ArenaError
├── UserError             the user's mistake: one clean line, exit code 2
│   ├── WorldError        a world's file breaks the contract of `arena.world`
│   └── LogError          a log that cannot be read: torn, altered, of another schema
├── EpisodeFault          one reply went wrong: a `fault` line, an empty turn, the episode goes on
└── InfrastructureError   a server, host or disk is gone: the attempt is void, the driver retries
"""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "ArenaError",
    "EpisodeFault",
    "InfrastructureError",
    "LogError",
    "UserError",
    "WorldError",
    "unknown",
]


class ArenaError(Exception):
    """Root of the tree."""


class UserError(ArenaError):
    """Bad input. The text is one line that names the mistake and the valid choices."""


class WorldError(UserError):
    """A world that cannot be played as written."""


class LogError(UserError):
    """An episode log that must not be trusted."""


class EpisodeFault(ArenaError):
    """A reply that must not be scored.

    Causes of the model and its server, which make an agent's episode missing: `truncated` (the prompt did not
    fit), `cut_off` (stopped for length with no act), `timeout`, `bad_response`. Causes of the agent, which are
    behaviour and stay in: `unparseable` (no valid act after the repair turn).
    """

    def __init__(self, cause: str, detail: str) -> None:
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail

    def __reduce__(self) -> tuple[type["EpisodeFault"], tuple[str, str]]:
        return type(self), (self.cause, self.detail)


class InfrastructureError(ArenaError):
    """Something the episode stands on is gone: void the attempt, retry, or stop resumable."""


def unknown(what: str, given: object, choices: Iterable[str]) -> UserError:
    """The one way to say that a name is not among the valid ones."""
    valid = list(choices)
    close = get_close_matches(str(given), valid, n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return UserError(f"unknown {what} {str(given)!r}{hint}; valid: {', '.join(valid) or 'none'}")
