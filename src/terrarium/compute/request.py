"""Requests of jobs, with checks of every field."""

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from terrarium.artifacts import ArtifactRef
from terrarium.compute.errors import DeadlineError, JobRequestError
from terrarium.compute.packages.lock import PackageLock
from terrarium.compute.resources import Resources
from terrarium.plain_text import shown
from terrarium.validation_problems import problems_of

__all__ = ["JobRequest", "checked_request", "name_of"]

_MOST_TAGS = 47  # Batch allows 50 in all
_LONGEST_KEY = 128
_LONGEST_TAG = 256
# Source: AWS Batch User Guide, "Tag your AWS Batch resources", Tag restrictions.
_NOT_IN_TAGS = re.compile(r"[^\w\s.:/=+@-]")
_SHORTEST_DEADLINE = 60  # s, by Batch's own limit
_LONGEST_DEADLINE = 2**31 - 1  # s; integers of Batch's API have 32 bits. NaN lies within no bounds.


def _parsed(reference: Any) -> Any:
    return ArtifactRef.parse(reference) if isinstance(reference, str) else reference


def _in_seconds(deadline: timedelta | float | None) -> int | None:
    if deadline is None:
        return None
    seconds = deadline.total_seconds() if isinstance(deadline, timedelta) else deadline
    number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not number or not -_LONGEST_DEADLINE <= seconds <= _LONGEST_DEADLINE:
        raise DeadlineError(
            f"a deadline cannot be {shown(deadline)}",
            remedy=f"give seconds, {_SHORTEST_DEADLINE} or more, or a timedelta",
        )
    if seconds < _SHORTEST_DEADLINE:
        raise DeadlineError(
            f"a deadline of {seconds} s is shorter than Batch allows",
            remedy=f"give it {_SHORTEST_DEADLINE} s or more",
        )
    return int(seconds)


def _words(command: Any) -> Any:
    if isinstance(command, str):
        raise ValueError(
            f"must be a list of words, such as {shlex.split(command)}, because no shell reads it"
        )
    if not isinstance(command, Sequence):
        return command
    words = [os.fspath(word) if isinstance(word, os.PathLike) else word for word in command]
    for word in words:
        if not isinstance(word, str):
            raise ValueError(f"{word!r} is not text: write {str(word)!r}")
    return tuple(words)


def _accepted(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Check tags as SubmitJob does, whose `TagrisTagsMap` has these limits (API model of Batch)."""
    if len(tags) > _MOST_TAGS:
        raise ValueError(
            f"a job takes {_MOST_TAGS} tags besides environment, use-case and run, not {len(tags)}"
        )
    for key, value in tags.items():
        if not 1 <= len(key) <= _LONGEST_KEY or key.lower().startswith("aws:"):
            raise ValueError(f"{key!r} is no key: 1 to {_LONGEST_KEY} characters, without aws: before them")
        for text in (key, value):
            # Batch passes the tags on to ECS (propagateTags).
            if _NOT_IN_TAGS.search(text):
                raise ValueError(
                    f"tag {key!r}: {text!r} has a character other than letters, digits, spaces and any of "
                    "_ . : / = + - @"
                )
        if len(value) > _LONGEST_TAG:
            raise ValueError(
                f"the value of {key!r} has {len(value)} characters, and {_LONGEST_TAG} are allowed"
            )
    return tags


class JobRequest(BaseModel):
    """A requested job; `Executor.submit` explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Annotated[tuple[str, ...], BeforeValidator(_words), Field(min_length=1)]
    resources: Resources
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$")]
    variables: Mapping[str, str]
    inputs: Mapping[str, Annotated[ArtifactRef, BeforeValidator(_parsed)]]
    code: Path | None
    packages: PackageLock | None
    image: str | None
    egress: bool
    retries: Annotated[int, Field(ge=0, le=9)] | None
    deadline: Annotated[int | None, BeforeValidator(_in_seconds)]
    array: Annotated[int, Field(ge=2, le=10_000)] | None
    pool: str | None
    run: str | None
    use_case: str | None
    tags: Annotated[Mapping[str, str], AfterValidator(_accepted)]

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if self.array is not None and self.resources.nodes > 1:
            raise ValueError("an array's jobs run on one node each: submit several multi-node jobs instead")
        return self


def checked_request(**asked: Any) -> JobRequest:
    """Return the request with these fields.

    Raises:
        JobRequestError: A field is invalid.
        DeadlineError: The deadline is shorter than Batch allows.
        ArtifactReferenceError: An input is not a reference of an artifact.
    """
    try:
        return JobRequest(**asked)
    except ValidationError as error:
        raise JobRequestError(
            f"invalid job request: {problems_of(error)}",
            remedy='for example: lab.compute.submit(["python", "-m", "churn.train"], '
            "resources=terrarium.Resources(vcpus=2, memory=4096))",
        ) from error


def name_of(command: Sequence[str]) -> str:
    """Return the default name of a job: its script, module or program."""
    if not isinstance(command, Sequence):
        return "job"  # the command is refused later
    words = [word for word in map(str, command) if not word.startswith("-")] or ["job"]
    in_python = len(words) > 1 and Path(words[0]).name.startswith("python")
    # A module keeps its whole name: `flights.ddp` and `flights.trial` are two programs.
    program = words[1] if in_python and "-m" in command else Path(words[1] if in_python else words[0]).stem
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in program)
    return kept.strip("-")[:64] or "job"
