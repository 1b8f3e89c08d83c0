"""Plays what is left of a run, in this process or on Ray, and forks of its episodes."""

from arena.play.driver import play_experiment

__all__ = ["play_experiment"]
