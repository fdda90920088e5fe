"""Offline side: the Iceberg tables of feature views."""
