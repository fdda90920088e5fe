"""Metrics on disk first: what was logged survives the death of the process and the absence of the database.

A call appends its points to a file of its process and returns. A thread moves them to the database in bulk, and removes
the file. What a killed process leaves behind, `terrarium sync` and the next `connect` move.

Store: services, the lab and faces may import it.
"""
