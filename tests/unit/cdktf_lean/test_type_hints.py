"""Generated code refuses what it always refused, whatever has passed before."""

import __future__

import typing
from types import ModuleType
from typing import Any

import pytest
import typeguard

from cdktf_lean._type_hints import keep_type_hints


@pytest.fixture
def generated() -> ModuleType:
    """A module with the check that jsii generates into each."""

    def check_type(argname: str, value: object, expected_type: Any) -> None:
        typeguard.check_type(argname, value, expected_type)

    module = ModuleType("generated")
    vars(module)["check_type"] = check_type
    keep_type_hints(module)
    return module


@pytest.mark.parametrize(
    ("right", "wrong", "hint"),
    [
        ("name", 5, typing.Optional[str]),  # noqa: UP045 - as jsii writes hints
        (None, "name", typing.Optional[int]),  # noqa: UP045 - as jsii writes hints
        (["a"], ["a", 5], typing.Sequence[str]),
    ],
)
def test_a_right_value_before_does_not_let_a_wrong_one_pass(
    generated: ModuleType, right: object, wrong: object, hint: Any
) -> None:
    for _ in range(2):
        generated.check_type(argname="argument x", value=right, expected_type=hint)
        with pytest.raises(TypeError, match="argument x"):
            generated.check_type(argname="argument x", value=wrong, expected_type=hint)


STUB = """
import typing

def stub(optional: typing.Optional[int], items: typing.Sequence["Own"], needed: str) -> None: ...

class Own: ...
"""


@pytest.mark.parametrize("flags", [0, __future__.annotations.compiler_flag], ids=["evaluated", "as written"])
def test_the_hints_of_a_stub_mean_the_same_however_it_was_compiled(generated: ModuleType, flags: int) -> None:
    names = vars(generated)
    # Under a name of its own, since typing evaluates "Own" in Sequence["Own"] once for the whole process.
    own = f"Own{flags}"
    exec(compile(STUB.replace("Own", own), "stub.py", "exec", flags=flags, dont_inherit=True), names)
    keep_type_hints(generated)
    hints = generated.typing.get_type_hints(generated.stub)
    right = {"optional": (None, 5), "items": ([], [names[own]()]), "needed": ("text",)}
    wrong = {"optional": ("text", [None]), "items": (None, ["text"]), "needed": (None, 5)}
    for _ in range(2):
        for name, values in right.items():
            for value in values:
                generated.check_type(argname="argument x", value=value, expected_type=hints[name])
        for name, values in wrong.items():
            for value in values:
                with pytest.raises(TypeError, match="argument x"):
                    generated.check_type(argname="argument x", value=value, expected_type=hints[name])
