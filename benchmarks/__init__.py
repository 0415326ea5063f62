"""How fast, how large, and against whom: `make bench`. See docs/benchmarks.md."""
