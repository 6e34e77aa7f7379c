"""The safe way that a finding shows can be pasted: it runs, does the same, and nothing is found."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

import pytest

from tests.gate.safety.projects import judged, project
from toolbox.databases import Throwaways

BEFORE = """
CREATE TABLE plans (id bigint PRIMARY KEY);
CREATE TABLE items (
    id bigint NOT NULL, name text, code text, "Odd Name" text, price integer,
    plan_id bigint
);
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id bigint PRIMARY KEY, total integer);
CREATE INDEX ix_items_code ON items (code);
"""
HEAD = "import sqlalchemy as sa\nfrom alembic import op\n\n\ndef upgrade():\n"
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "case"


def upgrade():
"""


@dataclass(frozen=True)
class Unsafe:
    """A statement, and the rule that it is found by."""

    rule: str
    statement: str


UNSAFE = {
    "index": Unsafe("blocking-index-build", "CREATE INDEX ix ON items (name, code)"),
    "unique index": Unsafe("blocking-index-build", "CREATE UNIQUE INDEX ix ON shop.orders (id)"),
    "partial index": Unsafe(
        "blocking-index-build", "CREATE INDEX ix ON items (lower(name)) WHERE code <> 'a'"
    ),
    "odd names": Unsafe(
        "blocking-index-build", """CREATE INDEX "An Index" ON items ("Odd Name")"""
    ),
    "rebuilt": Unsafe("blocking-index-build", "REINDEX INDEX ix_items_code"),
    "unique": Unsafe("blocking-index-build", "ALTER TABLE items ADD CONSTRAINT c UNIQUE (id)"),
    "primary key": Unsafe("blocking-index-build", "ALTER TABLE items ADD PRIMARY KEY (id)"),
    "check": Unsafe(
        "blocking-scan", "ALTER TABLE shop.orders ADD CONSTRAINT c CHECK (total IS NOT NULL)"
    ),
    "odd check": Unsafe(
        "blocking-scan", """ALTER TABLE items ADD CONSTRAINT "A c" CHECK ("Odd Name" <> '')"""
    ),
    "foreign key": Unsafe(
        "blocking-scan",
        "ALTER TABLE items ADD CONSTRAINT c FOREIGN KEY (plan_id) REFERENCES plans",
    ),
    "not null": Unsafe("blocking-scan", "ALTER TABLE items ALTER COLUMN name SET NOT NULL"),
    "concurrently": Unsafe(
        "concurrently-in-transaction", "CREATE INDEX CONCURRENTLY ix ON items (name)"
    ),
}


@pytest.mark.parametrize("unsafe", UNSAFE.values(), ids=UNSAFE)
def test_can_be_pasted(unsafe: Unsafe, databases: Throwaways, tmp_path: Path) -> None:
    """What is shown can be put in its place, and nothing is found of how it is done."""
    case = f"{HEAD}    op.execute({unsafe.statement!r})\n"
    found = judged(project(tmp_path / "unsafe", BEFORE, case), databases)
    remedies = [one.remedy for one in found if one.rule == unsafe.rule]
    assert remedies, found
    this, _, following = (remedies[0] or "").partition("# ... The old ones")
    made = project(tmp_path / "safe", BEFORE, HEAD + indent(this, "    "))
    if following:
        (tmp_path / "safe" / "migrations" / "versions" / "3_next.py").write_text(
            NEXT + indent("# ... The old ones" + following, "    ")
        )
    left = {one.rule: one.message for one in judged(made, databases, new={"case", "next"})}
    # What is wanted may itself be more than the previous app keeps to: no way spares that.
    assert set(left) <= {one.rule for one in found} & {"previous-write-fails"}, left
