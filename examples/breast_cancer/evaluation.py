"""Evaluation of a fitted candidate."""

import pandas as pd
from sklearn.base import ClassifierMixin
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score, roc_curve

from examples.breast_cancer.data import Part

__all__ = ["evaluate", "roc"]


def evaluate(model: ClassifierMixin, part: Part) -> dict[str, float]:
    """Return area under the ROC curve, average precision (higher is better) and Brier score (lower is better)."""
    probability = model.predict_proba(part.features)[:, 1]
    return {
        "roc_auc": float(roc_auc_score(part.malignant, probability)),
        "average_precision": float(average_precision_score(part.malignant, probability)),
        "brier": float(brier_score_loss(part.malignant, probability)),
    }


def roc(model: ClassifierMixin, part: Part) -> pd.DataFrame:
    """Return the ROC curve, one row per threshold."""
    false_positive, true_positive, threshold = roc_curve(
        part.malignant, model.predict_proba(part.features)[:, 1]
    )
    return pd.DataFrame(
        {
            "false_positive_rate": false_positive,
            "true_positive_rate": true_positive,
            "threshold": threshold,
        }
    )
