"""The sections of an environment's file, one model each."""
