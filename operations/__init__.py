"""Commands for operators: bootstrap, plan, drift, cost, images, the SDK and verification.

It may import every other package of the repository. Only the command line imports it, inside a checkout.
"""
