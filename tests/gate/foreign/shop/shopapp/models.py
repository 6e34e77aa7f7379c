"""A shop as many are: integer ids, no naming convention, two schemas, names from Flask's habits."""

import datetime
import decimal

from sqlalchemy import Column, ForeignKey, MetaData, Numeric, String, Table, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

metadata = MetaData()


class Model(DeclarativeBase):
    metadata = metadata


order_products = Table(
    "order_products",
    metadata,
    Column("order_id", ForeignKey("order.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", ForeignKey("product.id"), primary_key=True),
)


class Product(Model):
    __tablename__ = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(40), unique=True)
    price: Mapped[decimal.Decimal] = mapped_column(Numeric(10, 2))


class Order(Model):
    __tablename__ = "order"

    id: Mapped[int] = mapped_column(primary_key=True)
    placed_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    note: Mapped[str | None] = mapped_column(String(200), index=True)
    products: Mapped[list[Product]] = relationship(secondary=order_products)


class Invoice(Model):
    __tablename__ = "invoice"
    __table_args__ = ({"schema": "billing"},)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    paid: Mapped[bool] = mapped_column(default=False)
