"""Values that runs log: checked before any of them is stored.

The metadata database and the record cannot hold every text: PostgreSQL has no NUL character, UTF-8 no lone surrogate,
and MLflow's columns have lengths.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast, get_args

from terrarium.experiments.errors import ValueRefusedError
from terrarium.journal.line import check_metric_name, metric_value
from terrarium.plain_text import shown
from terrarium.record.validation import ValidationProcedure
from terrarium.secrets import redact_values, warn_left_out

if TYPE_CHECKING:
    from terrarium.record import Splits

__all__ = [
    "check_experiment_name",
    "check_run_name",
    "check_seed",
    "check_splits",
    "check_validation",
    "fold_values",
    "named_values",
    "param_texts",
    "refusals_of_mlflow",
    "tag_texts",
]

_LONGEST_EXPERIMENT = 500  # characters; MLflow's MAX_EXPERIMENT_NAME_LENGTH
_LONGEST_RUN = 250  # characters; of column runs.name in MLflow's schema
_LONGEST_KEY = 250  # characters; MLflow's MAX_ENTITY_KEY_LENGTH


def named_values(values: object, call: str) -> Mapping[str, object]:
    """Return the values if they have names.

    Raises:
        ValueRefusedError: They are not a mapping.
    """
    if isinstance(values, Mapping):
        return values
    raise ValueRefusedError(
        f"{call} takes a mapping of names to values, not {shown(values)}, a {type(values).__name__}",
        remedy=f'name the values: {call}({{"name": value}})',
    )


def param_texts(params: object, *, known: Mapping[str, str]) -> dict[str, str]:
    """Return hyperparameters as MLflow keeps them; secrets among them are replaced, with a warning.

    Args:
        params: Name -> value of any type.
        known: Those that are on record already, which do not change.

    Raises:
        ValueRefusedError: A name or a value cannot be kept, or a hyperparameter would change.
    """
    texts: dict[str, str] = {}
    for name, value in named_values(params, "run.log_params").items():
        _check_key("hyperparameter", name)
        texts[name] = _text(f"hyperparameter {name!r}", value)
    texts, secrets = redact_values(texts)
    warn_left_out("the hyperparameters", secrets)
    for name, text in texts.items():
        if known.get(name, text) != text:
            raise ValueRefusedError(
                f"hyperparameter {name!r} is {shown(known[name])} on record and cannot become {shown(text)}",
                remedy="begin another run for other hyperparameters, nested in this one if need be: run.nested(...)",
            )
    return texts


def tag_texts(tags: object) -> dict[str, str]:
    """Return tags as MLflow keeps them; secrets among them are replaced, with a warning.

    Raises:
        ValueRefusedError: A name or a value cannot be kept.
    """
    from mlflow.utils.validation import _validate_tag

    texts: dict[str, str] = {}
    for name, value in named_values(tags, "run.set_tags").items():
        _check_key("tag", name)
        text = _text(f"tag {name!r}", value)
        with refusals_of_mlflow(f"tag {name!r}"):
            texts[name] = _validate_tag(name, text).value  # cut as MLflow cuts it, with its warning
    texts, secrets = redact_values(texts)
    warn_left_out("the tags", secrets)
    return texts


def fold_values(name: str, values: Any) -> tuple[float, ...]:
    """Return the values of a metric on each fold.

    Raises:
        MetricRefusedError: The database could not hold the name or a value.
        ValueRefusedError: There are no folds.
    """
    for kept in (name, f"{name}.spread"):  # the longest of the names that the folds are kept by
        check_metric_name(kept)
    folds = tuple(metric_value(name, value) for value in values) if isinstance(values, Iterable) else ()
    if not folds:
        raise ValueRefusedError(
            f"metric {name!r} has no folds: {shown(values)}",
            remedy=f'log one value per fold: run.log_fold_metrics({{"{name}": [0.8, 0.9]}})',
        )
    return folds


@contextmanager
def refusals_of_mlflow(what: str) -> Iterator[None]:
    """Raise MLflow's refusals as `ValueRefusedError`, e.g. of a change of a param that autologging logged."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        if error.error_code != "INVALID_PARAMETER_VALUE":
            raise
        raise ValueRefusedError(
            f"MLflow refuses {what}: {' '.join(error.message.split())}",
            remedy="log other values, or begin another run for them",
        ) from error


