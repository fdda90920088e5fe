"""What the function of a step is given."""

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
    from terrarium.lab import Lab
    from terrarium.pipelines.step import Step
    from terrarium.pipelines.step_outputs import OutputStore
    from terrarium.pipelines.untracked_run import UntrackedRun

__all__ = ["StepContext"]


@checked_methods
class StepContext:
    """The one argument of a step's function.

    Attributes:
        step: The step's name.
        execution: The execution's name: the same for all its steps, and for no other's.
        parameters: The execution's, and the step's own.
        trigger: What started the execution: its `kind`, and what belongs to it.
        value: The one of the step's `over` that this job is for; None without.
        index: Its place among them; None without.
        run: The run of this step, nested in that of the pipeline; log to it.
        lab: The environment; None where nothing is tracked.
        folder: A folder for files that later steps shall have: `context.file` there.
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
        lab: "Lab | None",
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
        """What an earlier step returned: a mapping, or where it has several values, a list of them in their order.

        Raises:
            StepFailedError: This step does not come after that one.
        """
        earlier = self._earlier(step)
        if not earlier.over:
            return self._output_store.outputs(step, None)
        return [self._output_store.outputs(step, index) for index in range(len(earlier.over))]

    def file(self, step: str, name: str, *, index: int | None = None) -> Path:
        """A file that an earlier step left in its folder.

        Args:
            step: The step.
            name: The file, by its path in that folder.
            index: Of which of the step's values, where it has several.

        Raises:
            StepFailedError: This step does not come after that one.
            ArtifactNotFoundError: That one left no such file.
        """
        self._earlier(step)
        return self._output_store.file(step, index, name)

    def arrived(self) -> Path | None:
        """The object whose arrival has started the execution, that very version; None where something else did.

        It need not have been put by Terrarium.
        """
        if self.lab is None or self.trigger["kind"] != "data-arrival":
            return None
        key: str = self.trigger["key"]
        path = Path(mkdtemp(prefix="terrarium-arrived-")) / key.rpartition("/")[2]
        with translate_errors(f"get {key}, which has arrived"):
            self.lab.session.client("s3").download_file(
                self.lab.manifest.artifacts.bucket,
                key,
                str(path),
                ExtraArgs={"VersionId": self.trigger["version"]},
            )
        return path

    def refuse(self, why: str, *, remedy: str = "see what the runs of this execution logged") -> None:
        """Stop the pipeline here, for a reason that another try would not change: what a gate does.

        Raises:
            StepFailedError: Always.
        """
        raise StepFailedError(f"{self.step} refuses: {why}", remedy=remedy)

    def _earlier(self, step: str) -> "Step":
        if step not in self._preceding:
            raise StepFailedError(
                f"{self.step} asks for {step}, which it does not come after",
                remedy=f'say so in the pipeline: Step(name="{self.step}", after=("{step}", ...))',
            )
        return self._preceding[step]

    def __repr__(self) -> str:
        return f"<StepContext {self.step}: {json.dumps(self.parameters, default=str)}>"
