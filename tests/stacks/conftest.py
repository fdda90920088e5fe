"""The stacks' tests load the provider's bindings as `python -m stacks` does, before anything imports cdktf."""

import cdktf_lean

cdktf_lean.enable()
