"""The programme of a run: each scenario with its phase, what it needs, and what it shows."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from integration_cli.capabilities import Capability as Can
from integration_cli.scenarios import (
    disturbances,
    handoffs,
    keys,
    lists,
    names,
    nonsense,
    passwords,
    sessions,
    timing,
    updates,
)
from integration_cli.scenarios.stage import Stage

RACES = "races"
DISTURBANCES = "disturbances"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that is played; `shows` names the invariants that only it, or it best, can show.

    One that `rests` asks for next to nothing while it waits: the others are played meanwhile.
    """

    play: Callable[[Stage], Awaitable[None]]
    phase: str
    shows: frozenset[str]
    needs: tuple[Can, ...] = ()
    rests: bool = False

    @property
    def name(self) -> str:
        """How the scenario is called in a progress line."""
        return self.play.__name__.replace("_", " ")


def _race(play: Callable[[Stage], Awaitable[None]], shows: str, *needs: Can) -> Scenario:
    return Scenario(play, RACES, frozenset(shows.split()), needs)


def _rough(play: Callable[[Stage], Awaitable[None]], shows: str, *needs: Can) -> Scenario:
    return Scenario(play, DISTURBANCES, frozenset(shows.split()), needs)


READS = "read-your-writes fresh-reads monotonic-reads"

PROGRAMME: tuple[Scenario, ...] = (
    _race(handoffs.handoffs, READS, Can.UPDATE),
    _race(handoffs.announced, f"{READS} deleted-stays-deleted", Can.ITEMS),
    _race(handoffs.bulk_handoffs, f"{READS} bulk-is-atomic", Can.BULK_CREATE, Can.BULK_UPDATE),
    _race(names.unique_creation,
          "unique-race unique-names idempotency-key-acts-once refusals-have-a-reason", Can.UNIQUE),
    _race(names.unique_renaming, "unique-race unique-names refused-write-has-no-effect",
          Can.UNIQUE, Can.UPDATE),
    _race(names.unique_accounts, "unique-race unique-names"),
    _race(names.one_version, "if-match-is-atomic pool-degrades-gracefully", Can.CONDITIONAL),
    _race(names.one_delete, "one-delete-wins refusals-have-a-reason", Can.DELETE),
    _race(names.delete_against_change, "no-resurrection deleted-stays-deleted clocks-agree",
          Can.DELETE, Can.UPDATE),
    _race(updates.increments, "no-lost-update if-match-is-atomic retry-applies-once",
          Can.CONDITIONAL, Can.COUNTER),
    _race(updates.abreast, "read-your-writes fresh-reads durable-acknowledgement no-lost-update",
          Can.UPDATE),
    _race(updates.merges, "no-lost-update clocks-agree", Can.PARTIAL, Can.COUNTER, Can.UNIQUE),
    _race(updates.opposite_orders,
          "deadlocks-are-retried bulk-is-atomic retry-applies-once refusals-have-a-reason",
          Can.BULK_CREATE, Can.BULK_UPDATE, Can.LIST),
    _race(updates.opposed_deletions,
          "deadlocks-are-retried bulk-is-atomic refusals-have-a-reason",
          Can.BULK_CREATE, Can.BULK_UPDATE, Can.DELETE),
    _race(keys.one_key, "idempotency-key-acts-once durable-acknowledgement", Can.IDEMPOTENCY),
    _race(keys.key_of_two, "idempotency-key-acts-once", Can.IDEMPOTENCY),
    _race(keys.broken_off, "idempotency-key-acts-once", Can.IDEMPOTENCY),
    _race(keys.another_body, "idempotency-key-is-bound-to-its-body", Can.IDEMPOTENCY),
    _race(sessions.refreshing, "refresh-token-is-spent-once", Can.REFRESH),
    _race(sessions.renewals, "caller-is-who-the-token-says", Can.REFRESH, Can.ME),
    _race(sessions.revoking, "revocation-reaches-every-worker", Can.REVOKE),
    _race(passwords.new_password, "revocation-reaches-every-worker", Can.PASSWORD),
    _race(passwords.password_in_use,
          "revocation-reaches-every-worker refusals-have-a-reason limits-hold", Can.PASSWORD),
    _race(passwords.guesses, "guesses-are-limited pool-degrades-gracefully", Can.GUESSES),
    _race(sessions.callers, "caller-is-who-the-token-says responses-belong-to-requests "
          "no-server-error"),
    _race(sessions.strangers, "caller-is-who-the-token-says", Can.ITEMS),
    _race(sessions.deletion_of_a_user, "no-orphans"),
    _race(lists.walks, "pagination-is-complete refusals-have-a-reason", Can.LIST),
    _race(lists.last_places, "limits-hold", Can.QUOTA, Can.BULK_CREATE, Can.DELETE),
    _rough(timing.growth, "cost-per-row-is-constant", Can.LIST, Can.BULK_CREATE),
    _rough(names.crowded_accounts, "unique-race"),
    _rough(timing.log_ins, "hashing-does-not-stall-the-loop"),
    _rough(nonsense.errors, "error-does-not-poison-its-connection refused-write-has-no-effect"),
    Scenario(disturbances.idle, DISTURBANCES, frozenset({"keep-alive-is-safe"}), rests=True),
    _rough(disturbances.burst, "pool-degrades-gracefully connections-stay-within-the-limit"),
    _rough(disturbances.convoy, "pool-degrades-gracefully", Can.BULK_CREATE, Can.BULK_UPDATE),
    _rough(disturbances.aborts, "aborted-request-releases-its-connection "
           "aborted-request-is-all-or-nothing bulk-is-atomic"),
)  # fmt: skip


def chosen(stage: Stage, phase: str, wanted: Iterable[str]) -> list[Scenario]:
    """The scenarios of a phase that the target can play and that show what is wanted."""
    names = frozenset(wanted)
    return [
        one
        for one in PROGRAMME
        if one.phase == phase and one.shows & names and stage.has(*one.needs)
    ]
