"""Terrarium beside stock tools, each pair in one run: `make bench`."""
