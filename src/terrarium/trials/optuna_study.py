"""Optuna: a study in the metadata database, every trial of it a nested run."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import JsonValue

from terrarium.metadata.optuna_schema import OPTUNA_SCHEMA, open_optuna_storage
from terrarium.trials.json_values import json_object
from terrarium.trials.search import HyperparameterSearch

if TYPE_CHECKING:
    import optuna

    from terrarium.experiments import Run
    from terrarium.lab import Lab

__all__ = ["describe_sampler", "open_study", "optimize", "optuna_storage"]

Direction = Literal["maximize", "minimize"]

_RUN_ATTRIBUTE = "terrarium.run"  # of Optuna's trial: the nested run


def optuna_storage(lab: "Lab") -> "optuna.storages.RDBStorage":
    """Optuna's storage in the environment's metadata database, for studies of one's own.

    Raises:
        SchemaMissingError: The database was migrated without Optuna.
        SchemaOutdatedError: Its schema is that of another Optuna than the one installed here.
    """
    return open_optuna_storage(lab.metadata.writer_of(OPTUNA_SCHEMA), lab.environment)


def open_study(
    lab: "Lab",
    name: str,
    *,
    directions: Sequence[Direction],
    sampler: "optuna.samplers.BaseSampler | None",
    pruner: "optuna.pruners.BasePruner | None",
) -> "optuna.Study":
    """A study of that name; the one that is there already, if there is."""
    import optuna

    return optuna.create_study(
        storage=optuna_storage(lab),
        study_name=name,
        directions=directions,
        sampler=sampler,
        pruner=pruner,
        load_if_exists=True,
    )


def optimize(
    study: "optuna.Study",
    search: HyperparameterSearch,
    objective: "Callable[[optuna.Trial, Run], float | Sequence[float]]",
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

    def attempt(trial: "optuna.Trial") -> float | Sequence[float]:
        pruned: optuna.TrialPruned | None = None
        with search.nested(trial.number) as run:
            trial.set_user_attr(_RUN_ATTRIBUTE, run.id)
            values: float | Sequence[float] = ()
            try:
                values = objective(trial, run)
            except optuna.TrialPruned as error:
                pruned = error  # told by the trial's state; the run itself did what it should
            except BaseException:
                search.ended(run, trial.number, trial.params, values=[], state="FAIL")
                raise
            finally:
                run.log_params(trial.params)
            listed = list(values) if isinstance(values, Sequence) else [float(values)]
            run.log_metrics(dict(zip(metrics, listed, strict=False)))
            search.ended(
                run, trial.number, trial.params, values=listed, state="PRUNED" if pruned else "COMPLETE"
            )
        if pruned is not None:
            raise pruned
        return values

    try:
        study.optimize(attempt, **options)
    finally:
        search.describe(space=_space(study))


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
