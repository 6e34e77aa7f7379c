"""What the database has of the writes that were sent, read directly when all is quiet."""

from collections import Counter
from dataclasses import dataclass

import psycopg

from toolbox.resilience.writes import Fate, Ledger, Write

SHOWN = 3  # writes of a fault


@dataclass(frozen=True)
class Audit:
    """Writes by what their clients know of them, and where the database contradicts that."""

    acknowledged: int
    denied: int
    unknown: int
    unknown_made: int
    """Of those whose outcome is unknown, how many were made."""
    repeated: int
    """Writes that were sent again with their Idempotency-Key."""
    missing: int
    """Acknowledged writes that are not there, or there more than once."""
    faults: list[str]


def audit(url: str, ledger: Ledger) -> Audit:
    """Compare the ledger with the database."""
    made = _made(url, ledger.run)
    by_fate = {fate: [one for one in ledger.writes if one.fate is fate] for fate in Fate}
    repeated = [one for one in ledger.writes if one.repeats]
    checks = {
        "acknowledged, but not there": [
            one for one in by_fate[Fate.ACKNOWLEDGED] if not made[one.name]
        ],
        "made twice": [one for one in ledger.writes if made[one.name] > 1],
        "denied, but there": [one for one in by_fate[Fate.DENIED] if made[one.name]],
        "made, but refused when it was sent again with its key": [
            one for one in repeated if one.refused_again and made[one.name]
        ],
    }
    unknown, acknowledged = by_fate[Fate.UNKNOWN], by_fate[Fate.ACKNOWLEDGED]
    return Audit(
        acknowledged=len(acknowledged),
        denied=len(by_fate[Fate.DENIED]),
        unknown=len(unknown),
        unknown_made=sum(made[one.name] > 0 for one in unknown),
        repeated=len(repeated),
        missing=sum(made[one.name] != 1 for one in acknowledged),
        faults=[_sentence(what, found) for what, found in checks.items() if found],
    )


def _made(url: str, run: str) -> Counter[str]:
    """Return how many items have which description, which is the name that the write had."""
    count = "SELECT description, count(*) FROM items WHERE starts_with(description, %s) GROUP BY 1"
    with psycopg.connect(url) as connection:
        return Counter(dict(connection.execute(count, [f"{run}-"]).fetchall()))


def _sentence(what: str, found: list[Write]) -> str:
    examples = "; ".join(f"{one.name} ({one.said})" for one in found[:SHOWN])
    return f"writes {what}: {len(found)}, as {examples}"
