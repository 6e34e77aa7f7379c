"""All trials of one run, on one Postgres of their own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from toolbox.bench.servers import SERVICE, production, running
from toolbox.bench.world import Owner, fill
from toolbox.postgres.cluster import Cluster
from toolbox.resilience import postgres
from toolbox.resilience.trial import Plan, Trial, try_out

PEOPLE = 8


@dataclass(frozen=True)
class Stage:
    """What all trials of a run share."""

    cluster: Cluster
    owners: list[Owner]
    """Who send the requests."""
    environment: dict[str, str]
    """The servers', in which the owners' tokens are good."""

    def try_out(self, plan: Plan, log: Path) -> Trial:
        """Let the plan's events happen; the server's output goes to the log.

        Raises:
            ToolboxError: the server did not start to listen.
        """
        return try_out(plan, self.cluster, self.owners, self.environment, log)


@contextmanager
def stage() -> Iterator[Stage]:
    """Make a Postgres, and people who have items; all of it is gone afterwards.

    Raises:
        ToolboxError: Postgres or the service did not start.
    """
    with postgres.private() as cluster:
        # What development adds is the process's id in each answer.
        environment = {**production(cluster.url), "ENVIRONMENT": "development"}
        with running(SERVICE, environment) as service:
            owners = fill(service.url, cluster.url, PEOPLE)
        yield Stage(cluster, owners, environment)


def run(plans: Sequence[Plan], logs: Path) -> Iterator[Trial]:
    """Try each plan, and give what it showed.

    Args:
        plans: one for each number of workers.
        logs: a folder for what the servers write.

    Raises:
        ToolboxError: Postgres or a server did not start.
    """
    logs.mkdir(parents=True, exist_ok=True)
    with stage() as shared:
        for plan in plans:
            click.echo(f"Workers: {plan.workers} ...", err=True)
            yield shared.try_out(plan, logs / f"{plan.workers}-workers.log")
