"""Charts of `analysis.figures` on a page, in the colours of the page, each also a picture to take away."""

import json
from typing import Any

import streamlit as st

from analysis.figures.kit.files import Figure as Chart
from analysis.figures.kit.theme import DARK, LIGHT
from analysis.pages.session.place import Place

__all__ = ["show_chart"]


def show_chart(place: Place, chart: Chart, name: str, alt: str) -> None:
    """A chart made for a light page. `name`: of the file that it can be downloaded as; `alt` says what is seen."""
    spec = chart.to_dict(validate=False)
    spec["autosize"] = "pad"  # the size that the chart has, which the app would otherwise press into its own
    spec["description"] = alt
    st.vega_lite_chart(spec=_by_night(spec) if place.dark else spec, theme=None, width="content")
    place.downloads.chart(name, chart)


def _by_night(spec: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(spec)
    for name in LIGHT.__dataclass_fields__:
        text = text.replace(f'"{getattr(LIGHT, name)}"', f'"{getattr(DARK, name)}"')
    coloured: dict[str, Any] = json.loads(text)
    return coloured
