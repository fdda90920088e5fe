"""Generated code refuses what it always refused, whatever has passed before."""

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
