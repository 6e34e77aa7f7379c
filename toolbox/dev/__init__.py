"""The service as a developer runs it: one stream, reloads, and a key for what one does next.

The service runs in a process of its own (worker.py), which is forked from one that has imported
all libraries already and is replaced on each save (service.py). What it and Postgres write comes
out in one stream (stream.py); keys are read one by one (terminal.py); round.py puts it together.
"""
