"""Text inside XML: escaped, with line ends and tabs that no reader takes for blanks."""

from xml.sax.saxutils import escape

__all__ = ["attribute", "content"]

_SPACES = {"\r": "&#13;"}
_ALL = {**_SPACES, "\n": "&#10;", "\t": "&#9;", '"': "&quot;"}


def content(text: str) -> str:
    """Of an element; the text must be `clean`."""
    return escape(text, _SPACES)


def attribute(text: str) -> str:
    """Of an attribute, with its quotes; the text must be `clean`."""
    return f'"{escape(text, _ALL)}"'