def check_experiment_name(name: object) -> str:
    """Return the name of an experiment.

    Raises:
        ValueRefusedError: No experiment can have it.
    """
    if isinstance(name, str) and name.strip() and len(name) <= _LONGEST_EXPERIMENT:
        return _storable("the name of an experiment", name)
    raise ValueRefusedError(
        f"an experiment cannot be called {shown(name)}",
        remedy=f"use 1 to {_LONGEST_EXPERIMENT} characters, or a use case: lab.experiment(terrarium.UseCase(...))",
    )


def check_run_name(name: object) -> str | None:
    """Return the name of a run; None where MLflow makes one up.

    Raises:
        ValueRefusedError: No run can have it.
    """
    if name is None:
        return None
    if isinstance(name, str) and len(name) <= _LONGEST_RUN:
        return _storable("the name of a run", name)
    raise ValueRefusedError(
        f"a run cannot be called {shown(name)}", remedy=f"use text of at most {_LONGEST_RUN} characters"
    )


def check_splits(splits: object) -> "Splits":
    """Return splits as a record holds them.

    Raises:
        ValueRefusedError: They are something else, e.g. a mapping.
    """
    from terrarium.record import Splits

    if isinstance(splits, Splits):
        return splits
    raise ValueRefusedError(
        f"splits cannot be {shown(splits)}, a {type(splits).__name__}",
        remedy="take them from a dataset: lab.datasets.split(...); or pin data in memory: "
        'terrarium.Splits.of({"train": data}, dataset="...")',
    )


def check_validation(procedure: object) -> ValidationProcedure:
    """Return a validation procedure.

    Raises:
        ValueRefusedError: It is something else, e.g. its name.
    """
    kinds = get_args(get_args(ValidationProcedure)[0])
    if isinstance(procedure, kinds):
        return cast("ValidationProcedure", procedure)
    raise ValueRefusedError(
        f"a validation procedure cannot be {shown(procedure)}, a {type(procedure).__name__}",
        remedy="state one of " + ", ".join(f"terrarium.{kind.__name__}(...)" for kind in kinds),
    )


def check_seed(seed: object) -> int | None:
    """Return a seed as generators take it.

    Raises:
        ValueRefusedError: It is not a whole number of 64 bits, as PyTorch takes it.
    """
    if seed is None:
        return None
    whole = getattr(seed, "__index__", None)
    if callable(whole) and not isinstance(seed, bool) and -(2**63) <= (number := int(whole())) < 2**64:
        return number
    raise ValueRefusedError(
        f"a seed cannot be {shown(seed)}", remedy="state a whole number of 64 bits: run(seed=7)"
    )


def _check_key(kind: str, name: object) -> None:
    from mlflow.exceptions import MlflowException
    from mlflow.utils.validation import _validate_tag_name  # for params and tags alike

    try:
        if isinstance(name, str) and name.isprintable() and 0 < len(name) <= _LONGEST_KEY:
            _validate_tag_name(name)
            return
    except MlflowException:
        pass
    raise ValueRefusedError(
        f"a {kind} cannot be called {shown(name)}",
        remedy=f"use at most {_LONGEST_KEY} letters, digits, spaces and any of _ - . : /",
    )


def _text(what: str, value: object) -> str:
    try:
        text = str(value)
    except Exception as error:
        raise ValueRefusedError(
            f"{what} has no text: {error}",
            remedy="log the text that describes it: repr(value) or a part of it",
        ) from error
    return _storable(what, text)


def _storable(what: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        found = f"a lone surrogate at character {error.start}, which UTF-8 cannot encode"
    else:
        if "\0" not in text:
            return text
        found = f"the character NUL at {text.index(chr(0))}, which PostgreSQL cannot hold"
    raise ValueRefusedError(
        f"{what} has {found}: {shown(text)}",
        remedy='replace it: text.replace("\\0", "").encode("utf-8", "backslashreplace").decode()',
    )
