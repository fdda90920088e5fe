"""IAM as AWS decides it: policies, boundaries, conditions and trust, asked about every request on request."""
