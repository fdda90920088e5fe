"""The sections of an environment's file, one model each.

`modules` and `stacks` import it for the types of their configuration.
"""
