"""What autogenerate writes of what Alembic forgets, when the models of a copy were changed."""

import re

from tests.toolbox.checkouts import Checkout
from tests.toolbox.clusters import query

MODELS = "api/items/models.py"
CHECK = 'CheckConstraint("quantity >= 0", name="quantity_not_negative")'
COLUMN = "    name: Mapped[str] = mapped_column(String(200))\n"
MOODS = """\
class Mood(Identified, Base):
    __tablename__ = "moods"

    now: Mapped[str] = mapped_column(Enum("calm", "wild", name="mood"))
    before: Mapped[list[str]] = mapped_column(ARRAY(Enum("calm", "wild", name="mood")))
"""
TYPES = "SELECT typname::text FROM pg_type WHERE typtype = 'e'"
DEFINITION = """\
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE conname = 'ck_items_quantity_not_negative'"""


def written(checkout: Checkout) -> tuple[str, str]:
    """Write a revision and run it, down and up; return its upgrade and its downgrade."""
    assert checkout.alembic("upgrade", "head").returncode == 0
    done = checkout.alembic("revision", "--autogenerate", "-m", "A change")
    assert done.returncode == 0, done.stderr
    (path,) = checkout.root.glob("migrations/versions/*_a_change.py")
    upgraded = checkout.alembic("upgrade", "head")
    assert upgraded.returncode == 0, upgraded.stderr
    upgrade, downgrade = path.read_text().split("def downgrade")
    return upgrade, downgrade


def with_moods(checkout: Checkout, *values: str) -> None:
    """Let items have a mood in the models, of these values, and calm or wild in the database."""
    given = ", ".join(f'"{value}"' for value in values)
    column = f'    mood: Mapped[str | None] = mapped_column(Enum({given}, name="mood"))\n'
    checkout.edit(MODELS, "    DDL,\n", "    DDL,\n    Enum,\n")
    checkout.edit(MODELS, COLUMN, COLUMN + column)
    head = (checkout.root / "api/schema_revisions.txt").read_text().split()[-1]
    checkout.add_revision(
        "aaaa",
        head,
        """op.execute("CREATE TYPE mood AS ENUM ('calm', 'wild')")""",
        'op.execute("ALTER TABLE items ADD COLUMN mood mood")',
    )


def test_changed_check_and_default(checkout: Checkout, database: str) -> None:
    """A check of the same name and another text is replaced, and its rows are read outside of the
    transaction that locks the table; the downgrade brings the old one. So with a default."""
    checkout.edit(MODELS, CHECK, CHECK.replace(">= 0", ">= -1"))
    checkout.edit(MODELS, 'server_default=text("0")', 'server_default=text("7")')
    upgrade, downgrade = written(checkout)
    order = ["drop_constraint", "not_valid=True", "autocommit_block", "VALIDATE CONSTRAINT"]
    assert sorted(order, key=upgrade.index) == order
    assert query(database, DEFINITION) == [("CHECK ((quantity >= '-1'::integer))",)]
    assert 'server_default=sa.text("7")' in upgrade
    assert "(quantity >= 0)" in downgrade
    assert 'server_default=sa.text("0")' in downgrade
    assert checkout.alembic("downgrade", "-1").returncode == 0
    assert query(database, DEFINITION) == [("CHECK ((quantity >= 0))",)]


def test_check_written_differently(checkout: Checkout) -> None:
    """A check that only its author wrote differently is the same to Postgres, and to Alembic."""
    checkout.edit(MODELS, CHECK, CHECK.replace("quantity >= 0", "(Quantity>=0)"))
    assert checkout.alembic("upgrade", "head").returncode == 0
    assert "No new upgrade operations" in checkout.alembic("check").stdout


def test_values_added_to_an_enum(checkout: Checkout, database: str) -> None:
    """Each is added at its place, outside a transaction; the downgrade says that there is none."""
    with_moods(checkout, "odd :x", "calm", "so-so", "wild", "it's")
    upgrade, downgrade = written(checkout)
    assert upgrade.count("autocommit_block") == upgrade.count("ADD VALUE IF NOT EXISTS") == 3
    assert "raise NotImplementedError" in downgrade
    found = query(database, "SELECT unnest(enum_range(NULL::mood))::text")
    assert found == [("odd :x",), ("calm",), ("so-so",), ("wild",), ("it's",)]


def test_new_type(checkout: Checkout, database: str) -> None:
    """An enum that is new is made before the column that has it, and goes after it."""
    checkout.edit(MODELS, "    DDL,\n", "    DDL,\n    Enum,\n")
    mood = 'Mapped[str | None] = mapped_column(Enum("calm", "it\'s", name="mood"))\n'
    checkout.edit(MODELS, COLUMN, f"{COLUMN}    mood: {mood}    other_mood: {mood}")
    upgrade, downgrade = written(checkout)
    order = ["CREATE TYPE mood AS ENUM ('calm', 'it''s')", '"mood"', '"other_mood"']
    assert sorted(order, key=upgrade.index) == order
    assert downgrade.index("drop_column") < downgrade.index("DROP TYPE mood")
    assert checkout.alembic("downgrade", "-1").returncode == 0
    assert query(database, TYPES) == []
    assert checkout.alembic("upgrade", "head").returncode == 0
    assert query(database, TYPES) == [("mood",)]
    assert "No new upgrade operations" in checkout.alembic("check").stdout


def test_new_table_with_a_type(checkout: Checkout, database: str) -> None:
    """The type of a new table's column goes with the table when that is taken back."""
    checkout.edit(MODELS, "    DDL,\n", "    DDL,\n    ARRAY,\n    Enum,\n")
    model = checkout.root / MODELS
    model.write_text(f"{model.read_text()}\n\n{MOODS}")
    upgrade, _ = written(checkout)
    assert upgrade.count("CREATE TYPE mood") == 1
    assert upgrade.count("create_type=False") == 2
    assert checkout.alembic("downgrade", "-1").returncode == 0
    assert query(database, TYPES) == []
    assert checkout.alembic("upgrade", "head").returncode == 0


def test_type_out_of_use(checkout: Checkout, database: str) -> None:
    """A type whose last column goes is dropped after it, and made again before it comes back."""
    with_moods(checkout, "calm", "wild")
    model = checkout.root / MODELS
    model.write_text(re.sub("    mood: .*\n", "", model.read_text()))
    upgrade, downgrade = written(checkout)
    assert upgrade.index("drop_column") < upgrade.index("DROP TYPE mood")
    assert query(database, TYPES) == []
    assert downgrade.index("CREATE TYPE mood") < downgrade.index("add_column")
    assert checkout.alembic("downgrade", "-1").returncode == 0
    assert query(database, TYPES) == [("mood",)]


def test_value_that_an_enum_lost(checkout: Checkout) -> None:
    """What Postgres cannot do is said, and nothing is written for it."""
    with_moods(checkout, "calm")
    assert checkout.alembic("upgrade", "head").returncode == 0
    done = checkout.alembic("check")
    assert "The enum mood is ['calm', 'wild'] in the database" in done.stderr
    assert "No new upgrade operations" in done.stdout
