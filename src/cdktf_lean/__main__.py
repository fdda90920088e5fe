"""`python -m cdktf_lean clear`: the command that removes the cache folder."""

import sys

from cdktf_lean._assembly_cache import AssemblyCache

__all__: list[str] = []

if __name__ == "__main__":
    if sys.argv[1:] != ["clear"]:
        sys.exit("usage: python -m cdktf_lean clear")
    AssemblyCache.of_user().clear()
