"""How many rows a run may make: counted before each request, so that there are never more."""

from dataclasses import dataclass

from integration_cli.operation import Operation, Request, Trouble

MAX_ROWS = 100_000  # of a run, by default: some six times as many as one makes without options


@dataclass(slots=True)
class Allowance:
    """The users and items that a run may make; no `limit` is as many as it asks for.

    `made` counts those that the app made, or may have made where its answer is lost; also those
    that were deleted since. `withheld` counts the requests that were not sent for lack of room.
    """

    limit: int | None = None
    made: int = 0
    withheld: int = 0
    is_spent: bool = False

    def take(self, request: Request) -> bool:
        """Count what a request asks for, before it is sent; False if it must not be sent.

        After the first that must not, none may that makes anything.
        """
        if not request.rows:
            return True
        if self.is_spent:
            self.withheld += 1
            return False
        self.is_spent = not self.affords(request.rows)
        self.made += 0 if self.is_spent else request.rows
        return not self.is_spent

    def settle(self, request: Request, operation: Operation) -> Operation:
        """Give back what was counted for a request that the app refused; return the operation."""
        if operation.refused and operation.trouble != Trouble.WITHHELD:
            self.made -= request.rows
        return operation

    def affords(self, rows: int) -> bool:
        """Whether there is room for so many more; where there is not, something is withheld."""
        has_room = self.limit is None or self.made + rows <= self.limit
        self.withheld += not has_room
        return has_room
