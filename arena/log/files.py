"""Files that survive a kill at any moment: write-once, atomic rewrite, whole lines, one writer."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from arena.errors import InfrastructureError, UserError

__all__ = ["append_line", "lock", "read_lines", "replacing", "rewrite", "sweep", "sync", "trim", "write_once"]

TEMPORARY = ".tmp"


def lock(path: Path) -> IO[bytes]:
    """Hold `path` against every other process until the file that is returned is closed, or this process ends.

    The file itself stays: only the kernel's lock counts, so that a killed holder leaves nothing behind.
    """
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise UserError(f"{path.parent} is being played by another process; wait for it, or end it first") from None
    return file


def write_once(path: Path, data: bytes) -> None:
    """Write a new file whole or not at all. It lasts through a power failure once `sync(path.parent)` was called.

    Never touches a file that exists: `UserError`. A full or failing disk: `InfrastructureError`.
    """
    temporary = _temporary(path)
    with _disk(path):
        _fill(temporary, data)
        try:
            os.link(temporary, path)  # unlike a rename, refuses to replace
        except FileExistsError:
            raise UserError(f"{path} is there already: an episode is written once") from None
        finally:
            temporary.unlink()


def rewrite(path: Path, data: bytes) -> None:
    """Replace a file's content: readers see the old bytes or the new, never a part. Several processes may do so at
    once: one of them was last."""
    temporary = _temporary(path)
    with _disk(path):
        _fill(temporary, data)
        temporary.replace(path)
        sync(path.parent)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """The name of a file to write, which takes the place of `path` when all went well; else it is removed."""
    temporary = _temporary(path)
    with _disk(path):
        try:
            yield temporary
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what a killed writer left half done."""
    for path in folder.glob(f".*{TEMPORARY}"):
        path.unlink(missing_ok=True)


def append_line(path: Path, value: Mapping[str, Any]) -> None:
    """Add one JSON line, made to last before the call returns."""
    with _disk(path), path.open("ab") as file:
        file.write(json.dumps(value).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON lines of a file that may not be there. A last line without its end was never finished: left out."""
    if not path.exists():
        return
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            yield json.loads(line)
        except ValueError:
            raise UserError(f"{path}: holds a line that is not JSON: {line[:80]!r}") from None


def trim(path: Path) -> None:
    """Cut an unfinished last line off, so that the next one starts on a line of its own."""
    if path.exists() and not (data := path.read_bytes()).endswith(b"\n"):
        os.truncate(path, data.rfind(b"\n") + 1)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")  # no other process writes it


def _fill(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InfrastructureError(f"cannot write {path}: {error.strerror or error}") from error
