"""Program that checks the values of stacks: it reads a JSON file, and writes findings as JSON to stdout."""

import json
import sys
from datetime import date
from pathlib import Path

from policies.stack import Stack
from terrarium.gc_tuning import collect_seldom

__all__ = ["main"]


def main() -> None:
    """Check the stacks in the file that `ValueScan` wrote."""
    collect_seldom()  # before cfn-lint is imported, which is large
    from policies.aws.values.findings import value_findings

    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    today = date.fromisoformat(request["today"])
    found = [
        [finding.model_dump() for finding in value_findings([Stack(**stack) for stack in group], today=today)]
        for group in request["groups"]
    ]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
