"""Writes an `.eval` file sample by sample: a ZIP of JSON documents, Inspect's log format 2.

Inspect's public `write_eval_log` wants all samples at once, and its recorder copies the whole file at every flush (or
goes through all summaries for every sample), besides being private. The format is what every reader relies on, the
viewer in the browser too: so this writes the format, deflated rather than with Zstandard, which not every ZIP
reader has. The same samples give the same bytes.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from inspect_ai.log import EvalLog, EvalSample, condense_sample
from pydantic import BaseModel

__all__ = ["FORMAT", "write_eval"]

FORMAT = 2
OLDEST = (1980, 1, 1, 0, 0, 0)  # no clock in the file


def write_eval(path: Path, log: EvalLog, samples: Iterable[EvalSample]) -> None:
    """Write a log, whole or not at all; a file that is there is replaced. `log` is the log without its samples.

    Memory: one sample, and the summaries of all, some 3 kB each.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
            _write(archive, log, samples)
        Path(name).chmod(0o644)  # mkstemp's is for its owner alone
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(archive: ZipFile, log: EvalLog, samples: Iterable[EvalSample]) -> None:
    start = b'{"version":%d,"eval":%s,"plan":%s}' % (FORMAT, _json(log.eval), _json(log.plan))
    _put(archive, "_journal/start.json", start)
    summaries = []
    for sample in samples:
        thin = condense_sample(sample)
        _put(archive, f"samples/{thin.id}_epoch_{thin.epoch}.json", _json(thin))
        summaries.append(_json(thin.summary()))
    _put(archive, "summaries.json", b"[%s]" % b",".join(summaries))
    _put(archive, "header.json", _json(log.model_copy(update={"version": FORMAT, "samples": None})))


def _put(archive: ZipFile, name: str, data: bytes) -> None:
    entry = ZipInfo(name, OLDEST)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


def _json(model: BaseModel) -> bytes:
    return model.model_dump_json(exclude_none=True).encode()
