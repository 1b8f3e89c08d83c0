"""The report on runs: one document, written as a self-contained HTML file and as Markdown."""

__all__: list[str] = []
