"""Whatever the public API is given, it answers with success or with an error of Terrarium that has a remedy.

A failure prints seed and number of each call. To repeat one, set BAD_VALUES=<seed>:<number>.
"""

import inspect
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from terrarium.errors import Error
from tests.bad_values.callables import Target, constructors_and_functions, members_of
from tests.bad_values.calls import Call, call_of
from tests.bad_values.excluded import CALLABLES
from tests.bad_values.outcome import fault_of
from tests.bad_values.unavailable import Unavailable, lab_without, without
from tests.bad_values.values import BadValue, bad_values
from tests.bad_values.world import World

pytest_plugins = ["tests.support.sdk_environment", "tests.bad_values.environment"]

_SEED = 1
_FEW, _MANY = 2_000, 50_000
_OF_A_RUN = 0.1  # of the calls are to a run under way
_MOST_SHOWN = 30


@pytest.mark.parametrize("calls", [_FEW, pytest.param(_MANY, marks=pytest.mark.slow)])
def test_no_raw_exception_reaches_a_user(world: World, calls: int) -> None:
    bad = bad_values(world.files)
    under_way = int(calls * _OF_A_RUN)
    faults = [*_faults(world.subjects, _targets(world.subjects), range(under_way, calls), bad, world)]
    with world.lab.experiment("under way").run() as run:
        subjects = {"run": run, "search": run.search(metric="roc_auc", direction="maximize")}
        faults += _faults(subjects, _targets(subjects, functions=False), range(under_way), bad, world)
    assert not faults, "\n".join([f"{len(faults)} calls went wrong", *faults[:_MOST_SHOWN]])


@pytest.mark.parametrize("unavailable", ["offline", "expired"])
def test_what_cannot_be_reached_is_an_error_of_terrarium(world: World, unavailable: Unavailable) -> None:
    faults = []
    reached = []
    with without(unavailable):
        lab = lab_without(world.lab.manifest)
        for name, service in _services(lab):
            for target in members_of({name: service}):
                call = _right_call(target, world)
                if call is None or target.name in CALLABLES:
                    continue
                reached.append(target.name)
                fault = fault_of(call, target.of({name: service}))
                faults += [f"{call.text}: {fault}"] if fault else []
    assert len(reached) > 60
    assert not faults, "\n".join(faults)


def test_what_is_excluded_exists(world: World) -> None:
    with world.lab.experiment("excluded").run() as run:
        known = {
            target.name
            for target in (*constructors_and_functions(), *members_of({**world.subjects, "run": run}))
        }
    assert CALLABLES.keys() - known == set()


def _targets(subjects: Mapping[str, Any], *, functions: bool = True) -> list[Target]:
    found = [*(constructors_and_functions() if functions else ()), *members_of(subjects)]
    # Properties and methods without parameters take no bad values.
    return [target for target in found if target.name not in CALLABLES and target.signature.parameters]


def _faults(
    subjects: Mapping[str, Any],
    targets: Sequence[Target],
    numbers: range,
    bad: Sequence[BadValue],
    world: World,
) -> Iterator[str]:
    seed, _, only = os.environ.get("BAD_VALUES", str(_SEED)).partition(":")
    for number in numbers:
        if only and int(only) != number:
            continue
        call = call_of(int(seed), number, targets=targets, bad=bad, world=world)
        fault = fault_of(call, call.target.of(subjects))
        if fault:
            yield f"{seed}:{number} {call.text}\n    {fault}"


def _services(lab: Any) -> Iterator[tuple[str, Any]]:
    names = (
        "artifacts",
        "compute",
        "datasets",
        "experiments",
        "features",
        "models",
        "pipelines",
        "warehouse",
    )
    yield "lab", lab
    for name in names:
        try:
            yield name, getattr(lab, name)
        except Error:
            continue  # of the property itself, which `lab` has


def _right_call(target: Target, world: World) -> Call | None:
    """Return the call with right values for all that is required; None where one is not known."""
    arguments: list[Any] = []
    keywords: dict[str, Any] = {}
    for parameter in target.signature.parameters.values():
        if parameter.default is not inspect.Parameter.empty or parameter.kind in (
            inspect.Parameter.VAR_KEYWORD,
            inspect.Parameter.VAR_POSITIONAL,
        ):
            continue
        value = world.value(target.name, parameter)
        if value is inspect.Parameter.empty:
            return None
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            keywords[parameter.name] = value
        else:
            arguments.append(value)
    return Call(target, tuple(arguments), keywords, f"{target.name}(<right>)")
