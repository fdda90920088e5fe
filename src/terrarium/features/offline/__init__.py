"""The offline side: the Iceberg tables that feature views are of."""
