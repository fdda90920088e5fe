"""Names of a record's data in MLflow: tags of runs and experiments, and artifacts of runs.

All tags start with `terrarium.`. Quote them in filters of MLflow: ``tags.`terrarium.code.commit` = '...'``.
Hyperparameters are MLflow's params, metrics are MLflow's metrics, and each part of the splits is a dataset input.
Values for which MLflow has tags of its own (`mlflow.source.git.commit`, `mlflow.source.git.branch`,
`mlflow.source.git.repoURL`, `mlflow.source.name`, `mlflow.parentRunId`) are stored there as well, for MLflow's UI.
"""

from typing import Final

__all__ = [
    "ARCHITECTURE",
    "ARCHITECTURE_DIGEST",
    "CELLS_ARTIFACT",
    "CODE_BRANCH",
    "CODE_COMMIT",
    "CODE_DIRTY",
    "CODE_ENTRY_POINT",
    "CODE_PATCH_DIGEST",
    "CODE_REPOSITORY",
    "ENVIRONMENT_IMAGE",
    "ENVIRONMENT_IMAGE_NAME",
    "ENVIRONMENT_PACKAGES_DIGEST",
    "ENVIRONMENT_PYTHON",
    "PATCH_ARTIFACT",
    "PLATFORM_ENVIRONMENT",
    "PLATFORM_MANIFEST_VERSION",
    "PLATFORM_STACK_DIGEST",
    "RECORD_ARTIFACT",
    "RECORD_COMPLETENESS",
    "RECORD_FOLDER",
    "RECORD_MISSING",
    "RECORD_VERSION",
    "SEARCH_SAMPLER",
    "SEEDS",
    "SPLITS_DATASETS",
    "SPLITS_STRATEGY",
    "TRIAL_NUMBER",
    "TRIAL_STATE",
    "USE_CASE",
    "USE_CASE_NAME",
    "VALIDATION",
]

# Artifacts of a run.
RECORD_FOLDER: Final = "record/"
RECORD_ARTIFACT: Final = "record/record.json"
PATCH_ARTIFACT: Final = "record/code.patch"  # `git apply` on the commit; untracked files included
CELLS_ARTIFACT: Final = "record/cells.py"  # the cells that a notebook executed so far, in order

# Tags of an experiment: one per field of its use case, `terrarium.use_case.<field>`.
USE_CASE: Final = "terrarium.use_case"
USE_CASE_NAME: Final = "terrarium.use_case.name"  # also of each of its runs

# Tags of a run.
RECORD_VERSION: Final = "terrarium.record.version"
RECORD_COMPLETENESS: Final = "terrarium.record.completeness"  # 0 to 1, two digits
RECORD_MISSING: Final = "terrarium.record.missing"  # comma-separated; empty when complete
CODE_REPOSITORY: Final = "terrarium.code.repository"
CODE_COMMIT: Final = "terrarium.code.commit"
CODE_BRANCH: Final = "terrarium.code.branch"
CODE_DIRTY: Final = "terrarium.code.dirty"  # true or false
CODE_PATCH_DIGEST: Final = "terrarium.code.patch_digest"
CODE_ENTRY_POINT: Final = "terrarium.code.entry_point"
ENVIRONMENT_PYTHON: Final = "terrarium.environment.python"
ENVIRONMENT_PACKAGES_DIGEST: Final = "terrarium.environment.packages_digest"
ENVIRONMENT_IMAGE: Final = "terrarium.environment.image"
ENVIRONMENT_IMAGE_NAME: Final = "terrarium.environment.image_name"
PLATFORM_ENVIRONMENT: Final = "terrarium.infrastructure.environment"
PLATFORM_MANIFEST_VERSION: Final = "terrarium.infrastructure.manifest_version"
PLATFORM_STACK_DIGEST: Final = "terrarium.infrastructure.stack_digest"
ARCHITECTURE: Final = "terrarium.architecture"
ARCHITECTURE_DIGEST: Final = "terrarium.architecture.digest"
SPLITS_STRATEGY: Final = "terrarium.splits.strategy"
SPLITS_DATASETS: Final = "terrarium.splits.datasets"  # comma-separated
VALIDATION: Final = "terrarium.validation"  # e.g. KFold(folds=5, seed=7)
SEEDS: Final = "terrarium.seeds"  # seeds that the code set, e.g. splits=7, numpy=7
SEARCH_SAMPLER: Final = "terrarium.search.sampler"  # on the parent of trials
TRIAL_NUMBER: Final = "terrarium.trial.number"  # on each trial
TRIAL_STATE: Final = "terrarium.trial.state"  # COMPLETE, PRUNED or FAIL
