"""The table of instance types in the SDK."""

import pytest

from terrarium.instance_types import architectures_of, instance_types, unknown_names
from tests.instance_type_table import TABLE, instance_type_table


def test_the_table_is_as_current_as_the_locked_libraries() -> None:
    """`make instance-types` writes it."""
    assert TABLE.read_text(encoding="utf-8") == instance_type_table()


@pytest.mark.parametrize(
    ("name", "vcpus", "gpus", "neuron_devices"),
    [
        ("p5.48xlarge", 192, 8, 0),
        ("p5e.48xlarge", 192, 8, 0),
        ("p5en.48xlarge", 192, 8, 0),
        ("p6-b200.48xlarge", 192, 8, 0),
        ("g6e.xlarge", 4, 1, 0),
        ("g7e.2xlarge", 8, 1, 0),
        ("trn1.32xlarge", 128, 0, 16),
        ("trn2.48xlarge", 192, 0, 16),
        ("inf2.48xlarge", 192, 0, 12),
        ("m8i.xlarge", 4, 0, 0),
        ("c8g.xlarge", 4, 0, 0),
    ],
)
def test_has_the_resources_of_current_types(name: str, vcpus: int, gpus: int, neuron_devices: int) -> None:
    (kind,) = instance_types([name])
    assert (kind.vcpus, kind.gpus, kind.neuron_devices) == (vcpus, gpus, neuron_devices)


def test_types_that_the_source_does_not_describe_have_a_name_and_an_architecture() -> None:
    (name,) = ["p6e-gb200.36xlarge"]
    assert unknown_names([name]) == []
    assert instance_types([name]) == []
    assert architectures_of(name) == {"arm64"}


def test_a_family_has_the_architecture_of_its_types() -> None:
    assert architectures_of("m7g") == architectures_of("default_arm64") == {"arm64"}
    assert architectures_of("m7i") == architectures_of("optimal") == {"x86_64"}


def test_knows_which_names_ec2_does_not_have() -> None:
    assert unknown_names(["m7i", "banana", "p5.48xlarge", "p5.1xlarge", "optimal"]) == [
        "banana",
        "p5.1xlarge",
    ]
