"""The record of a run: every operation, in memory for the checks and as JSON lines for people."""

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from integration_cli.garbage import uncollected
from integration_cli.operation import Json, Operation, Trouble
from integration_cli.outcome import Exit, Failure
from integration_cli.sharing import Shared

TOGETHER = 500  # lines that are parsed as one: they share the names of their members


class History:
    """Operations in the order in which they returned, each with the phase it belongs to.

    `path` is where the JSON lines go; None keeps them in memory only. The file holds no
    password and no token. `notes` are what else a report needs: where and how the run was made.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.phase = ""
        self.operations: list[Operation] = []
        self.notes: dict[str, Any] = {}
        self._file: IO[str] | None = None
        self._shared = Shared()

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

    def note(self, name: str, value: object) -> None:
        """Write down something about the run, as a line of its own; the last of a name counts."""
        self.notes[name] = value
        self._write({"note": name, "value": value})

    def _write(self, line: Json) -> None:
        if self._file is not None:
            self._file.write(json.dumps(line, separators=(",", ":")) + "\n")

    def record(self, operation: Operation) -> Operation:
        """Add an operation to the running phase, without its secrets; return it with them.

        What this side withheld from the app is no part of the record.
        """
        if operation.trouble == Trouble.WITHHELD:
            return operation
        plain = operation.redacted()
        answer = self._shared.answer(plain.answer)
        kept = replace(plain, answer=answer, phase=operation.phase or self.phase)
        self.operations.append(kept)
        self._write(kept.to_json())
        return operation

    def take(self, line: object) -> None:
        """Take a line of a history that is read back.

        Raises:
            TypeError, ValueError, KeyError: it is neither an operation nor a note.
        """
        if not isinstance(line, dict):
            raise TypeError(f"it is {type(line).__name__}")
        if "note" in line:
            self.notes[str(line["note"])] = line["value"]
        else:
            self.operations.append(Operation.from_json(self._shared.line(line)))


class NotAHistory(Failure):
    """A file that was named as a history is none."""

    code = Exit.USAGE


def read_history(path: Path) -> History:
    """Read a history back, to judge it again.

    A last line that was cut off, as by a kill, is passed over.

    Raises:
        NotAHistory: there is no such file, or a line is neither an operation nor a note.
    """
    history, taken, lines = History(path), 0, list[str]()
    try:
        with path.open(encoding="utf-8") as file, uncollected():
            while lines := [*islice(file, TOGETHER)]:
                for line in _parse(lines):
                    history.take(line)
                    taken += 1
    except OSError as error:
        raise NotAHistory(f"Cannot read the history {path}: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError) as error:
        is_cut_off = taken > 0 and not lines[taken % TOGETHER].endswith("\n")
        if not is_cut_off:
            raise NotAHistory(
                f"{path} is no history of `concurrency`: line {taken + 1} is no operation "
                f"({error})."
            ) from None
    return history


def _parse(lines: list[str]) -> Iterable[Json]:
    """Read lines as one list; if one is no JSON, or more than one value, read up to that one."""
    try:
        values: list[Json] = json.loads(f"[{','.join(lines)}]")
    except ValueError:
        values = []
    return values if len(values) == len(lines) else map(json.loads, lines)
