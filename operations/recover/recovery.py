"""`Recovery`: the steps of `terrarium recover`, in their order."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from modules.names import Names
from operations.recover.advice import advice_on_status, advice_on_tainted, is_importable
from operations.recover.existing import AmbiguousError, Existing, Found
from operations.recover.import_stack import without_dangling
from operations.recover.import_table import IMPORT_TABLE
from operations.recover.importing import import_resources
from operations.recover.state import (
    EarlierState,
    State,
    discard_state,
    earlier_state,
    read_state,
    restore_state,
)
from operations.recover.state_lock import read_lock, remove_lock
from operations.stack_folder import StackFolder, synthesized_stack
from operations.synthesized import Resource, resources_of
from policies.extensions import declared_lookups

if TYPE_CHECKING:
    import boto3

    from environments import Environment

__all__ = ["Recovery"]


class Recovery:
    """The recovery of one environment.

    Args:
        config: The environment.
        session: A session in its account.
        confirmed: Called with a question before each change; returns whether to make it. None: changes are only shown.
        report: Called with each line for the operator.
    """

    def __init__(
        self,
        config: "Environment",
        session: "boto3.Session",
        *,
        confirmed: Callable[[str], bool] | None,
        report: Callable[[str], None],
    ) -> None:
        self._config = config
        self._session = session
        self._s3 = session.client("s3")
        self._bucket = Names.of(config).state_bucket
        self._confirmed = confirmed
        self._report = report

    def run(self, *, break_lock: bool) -> bool:
        """Recover the environment. Return whether the state agrees with the account now.

        Args:
            break_lock: Whether to remove a lock whose holder may still work.

        Raises:
            StateLockedError: The holder of the lock still works, or may.
            terrarium.errors.Error: Something could not be looked up or imported.
        """
        state = read_state(self._s3, self._bucket)
        unlocked = self._remove_lock(break_lock=break_lock)
        if not unlocked and self._confirmed is not None:
            return False
        usable = self._restored(state)
        if usable is None:
            return False
        with synthesized_stack(self._config.name) as stack:
            if not self._import(stack, usable) or not unlocked:
                return False
        self._report(f"{self._config.name}: the state has all resources of the stack that exist")
        return True

    def _remove_lock(self, *, break_lock: bool) -> bool:
        lock = read_lock(self._s3, self._bucket)
        if lock is None:
            return True
        self._report(f"the state is {lock.described()}")
        if self._confirmed is None:
            return False
        if not break_lock:
            lock.check_stale()
        if not self._confirmed("Remove the lock?"):
            return False
        remove_lock(self._s3, lock)
        self._report("removed the lock")
        return True

    def _restored(self, state: State) -> State | None:
        """Return the state after restoring an earlier version if it is lost or damaged; None if it stays damaged."""
        earlier = earlier_state(self._s3, self._bucket, current=state)
        if state.problem is None:
            if earlier is not None and earlier.state.lineage != state.lineage:
                self._report(
                    f"this state is another one than before: it has {len(state.resources)} resources; the version of "
                    f"{_minute(earlier)} has {len(earlier.state.resources)}, and another lineage. To choose: "
                    "docs/runbooks/lost-state.md"
                )
            return state
        if state.problem != "unreadable" and not self._is_deployed():
            return state  # there is nothing yet, or no longer
        self._report(f"the state is {state.problem}, and resources of {self._config.name} exist")
        if earlier is not None:
            self._report(
                f"the version of {_minute(earlier)} has {len(earlier.state.resources)} resources, and can be restored"
            )
            if self._confirmed is None:
                return None
            if self._confirmed("Restore it?"):
                restore_state(self._s3, self._bucket, earlier)
                self._report("restored the state")
                return read_state(self._s3, self._bucket)
        if state.problem == "unreadable":
            if self._confirmed is None or not self._confirmed(
                "Delete the unreadable state (the bucket keeps it as an earlier version), and begin a new one?"
            ):
                return None
            discard_state(self._s3, self._bucket)
        return state

    def _is_deployed(self) -> bool:
        prefix = {"Key": "Name", "Option": "BeginsWith", "Values": [Names.of(self._config).parameter("")]}
        answer = self._session.client("ssm").describe_parameters(ParameterFilters=[prefix])
        return bool(answer["Parameters"])

    def _import(self, stack: StackFolder, state: State) -> bool:
        document = stack.document()
        resources = {resource.address: resource for resource in resources_of(document)}
        existing = Existing(
            self._session,
            config=self._config,
            resources=resources.values(),
            state=state.resources,
            declared=declared_lookups(document),
        )
        missing, clear = self._missing(resources, existing, state)
        # What refers to a resource that does not exist was never completed: the next deployment writes it.
        kept = without_dangling(document, {*missing, *state.resources})
        imports = {address: found for address, found in missing.items() if address in kept}
        if imports:
            self._report(f"{len(imports)} resources exist in the account and not in the state:")
        for address, found in imports.items():
            self._report(f"  {resources[address].path} ({resources[address].kind}): {found.import_id}")
        self._advise(resources, existing, state)
        if not imports:
            return clear
        if self._confirmed is None or not self._confirmed(f"Import {len(imports)} resources?"):
            return False
        ids = {address: found.import_id for address, found in imports.items()}
        imported = import_resources(stack, ids, deployed=state.resources.keys())
        self._report(f"imported {len(imported)} resources")
        return clear

    def _missing(
        self, resources: Mapping[str, Resource], existing: Existing, state: State
    ) -> tuple[dict[str, Found], bool]:
        """Return the objects of the resources that are not in the state, and whether each has one object at most."""
        missing, problems = {}, set()
        for address in resources.keys() - state.resources.keys():
            try:
                found = existing.find(address)
            except AmbiguousError as error:
                problems.add(str(error))
                continue
            if found is not None and is_importable(found.status):
                missing[address] = found
        for problem in sorted(problems):
            self._report(problem)
        return dict(sorted(missing.items(), key=lambda item: resources[item[0]].path)), not problems

    def _advise(self, resources: Mapping[str, Resource], existing: Existing, state: State) -> None:
        for address in state.tainted:
            kind = address.partition(".")[0]
            self._report(f"{address} is tainted: {advice_on_tainted(kind, address=address)}")
        for address in state.deposed:
            self._report(f"{address} was being replaced: the next deployment deletes its former object")
        for address, resource in resources.items():
            lookup = IMPORT_TABLE.get(resource.kind)
            if lookup is None or lookup.status is None:
                continue
            try:
                found = existing.find(address)
            except AmbiguousError:
                continue
            if found is not None and found.status is not None:
                advice = advice_on_status(
                    resource.kind, found.status, address=address, in_state=address in state.resources
                )
                self._report(f"{resource.path} ({found.import_id}) is {found.status}: {advice}")


def _minute(earlier: EarlierState) -> str:
    return f"{earlier.written:%Y-%m-%d %H:%M} UTC"
