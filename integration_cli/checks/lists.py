"""Lists: what is there all the time is met once, on whichever pages."""

from collections import Counter

from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Seen
from integration_cli.endpoints import Api
from integration_cli.operation import Kind, Operation


def pagination_is_complete(traces: Traces) -> Seen:
    """Who pages through a list meets each row that stays exactly once, whatever else changes."""
    seen = Seen()
    made = [one for one in traces.races("sentinel").get("sentinel#0", []) if one.acknowledged]
    sentinels = {item.id: one for one in made for item in traces.items_of(one)}
    for pages in _whole(traces, "walk"):
        met = Counter(item.id for page in pages for item in traces.items_of(page))
        seen.observations += len(sentinels)
        for item_id, creation in sentinels.items():
            if met[item_id] != 1:
                times = "was skipped" if not met[item_id] else f"was met {met[item_id]} times"
                shown = _around(traces, pages, item_id, [*sentinels])
                seen.find(f"item {item_id} stayed all the time and {times}", creation, *shown)
                break
    for pages in _whole(traces, "audit"):
        met = Counter(item.id for page in pages for item in traces.items_of(page))
        seen.observations += 1
        twice = [item_id for item_id, times in met.items() if times > 1]
        if twice:
            having = [p for p in pages if any(i.id == twice[0] for i in traces.items_of(p))]
            seen.find(f"item {twice[0]} is on two pages while nothing changes", *having[:2])
    return seen


def _whole(traces: Traces, scenario: str) -> list[list[Operation]]:
    """The walks that went through to the last page."""
    api, whole = Api(traces.profile), []
    for race in traces.races(scenario).values():
        pages = [one for one in race if one.kind is Kind.LIST_ITEMS]
        answered = pages and all(one.acknowledged for one in pages)
        if answered and api.following(pages[-1], "0") is None:
            whole.append(pages)
    return whole


def _around(
    traces: Traces, pages: list[Operation], item_id: str, sentinels: list[str]
) -> list[Operation]:
    """The pages with the item, or else those between which it should be."""
    having = [p for p in pages if any(item.id == item_id for item in traces.items_of(p))]
    if having:
        return having[:2]
    place = sentinels.index(item_id)
    near = set(sentinels[max(place - 1, 0) : place + 2])
    return [p for p in pages if any(i.id in near for i in traces.items_of(p))][:2] or pages[:2]
