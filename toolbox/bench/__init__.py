"""Benchmarks: what the service costs beside a bare application that does the same work."""
