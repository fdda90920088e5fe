"""Direction in which a metric improves."""

import re
from typing import Final, Literal

from terrarium.record.use_case import UseCase

__all__ = ["Direction", "direction_of"]

Direction = Literal["maximize", "minimize"]

# Words in the names of metrics that improve downwards: the losses and errors of scikit-learn, XGBoost, LightGBM, Keras
# and PyTorch Lightning. scikit-learn's scorers with the prefix `neg_` are negated and improve upwards.
_LESS_IS_BETTER: Final = frozenset(
    {"loss", "losses", "error", "errors", "deviance", "perplexity", "crossentropy", "logloss", "mlogloss"}
    | {"nll", "mae", "mape", "smape", "mse", "msle", "rmse", "rmsle", "wer", "cer"}
)


def direction_of(metric: str, use_case: UseCase | None) -> Direction:
    """Return the direction in which a metric improves.

    For the evaluation metric of the use case, it is the direction of the use case. Other metrics are minimized if their
    name contains a word for a loss or an error (`val_loss`, `rmse`), and otherwise maximized.
    """
    if use_case is not None and metric == use_case.evaluation_metric:
        return use_case.direction
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", metric).lower())
    if words[:1] == ["neg"]:
        return "maximize"
    return "minimize" if _LESS_IS_BETTER.intersection(words) else "maximize"
