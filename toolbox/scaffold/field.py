"""A field of a resource, and how it is called in each place that has it."""

from dataclasses import dataclass

from toolbox.scaffold.kinds import KINDS, Filter, Kind
from toolbox.scaffold.words import camel, spoken, with_article

LENGTH = 200  # characters of a str
SHORTEST_UNIQUE = 8  # characters: room for a number
INTEGER = -(2**31), 2**31 - 1
LARGEST = 16_384  # bytes of an object, as Postgres writes it

# What the generated modules call something else, alone or after the resource's name.
TAKEN_TYPES = {
    *("Annotated", "Any", "AttributeChanges", "Attributes", "Body", "Callable", "Changes", "Day"),
    *("Decimal", "Field", "Key", "List", "Moment", "Name", "Order", "Page", "Query", "Select"),
    *("Self", "Text", "View"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """The table that a field refers to.

    Attributes:
        table: its name.
        model: the class of its rows.
        module: where that is.
        owner: the column that says whose a row is.
    """

    table: str
    model: str
    module: str
    owner: str

    @property
    def factory(self) -> str:
        """The function of tests/functional/factories.py that makes a row."""
        return f"make_{self.singular}"

    @property
    def singular(self) -> str:
        """What one row is called."""
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in self.model).lstrip("_")

    @property
    def is_users(self) -> bool:
        """Whether it is the table of those who log in."""
        return self.table == "users"


@dataclass(frozen=True, slots=True)
class Field:
    """A field, as `name:type[:unique][:optional][:index]` gives it.

    Attributes:
        name: of its column; that of a reference ends with `_id`.
        type: a key of KINDS.
        resource: the singular of what it is a field of.
        values: those of an enum.
        length: of a str, in characters.
        least: what an int is at the least, if that is said.
        most: what it is at the most.
        digits: of a decimal, in all.
        places: of a decimal, after the point.
        reference: of a foreign key.
    """

    name: str
    type: str
    resource: str
    unique: bool = False
    optional: bool = False
    index: bool = False
    values: tuple[str, ...] = ()
    length: int = LENGTH
    least: int | None = None
    most: int | None = None
    digits: int = 12
    places: int = 2
    reference: Reference | None = None

    @property
    def kind(self) -> Kind:
        """What its type means."""
        return KINDS[self.type]

    @property
    def spoken(self) -> str:
        """What prose calls it: a reference by what it refers to."""
        return spoken(self.singular_name)

    @property
    def singular_name(self) -> str:
        """The part of a function's name that it is: without the `_id` of a reference."""
        return self.name.removesuffix("_id") if self.reference else self.name

    @property
    def constant(self) -> str:
        """The name of a constant about it."""
        return self.singular_name.upper()

    @property
    def camel(self) -> str:
        """The part of a class's name that it is."""
        return camel(self.singular_name)

    @property
    def annotation(self) -> str:
        """What a row has in Python."""
        return f"{self.kind.python} | None" if self.optional else self.kind.python

    @property
    def column(self) -> str:
        """What stands in `mapped_column`."""
        if self.reference:
            goes = "SET NULL" if self.optional else "CASCADE"
            return f'ForeignKey("{self.reference.table}.id", ondelete="{goes}")'
        if self.type == "json" and self.optional:
            return "JSONB(none_as_null=True)"  # by default None would be the null of JSON
        return self.kind.column.format(self)

    @property
    def mapped(self) -> str:
        """The line that declares the column."""
        made = f" = mapped_column({self.column})" if self.column else ""
        return f"{self.name}: Mapped[{self.annotation}]{made}"

    @property
    def unique_columns(self) -> tuple[str, str]:
        """Of which no two rows have the same; the index of a reference's finds its rows too."""
        return (self.name, "owner_id") if self.reference else ("owner_id", self.name)

    def unique_name(self, table: str) -> str:
        """Return what the constraint is called which keeps it unique."""
        return f"uq_{table}_{'_'.join(self.unique_columns)}"

    @property
    def check(self) -> tuple[str, str] | None:
        """What the table checks of it, and the condition in SQL; None where the type suffices."""
        if self.type == "enum":
            values = ", ".join(f"'{value}'" for value in self.values)
            return "known", f"{self.name} IN ({values})"
        if self.type == "json":
            return "size", f"octet_length({self.name}::text) <= {LARGEST}"
        if self.least is not None and self.most is not None:
            return "in_bounds", f"{self.name} BETWEEN {self.least} AND {self.most}"
        if self.least is not None:
            return "in_bounds", f"{self.name} >= {self.least}"
        if self.most is not None:
            return "in_bounds", f"{self.name} <= {self.most}"
        return None

    @property
    def bounds(self) -> tuple[int, int]:
        """What an int is at the least and at the most."""
        least = INTEGER[0] if self.least is None else self.least
        return least, INTEGER[1] if self.most is None else self.most

    @property
    def recordset(self) -> str:
        """The SQLAlchemy type that a new row's JSON is read as."""
        return self.kind.recordset.format(self)

    @property
    def has_own_type(self) -> bool:
        """Whether its values are held to what none of the types for all resources says."""
        return not self.kind.query or (self.type == "str" and self.length != LENGTH)

    @property
    def own_type(self) -> str:
        """The name of the type that is made for it."""
        name = f"{self.camel}Value" if self.camel in TAKEN_TYPES else self.camel
        return f"{camel(self.resource)}{name}" if self.type == "enum" else name

    @property
    def query(self) -> str:
        """What a list's parameter has."""
        return self.own_type if self.has_own_type else self.kind.query

    @property
    def cursor(self) -> str:
        """What a cursor has: the value as it is, also where a body would have it without spaces."""
        return "Text" if self.type == "str" else self.query

    @property
    def plain_body(self) -> str:
        """What a request's body has, unless that is null."""
        if self.type == "int":
            return f"Annotated[{self.own_type}, JSON_NUMBER]"
        return self.own_type if self.has_own_type else self.kind.body

    @property
    def new(self) -> str:
        """The member of a new row's body."""
        if self.optional:
            return f"{self.name}: {self.plain_body} | None = None"
        return f"{self.name}: {self.plain_body}"

    @property
    def changed(self) -> str:
        """The member of a change's body."""
        body = "AttributeChanges" if self.type == "json" else self.plain_body
        if self.optional:
            return f"{self.name}: {body} | None = None"
        unused = self.kind.unused or f"lambda: {self.own_type}.{self.members[0][0]}"
        return f"{self.name}: {body} = Field(default_factory={unused})"

    @property
    def shown(self) -> str:
        """What an answer has."""
        python = self.own_type if self.type == "enum" else self.kind.python
        return f"{self.name}: {python} | None" if self.optional else f"{self.name}: {python}"

    @property
    def members(self) -> list[tuple[str, str]]:
        """Of an enum, what each value is called in Python, and the value."""
        return [(value.replace("-", "_").upper(), value) for value in self.values]

    @property
    def ordered(self) -> bool:
        """Whether a list can be read in its order: where an index serves it, and none is null.

        A page begins after a row, and nothing comes after null.
        """
        return (self.index or self.unique) and not self.optional and not self.reference

    @property
    def filters(self) -> list[tuple[str, str, str]]:
        """The parameters that narrow a list down: each with an operator and what it says."""
        more, less = ("later", "earlier") if "date" in self.type else ("more", "less")
        if self.kind.filter is Filter.EXACT:
            return [(self.name, "__eq__", f"`{self.name}` is exactly this")]
        if self.kind.filter is Filter.RANGE:
            return [
                (f"min_{self.name}", "__ge__", f"`{self.name}` is this or {more}"),
                (f"max_{self.name}", "__le__", f"`{self.name}` is this or {less}"),
            ]
        return []

    @property
    def a(self) -> str:
        """What prose calls one of it, with its article."""
        return with_article(self.spoken)
