"""A resource to be written, and every name that is made of its own."""

from dataclasses import dataclass

from toolbox.scaffold.field import Field
from toolbox.scaffold.kinds import KINDS
from toolbox.scaffold.words import camel, spoken, with_article


@dataclass(frozen=True, slots=True)
class Resource:
    """What somebody owns any number of: `purchase_order`, `purchase_orders`, and its fields."""

    singular: str
    plural: str
    fields: tuple[Field, ...]

    @property
    def model(self) -> str:
        """The class of its rows."""
        return camel(self.singular)

    @property
    def models(self) -> str:
        """What a class's name has that is about several."""
        return camel(self.plural)

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/{self.plural.replace('_', '-')}"

    @property
    def id_name(self) -> str:
        """The parameter that names one of them."""
        return f"{self.singular}_id"

    @property
    def one_path(self) -> str:
        """Where the API has one of them."""
        return f"{self.path}/{{{self.id_name}}}"

    @property
    def spoken(self) -> str:
        """What prose calls one."""
        return spoken(self.singular)

    @property
    def spoken_plural(self) -> str:
        """What prose calls several."""
        return spoken(self.plural)

    @property
    def a(self) -> str:
        """What prose calls one of them, with its article."""
        return with_article(self.singular)

    @property
    def uniques(self) -> list[Field]:
        """The fields of which no two of an owner's rows have the same value."""
        return [field for field in self.fields if field.unique]

    @property
    def plain_uniques(self) -> list[Field]:
        """Those of them whose values are made up, and not another row's id."""
        return [field for field in self.uniques if not field.reference]

    @property
    def references(self) -> list[Field]:
        """The fields that refer to other tables."""
        return [field for field in self.fields if field.reference]

    @property
    def may_be_lost(self) -> list[Field]:
        """The references that are emptied when what they refer to goes."""
        return [field for field in self.references if field.optional]

    @property
    def checked(self) -> list[Field]:
        """The fields of which the table checks something."""
        return [field for field in self.fields if field.check]

    @property
    def objects(self) -> list[Field]:
        """The fields with attributes of a row's own."""
        return [field for field in self.fields if field.type == "json"]

    @property
    def enums(self) -> list[Field]:
        """The fields with one of a few values."""
        return [field for field in self.fields if field.type == "enum"]

    @property
    def ordered(self) -> list[Field]:
        """The fields in whose order a list can be read."""
        return [field for field in self.fields if field.ordered]

    @property
    def required(self) -> list[Field]:
        """The fields that a new row must have."""
        return [field for field in self.fields if not field.optional]

    @property
    def own_types(self) -> list[Field]:
        """The fields that get a type of their own, but for enums, which are classes."""
        return [field for field in self.fields if field.has_own_type and field.type != "enum"]

    @property
    def indexed(self) -> list[Field]:
        """The fields with an index of their own."""
        return [field for field in self.fields if field.index and not field.reference]

    @property
    def made_for_each(self) -> list[Field]:
        """The references that each new row must have, and no two the same: a row is made for it."""
        return [
            field
            for field in self.required
            if field.unique and field.reference and not field.reference.is_users
        ]

    @property
    def is_one_for_each(self) -> bool:
        """Whether an owner has one at most: it refers to a user, and reaches no other."""
        return any(
            field.unique and field.reference and field.reference.is_users for field in self.required
        )

    @property
    def varied(self) -> Field:
        """The field by which tests tell whether a row was changed: a plain one, if there is any."""
        by_choice = sorted(
            (field for field in self.fields if not field.reference),
            key=lambda field: (field.unique, field.optional, [*KINDS].index(field.type)),
        )
        return by_choice[0]
