"""The app with one fault put in, to see whether the concurrency checker finds and names it."""
