"""Races for what only one may have: a name, a version, an item to delete."""

from dataclasses import replace

from integration_cli.accounts import throwaway
from integration_cli.capabilities import Capability
from integration_cli.connection import Connection
from integration_cli.operation import Request
from integration_cli.record import Speaker
from integration_cli.release import Racers
from integration_cli.scenarios.crowd import crowd
from integration_cli.scenarios.stage import RACERS, Stage, Window

TWINS = 4  # people who sign up with one address


async def unique_creation(stage: Stage) -> None:
    """Several connections create one name at the same instant; in some windows within a bulk."""
    async with stage.racers(stage.member(0), "unique") as racers:
        await racers.spread(stage.workers)
        for window in stage.windows("unique-creation", 40):
            if window.is_fresh:
                await racers.renew(stage.workers)
            requests = [_creation(stage, window, number) for number in range(RACERS)]
            await racers.race(requests, window.gaps(RACERS))


def _creation(stage: Stage, window: Window, number: int) -> Request:
    new = replace(stage.new(window.race), nonce=f"{stage.run_id} {window.race} racer {number}")
    if window.number % 4 == 3 and number % 2 and stage.has(Capability.BULK_CREATE):
        beside = stage.new(window.race, f" beside {number}")
        return stage.api.create_items([beside, new]).of(window.race)
    return stage.api.create_item(new).of(window.race)


async def unique_accounts(stage: Stage) -> None:
    """Several people sign up with one address at the same instant."""
    for window in stage.windows("unique-account", 4):
        await _sign_up(stage, window)


async def crowded_accounts(stage: Stage) -> None:
    """The same while many others ask for something.

    A sign-up hashes a password first, and few are hashed at a time: so those that were released
    together come to the database one after another, each when the one before is done. In a crowd
    its statements take as long as the next one's hash.
    """
    for window in stage.windows("crowded-account", 4):
        async with crowd(stage, window.race):
            await _sign_up(stage, window)


async def _sign_up(stage: Stage, window: Window) -> None:
    name = window.race.replace("#", "-")
    account = throwaway(stage.run_id, stage.target.app_url, name)
    stage.target.ledger.add(account)
    register = stage.api.register(account.email, account.password, name).of(window.race)
    speakers = [Speaker(f"{name}/{number}", name) for number in range(TWINS)]
    nobodies = [Connection(stage.target.site, one, "") for one in speakers]
    async with Racers(nobodies, stage.history) as racers:
        await racers.spread(stage.workers)
        await racers.race([register] * TWINS, window.gaps(TWINS))


async def unique_renaming(stage: Stage) -> None:
    """Several items are given one name at the same instant."""
    async with stage.racers(stage.member(1), "rename", 4) as racers:
        await racers.spread(stage.workers)
        first = racers.connections[0]
        made = [await stage.make(first, f"to-be-renamed#{number}") for number in range(4)]
        items = [one[0] for one in made if one]
        for window in stage.windows("unique-renaming", 20):
            name = f"{stage.run_id} {window.race}"
            await racers.race(
                [
                    stage.api.update_item(
                        item.id, replace(stage.change(window.race, item.id), unique=name)
                    ).of(window.race)
                    for item in items
                ],
                window.gaps(len(items)),
            )
            # Of those that were refused, nothing may be seen.
            await racers.race([stage.api.read_item(item.id) for item in items])


async def one_version(stage: Stage) -> None:
    """Several connections change one version of an item at the same instant, or delete it."""
    async with stage.racers(stage.member(2), "version") as racers:
        async for window, item, made in stage.races(racers, "one-version", 40):
            if made.etag is None:
                continue
            deletes = window.number % 3 == 2 and stage.has(Capability.CONDITIONAL_DELETE)
            requests = [
                stage.api.delete_item(item.id)
                if deletes and number % 2
                else stage.api.update_item(item.id, stage.change(window.race, number))
                for number in range(RACERS)
            ]
            held = [one.with_headers(If_Match=made.etag).of(window.race) for one in requests]
            await racers.race(held, window.gaps(RACERS))
            # Once more when all is over: the version is gone for good.
            late = stage.api.update_item(item.id, stage.change(window.race, "late"))
            late = late.with_headers(If_Match=made.etag).of(window.race)
            await stage.send(racers.connections[-1], late)
            await stage.send(racers.connections[1], stage.api.read_item(item.id).of(window.race))


async def one_delete(stage: Stage) -> None:
    """Several connections delete one item at the same instant; then its name is taken anew."""
    async with stage.racers(stage.member(3), "delete") as racers:
        async for window, item, _ in stage.races(racers, "one-delete", 30):
            delete = stage.api.delete_item(item.id).of(window.race)
            await racers.race([delete] * RACERS, window.gaps(RACERS))
            await stage.send(racers.connections[-1], delete)
            # Its name is free again.
            anew = replace(stage.new(window.race), nonce=f"{stage.run_id} {window.race} anew")
            await stage.send(racers.connections[1], stage.api.create_item(anew).of(window.race))


async def delete_against_change(stage: Stage) -> None:
    """An item is deleted while others change it; then it is changed once more, and read."""
    async with stage.racers(stage.member(4), "resurrect") as racers:
        async for window, item, _ in stage.races(racers, "delete-against-change", 40):
            item_id, race = item.id, window.race
            requests = [
                stage.api.delete_item(item_id).of(race)
                if number == window.number % RACERS
                else stage.api.update_item(item_id, stage.change(race, number)).of(race)
                for number in range(RACERS)
            ]
            await racers.race(requests, window.gaps(RACERS))
            late = stage.api.update_item(item_id, stage.change(race, "late")).of(race)
            await stage.send(racers.connections[1], late)
            await racers.each(stage.api.read_item(item_id).of(race))
