"""Optuna: a study in the metadata database, every trial of it a nested run."""

import json
import logging
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import JsonValue

from terrarium.metadata.optuna_schema import OPTUNA_SCHEMA, open_optuna_storage
from terrarium.trials.json_values import json_object
from terrarium.trials.search import HyperparameterSearch
from terrarium.trials.trial_run import TrialRunT

if TYPE_CHECKING:
    import optuna

    from terrarium.metadata import Database

__all__ = ["describe_sampler", "open_study", "optimize", "optuna_storage", "values_of"]

Direction = Literal["maximize", "minimize"]

_RUN_ATTRIBUTE = "terrarium.run"  # of Optuna's trial: the nested run

_log = logging.getLogger(__name__)


def optuna_storage(database: "Database") -> "optuna.storages.RDBStorage":
    """Optuna's storage in the environment's metadata database, for studies of one's own.

    Raises:
        SchemaMissingError: The database was migrated without Optuna.
        SchemaOutdatedError: Its schema is that of another Optuna than the one installed here.
    """
    return open_optuna_storage(database.writer_of(OPTUNA_SCHEMA), database.environment)


def open_study(
    database: "Database",
    name: str,
    *,
    directions: Sequence[Direction],
    sampler: "optuna.samplers.BaseSampler | None",
    pruner: "optuna.pruners.BasePruner | None",
) -> "optuna.Study":
    """A study of that name; the one that is there already, if there is."""
    import optuna

    return optuna.create_study(
        storage=optuna_storage(database),
        study_name=name,
        directions=directions,
        sampler=sampler,
        pruner=pruner,
        load_if_exists=True,
    )


def optimize(
    study: "optuna.Study",
    search: HyperparameterSearch[TrialRunT],
    objective: "Callable[[optuna.Trial, TrialRunT], float | Sequence[float]]",
    *,
    metrics: Sequence[str],
    **options: Any,
) -> None:
    """Run trials of a study, each as a nested run.

    Args:
        study: Optuna's.
        search: Of the run that searches.
        objective: Takes Optuna's trial and the nested run; returns one value per metric.
        metrics: What the values are called in the nested run.
        **options: Of `Study.optimize`.
    """
    import optuna

    def attempt(trial: "optuna.Trial") -> list[float]:
        pruned: optuna.TrialPruned | None = None
        with search.nested(trial.number) as run:
            trial.set_user_attr(_RUN_ATTRIBUTE, run.id)
            returned: object = ()
            try:
                returned = objective(trial, run)
            except optuna.TrialPruned as error:
                pruned = error  # told by the trial's state; the run itself did what it should
            except BaseException:
                search.ended(run, trial.number, trial.params, values=[], state="FAIL")
                raise
            finally:
                run.log_params(trial.params)
            if pruned is not None:
                search.ended(run, trial.number, trial.params, values=[], state="PRUNED")
                raise pruned
            values = values_of(returned, objectives=len(metrics))
            if values is None:
                _log.warning(
                    "trial %d counts as failed: its objective returned %.100r\n  -> return %s",
                    trial.number,
                    returned,
                    "one number" if len(metrics) == 1 else f"{len(metrics)} numbers: {', '.join(metrics)}",
                )
                search.ended(run, trial.number, trial.params, values=[], state="FAIL")
                return [math.nan] * len(metrics)  # for Optuna a failed trial: it goes on
            run.log_metrics(dict(zip(metrics, values, strict=True)))
            # Optuna has no place for NaN: such a trial has failed.
            state: Literal["COMPLETE", "FAIL"] = "FAIL" if any(map(math.isnan, values)) else "COMPLETE"
            search.ended(run, trial.number, trial.params, values=values, state=state)
        return values

    def ended(_: "optuna.Study", trial: "optuna.trial.FrozenTrial") -> None:
        # Only now has Optuna decided about the trial, and computed its constraints.
        match trial.state.name:
            case "COMPLETE" | "PRUNED" | "FAIL" as state:
                search.correct(trial.number, values=trial.values if state == "COMPLETE" else [], state=state)

    try:
        study.optimize(attempt, callbacks=[ended], **options)
    finally:
        search.describe(space=_space(study))


def values_of(returned: object, *, objectives: int) -> list[float] | None:
    """Return the values of a trial as numbers, by Optuna's rule for what an objective may return.

    Returns:
        None where Optuna counts the trial as failed: what was returned is not a number (text included), or as many
        numbers as there are objectives.
    """
    is_list = isinstance(returned, Sequence) and not isinstance(returned, str)
    listed: list[Any] = list(returned) if is_list else [returned]  # type: ignore[call-overload]  # mypy forgets is_list
    if len(listed) != objectives or any(isinstance(value, str | bytes) for value in listed):
        return None
    try:
        return [float(value) for value in listed]
    except (TypeError, ValueError, OverflowError, RuntimeError):  # a tensor of several elements: RuntimeError
        return None


def describe_sampler(study: "optuna.Study") -> tuple[str, dict[str, JsonValue]]:
    """Name of the study's sampler, and its settings and the pruner's."""
    settings = {
        name.lstrip("_"): value
        for name, value in vars(study.sampler).items()
        if isinstance(value, (bool, int, float, str))
    }
    return type(study.sampler).__name__, json_object({**settings, "pruner": type(study.pruner).__name__})


def _space(study: "optuna.Study") -> dict[str, JsonValue]:
    from optuna.distributions import distribution_to_json

    space: dict[str, JsonValue] = {}
    for trial in study.get_trials(deepcopy=False):
        for name, distribution in trial.distributions.items():
            space.setdefault(name, json.loads(distribution_to_json(distribution)))
    return space
