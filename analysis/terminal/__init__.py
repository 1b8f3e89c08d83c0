"""What verbs of the analysis print, and the verbs themselves."""

__all__: list[str] = []
