"""New cases: the clinic delivers its complete export under one name, and the bucket keeps every version."""

import tempfile
from typing import Final

import pandas as pd
from sklearn.datasets import load_breast_cancer

import terrarium
from examples.breast_cancer.pipeline import INCOMING
from terrarium.artifacts.errors import ArtifactNotFoundError

__all__ = ["EXPORT", "LEARNT_FROM", "kept_cases", "newest_cases"]

EXPORT: Final = f"{INCOMING}cases.csv"
"""What is delivered: a row per case, its measurements, and `target`, 1 where the tumour is benign."""

LEARNT_FROM: Final = "breast-cancer/learnt-from.csv"
"""The cases behind the newest version in the registry."""


def newest_cases(context: terrarium.StepContext) -> pd.DataFrame:
    """Return the export of the event, or the last one; without an export, the cases of scikit-learn."""
    arrived = context.arrived()
    if arrived is not None:
        return pd.read_csv(arrived)
    delivered = None if context.lab is None else kept_cases(context.lab, EXPORT)
    return load_breast_cancer(as_frame=True).frame if delivered is None else delivered


def kept_cases(lab: terrarium.StepLab, name: str) -> pd.DataFrame | None:
    """Return the newest cases under a name; None if there are none."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return pd.read_csv(lab.artifacts.get(lab.artifacts.latest(name), folder, progress=False))
        except ArtifactNotFoundError:
            return None
