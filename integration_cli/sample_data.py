"""`sample_data`: realistic users and items, created once however often the command runs."""

from dataclasses import dataclass, replace

import click

from integration_cli import accounts
from integration_cli.checks.traces import Item, items_in
from integration_cli.client import Client
from integration_cli.endpoints import Api, Change
from integration_cli.history import History
from integration_cli.ledger import Account
from integration_cli.options import MAX_USERS, Target, target_options
from integration_cli.outcome import Exit, NotFinished, run
from integration_cli.people import MAX_ITEMS, Person, person
from integration_cli.pool import for_each
from integration_cli.preflight import require_ready
from integration_cli.profile import Profile, declared
from integration_cli.progress import Phases

ROUNDS = 4  # of listing and filling, should an answer be lost or another run fill the same user


@dataclass(frozen=True, slots=True)
class Sample:
    """What to create: `items_per_user` is a mean; `concurrency` users are filled at a time."""

    run_id: str
    users: int
    items_per_user: float
    concurrency: int


@dataclass(slots=True)
class Tally:
    """What a run created, and what it found there already."""

    users_created: int = 0
    users_found: int = 0
    items_created: int = 0
    items_found: int = 0


@click.command("sample_data")
@target_options
@click.option("--users", type=click.IntRange(1, MAX_USERS), default=20, show_default=True)
@click.option(
    "--items-per-user",
    type=click.FloatRange(0, MAX_ITEMS),
    default=10,
    show_default=True,
    help="Mean; some users own many, some none.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed gives other data.")
@click.option("--concurrency", type=click.IntRange(1, 64), default=8, show_default=True)
def sample_data(
    target: Target, users: int, items_per_user: float, seed: int, concurrency: int
) -> None:
    """Create realistic users and items.

    The same seed gives the same data. A second run creates nothing twice, and completes what an
    interrupted one left; more users are added to those there are. `cleanup` removes it all.
    """
    run(load(target, Sample(f"sample-{seed}", users, items_per_user, concurrency)))


async def load(target: Target, sample: Sample) -> Exit:
    """Create the sample in the target, or what is missing of it, and print what was done.

    Raises:
        Failure: the app is unreachable, or refuses.
    """
    await require_ready(target.site)
    tally = await _fill_all(target, sample)
    click.echo(f"users: {tally.users_created} created, {tally.users_found} found")
    if target.profile.items:
        click.echo(f"items: {tally.items_created} created, {tally.items_found} found")
    for beside in target.beside():
        more = await _fill_all(beside, sample)
        name = beside.profile.name
        click.echo(f"{name}: {more.items_created} created, {more.items_found} found")
    first = person(sample.run_id, 0, sample.items_per_user)
    click.echo(f"sign in at {target.app_url} as {first.email} with password {first.password}")
    return Exit.HELD


async def _fill_all(target: Target, sample: Sample) -> Tally:
    """Give every user its items, as the target's profile has them."""
    tally = Tally()
    with Phases().phase("sample data", sample.users) as advance:

        async def fill(index: int) -> None:
            one = person(sample.run_id, index, sample.items_per_user)
            await _fill(target, sample.run_id, one, tally)
            advance(1)

        await for_each(range(sample.users), fill, sample.concurrency)
    return tally


async def _fill(target: Target, run_id: str, one: Person, tally: Tally) -> None:
    account = Account(run_id, str(target.app_url), one.email, one.password)
    async with Client(target.site, one.email, one.email, History()) as client:
        joined = await accounts.register(client, target.ledger, account, one.name)
        tally.users_created += joined.is_new
        tally.users_found += not joined.is_new
        if client.site.profile.items is None:
            return
        wanted = _told_apart(client.site.profile, one.items)
        found: int | None = None
        for _ in range(ROUNDS):
            there = {_name(client.site.profile, item) for item in await all_items(client)}
            missing = [item for name, item in wanted.items() if name not in there]
            if found is None:  # before anything of ours was added
                found = len(wanted) - len(missing)
                tally.items_found += found
            if not missing:
                tally.items_created += len(wanted) - found
                return
            if not client.site.known.get(client.user):
                await accounts.prepare(client)
            await _create(client, missing)
    raise NotFinished(f"The items of {one.email} are still incomplete. Run the command again.")


def _told_apart(profile: Profile, items: list[Change]) -> dict[str, Change]:
    """The items as the app has them, by what tells one from another."""
    api, fields = Api(profile), declared(profile.items).fields
    if fields.unique is None:
        items = [replace(item, nonce=f"{item.unique}. {item.nonce}") for item in items]
    made = [_varied(profile, number, item) for number, item in enumerate(items)]
    return {str(api.members(item)[fields.unique or fields.nonce]): item for item in made}


def _varied(profile: Profile, number: int, item: Change) -> Change:
    """An item with one of the profile's samples for each member that has some."""
    samples = declared(profile.items).samples
    others = {name: values[number % len(values)] for name, values in samples.items()}
    return replace(item, others=others)


def _name(profile: Profile, item: Item) -> str:
    return str(item.unique if declared(profile.items).fields.unique else item.nonce)


async def _create(client: Client, items: list[Change]) -> None:
    api, bulk = client.site.api, client.site.profile.bulk
    rows = bulk.max_rows if bulk and bulk.create else 1
    for start in range(0, len(items), rows):
        batch = items[start : start + rows]
        request = api.create_items(batch) if rows > 1 else api.create_item(batch[0])
        operation = await client.send(request)
        if operation.refused and operation.status not in {409, None}:
            raise NotFinished(f"The app refuses sample items: {accounts.problem(operation)}.")
        if not operation.acknowledged:
            return  # the next listing tells what of it happened


async def all_items(client: Client) -> list[Item]:
    """Every item of the signed-in user, page by page.

    Raises:
        NotFinished: a page is refused, or pages do not end.
    """
    items: list[Item] = []
    seen: set[str | None] = set()
    position: str | None = None
    while position not in seen:
        seen.add(position)
        page = await client.insist(client.site.api.list_items(position=position))
        if not page.acknowledged:
            raise NotFinished(f"The app does not list items: {accounts.problem(page)}.")
        items += items_in(page, client.site.profile)
        position = client.site.api.following(page, position)
        if position is None:
            return items
    raise NotFinished("The app's pages of items do not end: a cursor came twice.")
