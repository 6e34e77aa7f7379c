"""What `new` is told: fields are read, and what cannot be is refused with what to write instead."""

from pathlib import Path

import pytest

from toolbox.scaffold import render
from toolbox.scaffold.field import Reference
from toolbox.scaffold.grammar import read
from toolbox.scaffold.kinds import KINDS
from toolbox.scaffold.names import Misnamed
from toolbox.scaffold.profile import plan
from toolbox.scaffold.words import looks_plural, plural, with_article

USERS = Reference("users", "User", "api.users.models", "id")
ORDERS = Reference("purchase_orders", "PurchaseOrder", "api.purchase_orders.models", "owner_id")
TABLES = {"users": USERS, "purchase_orders": ORDERS}
EVERY_TYPE = (
    *("a:str:unique", "b:text:optional", "c:int:index", "d:decimal=10,4:index", "e:bool:index"),
    *("f:date:index", "g:datetime:index", "h:uuid:unique", "i:enum=old,new:index", "j:fk=users"),
    "k:json",
)


class TestFields:
    def test_options(self) -> None:
        """A field has what is asked for, and a reference the column of an id."""
        made = read("invoice", ["number:str:unique:index", "customer:fk=users"], TABLES)
        number, customer = made.fields
        assert (number.name, number.unique, number.index, number.optional) == (
            *("number", True, True, False),
        )
        assert (customer.name, customer.reference) == ("customer_id", USERS)

    @pytest.mark.parametrize("said", ["state:enum=draft,well-sent", "state:enum=draft|well-sent"])
    def test_enum(self, said: str) -> None:
        """The values of an enum stand between commas, or between bars."""
        [state] = read("invoice", [said], TABLES).fields
        assert state.members == [("DRAFT", "draft"), ("WELL_SENT", "well-sent")]

    @pytest.mark.parametrize(
        ("said", "bounds", "check"),
        [
            ("n:int=0..100", (0, 100), "n BETWEEN 0 AND 100"),
            ("n:int=-5..", (-5, 2_147_483_647), "n >= -5"),
            ("n:int=..9", (-2_147_483_648, 9), "n <= 9"),
        ],
    )
    def test_bounds(self, said: str, bounds: tuple[int, int], check: str) -> None:
        """The bounds of an int are those of its body, and the table checks them."""
        [field] = read("invoice", [said], TABLES).fields
        assert (field.bounds, field.check) == (bounds, ("in_bounds", check))

    @pytest.mark.parametrize(
        ("said", "column"),
        [
            ("a:fk=users", 'ForeignKey("users.id", ondelete="CASCADE")'),
            ("a:fk=users:optional", 'ForeignKey("users.id", ondelete="SET NULL")'),
            ("a:str=40", "String(40)"),
            ("a:json", "JSONB"),
            ("a:json:optional", "JSONB(none_as_null=True)"),
        ],
    )
    def test_column(self, said: str, column: str) -> None:
        """What is optional outlives what it refers to; what is not goes with it."""
        assert read("invoice", [said, "own:str"], TABLES).fields[0].column == column

    def test_index_of_a_unique_reference(self) -> None:
        """It begins with the reference, so that it finds the rows of what is deleted, too."""
        made = read("invoice", ["a:fk=users:unique", "b:str:unique"], TABLES)
        names = [field.unique_name("invoices") for field in made.uniques]
        assert names == ["uq_invoices_a_id_owner_id", "uq_invoices_owner_id_b"]

    def test_id_of_a_reference(self) -> None:
        """Who writes the column's name means the same."""
        [_, customer] = read("invoice", ["number:str", "customer_id:fk=users"], TABLES).fields
        assert customer.name == "customer_id"

    def test_order_of_a_list(self) -> None:
        """A list is read in the order of what has an index and is never null."""
        made = read("invoice", ["a:str:unique", "b:int:index", "c:int:index:optional", "d:int"], {})
        assert [field.name for field in made.ordered] == ["a", "b"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "several", "message"),
        [
            ("class", None, "a word of Python's"),
            ("thing", "end", "a word of SQL's"),
            ("Invoice", None, "lower-case letters"),
            ("tax__rate", None, "lower-case letters"),
            ("2nd", None, "lower-case letters"),
            ("invoices", None, "name one of them"),
            ("sheep", "sheep", "--plural sheep_list"),
            ("bus", "class", "a word of Python's"),
            ("exception", None, "exception_entry"),
            ("class", None, "class_entry"),
            ("owner", None, "owner_entry"),
            ("data", None, "--plural data_entries"),
            ("lens", None, "--plural lenses"),
        ],
    )
    def test_name(self, name: str, several: str | None, message: str) -> None:
        """A resource has a name that its table, its class and its path can have."""
        with pytest.raises(Misnamed, match=message):
            read(name, ["number:str"], TABLES, several)

    @pytest.mark.parametrize(
        ("field", "message"),
        [
            ("id:uuid", "leave id out"),
            ("created_at:datetime", "leave created_at out"),
            ("version:int", "leave version out"),
            ("owner:fk=users", "leave owner_id out"),
            ("limit:int", "a word of SQL's"),
            ("cursor:str", "`invoice_cursor`"),
            ("metadata:text", "`invoice_metadata`"),
            ("model_name:str", "`invoice_model_name`"),
            ("date:date", "`invoice_date`"),
            ("from:date", "a word of Python's"),
            ("end:date", "a word of SQL's"),
            ("Number:str", "lower-case letters"),
            ("number", "`number:str`"),
            ("number:", "`number:str`"),
            ("number:string", "no type 'string'. Take number:str. There is: str, text"),
            ("number:jsonb", "no type 'jsonb'. Take number:json. There is: str, text"),
            ("number:float", "Take number:decimal"),
            ("customer:ref", "Take customer:fk=users"),
            ("price:decimal(12, 2)", "write price:decimal=12,2"),
            ("created:date", "leave created out"),
            ("owner:str", "leave owner out"),
            ("session:str", "`invoice_session`"),
            ("from_orm:str", "`invoice_from_orm`"),
            ("order:int", "`invoice_order`"),
            ("number:int=5", r"`number:int=0\.\.100`"),
            ("number:int=..", r"`number:int=0\.\.`"),
            ("number:int=5..6", "take bool or enum"),
            ("number:int=0..3000000000", "32 bits"),
            ("number:int=1..50:unique", "hardly a row"),
            ("code:str=0", "`code:str=40`"),
            ("code:str=201", "is a text"),
            ("code:str=7:unique", "8 characters at least"),
            ("price:decimal=4,2:unique", "four digits"),
            ("labels:json:unique", "gets a column"),
            ("labels:json:index", "gets a column"),
            ("state:enum=a-b,a_b", "would have one name"),
            ("number:str:uniq", "'uniq' is none of unique, optional, index"),
            ("number:str:unique:unique", "twice"),
            ("number:date=5", "takes nothing behind it"),
            ("notes:text:index", "take str"),
            ("paid:bool:unique", "a unique bool"),
            ("price:decimal=2", "decimal=12,2"),
            ("price:decimal=2,2", "decimal=12,2"),
            ("price:decimal=29,2", "decimal=12,2"),
            ("price:decimal=12,7", "decimal=12,2"),
            ("state:enum", "name its values"),
            ("state:enum=one", "name its values"),
            ("state:enum=one,one", "each once"),
            ("state:enum=One,two", "'One' cannot be a value"),
            ("state:enum=one,two:unique", "a unique enum"),
            ("customer:fk", "There is: purchase_orders, users"),
            ("customer:fk=clients", "no table 'clients'.*customer:fk=users"),
            ("order:fk=purchase_order", "Take order:fk=purchase_orders"),
            ("parent:fk=invoices", "by hand, and: nox -s revision"),
            ("customer:fk=users:index", "leave :index out"),
            (f"{'n' * 50}:str:unique", "Postgres would cut"),
            (f"{'n' * 40}:str", "more than 100 letters"),
        ],
    )
    def test_field(self, field: str, message: str) -> None:
        """What cannot be a field is named, with what to write instead."""
        with pytest.raises(Misnamed, match=message):
            read("invoice", [field, "own:str"], TABLES)

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            (["a:str", "a:int"], "both be called a"),
            (["a:int", "min_a:str"], "both be called min_a"),
            (["customer:fk=users"], "at least one field of its own"),
        ],
    )
    def test_together(self, fields: list[str], message: str) -> None:
        """Fields have names of their own, and so do the parameters that lists have for them."""
        with pytest.raises(Misnamed, match=message):
            read("invoice", fields, TABLES)


