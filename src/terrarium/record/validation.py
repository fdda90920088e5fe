"""Validation procedures, which state how metrics were measured."""

from typing import Annotated, Literal

from pydantic import Field

from terrarium.record._section import Section

__all__ = [
    "Grouped",
    "HoldOut",
    "KFold",
    "Nested",
    "Stratified",
    "TimeSeries",
    "ValidationProcedure",
]

Folds = Annotated[int, Field(ge=2)]
Repeats = Annotated[int, Field(ge=1)]


class _Procedure(Section):
    def __str__(self) -> str:
        given = {
            name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set
        }
        arguments = ", ".join(f"{name}={value}" for name, value in given.items() if name != "kind")
        return f"{type(self).__name__}({arguments})"


class HoldOut(_Procedure):
    """The model is fitted on one part of the data and evaluated on another.

    Attributes:
        on: The name of the part on which metrics are measured.
    """

    kind: Literal["hold-out"] = "hold-out"
    on: str = "validation"


class KFold(_Procedure):
    """K-fold cross-validation: a model is evaluated on each of `folds` parts and fitted on the others."""

    kind: Literal["k-fold"] = "k-fold"
    folds: Folds = 5
    shuffle: bool = True
    seed: int | None = None
    repeats: Repeats = 1


class Stratified(_Procedure):
    """K-fold cross-validation in which all folds have the same proportions of a column's values.

    Attributes:
        by: The column. Defaults to the target.
    """

    kind: Literal["stratified"] = "stratified"
    folds: Folds = 5
    by: str | None = None
    shuffle: bool = True
    seed: int | None = None
    repeats: Repeats = 1


class Grouped(_Procedure):
    """K-fold cross-validation in which each group, e.g. a customer, is in one fold only.

    Attributes:
        by: The column with the group.
    """

    kind: Literal["grouped"] = "grouped"
    by: str
    folds: Folds = 5
    shuffle: bool = False
    seed: int | None = None


class TimeSeries(_Procedure):
    """Cross-validation over time: each fold is evaluated on rows that follow the rows of the fit.

    Attributes:
        by: The column with the time.
        gap: The number of rows that are left out between the rows of the fit and of the evaluation.
        test_size: The number of rows for the evaluation of each fold. Defaults to equal shares.
        max_train_size: The maximum number of rows for the fit. Defaults to all earlier rows.
    """

    kind: Literal["time-series"] = "time-series"
    by: str | None = None
    folds: Folds = 5
    gap: Annotated[int, Field(ge=0)] = 0
    test_size: Annotated[int, Field(ge=1)] | None = None
    max_train_size: Annotated[int, Field(ge=1)] | None = None


class Nested(_Procedure):
    """Nested cross-validation: `inner` selects hyperparameters within each fold of `outer`, which evaluates them."""

    kind: Literal["nested"] = "nested"
    outer: "ValidationProcedure"
    inner: "ValidationProcedure"


ValidationProcedure = Annotated[
    HoldOut | KFold | Stratified | Grouped | TimeSeries | Nested, Field(discriminator="kind")
]
Nested.model_rebuild()
