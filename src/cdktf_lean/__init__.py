"""Fast loading of prebuilt CDKTF provider bindings, without a change to their typed classes.

After `enable()`, `from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket` imports that one module, and the jsii kernel
executes only the JavaScript that a program uses. The synthesized stacks stay the same, byte for byte.
`CDKTF_LEAN=0` in the environment keeps the stock behaviour. `docs/architecture/synthesis.md` explains the techniques.

It imports no other package of the repository. Of them, only `stacks` imports it.

Example:
    Before the first import of `cdktf`:

    >>> import cdktf_lean
    >>> cdktf_lean.enable()
"""

from cdktf_lean._enable import enable
from cdktf_lean._warning import LeanWarning

__all__ = ["LeanWarning", "enable"]
