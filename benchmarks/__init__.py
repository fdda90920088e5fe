"""Benchmarks of Terrarium against stock tools, each pair in one run (`make bench`)."""
