"""What a page costs a user who has many items, beside one who has few."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import click
import httpx2

from toolbox.bench.figures import Effort, Figures, Spread, Table
from toolbox.bench.load import Load
from toolbox.bench.report import with_spread
from toolbox.bench.requests import message
from toolbox.bench.sending import send, warm_up
from toolbox.bench.servers import SERVICE, Running, production, running
from toolbox.bench.turns import in_turns
from toolbox.bench.world import User, add_items, sign_up
from toolbox.errors import ToolboxError

FEW = 1000  # items
SIZE = 100  # items of a page that is measured
LARGEST = 1000  # items of a page, by the service's rule

PAGES = FIRST, MIDDLE = ("first", "middle")


@dataclass(frozen=True)
class Place:
    """A page in somebody's list."""

    page: str
    user: User
    items: int
    """Of the whole list."""


@dataclass(frozen=True)
class Page:
    """What a page takes, in seconds to the answer: the p50 of each round, one request at a time."""

    page: str
    few: Spread
    many: Spread
    ratio: Spread
    """That of the user with many items to that of the user with few: 1 is no difference."""


@dataclass(frozen=True)
class Pages(Figures):
    """What pages take in the two lists."""

    few: int
    """Items of the one user."""
    many: int
    """Items of the other."""
    pages: list[Page]

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        columns = ("Page", f"Of {self.few:,} items", f"Of {self.many:,} items", "Ratio")
        rows = [
            (
                one.page,
                with_spread(one.few, ".2f", 1000),
                with_spread(one.many, ".2f", 1000),
                with_spread(one.ratio, ".2f"),
            )
            for one in self.pages
        ]
        title = f"A page of {SIZE} items: p50 in milliseconds, one request at a time"
        return [Table(title, columns, rows)]


def measure(database: str, rows: int, effort: Effort) -> Pages:
    """Measure the first page and one in the middle, in a list of FEW items and one of `rows`.

    Args:
        database: the URL of one at head, without rows.
        rows: items of the user who has many.
        effort: how much to measure.

    Raises:
        ToolboxError: the service answered otherwise than it should.
    """
    with running(SERVICE, production(database)) as service:
        places = _fill(service, database, rows)
        loads = {place: _load(service, place, effort) for place in places}
        p50: dict[Place, list[float]] = {place: [] for place in places}
        for load in loads.values():
            warm_up(load)
        for place in in_turns(places, effort.rounds):
            p50[place].append(send(loads[place], f"{place.page} page").latency.p50)
    pairs = [[p50[place] for place in places if place.page == page] for page in PAGES]
    return Pages(FEW, rows, [_sum_up(page, *pair) for page, pair in zip(PAGES, pairs, strict=True)])


def _fill(service: Running, database: str, rows: int) -> list[Place]:
    users = list(zip(sign_up(service.url, 2), (FEW, rows), strict=True))
    for user, items in users:
        click.echo(f"{items:,} items ...", err=True)
        add_items(database, [user], items)
    return [Place(page, user, items) for page in PAGES for user, items in users]


def _load(service: Running, place: Place, effort: Effort) -> Load:
    """Return the load of this page, to which we turn as any client does."""
    click.echo(f"The {place.page} page of {place.items:,} items ...", err=True)
    headers = place.user.headers
    with httpx2.Client(base_url=service.url, headers=headers, timeout=60) as client:
        cursor = cursor_after(client, place.items // 2 if place.page == MIDDLE else 0)
        if len(_page(client, SIZE, cursor)["items"]) != SIZE:
            raise ToolboxError(f"The {place.page} page of {place.items} items is not full.")
    script = [message(service, "GET", _path(SIZE, cursor), headers)]
    return Load(service.host, service.port, [script] * effort.connections, effort.seconds)


def cursor_after(client: httpx2.Client, before: int) -> str | None:
    """Return the cursor of the page that has so many items before it; None is the first page's.

    Raises:
        ToolboxError: there is no such page, or one on the way could not be read.
    """
    cursor = None
    while before:
        limit = min(LARGEST, before)
        cursor = _page(client, limit, cursor)["next_cursor"]
        if cursor is None:
            raise ToolboxError("There are fewer items than were made.")
        before -= limit
    return cursor


def _page(client: httpx2.Client, limit: int, cursor: str | None) -> dict[str, Any]:
    try:
        answer = client.get(_path(limit, cursor)).raise_for_status()
    except httpx2.HTTPError as exc:
        raise ToolboxError(f"A page could not be read: {exc}") from exc
    page: dict[str, Any] = answer.json()
    return page


def _path(limit: int, cursor: str | None) -> str:
    query = {"limit": limit} if cursor is None else {"limit": limit, "cursor": cursor}
    return f"/items?{urlencode(query)}"


def _sum_up(page: str, few: list[float], many: list[float]) -> Page:
    return Page(page, Spread.of(few), Spread.of(many), Spread.of_ratios(many, few))
