"""How the app's own markup looks: the report's rules within it, and what only the app has."""

from pathlib import Path

from analysis.blocks.style import BLOCKS, DAY, NIGHT

__all__ = ["css"]


def css(*, dark: bool) -> str:
    """All rules, for a light or a dark page; those for blocks hold within `.arena` alone."""
    own = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    return f".arena {{ {DAY} {NIGHT if dark else ''} {BLOCKS} }}\n{own}"
