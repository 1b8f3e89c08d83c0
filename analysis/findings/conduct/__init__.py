"""What agents did: outcomes, others than those under order, groups, talk, models, indices."""

__all__: list[str] = []
