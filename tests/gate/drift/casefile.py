"""Reading the cases in tests/gate/drift/cases: their README says how one is written."""

import re
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parent / "cases"
_MARK = re.compile(r"^-- (both|case|finds|needs|models|migrations)(?::\s*(.*))?$")


@dataclass
class Case:
    """Two sides, and what is to be found between them.

    Args:
        file: the name of its file.
        title: what is different.
        finds: the findings, each as "rule subject"; none if the sides say the same.
        needs: the oldest Postgres that knows what is in it.
        both: the SQL that both sides begin with.
        models: the SQL of the models' side.
        migrations: the SQL of the migrations' side.
    """

    file: str
    title: str
    finds: tuple[str, ...] = ()
    needs: int = 14
    both: str = ""
    models: str = ""
    migrations: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.title}"


def read(path: Path) -> list[Case]:
    """Return a file's cases."""
    cases: list[Case] = []
    both, part = "", "both"
    for line in path.read_text().splitlines(keepends=True):
        mark = _MARK.match(line.rstrip("\n"))
        if mark is None:
            if part == "both":
                both += line
            else:
                setattr(cases[-1], part, getattr(cases[-1], part) + line)
        elif mark[1] == "case":
            cases.append(Case(path.stem, mark[2] or "", both=both))
        elif mark[1] == "finds":
            cases[-1].finds += () if mark[2] == "nothing" else (mark[2] or "",)
        elif mark[1] == "needs":
            cases[-1].needs = int(mark[2])
        elif mark[1] == "both":
            both, part = "", "both"
        else:
            part = mark[1]
    return cases


def all_cases() -> list[Case]:
    """Return the cases of all files."""
    return [case for path in sorted(CASES.glob("*.sql")) for case in read(path)]
