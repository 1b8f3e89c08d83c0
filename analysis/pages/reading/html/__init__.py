"""Parts of an episode as HTML: lines, words, findings, its head."""

__all__: list[str] = []
