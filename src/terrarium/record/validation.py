"""Validation procedures: how a metric came about, without which its value means little."""

from typing import Annotated, Literal

from pydantic import Field

from terrarium.record.section import Section

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
    """Fitted on one part of the data, measured on another.

    Attributes:
        on: The part that metrics are measured on, as the splits name it.
    """

    kind: Literal["hold-out"] = "hold-out"
    on: str = "validation"


class KFold(_Procedure):
    """Each of `folds` parts is measured on once, by a model fitted on the others."""

    kind: Literal["k-fold"] = "k-fold"
    folds: Folds = 5
    shuffle: bool = True
    seed: int | None = None
    repeats: Repeats = 1


class Stratified(_Procedure):
    """K-fold in which every part has the outcomes in the same proportions.

    Attributes:
        by: The column whose proportions are kept; omitted, the target.
    """

    kind: Literal["stratified"] = "stratified"
    folds: Folds = 5
    by: str | None = None
    shuffle: bool = True
    seed: int | None = None
    repeats: Repeats = 1


class Grouped(_Procedure):
    """K-fold in which no group, e.g. a customer, lies in two parts.

    Attributes:
        by: The column that names the group.
    """

    kind: Literal["grouped"] = "grouped"
    by: str
    folds: Folds = 5
    shuffle: bool = False
    seed: int | None = None


class TimeSeries(_Procedure):
    """Each fold is fitted on the past and measured on what followed.

    Attributes:
        by: The column that holds the time.
        gap: Rows left out between the two.
        test_size: Rows measured on in each fold; omitted, an equal share.
        max_train_size: Rows fitted on at most; omitted, the whole past.
    """

    kind: Literal["time-series"] = "time-series"
    by: str | None = None
    folds: Folds = 5
    gap: Annotated[int, Field(ge=0)] = 0
    test_size: Annotated[int, Field(ge=1)] | None = None
    max_train_size: Annotated[int, Field(ge=1)] | None = None


class Nested(_Procedure):
    """Hyperparameters are chosen by `inner` within every fold of `outer`, which measures the choice."""

    kind: Literal["nested"] = "nested"
    outer: "ValidationProcedure"
    inner: "ValidationProcedure"


ValidationProcedure = Annotated[
    HoldOut | KFold | Stratified | Grouped | TimeSeries | Nested, Field(discriminator="kind")
]
Nested.model_rebuild()
