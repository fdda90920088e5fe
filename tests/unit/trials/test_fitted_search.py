"""Records of scikit-learn's searches."""

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    BaseCrossValidator,
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneOut,
    RandomizedSearchCV,
    StratifiedKFold,
    TimeSeriesSplit,
)

import terrarium
from terrarium.record import ValidationProcedure
from terrarium.trials.fitted_search import procedure_of, space_of

FEATURES = np.arange(24, dtype=float).reshape(12, 2)
TARGET = np.array([0, 1] * 6)


@pytest.mark.parametrize(
    ("cv", "procedure"),
    [
        (3, terrarium.Stratified(folds=3, shuffle=False)),
        (
            StratifiedKFold(3, shuffle=True, random_state=7),
            terrarium.Stratified(folds=3, shuffle=True, seed=7),
        ),
        (KFold(4), terrarium.KFold(folds=4, shuffle=False, seed=None)),
        (GroupKFold(2), terrarium.Grouped(by="groups", folds=2, shuffle=False, seed=None)),
        (
            TimeSeriesSplit(2, gap=1),
            terrarium.TimeSeries(folds=2, gap=1, test_size=None, max_train_size=None),
        ),
        (LeaveOneOut(), None),
    ],
)
def test_the_procedure_is_that_of_the_splitter(
    cv: int | BaseCrossValidator, procedure: ValidationProcedure | None
) -> None:
    search = GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=cv)
    assert procedure_of(search.fit(FEATURES, TARGET, groups=np.arange(12) // 3)) == procedure


def test_a_regressor_is_not_stratified() -> None:
    assert procedure_of(
        GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=2).fit(FEATURES, TARGET)
    ) == terrarium.KFold(folds=2, shuffle=False)


def test_the_space_is_plain() -> None:
    grid = GridSearchCV(Ridge(), {"alpha": np.array([1.0, 2.0])})
    assert space_of(grid) == {"alpha": [1.0, 2.0]}
    several = GridSearchCV(Ridge(), [{"alpha": [1.0]}, {"fit_intercept": [False]}])
    assert space_of(several) == {"alternatives": [{"alpha": [1.0]}, {"fit_intercept": [False]}]}
    drawn = RandomizedSearchCV(Ridge(), {"alpha": loguniform(1, 10)})
    assert "alpha" in space_of(drawn)
