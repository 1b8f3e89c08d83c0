"""What stands at the head of an Inspect log: which run, world and model it is of, and what played it."""

import re
from typing import Any

from inspect_ai.log import EvalConfig, EvalDataset, EvalSpec
from inspect_ai.model import GenerateConfig

from analysis.exports.inspect.judged_episodes import JudgedEpisode, LogContent
from analysis.exports.inspect.results import HEADLINE, SCORERS
from analysis.exports.inspect.scores import FLAG
from arena.log.events import digest_of
from arena.plan.published import published_model
from arena.verdicts.classes import RULES_VERSION, AgentVerdict

__all__ = ["file_name", "sample_id", "spec_of", "tags_of"]

ID_DIGITS = 22  # as many as Inspect's own ids have


def sample_id(judged: JudgedEpisode, agent: AgentVerdict) -> str:
    """The trial's readable name, which ends with its id, and the role."""
    return f"{judged.name}-{agent.role}"


def spec_of(part: LogContent) -> EvalSpec:
    """The head of one log. Its ids depend on the run, its start and the model: a later export has them again."""
    manifest = part.run.manifest
    whole = [manifest.experiment, part.label, part.created]
    scorers = {**SCORERS, **{FLAG + flag: f"1: the agent's episode has the flag {flag}" for flag in part.flags}}
    spec = EvalSpec(
        eval_id=_id("eval", *whole, part.model),
        run_id=_id("run", *whole),
        task_id=_id("task", *whole, part.model),
        created=part.created,
        task=manifest.world,
        task_version=manifest.version,
        task_args=_settings(part),
        tags=tags_of(part),
        dataset=EvalDataset(
            name=manifest.experiment,
            samples=len(part.agents) + part.missing,
            sample_ids=[
                sample_id(judged, agent) for judged, agent in part.agents
            ],  # `read_eval_log_samples` wants them
            shuffled=False,
        ),
        model=part.model,
        model_generate_config=_generation(part),
        config=EvalConfig(epochs=1, fail_on_error=False),
        packages=manifest.sessions[-1].packages if manifest.sessions else {},
        metadata=_metadata(part),
        headline_metric=HEADLINE,
    )
    listed = [{"name": name, "metadata": {"help": words}} for name, words in scorers.items()]
    return EvalSpec.model_validate({**spec.model_dump(), "scorers": listed})  # their type has no public name


def tags_of(part: LogContent) -> list[str]:
    """How the agents came to act, where no model did; what stands for published results says `simulation`."""
    backend = part.model.partition(":")[0]
    tags = [backend] if backend in ("scripted", "replay") else []
    cast = {seat for judged, _ in part.agents for seat in judged.head["cast"].values()}
    if any(published_model(seat) for seat in cast):
        tags += ["published", "simulation"]
    return tags


def file_name(spec: EvalSpec) -> str:
    """`<time>_<world>_<model>_<id>.eval`: Inspect reads time, name and id from it."""
    model = spec.model.rpartition("/")[2] if spec.model.endswith(".gguf") else spec.model
    parts = [re.sub(r"(\.\d+)?\+00:00$", "Z", spec.created), spec.task, model[:48], spec.task_id[:8]]
    return "_".join(re.sub(r"[^A-Za-z0-9.]+", "-", part).strip("-") for part in parts) + ".eval"


def _id(*parts: str) -> str:
    return digest_of(parts)[:ID_DIGITS]


def _settings(part: LogContent) -> dict[str, Any]:
    """The levels that all its episodes share: the factors that differ stand with each sample."""
    cells = [judged.head["cell"] for judged, _ in part.agents]
    return {factor: level for factor, level in cells[0].items() if all(cell.get(factor) == level for cell in cells)}


def _generation(part: LogContent) -> GenerateConfig:
    if part.model.partition(":")[0] in ("scripted", "replay"):
        return GenerateConfig()
    settings = part.agents[0][0].head["settings"]
    return GenerateConfig(temperature=settings.get("temperature"), max_tokens=settings.get("max_tokens"))


def _metadata(part: LogContent) -> dict[str, Any]:
    manifest = part.run.manifest
    facts = manifest.models.get(part.model)
    return {
        "run": part.label,
        "experiment": manifest.experiment,
        "rules": RULES_VERSION,
        "design": manifest.design,
        "settings": part.agents[0][0].head["settings"],
        "sessions": [session.model_dump(exclude={"packages"}) for session in manifest.sessions],
        "model": facts.model_dump() if facts else None,
    }
