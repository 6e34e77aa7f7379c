"""Whether this machine and this checkout are well, and what mends what is not."""
