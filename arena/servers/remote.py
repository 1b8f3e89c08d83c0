"""Model servers that somebody else runs: is the model there, which one is it, and is it loaded?"""

from typing import Any

from arena.errors import unknown
from arena.models.reference import Endpoint, ModelRef
from arena.plan.experiment import Limits
from arena.runs.manifest import ModelFacts

__all__ = ["facts_of", "url_of", "warm_up"]


def url_of(ref: ModelRef) -> str:
    """The URL of the server that an `ollama:` or `openai:` reference means."""
    if ref.backend == "openai":
        return ref.at
    from arena.models.ollama import host_url

    return host_url(ref.at)


async def facts_of(ref: ModelRef) -> ModelFacts:
    """What the server says of the model. Raises `UserError`: no such model; `InfrastructureError`: no answer."""
    if ref.backend == "openai":
        from arena.models.openai import ping

        offered = await ping(ref.at)
        if ref.name not in offered:
            raise unknown(f"model of {ref.at}", ref.name, offered)
        return ModelFacts()
    from arena.models.ollama import describe

    told = await describe(ref.name, url_of(ref))
    return ModelFacts(digest=told.digest, server=f"ollama {told.version}")


async def warm_up(ref: ModelRef, sampling: dict[str, Any], limits: Limits) -> None:
    """Load an Ollama model, so that no call has to wait for it, and check the settings against it. Errors as above."""
    if ref.backend != "ollama":
        return
    from arena.models.client import Settings
    from arena.models.ollama import OllamaClient

    settings = Settings(**sampling, call_limit=limits.call, load_limit=limits.load)
    client = OllamaClient(model=ref.name, settings=settings, endpoint=Endpoint(url_of(ref)))
    try:
        await client.warm_up()
    finally:
        await client.close()
