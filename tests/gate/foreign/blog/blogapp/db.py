"""A blog on an asynchronous engine, whose models are dataclasses."""

import datetime
import enum

from sqlalchemy import DateTime, Enum, Identity, func
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class State(enum.Enum):
    DRAFT = "draft"
    PUBLISHED = "published"


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True, init=False)
    title: Mapped[str]
    state: Mapped[State] = mapped_column(Enum(State, name="post_state"))
    written: Mapped[datetime.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), init=False
    )
