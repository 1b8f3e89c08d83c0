"""What made a difference: matched contrasts, conditions, gradients, probabilities of the ordered act."""

__all__: list[str] = []
