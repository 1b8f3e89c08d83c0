"""Episodes that show something best: where to begin, and one for each finding."""

__all__: list[str] = []
