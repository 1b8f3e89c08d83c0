"""The page on experiments names the keys, defaults and references that there are."""

import json
import re
import tomllib
from pathlib import Path

from pydantic import BaseModel

from arena.models.reference import Backend, parse
from arena.plan.experiment import Experiment, Limits, ModelSettings

PAGE = (Path(__file__).parents[2] / "docs" / "experiments.md").read_text(encoding="utf-8")
PARTS: dict[str, type[BaseModel]] = {"model": ModelSettings, "limits": Limits}


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_table_has_exactly_the_keys_and_their_defaults() -> None:
    rows = dict(re.findall(r"^\| `([\w.]+)` \| (.+?) \|", section("Keys"), re.MULTILINE))
    own = [name for name in Experiment.model_fields if name not in PARTS]
    nested = {f"{part}.{name}": field for part, model in PARTS.items() for name, field in model.model_fields.items()}
    assert list(rows) == [*own, *nested]
    for key, field in nested.items():
        assert json.loads(rows[key].strip("`")) == field.default, key
    for key in own:
        assert (rows[key] == "required") == Experiment.model_fields[key].is_required(), key


def test_the_references_are_valid_and_every_backend_has_one() -> None:
    cells = re.findall(r"^\| (`.+?) \|", section("What sits in a seat"), re.MULTILINE)
    references = [parse(text) for cell in cells for text in re.findall(r"`([^`]+)`", cell)]
    assert {reference.backend for reference in references} == set(Backend.__args__)  # type: ignore[attr-defined]


def test_the_example_is_an_experiment_of_as_many_trials_as_told() -> None:
    (example,) = re.findall(r"```toml\n(.+?)```", PAGE, re.DOTALL)
    (told,) = re.findall(r"= (\d+) trials", PAGE)
    assert len(Experiment.model_validate(tomllib.loads(example)).trials()) == int(told)


def test_every_file_of_a_run_s_folder_is_named(tmp_path: Path) -> None:
    from kept_runs import keep

    folder = keep(tmp_path / "run", void=1)
    told = {name.split("/")[0] for name in re.findall(r"^\| `(.+?)` \|", section("What a run's folder holds"), re.M)}
    assert {path.name for path in folder.iterdir()} == told


def test_the_page_is_short() -> None:
    assert len(PAGE.splitlines()) <= 120
