"""What a training does: read the manifests, simulate a model, evaluate it, write the results."""

from rekog_versions.testing.training.run import TrainingJob, TrainingResult, train

__all__ = ["TrainingJob", "TrainingResult", "train"]
