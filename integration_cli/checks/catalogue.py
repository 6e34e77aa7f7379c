"""The catalogue: every invariant by its name, with what it needs and the check that judges it.

What each means, what usually breaks it and how to mend that stands in `docs/invariants/NAME.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from integration_cli.capabilities import Capability as Can
from integration_cli.checks import (
    answers,
    clocks,
    counts,
    keys,
    lists,
    pools,
    quotas,
    races,
    reads,
    refusals,
    sessions,
    timing,
    trouble,
    writes,
)
from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Seen

Check = Callable[[Traces], Seen]


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that is always true of a right app. `phases` are those that can show it."""

    name: str
    check: Check
    needs: tuple[Can, ...] = ()
    phases: tuple[str, ...] = ("races", "mixed workload")

    @property
    def sentence(self) -> str:
        """What must hold."""
        return (self.check.__doc__ or "").partition("\n")[0]


AUDITED = ("mixed workload",)
RACES = ("races",)
ROUGH = ("disturbances",)

CATALOGUE: tuple[Invariant, ...] = (
    Invariant("durable-acknowledgement", reads.durable_acknowledgement, (Can.ITEMS,), AUDITED),
    Invariant("read-your-writes", reads.read_your_writes, (Can.ITEMS,)),
    Invariant("fresh-reads", reads.fresh_reads, (Can.ITEMS,)),
    Invariant("monotonic-reads", reads.monotonic_reads, (Can.ITEMS,)),
    Invariant("no-lost-update", counts.no_lost_update, (Can.UPDATE,)),
    Invariant("if-match-is-atomic", races.if_match_is_atomic, (Can.CONDITIONAL,)),
    Invariant("unique-race", races.unique_race, phases=("races", "disturbances")),
    Invariant("unique-names", races.unique_names, (Can.UNIQUE, Can.LIST), AUDITED),
    Invariant("idempotency-key-acts-once", keys.idempotency_key_acts_once,
              (Can.IDEMPOTENCY,), RACES),
    Invariant("idempotency-key-is-bound-to-its-body", keys.idempotency_key_is_bound_to_its_body,
              (Can.IDEMPOTENCY,), RACES),
    Invariant("deadlocks-are-retried", answers.deadlocks_are_retried,
              (Can.BULK_CREATE, Can.BULK_UPDATE), RACES),
    Invariant("retry-applies-once", counts.retry_applies_once, (Can.UPDATE,)),
    Invariant("deleted-stays-deleted", writes.deleted_stays_deleted, (Can.DELETE,)),
    Invariant("one-delete-wins", races.one_delete_wins, (Can.DELETE,), RACES),
    Invariant("no-resurrection", writes.no_resurrection, (Can.DELETE, Can.UPDATE), RACES),
    Invariant("no-orphans", sessions.no_orphans, phases=RACES),
    Invariant("pagination-is-complete", lists.pagination_is_complete, (Can.LIST,), RACES),
    Invariant("limits-hold", quotas.limits_hold, (Can.QUOTA, Can.BULK_CREATE), RACES),
    Invariant("refused-write-has-no-effect", writes.refused_write_has_no_effect, (Can.ITEMS,)),
    Invariant("refusals-have-a-reason", refusals.refusals_have_a_reason),
    Invariant("bulk-is-atomic", writes.bulk_is_atomic, (Can.BULK_CREATE, Can.BULK_UPDATE)),
    Invariant("refresh-token-is-spent-once", races.refresh_token_is_spent_once,
              (Can.REFRESH,), RACES),
    Invariant("guesses-are-limited", sessions.guesses_are_limited, (Can.GUESSES,), RACES),
    Invariant("revocation-reaches-every-worker", sessions.revocation_reaches_every_worker,
              (Can.REVOKE,), RACES),
    Invariant("caller-is-who-the-token-says", sessions.caller_is_who_the_token_says,
              (Can.ME,), RACES),
    Invariant("responses-belong-to-requests", sessions.responses_belong_to_requests,
              (Can.TOLD_APART,)),
    Invariant("pool-degrades-gracefully", pools.pool_degrades_gracefully,
              phases=("races", "disturbances")),
    Invariant("connections-stay-within-the-limit", pools.connections_stay_within_the_limit,
              phases=ROUGH),
    Invariant("hashing-does-not-stall-the-loop", timing.hashing_does_not_stall_the_loop,
              phases=ROUGH),
    Invariant("aborted-request-releases-its-connection",
              trouble.aborted_request_releases_its_connection, phases=ROUGH),
    Invariant("aborted-request-is-all-or-nothing", writes.aborted_request_is_all_or_nothing,
              (Can.BULK_CREATE, Can.LIST), ROUGH),
    Invariant("dying-worker-loses-nothing", trouble.dying_worker_loses_nothing, phases=()),
    Invariant("start-up-never-refuses", trouble.start_up_never_refuses, phases=()),
    Invariant("keep-alive-is-safe", trouble.keep_alive_is_safe, phases=ROUGH),
    Invariant("error-does-not-poison-its-connection",
              trouble.error_does_not_poison_its_connection, phases=ROUGH),
    Invariant("cost-per-row-is-constant", timing.cost_per_row_is_constant,
              (Can.LIST, Can.BULK_CREATE), ROUGH),
    Invariant("clocks-agree", clocks.clocks_agree, (Can.CREATED,)),
    Invariant("no-server-error", answers.no_server_error),
)  # fmt: skip
# Those that a run judges only if it happened to see the occasion.
INCIDENTAL = {"dying-worker-loses-nothing", "start-up-never-refuses"}
BY_NAME = {one.name: one for one in CATALOGUE}
