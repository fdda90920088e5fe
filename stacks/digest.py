"""The digest of a stack, by which runs record what infrastructure they ran on.

It is taken of what was synthesized: asking the framework for the same before would have it resolve every stack twice.
"""

import hashlib
import json
from pathlib import Path
from typing import Final

__all__ = ["UNWRITTEN", "write_digests"]

UNWRITTEN: Final = f"sha256:{'0' * 64}"
"""What stands in a stack for its own digest until `write_digests`."""


def write_digests(folder: Path) -> None:
    """Put the digest of each stack that cdktf synthesized below `folder` in its place."""
    for file in folder.glob("stacks/*/cdk.tf.json"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(UNWRITTEN, _digest(text)), encoding="utf-8")


def _digest(text: str) -> str:
    # Without the stack's comment: a waiver that is renewed changes nothing that runs could see.
    document = {key: value for key, value in json.loads(text).items() if key != "//"}
    return f"sha256:{hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()}"
