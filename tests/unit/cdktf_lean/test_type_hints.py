"""Generated code refuses the same arguments with remembered type hints."""

import typing
from types import ModuleType
from typing import Any

import pytest
import typeguard

from cdktf_lean._type_hints import remember_type_hints


@pytest.fixture
def generated() -> ModuleType:
    """A module with the check that jsii generates into every module."""

    def check_type(argname: str, value: object, expected_type: Any) -> None:
        typeguard.check_type(argname, value, expected_type)

    module = ModuleType("generated")
    vars(module)["check_type"] = check_type
    remember_type_hints(module)
    return module


@pytest.mark.parametrize(
    ("right", "wrong", "hint"),
    [
        ("name", 5, typing.Optional[str]),  # noqa: UP045 - as jsii writes hints
        (None, "name", typing.Optional[int]),  # noqa: UP045 - as jsii writes hints
        (["a"], ["a", 5], typing.Sequence[str]),
    ],
)
def test_refuses_a_wrong_value_after_a_right_one(
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


def test_a_stub_checks_the_same_with_remembered_hints(generated: ModuleType) -> None:
    names = vars(generated)
    exec(compile(STUB, "stub.py", "exec", dont_inherit=True), names)
    remember_type_hints(generated)
    hints = generated.typing.get_type_hints(generated.stub)
    assert generated.typing.get_type_hints(generated.stub) is hints
    right = {"optional": (None, 5), "items": ([], [names["Own"]()]), "needed": ("text",)}
    wrong = {"optional": ("text", [None]), "items": (None, ["text"]), "needed": (None, 5)}
    for _ in range(2):
        for name, values in right.items():
            for value in values:
                generated.check_type(argname="argument x", value=value, expected_type=hints[name])
        for name, values in wrong.items():
            for value in values:
                with pytest.raises(TypeError, match="argument x"):
                    generated.check_type(argname="argument x", value=value, expected_type=hints[name])
