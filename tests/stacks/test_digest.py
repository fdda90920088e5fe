"""The digest of a stack, which runs record."""

import json
from pathlib import Path

from stacks.digest import DIGEST_PLACEHOLDER, write_digests
from tests.stacks.synthesized import Synthesized


def written(folder: Path, document: dict[str, object]) -> str:
    """Return the digest that `write_digests` writes to a stack of this content."""
    file = folder / "stacks" / "dev" / "cdk.tf.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"manifest": f'{{"stack_digest" = "{DIGEST_PLACEHOLDER}"}}', **document}))
    write_digests(folder)
    digest: str = json.loads(file.read_text())["manifest"].split('"')[3]
    return digest


def test_the_digest_changes_with_the_stack(tmp_path: Path) -> None:
    digests = {written(tmp_path, {"resource": {"aws_s3_bucket": size}}) for size in (1, 2)}
    assert len(digests) == 2
    assert DIGEST_PLACEHOLDER not in digests


def test_the_digest_ignores_comments_and_the_order_of_keys(tmp_path: Path) -> None:
    documents: list[dict[str, object]] = [
        {"a": 1, "b": 2},
        {"b": 2, "a": 1},
        {"a": 1, "b": 2, "//": {"waivers": [1]}},
    ]
    assert len({written(tmp_path, document) for document in documents}) == 1


def test_every_environment_has_a_different_digest(stacks: dict[str, Synthesized]) -> None:
    assert all(DIGEST_PLACEHOLDER not in json.dumps(stack.document) for stack in stacks.values())
