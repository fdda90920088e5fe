"""Compute environments, as Batch accepts them."""

from tests.stacks.synthesized import Synthesized


def test_machine_images_are_amazon_linux_2023(stacks: dict[str, Synthesized]) -> None:
    """Batch refuses new compute environments on Amazon Linux 2 (Batch API Reference, Ec2Configuration)."""
    image_types = {
        path.rpartition("pool-")[2].partition("/")[0]: environment["compute_resources"]["ec2_configuration"][
            0
        ]["image_type"]
        for stack in stacks.values()
        for path, environment in stack.resources("aws_batch_compute_environment").items()
    }
    assert image_types == {"cpu": "ECS_AL2023", "gpu": "ECS_AL2023_NVIDIA"}
