"""What all figures are made of: canvas, rows, theme, wording, and the files that they become."""

__all__: list[str] = []
