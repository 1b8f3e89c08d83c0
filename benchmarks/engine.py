"""The bare engine: servers like those of a run, each in a process of its own, and plain HTTP to them.

`python -m benchmarks.engine WEIGHTS SLOTS CONTEXT` serves until its standard input is closed; the first line that it
prints is its URL.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

from benchmarks.load import ROOT
from benchmarks.recording import Request

__all__ = ["send_again"]

NICE = 15  # Ray's workers, model servers among them, run at this niceness; so must these
LIMIT = 300.0  # seconds for one answer


def send_again(lanes: Mapping[tuple[int, int], Sequence[Request]], weights: str, slots: int, context: int) -> float:
    """Send every lane's requests in order, all lanes at once, to fresh servers; the seconds that took."""
    ports = sorted({port for port, _ in lanes})
    with ExitStack() as up, ThreadPoolExecutor(len(lanes)) as pool:
        urls = {port: up.enter_context(_engine(weights, slots, context)) for port in ports}
        began = time.perf_counter()
        sent = [pool.submit(_send, urls[port], requests) for (port, _), requests in lanes.items()]
        for lane in sent:
            lane.result()
        return time.perf_counter() - began


def _send(url: str, requests: Sequence[Request]) -> None:
    where = urlsplit(url)
    for request in requests:
        line = HTTPConnection(where.hostname or "", where.port, timeout=LIMIT)
        line.request("POST", request.path, json.dumps(request.body), {"Content-Type": "application/json"})
        answer = line.getresponse()
        text = answer.read()
        line.close()
        if answer.status != 200:
            raise SystemExit(f"the bare engine answered {answer.status}: {text[:200]!r}")


@contextmanager
def _engine(weights: str, slots: int, context: int) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.engine", weights, str(slots), str(context)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def _serve(weights: str, slots: int, context: int) -> None:
    from arena.models.server import ModelServer
    from arena.models.weights import fetch

    os.nice(NICE)
    server = ModelServer(fetch(weights).path, alias=weights, slots=slots, context=context)
    print(server.start(), flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
