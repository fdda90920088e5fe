"""What somebody asks of an executor, checked before anything is done about it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from os import PathLike
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from terrarium.artifacts import ArtifactRef
from terrarium.compute.errors import DeadlineError, JobRequestError
from terrarium.compute.package_lock import PackageLock
from terrarium.compute.requested_packages import PackagesLike, requested_lock
from terrarium.compute.resources import Resources

__all__ = ["JobRequest", "checked_request"]

_SHORTEST_DEADLINE = 60  # s, by Batch's own limit


class JobRequest(BaseModel):
    """A job as it was asked for; `Compute.submit` says what each of these means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: Annotated[tuple[str, ...], Field(min_length=1)]
    resources: Resources
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$")]
    variables: Mapping[str, str]
    inputs: Mapping[str, ArtifactRef]
    code: Path | None
    packages: PackageLock | None
    retries: Annotated[int, Field(ge=0, le=9)] | None
    deadline: Annotated[int, Field(ge=1)] | None
    array: Annotated[int, Field(ge=2, le=10_000)] | None
    run: str | None
    tags: Mapping[str, str]

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if self.array is not None and self.resources.nodes > 1:
            raise ValueError("an array's jobs run on one node each: submit several multi-node jobs instead")
        return self


def checked_request(
    command: Sequence[str],
    *,
    resources: Resources,
    name: str | None,
    variables: Mapping[str, str] | None,
    inputs: Mapping[str, ArtifactRef | str] | None,
    code: str | PathLike[str] | None,
    packages: "PackagesLike | None",
    environment: str | None,
    retries: int | None,
    deadline: timedelta | float | None,
    array: int | None,
    run: str | None,
    tags: Mapping[str, str] | None,
) -> JobRequest:
    """A request, with what was omitted filled in; see `Compute.submit`.

    Raises:
        JobRequestError: Something in it cannot be.
        DeadlineError: It is shorter than Batch's shortest.
        LockInvalidError: The packages are not exact.
    """
    given = {name: _reference(ref) for name, ref in (inputs or {}).items()}
    try:
        return JobRequest(
            command=tuple(command),
            resources=resources,
            name=name or _name_of(command),
            variables=variables or {},
            inputs=given,
            code=None if code is None else Path(code),
            packages=None
            if packages is None
            else requested_lock(packages, code=Path(code or "."), environment=environment),
            retries=retries,
            deadline=_checked_deadline(deadline),
            array=array,
            run=run,
            tags={**({"run": run} if run else {}), **(tags or {})},
        )
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'job'}: {problem['msg']}" for problem in error.errors()
        )
        raise JobRequestError(f"no such job can be: {problems}", remedy="see `Compute.submit`") from error


def _reference(ref: ArtifactRef | str) -> ArtifactRef:
    return ArtifactRef.parse(ref) if isinstance(ref, str) else ref


def _checked_deadline(deadline: timedelta | float | None) -> int | None:
    if deadline is None:
        return None
    seconds = deadline.total_seconds() if isinstance(deadline, timedelta) else deadline
    if seconds < _SHORTEST_DEADLINE:
        raise DeadlineError(
            f"a deadline of {seconds} s is shorter than Batch can keep",
            remedy=f"give it {_SHORTEST_DEADLINE} s or more",
        )
    return int(seconds)


def _name_of(command: Sequence[str]) -> str:
    """A name for a job that was given none: the script, module or program that it runs."""
    words = [word for word in command if not word.startswith("-")] or ["job"]
    program = words[1] if len(words) > 1 and Path(words[0]).name.startswith("python") else words[0]
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in Path(program).stem)
    return kept.strip("-")[:64] or "job"
