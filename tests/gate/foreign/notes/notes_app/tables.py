"""Notes without an ORM."""

from sqlalchemy import Column, Integer, MetaData, Table, Text

metadata = MetaData(naming_convention={"pk": "%(table_name)s_key"})
notes = Table("notes", metadata, Column("id", Integer, primary_key=True), Column("body", Text))
