"""Chaos: whether the service loses a request while its processes and its database come and go.

A load that does not care how it is answered (load.py) begins before the service and ends after it.
Meanwhile events happen (events.py): each is judged by what became of the requests that it met
(verdict.py), and at the end the database is asked for every write that was acknowledged (audit.py).
"""
