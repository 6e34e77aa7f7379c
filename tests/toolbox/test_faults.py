"""Postgres's own words about a failed start, and the sentences that explain them."""

import re

import pytest

from toolbox.postgres.faults import FAULTS, PORT_TAKEN, STILL_DYING, explain

# As Postgres 18 writes them.
LINES = {
    "The disk is full": [
        'initdb: error: could not write to file "data/pg_wal/xlogtemp.7": No space left on device',
        'FATAL:  could not extend file "base/5/1259": No space left on device',
        'PANIC:  could not write to file "pg_wal/xlogtemp.29": No space left on device',
        'initdb: error: could not create directory "data": Disk quota exceeded',
    ],
    "another version of Postgres": [
        (
            "DETAIL:  The data directory was initialized by PostgreSQL version 17, which is not "
            "compatible with this version 18.6."
        ),
        "FATAL:  database files are incompatible with server",
    ],
    "belongs to another account": [
        'FATAL:  data directory "data" has invalid permissions',
        'FATAL:  data directory "data" has wrong ownership',
        'pg_ctl: could not open PID file "data/postmaster.pid": Permission denied',
    ],
    "The data is damaged": [
        "PANIC:  could not locate a valid checkpoint record at 0/1766340",
        "LOG:  invalid checkpoint record",
        "PANIC:  could not find redo location 0/1A2B3C8 referenced by checkpoint record",
    ],
    "too little shared memory": [
        "FATAL:  could not create shared memory segment: Cannot allocate memory",
        "FATAL:  could not map anonymous shared memory: Cannot allocate memory",
    ],
    "A setting is wrong": [
        'FATAL:  unrecognized configuration parameter "max_connection"',
        'FATAL:  invalid value for parameter "max_connections": "many"',
    ],
}


@pytest.mark.parametrize(
    ("sentence", "line"), [(sentence, line) for sentence, lines in LINES.items() for line in lines]
)
def test_each_fault(sentence: str, line: str) -> None:
    """What Postgres says is explained, with the line that says it and where its log is."""
    told = explain(f"LOG:  starting PostgreSQL 18.6\n{line}\nLOG:  shut down", "/home/log")
    assert sentence in told
    assert told.splitlines()[1:] == [f"  Postgres says: {line}", "  Its log: /home/log"]


def test_every_fault_has_a_line() -> None:
    """No fault is without a line here, for each way in which it shows."""
    said = [line for lines in LINES.values() for line in lines]
    ways = [way for fault in FAULTS for way in fault.pattern.split("|")]
    assert [way for way in ways if not any(re.search(way, line) for line in said)] == []


def test_unknown() -> None:
    """Words that no fault explains are passed on: the last five lines, and where the log is."""
    told = explain("\n".join(f"line {number}" for number in range(9)), "/home/log")
    assert "line 3" not in told
    for words in ("line 4", "line 8", "/home/log"):
        assert words in told


@pytest.mark.parametrize(
    "line",
    [
        'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use',
        "FATAL:  could not create any TCP/IP sockets",
    ],
)
def test_port_taken(line: str) -> None:
    """A port that is taken is recognised: the server moves to another."""
    assert re.search(PORT_TAKEN, line)


@pytest.mark.parametrize(
    "line",
    [
        "FATAL:  pre-existing shared memory block (key 5432001, ID 0) is still in use",
        'FATAL:  lock file "postmaster.pid" already exists',
    ],
)
def test_still_dying(line: str) -> None:
    """The remains of a killed server are recognised: a start waits for their end."""
    assert re.search(STILL_DYING, line)
