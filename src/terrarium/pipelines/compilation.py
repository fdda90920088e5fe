"""Compilation of a pipeline to a state machine in Amazon States Language (https://states-language.net/spec.html).

Each step is a Batch job that the state machine waits for; steps of a stage run in parallel. The state holds the
input of conditions (`execution`, `trigger`, `parameters`, `outputs` of the steps that conditions name) and `code`, the
code that was published for this definition when the execution began. A resumed execution keeps its code.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from terrarium.env_vars import CODE, FOLDER, SIZE
from terrarium.manifest import PUBLISHED_PREFIX
from terrarium.pipelines import env_vars as variables
from terrarium.pipelines.artifact_keys import COMPARED, compared_key, execution_folder, published_name
from terrarium.pipelines.step import DRIFT_CHECK, Step
from terrarium.pipelines.step_condition import StepCondition

if TYPE_CHECKING:
    from terrarium.pipelines._pipeline_definition import PipelineDefinition

__all__ = [
    "CHECK_CONDITIONS",
    "LOAD_CODE",
    "REFUSED",
    "SET_DEFAULTS",
    "STEP_COMMAND",
    "compile_pipeline",
    "definition_digest",
]

STEP_COMMAND = ("python", "-m", "terrarium.entry_points.pipeline_step")
"""Command of a job that runs a step; the job has the pipeline's code."""

REFUSED = 3
"""Exit code of a step that refuses to continue: a retry would not change the result."""

LOAD_CODE = "LoadPublishedCode"
"""The state that reads the pointer to the code of this definition. It fails until the code is published; then the
execution can be resumed.

A `Fail` state would give a better reason, but an execution that ended in one cannot be resumed past it (Step Functions
Developer Guide, "Redriving executions", on the redrive behavior of individual states).
"""

SET_DEFAULTS = "SetDefaults"
"""The first state: sets the parameters to their defaults."""

CHECK_CONDITIONS = "CheckConditions-"
"""Prefix, before the name of a step, of the Choice state that decides whether the step runs."""

_States = dict[str, dict[str, Any]]
# Faults of the services themselves, throttling included. A failed job is States.TaskFailed, which has retries of its
# own. Batch also returns ServerException for new share identifiers (ASFHyP3/hyp3, issue 802).
_BATCH_FAULTS = ("Batch.ServerException", "Batch.TooManyRequestsException", "Batch.SdkClientException")
_S3_FAULTS = ("S3.S3Exception", "S3.SdkClientException")
_ENTRY_POINT = ("python", "-m", "terrarium.compute.entry_point")
_DIGEST = "@definition-digest@"
_DONE = "Done"
_DRIFT_REQUESTED = "CheckDriftRequested"
# Replaces `{` in text of users until the JSON is complete: a noncharacter of Unicode, which text must not contain.
_BRACE = "\ufdd0"
_COMPARISONS = {
    "==": "Equals",
    "<": "LessThan",
    "<=": "LessThanEquals",
    ">": "GreaterThan",
    ">=": "GreaterThanEquals",
}


def compile_pipeline(pipeline: "PipelineDefinition") -> str:
    """Return the state machine; see `Pipeline.compile`."""
    return _as_json(pipeline).replace(_DIGEST, definition_digest(pipeline))


def definition_digest(pipeline: "PipelineDefinition") -> str:
    """Return the digest that identifies the pipeline's state machine."""
    return hashlib.sha256(_as_json(pipeline).encode()).hexdigest()[:16]


def _as_json(pipeline: "PipelineDefinition") -> str:
    stages = pipeline.stages
    states: _States = {}
    following = _DONE
    for number in range(len(stages), 0, -1):
        states, following = _stage(pipeline, number, stages[number - 1], following, states)
    if pipeline.drift:
        states = {**_drift(pipeline, following), **states}
        following = _DRIFT_REQUESTED
    return json.dumps(
        {
            "Comment": f"Terrarium pipeline {pipeline.name}",
            "StartAt": SET_DEFAULTS,
            "TimeoutSeconds": pipeline.deadline_hours * 3600,
            "States": {**_beginning(pipeline, following), **states, _DONE: {"Type": "Succeed"}},
        },
        indent=2,
        ensure_ascii=False,
    ).replace(_BRACE, "\\u007b")


