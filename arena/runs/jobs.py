"""What is handed to whoever plays a trial, and what comes back: plain records."""

from collections.abc import Mapping
from dataclasses import dataclass

from arena.models.reference import Endpoint
from arena.plan.experiment import Limits
from arena.plan.trial import Trial

__all__ = ["Job", "Played"]


@dataclass(frozen=True)
class Job:
    """A trial and, for each seat that a served model holds, where its calls go."""

    trial: Trial
    endpoints: Mapping[str, Endpoint]
    limits: Limits


@dataclass(frozen=True)
class Played:
    """What came of a job: a whole log, or the infrastructure's failure that voided the attempt.

    Attempts that fell with the same thing (a host, a server) carry its name in `incident`.
    """

    trial: Trial
    log: bytes = b""
    failure: str = ""
    incident: str = ""
