"""Base image of an environment: built by docker or podman, pushed to its ECR repository.

Only `operations` imports it.
"""
