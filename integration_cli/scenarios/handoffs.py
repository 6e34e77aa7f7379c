"""Reads the instant after a write was acknowledged, over other connections and other workers."""

from integration_cli.capabilities import Capability
from integration_cli.operation import Operation, Request
from integration_cli.scenarios.stage import Stage

READERS = 4


async def handoffs(stage: Stage) -> None:
    """One connection writes; the others, that have just read, read again at its answer."""
    for number in range(2):
        async with stage.racers(stage.member(number), "handoff", 1 + READERS) as racers:
            await racers.spread(stage.workers)
            made = await stage.make(racers.connections[0], f"handed-over#{number}")
            if made is None:
                continue
            item_id = made[0].id
            reads = _reads(stage, item_id)
            for window in stage.windows(f"handoff-{number}", 40):
                if window.is_fresh:
                    await racers.renew(stage.workers)
                # So that whoever caches has something to be wrong with.
                before = await racers.race(reads)
                change = stage.change(f"handed-over#{number}", f"{window.race}")
                write = stage.api.update_item(item_id, change).of(window.race)
                own = reads[0] if window.number % 2 else None
                await racers.after(write, _conditional(stage, reads[1:], before), own)


def _conditional(stage: Stage, reads: list[Request], before: list[Operation]) -> list[Request]:
    """Some of the reads ask only for what is newer than what was read before."""
    tag = next((one.etag for one in before if one.acknowledged and one.etag), None)
    if tag is None or not stage.has(Capability.CONDITIONAL):
        return reads
    return [reads[0].with_headers(If_None_Match=tag), *reads[1:]]


async def announced(stage: Stage) -> None:
    """One connection creates, or deletes; the others look for it at its answer."""
    async with stage.racers(stage.member(2), "announced", 1 + READERS) as racers:
        await racers.spread(stage.workers)
        for window in stage.windows("announced", 25):
            new = stage.api.create_item(stage.new(window.race)).of(window.race)
            if stage.has(Capability.LIST):
                lists = [_list(stage)] * READERS
                await racers.race([_list(stage), *lists])
                answers = await racers.after(new, lists)
            else:
                answers = [await stage.send(racers.connections[0], new)]
            for item in [item for one in answers[:1] for item in stage.items(one)]:
                reads = _reads(stage, item.id)
                before = await racers.race(reads)
                if stage.has(Capability.DELETE):
                    delete = stage.api.delete_item(item.id).of(window.race)
                    own = reads[0] if window.number % 2 else None
                    await racers.after(delete, _conditional(stage, reads[1:], before), own)


async def bulk_handoffs(stage: Stage) -> None:
    """One connection changes several items at once; the others read them at its answer."""
    async with stage.racers(stage.member(3), "batch", 1 + READERS) as racers:
        await racers.spread(stage.workers)
        race = "batch#0"
        new = [stage.new(race, f" {number}") for number in range(READERS)]
        created = await stage.send(racers.connections[0], stage.api.create_items(new).of(race))
        ids = [item.id for item in stage.items(created)] if created.acknowledged else []
        for window in stage.windows("batch-handoff", 20) if len(ids) == READERS else ():
            reads = [stage.api.read_item(one) for one in ids]
            if window.number % 2 and stage.has(Capability.LIST):
                reads = [_list(stage)] * READERS
            await racers.race([reads[0], *reads])
            change = stage.change(race, window.race)
            write = stage.api.update_items(dict.fromkeys(ids, change)).of(window.race)
            await racers.after(write, reads, reads[0])


def _reads(stage: Stage, item_id: str) -> list[Request]:
    """By its id, and one of them in a list."""
    reads = [stage.api.read_item(item_id)] * (1 + READERS)
    if stage.has(Capability.LIST):
        reads[-1] = _list(stage)
    return reads


def _list(stage: Stage) -> Request:
    return stage.api.list_items(size=200)