def _literal(value: Any) -> Any:
    """Prevent `${` and `%{` in text of users from being read as placeholders, here or by Terraform.

    The JSON escape of the brace hides them; Step Functions decodes it.
    """
    if isinstance(value, str):
        return re.sub(r"(?<=[$%])\{", _BRACE, value)
    if isinstance(value, list):
        return [_literal(item) for item in value]
    if isinstance(value, dict):
        return {_literal(key): _literal(item) for key, item in value.items()}
    return value


def _beginning(pipeline: "PipelineDefinition", following: str) -> _States:
    return {
        SET_DEFAULTS: {
            "Type": "Pass",
            "Result": {
                "input": {"parameters": {}, "trigger": {"kind": "unknown"}},
                "parameters": _literal(dict(pipeline.parameters)),
            },
            "Next": "MergeInput",
        },
        "MergeInput": {
            "Type": "Pass",
            "Parameters": {
                "input.$": "States.JsonMerge($.input, $$.Execution.Input, false)",
                "parameters.$": "$.parameters",
            },
            "Next": "MergeParameters",
        },
        "MergeParameters": {
            "Type": "Pass",
            "Parameters": {
                "execution.$": "$$.Execution.Name",
                "outputs": {},
                "parameters.$": "States.JsonMerge($.parameters, $.input.parameters, false)",
                "trigger.$": "$.input.trigger",
            },
            "Next": LOAD_CODE,
        },
        LOAD_CODE: {
            "Comment": "Fails with S3.NoSuchKeyException until code is published for this definition: "
            "terrarium pipelines publish --all -e ${environment}",
            **_read(f"{PUBLISHED_PREFIX}{published_name(pipeline.name, _DIGEST)}"),
            "ResultSelector": {"published.$": "States.StringToJson($.Body)"},
            "ResultPath": "$.code",
            "Next": following,
        },
    }


def _drift(pipeline: "PipelineDefinition", following: str) -> _States:
    check = pipeline.steps[DRIFT_CHECK]
    drifted = StepCondition(step=check.name, name="drifted", comparison="==", value=True)
    requested = {"Variable": "$.trigger.kind", "StringEquals": "drift"}
    return {
        _DRIFT_REQUESTED: _choice([requested], check.name, following),
        check.name: {**_job(pipeline, check), "Next": _outputs_of(check)},
        _outputs_of(check): _read_outputs(pipeline, check, "DriftDetected"),
        "DriftDetected": _choice(_comparisons(drifted), following, "NoDrift"),
        "NoDrift": {"Type": "Succeed"},
    }


def _stage(
    pipeline: "PipelineDefinition", number: int, stage: Sequence[Step], following: str, rest: _States
) -> tuple[_States, str]:
    """Return the states from a stage on, and the name of the first of them."""
    compared = {condition.step for step in pipeline.steps.values() for condition in step.when}
    states = rest
    for step in stage:
        if step.name in compared:
            states = {_outputs_of(step): _read_outputs(pipeline, step, following), **states}
            following = _outputs_of(step)
    if len(stage) == 1:
        first = _guarded(pipeline, stage[0], {"Next": following}, following)
        return {**first, **states}, next(iter(first))
    name = f"Stage{number}"
    parallel = {
        "Type": "Parallel",
        "Branches": [_branch(pipeline, step) for step in stage],
        "ResultPath": None,
        "Next": following,
    }
    return {name: parallel, **states}, name


def _branch(pipeline: "PipelineDefinition", step: Step) -> dict[str, Any]:
    skip = f"Skip-{step.name}"
    states = _guarded(pipeline, step, {"End": True}, skip)
    if len(states) > 1:
        states[skip] = {"Type": "Pass", "End": True}
    return {"StartAt": next(iter(states)), "States": states}


def _guarded(pipeline: "PipelineDefinition", step: Step, after: dict[str, Any], otherwise: str) -> _States:
    """Return the state of a step, after a Choice state if it has conditions."""
    states = {step.name: {**_job(pipeline, step), **after}}
    conditions = pipeline.conditions(step)
    if not conditions:
        return states
    rules = [rule for condition in conditions for rule in _comparisons(condition)]
    return {f"{CHECK_CONDITIONS}{step.name}": _choice(rules, step.name, otherwise), **states}


