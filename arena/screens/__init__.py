"""What the verbs of the command line print."""

__all__: list[str] = []
