"""The table of ${r.spoken_plural}."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    event,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.columns import Dated, Identified
from api.database import Base

% for field in r.uniques:
UNIQUE_${field.constant} = "${field.unique_name(r.plural)}"
% endfor
% for field in r.objects:
${field.constant}_SIZE = "ck_${r.plural}_${field.name}_size"
% endfor
OWNER = "fk_${r.plural}_owner_id_users"
% for field in r.references:
${field.constant} = "fk_${r.plural}_${field.name}_${field.reference.table}"
% endfor


class ${r.model}(Identified, Dated, Base):
    """${docstring}"""

    __tablename__ = "${r.plural}"
    __table_args__ = (
% for field in r.uniques:
        UniqueConstraint(${", ".join(f'"{name}"' for name in field.unique_columns)}, name=UNIQUE_${field.constant}),
% endfor
% for field in r.checked:
        CheckConstraint("${field.check[1]}", name="${field.name}_${field.check[0]}"),
% endfor
        # Each serves the pages of one owner's ${r.spoken_plural} in an order that one may ask for${"; what is unique has its constraint's index" if r.uniques else ""}.
        Index("ix_${r.plural}_owner_id_id", "owner_id", "id"),
        Index("ix_${r.plural}_owner_id_updated_at_id", "owner_id", "updated_at", "id"),
% for field in r.indexed:
        Index("ix_${r.plural}_owner_id_${field.name}_id", "owner_id", "${field.name}", "id"),
% endfor
<% looked_for = [field for field in r.references if not field.unique] %>\
% if looked_for:
        # When a row is deleted, those that refer to it are looked for${"; what is unique has its constraint's index" if any(field.unique for field in r.references) else ""}.
% endif
% for field in looked_for:
        Index("ix_${r.plural}_${field.name}", "${field.name}"),
% endfor
    )

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
% for field in r.fields:
% if field.reference and field.optional:
    # It outlives its ${field.spoken}, and is then without one.
% elif field.reference:
    # It goes with its ${field.spoken}: without one it cannot be.
% endif
    ${field.mapped}
% endfor
    # Goes up with each change: what a client saw is what it changes (RFC 9110, section 13.1.1).
    version: Mapped[int] = mapped_column(server_default=${"literal_column" if "text" in [field.name for field in r.fields] else "text"}("1"))
% if losses:


# Postgres itself empties a reference when what it names goes. Whoever has read the row must learn of
# that as of any change, so it counts as a version. The revision that added it has the same text.
COUNT_LOSSES = [
% for statement in losses:
    """${"\\"}
${statement}""",
% endfor
]
for statement in COUNT_LOSSES:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(${r.model}.__table__, "after_create", ddl)
% endif
