"""The table of ${r.spoken_plural}."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from api.columns import Dated, Identified
from api.database import Base

% for field in r.uniques:
UNIQUE_${field.constant} = "uq_${r.plural}_owner_id_${field.name}"
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
        UniqueConstraint("owner_id", "${field.name}", name=UNIQUE_${field.constant}),
% endfor
% for field in r.enums:
        CheckConstraint(
            "${field.name} IN (${", ".join(f"'{value}'" for value in field.values)})", name="${field.name}_known"
        ),
% endfor
        # Each serves the pages of one owner's ${r.spoken_plural} in an order that one may ask for${"; what is unique has its constraint's index" if r.uniques else ""}.
        Index("ix_${r.plural}_owner_id_id", "owner_id", "id"),
        Index("ix_${r.plural}_owner_id_updated_at_id", "owner_id", "updated_at", "id"),
% for field in r.indexed:
        Index("ix_${r.plural}_owner_id_${field.name}_id", "owner_id", "${field.name}", "id"),
% endfor
% if r.references:
        # When a row is deleted, those that refer to it are looked for.
% endif
% for field in r.references:
        Index("ix_${r.plural}_${field.name}", "${field.name}"),
% endfor
    )

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
% for field in r.fields:
% if field.reference:
    # It goes with its ${field.spoken}: without one it cannot be.
% endif
    ${field.mapped}
% endfor
    # Goes up with each change: what a client saw is what it changes (RFC 9110, section 13.1.1).
    version: Mapped[int] = mapped_column(server_default=text("1"))
