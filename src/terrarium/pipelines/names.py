"""Where pipelines keep what, among the artifacts of an environment."""

__all__ = ["execution_folder", "failure_name", "published_name", "step_folder"]


def published_name(pipeline: str, definition_digest: str) -> str:
    """What says which code runs in a state machine of that very definition: publishing another does not disturb it."""
    return f"code/pipelines/{pipeline}/{definition_digest}.json"


def execution_folder(pipeline: str, execution: str) -> str:
    """What the steps of an execution leave to each other."""
    return f"pipelines/{pipeline}/executions/{execution}"


def step_folder(step: str, index: int | None) -> str:
    """The part of a step in that, or of one of its children."""
    return step if index is None else f"{step}/{index}"


def failure_name(pipeline: str, execution: str, job: str) -> str:
    """What a job of an execution failed of."""
    return f"{execution_folder(pipeline, execution)}/failures/{job}.json"
