"""Judges a running Peace in REST app from outside, over HTTP."""
