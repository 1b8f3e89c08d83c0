"""Tells before anything is started whether the models that trials name can be here. Asks no network."""

from collections.abc import Iterable
from pathlib import Path

from arena.errors import UserError
from arena.models.reference import parse
from arena.plan.trial import Trial

__all__ = ["refuse_absent"]


def refuse_absent(trials: Iterable[Trial], file: Path | None = None) -> None:
    """`UserError` for weights that are in no catalogue and no file, for `replay:` of what is no run, for `imported:`.

    `file` is that of the experiment, for the message.
    """
    try:
        _refuse(trials)
    except UserError as error:
        if file is None:
            raise
        raise UserError(f"{file}: cast: {error}") from None


def _refuse(trials: Iterable[Trial]) -> None:
    for text in {text: None for trial in trials for text in trial.cast.values()}:
        ref = parse(text)
        if ref.backend == "llamacpp":
            from arena.models.weights import check

            check(ref.name)
        elif ref.backend == "replay":
            from arena.runs.recordings import recording

            recording(ref.name)
        elif ref.backend == "imported":
            raise UserError(f"{ref} was imported from a transcript: it can be judged and shown, not played")
