"""What can be taken away from a page: its tables, its pictures, its graph. Each is made when it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from analysis.exports.graphs.files import graph_bytes
from analysis.exports.tables import csv_safe
from analysis.figures.kit.files import Figure as Chart
from analysis.figures.kit.files import png
from analysis.figures.kit.theme import LIGHT

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Downloads"]

Frame = pl.DataFrame | pl.LazyFrame


@dataclass(frozen=True)
class _File:
    name: str
    mime: str
    make: Callable[[], bytes]


@dataclass
class Downloads:
    """The files that a page offers, in the order in which they were offered."""

    files: dict[str, _File] = field(default_factory=dict)

    def table(self, name: str, frame: Frame) -> None:
        """A table as CSV (texts that a table program would run as formulas have a `'` before them) and Parquet."""
        self._add(f"{name}.csv", "text/csv", lambda: _csv(frame))
        self._add(f"{name}.parquet", "application/vnd.apache.parquet", lambda: _parquet(frame))

    def chart(self, name: str, chart: Chart) -> None:
        """A figure as a picture, for a light page."""
        self._add(f"{name}.png", "image/png", lambda: png(chart, background=LIGHT.paper))

    def graph(self, name: str, make: "Callable[[], nx.MultiDiGraph]") -> None:
        """An interaction graph as GraphML."""
        self._add(f"{name}.graphml", "application/graphml+xml", lambda: graph_bytes(make(), "graphml")[".graphml"])

    @property
    def with_graph(self) -> bool:
        """Whether a graph is among them."""
        return any(name.endswith(".graphml") for name in self.files)

    def show(self) -> None:
        """One button a file."""
        for file in self.files.values():
            st.download_button(
                file.name, file.make, file.name, file.mime, key=f"get {file.name}", on_click="ignore", width="stretch"
            )

    def _add(self, name: str, mime: str, make: Callable[[], bytes]) -> None:
        self.files[name] = _File(name, mime, make)


def _csv(frame: Frame) -> bytes:
    return csv_safe(frame.lazy()).collect().write_csv().encode()


def _parquet(frame: Frame) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "table.parquet"
        frame.lazy().sink_parquet(file, compression="zstd")
        return file.read_bytes()
