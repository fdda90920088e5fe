"""Names of pipelines, and keys of the artifacts that pipelines store in an environment."""

import hashlib
import re
from typing import Final

__all__ = [
    "COMPARED",
    "LONGEST_NAME",
    "NAME",
    "compared_key",
    "execution_folder",
    "failure_name",
    "published_name",
    "step_folder",
]

NAME: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""The pattern of the names of pipelines and steps: lower-case letters, digits and single dashes."""

LONGEST_NAME: Final = 40
"""The most characters in the name of a pipeline or step. The name of a state machine has at most 80 (API of
CreateStateMachine): `terrarium-`, the environment's 16, a dash and these fit."""

COMPARED: Final = "compared.json"
"""File with the outputs that conditions compare, by `compared_key`; stored beside the outputs of a step."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def compared_key(output: str) -> str:
    """Return the key under which the state machine reads an output that a condition compares.

    A JSONPath cannot address every name of an output (`val/auc`, `f1:macro`, `metrics.auc`): such a name is replaced
    by a digest.
    """
    if _PLAIN.fullmatch(output):
        return output
    return f"output_{hashlib.sha256(output.encode()).hexdigest()[:16]}"


def published_name(pipeline: str, definition_digest: str) -> str:
    """Return the key, below `PUBLISHED_PREFIX`, of the pointer to the code for a definition of a pipeline."""
    return f"pipelines/{pipeline}/{definition_digest}.json"


def execution_folder(pipeline: str, execution: str) -> str:
    """Return the folder of the outputs and files of an execution."""
    return f"pipelines/{pipeline}/executions/{execution}"


def step_folder(step: str, index: int | None) -> str:
    """Return the part of that folder for a step, or for one job of its array."""
    return step if index is None else f"{step}/{index}"


def failure_name(pipeline: str, execution: str, job: str) -> str:
    """Return the key of the artifact with the reason why a job of an execution failed."""
    return f"{execution_folder(pipeline, execution)}/failures/{job}.json"
