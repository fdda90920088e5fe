"""What queries read: Hive tables, Iceberg tables and what is known about them, the information schema."""
