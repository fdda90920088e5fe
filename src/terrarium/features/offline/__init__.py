"""Offline side: the Iceberg tables of feature views.

Only `terrarium.features` imports it.
"""
