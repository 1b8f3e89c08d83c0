"""Schemas that an engine would ignore silently are refused; answers are checked against good ones."""

from typing import Any

import pytest

from arena.errors import WorldError
from arena.models.schema import check_schema, keeps_to

GOOD = {
    "type": "object",
    "properties": {"act": {"$ref": "#/$defs/act"}, "$ref": {"const": 1}},
    "required": ["act"],
    "$defs": {"act": {"enum": ["pass", "report"]}},
}


def test_a_good_schema_passes_and_judges_answers() -> None:
    check_schema(GOOD)
    assert keeps_to(GOOD, '{"act":"pass"}')
    assert not keeps_to(GOOD, '{"act":"fly"}')
    assert not keeps_to(GOOD, '{"act":"pass"')
    assert not keeps_to(GOOD, "")


@pytest.mark.parametrize(
    ("schema", "what"),
    [
        ({"type": "objet"}, "objet"),
        ({"type": "string", "pattern": "(["}, "regex"),
        ({"properties": {"act": {"$ref": "#/$defs/none"}}}, "leads nowhere"),
        ({"allOf": [{"items": {"$ref": "https://example.org/act.json"}}]}, "leads nowhere"),
    ],
)
def test_a_bad_schema_is_refused(schema: dict[str, Any], what: str) -> None:
    with pytest.raises(WorldError, match=what):
        check_schema(schema)
