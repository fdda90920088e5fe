"""A use case and a record with nothing missing."""

import terrarium
from terrarium.record import (
    Code,
    Environment,
    Evaluation,
    FoldMetric,
    Hyperparameters,
    Infrastructure,
    Part,
    SearchRecord,
    Seeds,
    Trial,
)

__all__ = ["RECORD", "USE_CASE"]

USE_CASE = terrarium.UseCase(
    name="churn",
    task="binary-classification",
    business_impact="keeps 2 % of contracts",
    evaluation_metric="roc_auc",
    data=("telco.customers", "telco.calls"),
    training_requirements="nightly, one CPU, below an hour",
    serving_requirements="batch, a million customers a day",
    satisfactory=0.9,
)

RECORD = terrarium.RunRecord(
    run="0" * 32,
    experiment="churn",
    use_case=USE_CASE,
    code=Code(repository="git@example.com:churn.git", commit="1" * 40, branch="main", entry_point="train.py"),
    environment=Environment(
        python="3.11.7",
        implementation="CPython",
        packages={"numpy": "2.4.6"},
        packages_digest="sha256:" + "2" * 64,
        system="Linux 6.8.0",
        machine="x86_64",
    ),
    infrastructure=Infrastructure(
        environment="dev",
        manifest_version=1,
        stack_digest="sha256:" + "3" * 64,
        account="123456789012",
        region="eu-central-1",
    ),
    architecture=terrarium.Architecture(name="resnet50", digest="sha256:" + "4" * 64),
    hyperparameters=Hyperparameters(
        params={"depth": "3"},
        search=SearchRecord(
            tool="optuna",
            sampler="TPESampler",
            space={"depth": [1, 2, 3]},
            trials=(Trial(number=0, params={"depth": 3}, values=(0.9,)),),
            best=0,
        ),
    ),
    splits=terrarium.Splits(
        parts=(Part(name="train", dataset="telco.customers", snapshot_id=7, rows=100),),
        strategy="random",
        seed=7,
    ),
    evaluation=Evaluation(
        metrics={"roc_auc": 0.9},
        over_folds={"roc_auc": FoldMetric(folds=(0.8, 1.0))},
        validation=terrarium.Nested(
            outer=terrarium.KFold(folds=5, seed=1), inner=terrarium.TimeSeries(gap=2)
        ),
    ),
    seeds=Seeds(given={"splits": 7}),
)
