"""The record of a run: every operation, in memory for the checks and as JSON lines for people."""

import json
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from integration_cli.operation import Operation


class History:
    """Operations in the order in which they returned, each with the phase it belongs to.

    `path` is where the JSON lines go; None keeps them in memory only. The file holds no
    password and no token.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.phase = ""
        self.operations: list[Operation] = []
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def record(self, operation: Operation) -> Operation:
        """Add an operation to the running phase, without its secrets; return it with them."""
        kept = replace(operation.redacted(), phase=operation.phase or self.phase)
        self.operations.append(kept)
        if self._file is not None:
            self._file.write(json.dumps(kept.to_json(), separators=(",", ":")) + "\n")
        return operation


def read_history(path: Path) -> list[Operation]:
    """Read a history back, to judge it again.

    Raises:
        ValueError: a line is not an operation.
    """
    with path.open(encoding="utf-8") as lines:
        return [Operation.from_json(json.loads(line)) for line in lines]
