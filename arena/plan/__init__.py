"""What is to be played: experiments and studies, their trials, and by which versions."""

from arena.plan.experiment import Experiment, read_experiment
from arena.plan.study import Study, read_study
from arena.plan.trial import Trial

__all__ = ["Experiment", "Study", "Trial", "read_experiment", "read_study"]
