"""What the pages of conditions and contrasts share: arms that are set side by side, and what is told of them."""

__all__: list[str] = []
