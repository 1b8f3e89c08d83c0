"""The embedded llama.cpp engine: loads weights in this process and serves them over HTTP on a loopback port."""

import ctypes
import os
import time
from pathlib import Path
from typing import Any

import httpx

from arena.errors import InfrastructureError, UserError

__all__ = ["ModelServer"]

LEAST = 64  # tokens of context that there is always memory for
ANSWERS_IN = 60.0  # seconds from loaded weights to the first answer: a thread has to begin


class ModelServer:
    """One engine with `slots` seats of `context` tokens each. Plain and synchronous, so that it can be an actor too.

    One thread is the default, because two threads of an engine wait for one another by spinning, and fall from
    81 to 6 tokens a second as soon as another process is busy: take more servers rather than more threads.
    """

    def __init__(self, path: str | Path, *, alias: str, slots: int, threads: int = 1, context: int) -> None:
        self.path = Path(path)
        self.alias = alias
        self.slots = slots
        self.threads = threads
        self.context = context
        self._server: Any = None

    def start(self) -> str:
        """Load the weights (SmolLM2: half a second) and return the server's URL, without `/v1`.

        Raises `UserError` where the engine cannot load the file, `InfrastructureError` where it has not the memory or
        does not answer.
        """
        if self._server is None:
            xllamacpp = _engine()
            try:
                self._server = _answering(xllamacpp.Server(self._parameters(xllamacpp)))
            except RuntimeError as error:
                if not self._loads(xllamacpp):
                    raise UserError(
                        f"not a complete GGUF file, or of a kind this engine cannot read: {self.path}"
                    ) from None
                raise InfrastructureError(
                    f"the engine could not start {self.slots} slots of {self.context} tokens on {self.path}: {error}"
                ) from error
        return str(self._server.listening_address)

    def stop(self) -> None:
        """Unload; calls under way find the connection closed."""
        self._server = None

    def _loads(self, xllamacpp: Any) -> bool:
        """Whether the file loads with the least memory: the engine has one message for all that goes wrong."""
        params = self._parameters(xllamacpp)
        params.n_parallel, params.n_ctx = 1, LEAST
        try:
            _answering(xllamacpp.Server(params))
        except RuntimeError:
            return False
        return True

    def _parameters(self, xllamacpp: Any) -> Any:
        params = xllamacpp.CommonParams()
        params.model.path = str(self.path)
        params.model_alias = {self.alias}
        params.n_parallel = self.slots
        params.n_ctx = self.slots * self.context
        params.n_gpu_layers = 0  # results must not depend on what the machine has
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self.threads
        params.fit_params = False  # else the engine may shrink the context to what it thinks will fit
        params.ctx_shift = False  # a prompt that does not fit is refused, not cut
        params.cache_ram_mib = 0  # a slot keeps its own prefix; copies in memory would grow to 8 GB
        params.hostnames, params.port = ["127.0.0.1"], 0
        # Flash attention and a 16-bit cache round differently for every cut between cached and new tokens: act
        # probabilities then move by up to 9 points with what the slot happens to hold; without, by 1 or 2 at most.
        # The price: prompts cost a quarter more, the cache twice the memory (SmolLM2: 46 kB a token and slot).
        params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
        params.ui = False
        params.verbosity = 0
        return params


def _engine() -> Any:
    # OpenMP reads these once, when the engine's library is loaded; without them idle threads burn a core.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    import xllamacpp

    return xllamacpp


def _answering(server: Any) -> Any:
    """The engine, once its own thread answers; `InfrastructureError` where it does not.

    An engine that is let go before that waits in its destructor for a loop that begins afterwards and has nobody to end
    it: for good, with the interpreter's lock held. So one that does not answer is never let go.
    """
    url = f"{server.listening_address}/slots"  # answered by that thread, where `/health` is not
    until = time.monotonic() + ANSWERS_IN
    try:
        while True:
            try:
                if httpx.get(url, timeout=ANSWERS_IN, trust_env=False).is_success:
                    return server
                problem = "it answers with an error"
            except httpx.HTTPError as error:
                problem = str(error)
            if time.monotonic() > until:
                raise InfrastructureError(f"the engine was loaded and does not answer: {problem}")
            time.sleep(0.02)
    except BaseException:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(server))
        raise
