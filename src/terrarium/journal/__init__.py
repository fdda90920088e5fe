"""The journal: metric samples are on disk first, and survive crashes of the process and outages of the database.

A call appends its points to a file of its process and returns. A thread moves them to the database in bulk, and removes
the file. What a killed process leaves behind, `terrarium sync` and the next `connect` move.

Store: services, the lab and faces may import it.
"""