class TestWords:
    @pytest.mark.parametrize(
        ("one", "several"),
        [
            *(("invoice", "invoices"), ("category", "categories"), ("day", "days")),
            *(("box", "boxes"), ("address", "addresses"), ("branch", "branches")),
            *(("status", "statuses"), ("analysis", "analyses"), ("photo", "photos")),
            *(("person", "people"), ("child", "children"), ("human", "humans")),
            *(("purchase_order", "purchase_orders"), ("contact_person", "contact_people")),
        ],
    )
    def test_plural(self, one: str, several: str) -> None:
        """The rules of English, and the exceptions that one meets among resources."""
        assert plural(one) == several
        assert not looks_plural(one)
        assert looks_plural(several)

    @pytest.mark.parametrize(
        "said",
        [
            *("an invoice", "a purchase order", "a unit", "an uncle", "a one-way", "a user"),
            *("an hour", "a house", "an uninsured loss", "a uniform"),
        ],
    )
    def test_article(self, said: str) -> None:
        """An article goes by the sound."""
        _, name = said.split(maxsplit=1)
        assert with_article(name.replace(" ", "_")) == said


@pytest.mark.parametrize(
    "name", ["text", "update", "api_error", "change", "body", "select", "order"]
)
def test_no_name_has_two_meanings(name: str) -> None:
    """A resource whose class is called like what its modules import is refused, others are not."""
    resource = read(name, EVERY_TYPE, TABLES)
    if name == "order":
        assert render.files(resource)
    else:
        with pytest.raises(Misnamed, match="two meanings"):
            render.files(resource)


@pytest.mark.parametrize("field", ["text", "body", "name", "view", "day", "key", "page", "row"])
def test_field_like_a_type(field: str) -> None:
    """A field may be called like what the modules import: its own type then has another name."""
    assert render.files(read("invoice", [f"{field}:int", "at:datetime", "b:text"], TABLES))


def test_every_type_is_here() -> None:
    """The example above has every type that there is."""
    assert {field.split(":")[1].split("=")[0] for field in EVERY_TYPE} == set(KINDS)


class TestProfile:
    def test_asks_for_no_optional_reference(self, tmp_path: Path) -> None:
        """What may be left out is: nobody makes a row for it, or needs a profile that says how."""
        fields = ["name:str", "customer:fk=users", "order:fk=purchase_orders:optional"]
        made = plan(tmp_path, read("invoice", fields, TABLES))
        assert [given.name for given in made.given] == ["customer_id"]