def _job(pipeline: "PipelineDefinition", step: Step) -> dict[str, Any]:
    environment = {
        CODE: ("Value.$", "$.code.published.code"),
        FOLDER: ("Value.$", "$.code.published.folder"),
        variables.DEFINED: ("Value.$", "$.code.published.pipeline"),
        variables.EXECUTION: ("Value.$", "$.execution"),
        variables.PARAMETERS: ("Value.$", "States.JsonToString($.parameters)"),
        variables.STEP: ("Value", step.name),
        variables.TRIGGER: ("Value.$", "States.JsonToString($.trigger)"),
    }
    if step.over:
        environment[SIZE] = ("Value", str(len(step.over)))
    requirements = {
        "VCPU": step.resources.vcpus,
        "MEMORY": step.resources.memory,
        "GPU": step.resources.gpus,
    }
    parameters: dict[str, Any] = {
        "JobName": f"{pipeline.name}-{step.name}",
        "JobQueue": f"${{{_pool(step)}_queue_arn}}",
        "JobDefinition": f"${{{_pool(step)}_job_definition_arn}}",
        "ShareIdentifier": "pipelines",
        "ContainerOverrides": {
            "Command": [*_ENTRY_POINT, *STEP_COMMAND],
            "Environment": [{"Name": name, key: value} for name, (key, value) in environment.items()],
            "ResourceRequirements": [
                {"Type": kind, "Value": str(amount)} for kind, amount in requirements.items() if amount
            ],
        },
        "Timeout": {"AttemptDurationSeconds": step.deadline_minutes * 60},
        "PropagateTags": True,
        "Tags": {"pipeline": pipeline.name, "step": step.name},
    }
    if step.over:
        parameters["ArrayProperties"] = {"Size": len(step.over)}
    if step.retries:
        parameters["RetryStrategy"] = {
            "Attempts": step.retries + 1,
            "EvaluateOnExit": [
                {"OnExitCode": str(REFUSED), "Action": "EXIT"},
                {"OnReason": "*", "Action": "RETRY"},
            ],
        }
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::batch:submitJob.sync",
        "Parameters": parameters,
        "ResultPath": None,
        "Retry": [_retry(*_BATCH_FAULTS)],
    }


def _pool(step: Step) -> str:
    """Return the beginning of the placeholders of a step's pool."""
    if step.pool:
        return step.pool.replace("-", "_")
    return "default_gpu" if step.resources.gpus else "default"


def _read_outputs(pipeline: "PipelineDefinition", step: Step, following: str) -> dict[str, Any]:
    kept = f"$.outputs.{_key(step.name)}"
    folder = execution_folder(pipeline.name, "{}")
    state = {
        **_read(f"${{artifacts_prefix}}{folder}/{step.name}/{COMPARED}", execution="$.execution"),
        "ResultSelector": {"values.$": "States.StringToJson($.Body)"},
        "ResultPath": kept,
        "Next": following,
    }
    if pipeline.conditions(step):  # the step may have been skipped
        state["Catch"] = [{"ErrorEquals": ["S3.NoSuchKeyException"], "ResultPath": kept, "Next": following}]
    return state


def _read(key: str, *, execution: str | None = None) -> dict[str, Any]:
    named = {"Key": key} if execution is None else {"Key.$": f"States.Format('{key}', {execution})"}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
        "Parameters": {"Bucket": "${artifacts_bucket}", **named},
        "Retry": [_retry(*_S3_FAULTS)],
    }


def _retry(*errors: str) -> dict[str, Any]:
    return {"ErrorEquals": list(errors), "IntervalSeconds": 5, "MaxAttempts": 5, "BackoffRate": 2.0}


def _choice(rules: Sequence[dict[str, Any]], taken: str, otherwise: str) -> dict[str, Any]:
    rule = dict(rules[0]) if len(rules) == 1 else {"And": list(rules)}
    return {"Type": "Choice", "Choices": [{**rule, "Next": taken}], "Default": otherwise}


def _comparisons(condition: StepCondition) -> list[dict[str, Any]]:
    """Return the comparisons of a condition; the first one tests that the value is present."""
    if condition.step is None:
        variable = f"$.parameters.{condition.name}"
    else:
        variable = f"$.outputs.{_key(condition.step)}.values.{compared_key(condition.name)}"
    value = condition.value
    kind = "Boolean" if isinstance(value, bool) else "String" if isinstance(value, str) else "Numeric"
    comparison = condition.comparison
    compared: dict[str, Any] = {
        "Variable": variable,
        kind + _COMPARISONS.get(comparison, "Equals"): _literal(value),
    }
    if comparison == "!=":
        compared = {"Not": compared}
    return [{"Variable": variable, "IsPresent": True}, compared]


def _outputs_of(step: Step) -> str:
    return f"ReadOutputs-{step.name}"


def _key(step: str) -> str:
    return step.replace("-", "_")
