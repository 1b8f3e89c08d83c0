"""What a document consists of, and how it is written: as Markdown, as HTML, as a part of a page."""

__all__: list[str] = []
