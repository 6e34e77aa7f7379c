"""A command line that judges a running Peace in REST app from outside, over HTTP."""
