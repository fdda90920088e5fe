"""S3: corrections of policies, versions, deletion and notifications.

Only `terrarium_sandbox.services` imports it.
"""

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:
    """Correct moto's S3."""
    from terrarium_sandbox.services.s3.corrections import correct_s3
    from terrarium_sandbox.services.s3.delete_objects import install_delete_objects
    from terrarium_sandbox.services.s3.encoded_keys import install_encoded_keys

    correct_s3()
    install_delete_objects(sandbox)
    install_encoded_keys()
