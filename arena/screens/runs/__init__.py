"""What verbs about a run print: the plan, the playing, where it stands."""

__all__: list[str] = []
