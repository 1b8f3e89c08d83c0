"""What is to be played: experiments and studies, their trials, and by which versions."""

__all__: list[str] = []
