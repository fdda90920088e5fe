"""Callables that are not called with bad values, each with the reason. A name that no longer exists fails the test."""

__all__ = ["CALLABLES", "COMMANDS"]

_MADE = "made by the lab, never by its user"
_RESULT = "a result that is read, never made by its user"
_INTERNAL = "called by the SDK itself, from what it read"

CALLABLES = {
    "AliasChange.now": _INTERNAL,
    "Approval.now": _INTERNAL,
    "LocalCompute.of": _INTERNAL,
    "LocalJob.kill": _INTERNAL,
    "LocalJob.start": _INTERNAL,
    "ModelVersion.of": _INTERNAL,
    "Rows.of_files": _INTERNAL,
    "RunSummary.of": _INTERNAL,
    "Split.make": _INTERNAL,
    "Split.of": _INTERNAL,
    "UseCase.from_tags": _INTERNAL,
    "Version.of": _INTERNAL,
    "Run.state_search": _INTERNAL,
    "terrarium.Experiment": _MADE,
    "terrarium.Lab": _MADE,
    "terrarium.ModelVersion": _RESULT,
    "terrarium.PlatformManifest": _RESULT,
    "terrarium.Run": _MADE,
    "terrarium.RunSummary": _RESULT,
    "terrarium.StepContext": _MADE,
    "terrarium.StepLab": "a protocol, for annotations",
    "terrarium.artifacts.Artifacts": _MADE,
    "terrarium.compare.Comparison": _MADE,
    "terrarium.compare.DifferingSection": _RESULT,
    "terrarium.datasets.Dataset": _MADE,
    "terrarium.datasets.Datasets": _MADE,
    "terrarium.datasets.Rows": _MADE,
    "terrarium.datasets.Split": _MADE,
    "terrarium.datasets.ValidationReport": _RESULT,
    "terrarium.datasets.Version": _RESULT,
    "terrarium.datasets.Violation": _RESULT,
    "terrarium.experiments.Experiments": _MADE,
    "terrarium.features.Features": _MADE,
    "terrarium.models.AliasChange": _RESULT,
    "terrarium.models.Approval": _RESULT,
    "terrarium.models.GateReport": _RESULT,
    "terrarium.models.Lineage": _RESULT,
    "terrarium.models.Models": _MADE,
    "terrarium.pipelines.Pipelines": _MADE,
    "terrarium.record.Missing": _RESULT,
    "terrarium.reproduce.Difference": _RESULT,
    "terrarium.reproduce.DifferenceKind": _RESULT,
    "terrarium.reproduce.Verdict": _RESULT,
    "terrarium.gc.Garbage": _RESULT,
    "terrarium.search.Condition": _MADE,
    "terrarium.search.Field": _MADE,
    "terrarium.search.Order": _MADE,
    "terrarium.trials.HyperparameterSearch": _MADE,
    "terrarium.warehouse.Warehouse": _MADE,
}
_BUILDS = "synthesizes stacks, or runs Terraform or policy tools, for minutes"
_SERVES = "serves until it is interrupted"
_SANDBOX = "starts, stops or changes the sandbox that the tests use"

COMMANDS = {
    "bootstrap": "creates the state bucket of an environment of the checkout",
    "cost": _BUILDS,
    "drift": _BUILDS,
    "images push": "builds images",
    "migrate": "migrates the database that the tests use",
    "plan": _BUILDS,
    "policy": _BUILDS,
    "sandbox clock": _SANDBOX,
    "sandbox down": _SANDBOX,
    "sandbox enforce-iam": _SANDBOX,
    "sandbox reset": _SANDBOX,
    "sandbox up": _SANDBOX,
    "sdk publish": "builds a wheel and uploads it",
    "tunnel": _SERVES,
    "ui": _SERVES,
    "verify": "runs every check of an environment, for minutes",
}
