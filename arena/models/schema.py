"""Refuse a JSON schema that an engine would ignore without a word, and tell whether an answer keeps to one."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from arena.errors import WorldError

__all__ = ["check_schema", "keeps_to"]


def check_schema(schema: Mapping[str, Any]) -> None:
    """Raise `WorldError` where the schema is not valid (draft 2020-12) or a `$ref` in it leads nowhere."""
    _validator(json.dumps(schema))


def keeps_to(schema: Mapping[str, Any], text: str) -> bool:
    """Whether `text` is one JSON value that the schema allows."""
    try:
        answer = json.loads(text)
    except ValueError:
        return False
    return bool(_validator(json.dumps(schema)).is_valid(answer))


@lru_cache(maxsize=256)  # the offers of a round are mostly those of the last one, and checking takes milliseconds
def _validator(text: str) -> Draft202012Validator:
    schema = json.loads(text)
    try:
        Draft202012Validator.check_schema(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    except SchemaError as error:
        raise WorldError(f"bad schema at {error.json_path}: {error.message}") from error
    root = DRAFT202012.create_resource(schema)
    resolver = Registry().with_resource("", root).resolver()
    pending = [root]
    while pending:
        part = pending.pop()
        try:
            if isinstance(part.contents, dict) and "$ref" in part.contents:
                resolver.lookup(part.contents["$ref"])
        except Unresolvable as error:
            raise WorldError(f"bad schema: $ref {error.ref!r} leads nowhere") from error
        pending += part.subresources()
    return Draft202012Validator(schema)
