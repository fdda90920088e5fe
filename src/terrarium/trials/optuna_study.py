"""Optuna studies in the metadata database. Each trial is a nested run."""

import json
import logging
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import JsonValue

from terrarium.metadata.optuna_schema import OPTUNA_SCHEMA, open_optuna_storage
from terrarium.trials._trial_run import TrialRunT
from terrarium.trials.json_values import json_object
from terrarium.trials.search import HyperparameterSearch

if TYPE_CHECKING:
    import optuna

    from terrarium.metadata import Database

__all__ = ["describe_sampler", "open_study", "optimize", "optuna_storage", "values_of"]

Direction = Literal["maximize", "minimize"]

_RUN_ATTRIBUTE = "terrarium.run"  # user attribute of Optuna's trial: the id of the nested run

_log = logging.getLogger(__name__)


def optuna_storage(database: "Database") -> "optuna.storages.RDBStorage":
    """Return Optuna's storage in the environment's metadata database, for custom studies.

    Raises:
        SchemaMissingError: The database was migrated without Optuna.
        SchemaOutdatedError: Another version of Optuna created the schema.
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
    """Return the study with this name. Create it if it does not exist."""
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
        study: Optuna's study.
        search: The search of the run.
        objective: Called with Optuna's trial and the nested run; returns one value per metric.
        metrics: The names of the values in the nested run.
        **options: Options of `Study.optimize`.
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
                pruned = error  # recorded as the state of the trial; the nested run itself succeeded
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
                return [math.nan] * len(metrics)  # Optuna counts the trial as failed and continues
            run.log_metrics(dict(zip(metrics, values, strict=True)))
            # Optuna counts a trial with NaN as failed.
            state: Literal["COMPLETE", "FAIL"] = "FAIL" if any(map(math.isnan, values)) else "COMPLETE"
            search.ended(run, trial.number, trial.params, values=values, state=state)
        return values

    def ended(_: "optuna.Study", trial: "optuna.trial.FrozenTrial") -> None:
        # Optuna determines the final state and the constraints of a trial only before this callback.
        match trial.state.name:
            case "COMPLETE" | "PRUNED" | "FAIL" as state:
                search.correct(trial.number, values=trial.values if state == "COMPLETE" else [], state=state)

    try:
        study.optimize(attempt, callbacks=[ended], **options)
    finally:
        search.describe(space=_space(study))


def values_of(returned: object, *, objectives: int) -> list[float] | None:
    """Return the values of a trial as numbers, by Optuna's rule for the return value of an objective.

    Returns:
        The values, or None if Optuna counts the trial as failed: the number of values differs from the number of
        objectives, or a value is not a number (text is not a number).
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
    """Return the name of the study's sampler, and the settings of sampler and pruner."""
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
