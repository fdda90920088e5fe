"""The use case, defined before the first experiment."""

import terrarium

__all__ = ["USE_CASE"]

USE_CASE = terrarium.UseCase(
    name="breast-cancer",
    task="binary-classification",
    business_impact="a second opinion on fine needle aspirates: fewer biopsies, no malignant tumour missed",
    evaluation_metric="roc_auc",
    data=("wisconsin.breast_cancer",),
    training_requirements="one CPU, below a minute; only when new cases were diagnosed",
    serving_requirements="one case at a time, below a second, with a probability",
    satisfactory=0.99,
)
