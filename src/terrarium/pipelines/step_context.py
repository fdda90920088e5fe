"""`StepContext`: the argument of a step's function."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from terrarium.arguments import checked_methods
from terrarium.aws import translate_errors
from terrarium.pipelines.errors import StepFailedError

if TYPE_CHECKING:
    from terrarium.experiments import Run
    from terrarium.pipelines._untracked_run import UntrackedRun
    from terrarium.pipelines.step import Step
    from terrarium.pipelines.step_lab import StepLab
    from terrarium.pipelines.step_outputs import OutputStore

__all__ = ["StepContext"]


@checked_methods
class StepContext:
    """The argument of a step's function.

    Attributes:
        step: Name of the step.
        execution: Name of the execution, unique and the same for all its steps.
        parameters: Parameters of the execution and of the step.
        trigger: The trigger of the execution: its `kind`, and data of that kind.
        value: The element of the step's `over` that this job processes; None if the step has none.
        index: Position of `value` in `over`; None if the step has none.
        run: The run of this step, nested in the run of the pipeline.
        lab: The environment; None in a local run without tracking.
        folder: Folder for files that later steps read with `context.file`.
    """

    def __init__(
        self,
        step: "Step",
        *,
        execution: str,
        parameters: Mapping[str, Any],
        trigger: Mapping[str, Any],
        index: int | None,
        run: "Run | UntrackedRun",
        lab: "StepLab | None",
        folder: Path,
        output_store: "OutputStore",
        preceding: Mapping[str, "Step"],
    ) -> None:
        self.step = step.name
        self.execution = execution
        self.parameters = {**parameters, **step.parameters}
        self.trigger = trigger
        self.index = index
        self.value = None if index is None else step.over[index]
        self.run: Any = run
        self.lab = lab
        self.folder = folder
        self._output_store = output_store
        self._preceding = preceding

    def outputs(self, step: str) -> Any:
        """Return the outputs of an earlier step: a mapping, or a list of mappings if the step runs over several values.

        Raises:
            StepFailedError: This step does not come after that one.

        Example:
            >>> context.outputs("train")["roc_auc"]
        """
        earlier = self._earlier(step)
        if not earlier.over:
            return self._output_store.outputs(step, None)
        return [self._output_store.outputs(step, index) for index in range(len(earlier.over))]

    def file(self, step: str, name: str, *, index: int | None = None) -> Path:
        """Return the local path of a file that an earlier step stored in its folder.

        Args:
            step: Name of the step.
            name: Path of the file in that folder.
            index: Index of the job, if the step runs over several values.

        Raises:
            StepFailedError: This step does not come after that one.
            ArtifactNotFoundError: The step stored no such file.

        Example:
            >>> pandas.read_parquet(context.file("prepare", "table.parquet"))
        """
        self._earlier(step)
        return self._output_store.file(step, index, name)

    def arrived(self) -> Path | None:
        """Return the local path of the object whose arrival started the execution; None for other triggers.

        The object is read at the version that arrived. Any client may have uploaded it.

        Example:
            >>> export = context.arrived()
        """
        if self.lab is None or self.trigger["kind"] != "data-arrival":
            return None
        key: str = self.trigger["key"]
        path = Path(mkdtemp(prefix="terrarium-arrived-")) / key.rpartition("/")[2]
        with translate_errors(f"get {key}, whose arrival started the execution"):
            self.lab.session.client("s3").download_file(
                self.lab.manifest.artifacts.bucket,
                key,
                str(path),
                ExtraArgs={"VersionId": self.trigger["version"]},
            )
        return path

    def refuse(self, why: str, *, remedy: str = "see the logs of this execution's runs") -> None:
        """Stop the pipeline for a reason that a retry would not change, as a gate does.

        Raises:
            StepFailedError: Always.

        Example:
            >>> context.refuse(f"{roc_auc} is too low")
        """
        raise StepFailedError(f"step {self.step} refuses to continue: {why}", remedy=remedy)

    def _earlier(self, step: str) -> "Step":
        if step not in self._preceding:
            raise StepFailedError(
                f"step {self.step} reads from step {step}, which it does not come after",
                remedy=f'declare it in the pipeline: Step(name="{self.step}", after=("{step}", ...))',
            )
        return self._preceding[step]

    def __repr__(self) -> str:
        return f"<StepContext {self.step}: {json.dumps(self.parameters, default=str)}>"
