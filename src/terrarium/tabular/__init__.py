"""Conversion of tabular data of users to Arrow. Datasets and features accept the same kinds.

Foundation: every package of the SDK may import it.
"""
