"""`python -m stacks`: the command that the cdktf command line runs to synthesize."""

import gc
import os
import sys
from importlib import import_module

import cdktf_lean

if __name__ == "__main__":
    gc.disable()  # all objects are needed until the end
    # Node 20 is supported (README): jsii's warning about its age would hide the output of cdktf.
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    cdktf_lean.enable()
    # In this order: while the other modules are imported, the jsii kernel starts and loads cdktf and the provider.
    import_module("cdktf_cdktf_provider_aws._jsii")
    from stacks.app import synthesize  # isort: skip
    from environments import load_environments
    from terrarium.errors import Error

    try:
        synthesize(load_environments())
    except Error as error:
        sys.exit(f"terrarium: {error}")
