"""Reads published transcripts: finds them, takes them apart, says what was called and stated."""

__all__: list[str] = []
