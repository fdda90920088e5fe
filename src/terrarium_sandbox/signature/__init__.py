"""Signature Version 4, verified: who sent a request, and that nobody changed it.

Source: IAM User Guide, "AWS Signature Version 4 for API requests"; Amazon S3 API Reference, "Authenticating Requests
(AWS Signature Version 4)".
"""

__all__: list[str] = []
