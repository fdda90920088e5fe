"""The data and its reproducible split."""

from typing import NamedTuple

import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import terrarium

__all__ = ["SEED", "Part", "Split", "describe_split", "load_split", "part_frame"]

SEED = 7


class Part(NamedTuple):
    """One part of the data: 30 measurements of cell nuclei, and the outcome (1: malignant)."""

    features: pd.DataFrame
    malignant: pd.Series


class Split(NamedTuple):
    """Parts for training (1/2), validation (1/4) and test (1/4), stratified by outcome."""

    train: Part
    validation: Part
    test: Part


def load_split() -> Split:
    """Return the split of the 569 cases."""
    return part_frame(load_breast_cancer(as_frame=True).frame)


def part_frame(frame: pd.DataFrame) -> Split:
    """Return the split of cases in the form of scikit-learn."""
    features, malignant = frame.drop(columns="target"), 1 - frame["target"]  # scikit-learn's 1 is benign
    x_train, x_rest, y_train, y_rest = train_test_split(
        features, malignant, train_size=0.5, stratify=malignant, random_state=SEED
    )
    x_validation, x_test, y_validation, y_test = train_test_split(
        x_rest, y_rest, train_size=0.5, stratify=y_rest, random_state=SEED
    )
    return Split(Part(x_train, y_train), Part(x_validation, y_validation), Part(x_test, y_test))


def describe_split(split: Split) -> terrarium.Splits:
    """Return the recorded splits: each part is pinned by the digest of its rows."""
    return terrarium.Splits.of(
        split._asdict(),
        dataset="wisconsin.breast_cancer",
        strategy="random, stratified by malignant",
        seed=SEED,
        source="sklearn.datasets.load_breast_cancer",
    )
