"""Authorization by IAM, on request: policies, permissions boundaries, conditions and trust policies.

The request path, rules and services of the sandbox import it.
"""
