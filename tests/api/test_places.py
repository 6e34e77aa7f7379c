"""The queue for a worker's connections."""

import asyncio

import pytest

from api.errors import ServiceUnavailable
from api.places import WINDOW, Places


async def queue(places: Places, people: int) -> list[asyncio.Task[None]]:
    """Have so many wait, in this order."""
    waiting = [asyncio.create_task(places.take()) for _ in range(people)]
    await asyncio.sleep(0)
    return waiting


async def test_in_order() -> None:
    """Who came first is served first, and a newcomer overtakes nobody."""
    places = Places(1, patience=60)
    await places.take()
    first, second = await queue(places, 2)
    places.leave()
    [newcomer] = await queue(places, 1)
    await first
    assert not second.done()
    places.leave()
    await second
    assert not newcomer.done()
    places.leave()
    await newcomer


async def test_gives_up() -> None:
    """Who gives up, even at the moment it is called, leaves its place to the next."""
    places = Places(1, patience=60)
    await places.take()
    quits, called, last = await queue(places, 3)
    quits.cancel()
    places.leave()
    called.cancel()  # it has the place by now, and does not know
    await asyncio.wait([quits, called])
    await last
    assert (quits.cancelled(), called.cancelled(), places.taken) == (True, True, 1)


async def test_no_hope() -> None:
    """Where nothing moves, only as many wait as there are places; the others are told at once."""
    places = Places(2, patience=60)
    await queue(places, 2)
    waiting = await queue(places, 1)
    places.learn(WINDOW)
    waiting += await queue(places, 1)
    with pytest.raises(ServiceUnavailable, match="More requests wait"):
        await places.take()
    places.leave()
    places.leave()
    await asyncio.gather(*waiting)


async def test_at_a_good_pace() -> None:
    """As many may wait as are served within one's patience at the pace of just now."""
    places = Places(1, patience=10 * WINDOW)
    await places.take()
    waiting = await queue(places, 60)
    for person in waiting[:5]:
        places.leave()
        await person
    places.learn(WINDOW)  # 5 in one window: 50 in ten
    with pytest.raises(ServiceUnavailable, match="More requests wait"):
        await places.take()
    for person in waiting[5:11]:
        places.leave()
        await person
    waiting += await queue(places, 1)
    for person in waiting[11:]:
        places.leave()
        await person


async def test_patience_ends() -> None:
    """Who waited too long is told so, and takes no place."""
    places = Places(1, patience=0.01)
    await places.take()
    with pytest.raises(ServiceUnavailable, match="in use"):
        await places.take()
    places.leave()
    assert places.taken == 0


async def test_turned_away() -> None:
    """When the database is gone all who wait hear it at once."""
    places = Places(1, patience=60)
    await places.take()
    waiting = await queue(places, 3)
    places.turn_away("It is gone.")
    for person in waiting:
        with pytest.raises(ServiceUnavailable, match="gone"):
            await person


async def test_resized() -> None:
    """More places let more in; with fewer, who is in stays, and nobody follows."""
    places = Places(1, patience=60)
    await places.take()
    waiting = await queue(places, 2)
    places.resize(2)
    await waiting[0]
    places.resize(1)
    places.leave()
    await asyncio.sleep(0)
    assert not waiting[1].done()
    places.leave()
    await waiting[1]
