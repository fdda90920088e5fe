"""How CDKTF names what jsii makes of its prebuilt providers."""

__all__ = ["PREBUILT_ASSEMBLIES", "PREBUILT_PACKAGES"]

PREBUILT_PACKAGES = "cdktf_cdktf_provider_"
"""What the names of the Python packages begin with."""

PREBUILT_ASSEMBLIES = "@cdktf/provider-"
"""What the names of the npm packages begin with, and so those of the types in them."""
