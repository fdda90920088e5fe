"""Print the findings and exit with 1 if there are any."""

import sys

from tests.prose.check import findings

found = list(findings())
print(*found, sep="\n", end="\n" if found else "")
sys.exit(bool(found))
