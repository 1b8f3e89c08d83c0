"""One Ray for all tests here: two nodes, each a raylet of its own, joined by address. Ended with the tests."""

import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from leash import leashed

HEAD, OTHER = "127.0.0.2", "127.0.0.3"  # Ray rewrites 127.0.0.1 to an outside address
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token"}


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The address of a running cluster of two nodes with one processor each, which this process has joined."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**QUIET, "RAY_AUTH_TOKEN": secrets.token_hex(32)}.items():
            environment.setenv(name, value)
        import ray
        from ray._private.authentication_test_utils import reset_auth_token_state

        reset_auth_token_state()  # another test may have made Ray read the environment before
        folder = Path(tempfile.mkdtemp(prefix="ray-"))  # short: socket paths below it may have 107 characters
        address = f"{HEAD}:{_free_port()}"
        port = address.partition(":")[2]
        head = ("--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={folder}")
        try:
            with _node(folder, HEAD, *head), _node(folder, OTHER, f"--address={address}"):
                try:
                    ray.init(address=address, log_to_driver=False, logging_level="error")
                    while sum(node["Alive"] for node in ray.nodes()) < 2:
                        time.sleep(0.05)
                    yield address
                finally:
                    ray.shutdown()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _node(folder: Path, host: str, *options: str) -> Iterator[None]:
    """A node of the cluster. It is killed at the end: asked kindly, it takes half a minute."""
    ray = Path(sys.executable).with_name("ray")
    told = folder / f"{host}.out"
    common = (f"--node-ip-address={host}", "--num-cpus=1", f"--object-store-memory={100 * 1024**2}", "--block")
    with told.open("wb") as out, leashed([ray, "start", *common, *options], out) as node:
        while "Ray runtime started" not in told.read_text():
            if node.poll() is not None:
                pytest.fail(told.read_text())
            time.sleep(0.05)
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HEAD, 0))
        return int(probe.getsockname()[1])
