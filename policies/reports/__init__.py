"""Reports of a verdict: a table for the terminal, SARIF and JUnit XML.

Only `policies` imports it.
"""
