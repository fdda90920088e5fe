"""The digest of a stack, by which runs record the infrastructure that they ran on.

It is computed from the synthesized files: computing it earlier would make the framework resolve every stack twice.
"""

import hashlib
import json
from pathlib import Path
from typing import Final

__all__ = ["DIGEST_PLACEHOLDER", "write_digests"]

DIGEST_PLACEHOLDER: Final = f"sha256:{'0' * 64}"
"""The placeholder of a stack's digest until `write_digests`."""


def write_digests(folder: Path) -> None:
    """Replace the placeholder in each stack that cdktf synthesized below `folder` with the digest of the stack."""
    for file in folder.glob("stacks/*/cdk.tf.json"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(DIGEST_PLACEHOLDER, _digest(text)), encoding="utf-8")


def _digest(text: str) -> str:
    # Without the stack's comment: a renewed waiver does not change the infrastructure.
    document = {key: value for key, value in json.loads(text).items() if key != "//"}
    return f"sha256:{hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()}"
