"""Fast loading of prebuilt CDKTF provider bindings, with the official typed classes unchanged.

It imports no other package of the repository. Of them, only `stacks` imports it.

One line, before the first import of `cdktf`:

    import cdktf_lean

    cdktf_lean.enable()

After it, `from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket` imports that one module, and the jsii kernel
(which starts meanwhile) runs only the JavaScript that is used. What is synthesized is the same, byte for byte.
`CDKTF_LEAN=0` in the environment keeps the stock behaviour.
"""

from cdktf_lean._enable import enable
from cdktf_lean._warning import LeanWarning

__all__ = ["LeanWarning", "enable"]
