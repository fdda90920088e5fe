"""Names of pipelines, and of what pipelines store among the artifacts of an environment."""

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
"""Characters in the name of a pipeline or a step. A state machine's name has 80 at most (API of CreateStateMachine):
`terrarium-`, the environment's 16, a dash and these fit without a cut."""

COMPARED: Final = "compared.json"
"""The file, beside a step's outputs, of the outputs that conditions compare: by `compared_key`."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def compared_key(output: str) -> str:
    """Return the key under which a state machine finds an output that a condition compares.

    A JSONPath cannot address every name that an output may have (`val/auc`, `f1:macro`, `metrics.auc`): such a name
    is replaced by a digest.
    """
    if _PLAIN.fullmatch(output):
        return output
    return f"output_{hashlib.sha256(output.encode()).hexdigest()[:16]}"


def published_name(pipeline: str, definition_digest: str) -> str:
    """Return the name, below `PUBLISHED_PREFIX`, of what names the code for a definition of a pipeline."""
    return f"pipelines/{pipeline}/{definition_digest}.json"


def execution_folder(pipeline: str, execution: str) -> str:
    """Return the folder of an execution's outputs and files."""
    return f"pipelines/{pipeline}/executions/{execution}"


def step_folder(step: str, index: int | None) -> str:
    """Return the part of that folder that belongs to a step, or to one job of its array."""
    return step if index is None else f"{step}/{index}"


def failure_name(pipeline: str, execution: str, job: str) -> str:
    """Return the artifact that holds the reason why a job of an execution failed."""
    return f"{execution_folder(pipeline, execution)}/failures/{job}.json"
