"""Whether the numbers may be believed: competence, what is missing, time, the labels of others."""

__all__: list[str] = []
