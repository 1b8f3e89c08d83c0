"""What a reader has open: runs, the place that the address names, what was computed, what can be taken away."""

__all__: list[str] = []
