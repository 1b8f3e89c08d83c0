"""The probability of each offered act, from what an engine tells of the next piece of text."""

__all__: list[str] = []
