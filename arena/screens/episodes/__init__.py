"""What verbs about an episode print: where it lies, its verdicts, its forks."""

__all__: list[str] = []
