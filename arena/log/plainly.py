"""Says in plain words what is wrong with a file that was checked against a pydantic model."""

from typing import Any

from pydantic import BaseModel, ValidationError

from arena.errors import unknown

__all__ = ["first_mistake"]

WORDS = {
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "missing": "is missing",
    "model_type": "must be a table",
    "string_pattern_mismatch": "must be of letters, digits, - and _, a letter or digit first",
    "string_type": "must be text in quotes",
}
SEEDS = "must be a number of seeds from 1 to 1000000, or a list of seeds, each a whole number from 1 up"


def first_mistake(error: ValidationError, model: type[BaseModel]) -> str:
    """The first mistake as `<place>: <what is wrong>`, unknown keys with those that are valid there."""
    first = error.errors()[0]
    place = [str(step) for step in first["loc"]]
    if first["type"] == "extra_forbidden":
        table = ".".join(place[:-1])
        what = f"key of [{table}]" if table else "key"
        return str(unknown(what, place[-1], _model_at(model, place[:-1]).model_fields))
    if place[:1] == ["seeds"] and len(place) > 1:  # of a number or a list: pydantic complains of both
        return f"seeds: {SEEDS}"
    message = WORDS.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    message = message.replace("Input should be", "must be")
    return f"{'.'.join(place)}: {message}" if place else message


def _model_at(model: type[BaseModel], place: list[str]) -> Any:
    for step in place:
        model = model.model_fields[step].annotation  # type: ignore[assignment]
    return model
