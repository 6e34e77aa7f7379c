"""Values of a field, as tests and profiles write them: good ones, and those to be refused."""

from toolbox.scaffold.field import INTEGER, SHORTEST_UNIQUE, Field
from toolbox.scaffold.words import capitalized

MANY = 9  # samples that a field has at the most


def in_json(field: Field, number: int) -> str:
    """Return the source of a value as a body has it: another one for each number from 1 to 9.

    Of truth values and enums there are fewer.
    """
    match field.type:
        case "bool":
            return str(number % 2 == 1)
        case "enum":
            return f'"{field.values[(number - 1) % len(field.values)]}"'
        case "int":
            least, most = field.bounds
            return str(least + (_before(field) + number - least) % (most - least + 1))
    return _text(field, str(number))


def numbered(field: Field, variable: str) -> str:
    """Return the source of the same value, where the number is a variable's."""
    if field.type == "int":
        return f"{_before(field)} + {variable}" if _before(field) else variable
    return f"f{_text(field, f'{{{variable}}}')}"


def _before(field: Field) -> int:
    """Return what the numbers of an int's samples are added to: 0, unless its bounds forbid it."""
    least, most = field.bounds
    if least > 1:
        return least - 1
    return max(least - 1, most - MANY) if most < MANY else 0


def is_short(field: Field) -> bool:
    """Tell whether a text has no room for the field's name, and a number of many digits."""
    return field.type == "str" and len(field.spoken) + SHORTEST_UNIQUE > field.length


def _text(field: Field, number: str) -> str:
    match field.type:
        case "str" | "text":
            return f'"{number}"' if is_short(field) else f'"{field.spoken} {number}"'
        case "json":
            return f'{{"note": "{field.spoken} {number}"}}'
        case "decimal":
            after = f".{'50'.ljust(field.places, '0')[: field.places]}" if field.places else ""
            return f'"{number}{after}"'
        case "date":
            return f'"2026-01-0{number}"'
        case "datetime":
            return f'"2026-01-0{number}T12:00:00Z"'
        case "uuid":
            return f'"00000000-0000-7000-8000-00000000000{number}"'
    raise LookupError(f"{field.type} has no samples")


def in_python(field: Field, number: int) -> str:
    """Return the source of the same value as a row has it."""
    match field.type:
        case "decimal":
            return f"Decimal({in_json(field, number)})"
        case "date":
            return f"date(2026, 1, {number})"
        case "datetime":
            return f"datetime(2026, 1, {number}, 12, tzinfo=UTC)"
        case "uuid":
            return f"UUID({in_json(field, number)})"
    return in_json(field, number)


UNIQUE = {
    "decimal": "Decimal(number)",
    "date": "date.fromordinal(700_000 + number)",
    "datetime": "datetime.fromtimestamp(number, UTC)",
    "uuid": "UUID(int=number)",
}


def in_a_row(field: Field) -> str:
    """Return the source of what a factory gives a column, where a unique one has a `number`."""
    if not field.unique:
        return in_python(field, 1)
    if field.type == "int":
        return _in_a_row(field)
    if is_short(field):
        return 'f"{number}"'
    return UNIQUE.get(field.type) or f'f"{capitalized(field.spoken)} {{number}}"'


def _in_a_row(field: Field) -> str:
    """Return the same of an int, which may have bounds: numbers of tests have none."""
    least, most = field.bounds
    if most < INTEGER[1]:
        return f"{least} + number % {most - least + 1}"
    return f"{least - 1} + number" if least > 1 else "number"


WRONG = {
    "str": ('" "', '"a\\x00b"', "1"),
    "text": ('"x" * 10_001', '"a\\x00b"', "1"),
    "int": ('"1"', "True", "1.5"),
    "decimal": ("1.5", '"1e2"', '"NaN"', '"1_0"'),
    "bool": ('"yes"', "1"),
    "date": ('"2026-02-30"', '"2026-01-01T00:00:00Z"', '"20260101"', "1"),
    "datetime": ('"2026-01-01"', '"2026-01-01T00:00:00"', "1"),
    "uuid": ('"none"', "1"),
    "enum": ('"none of them"', '""', "1"),
    "json": (
        '"none"',
        '["none"]',
        '{"a": {"b": 1}}',
        '{"a": None}',
        '{"a": "\\x00"}',
        '{"": 1}',
        "1",
    ),
    "fk": ('"none"', "1"),
}


def refused(field: Field) -> list[str]:
    """Return the sources of values that no body may have."""
    wrong = list(WRONG[field.type])
    if field.type == "str":
        wrong.append(f'"x" * {field.length + 1}')
    if field.type == "int":
        least, most = field.bounds
        wrong += [
            "-(2**31) - 1" if least == INTEGER[0] else str(least - 1),
            "2**31" if most == INTEGER[1] else str(most + 1),
        ]
    if field.type == "decimal":
        places = field.places + 1
        wrong += [f'"{"1" * (field.digits - field.places + 1)}"', f'"0.{"1" * places}"']
    return wrong if field.optional else [*wrong, "None"]
