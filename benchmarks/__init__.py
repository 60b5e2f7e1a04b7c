"""The main paths against a bare DRF endpoint on the same server, as ratios of one interleaved run.

`make bench` (or `python -m benchmarks`) needs PostgreSQL at TEST_DATABASE_URL; it makes a database of its own there.
"""
