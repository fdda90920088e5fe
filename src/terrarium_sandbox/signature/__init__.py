"""Verification of Signature Version 4: the sender of a request, and that the request was not changed.

Source: IAM User Guide, "AWS Signature Version 4 for API requests"; Amazon S3 API Reference, "Authenticating Requests
(AWS Signature Version 4)".

The request path and the services of the sandbox import it.
"""

__all__: list[str] = []
