"""`python -m cdktf_lean clear`: removes what is kept in the user's cache folder."""

import sys

from cdktf_lean._assembly_cache import AssemblyCache
from cdktf_lean._cache_folder import cache_folder

__all__: list[str] = []

if __name__ == "__main__":
    if sys.argv[1:] != ["clear"]:
        sys.exit("usage: python -m cdktf_lean clear")
    AssemblyCache(cache_folder()).clear()
