"""IAM as AWS decides it: policies, boundaries, conditions and trust, asked about every request on request.

The request path, rules and services of the sandbox import it.
"""
