"""Values of the types that are not made of others, as SQL.

`series` differ for each row, a `pool` has awkward ones. A series speaks of the row's number as `i`,
which is 1 or more. The numbers of the pools are larger than what the next narrower type holds, and
far from what their own ends at: so a column that is made narrower meets them, and a sound
computation does not overflow.
"""

from toolbox.gate.seeding.catalog import literal
from toolbox.gate.seeding.values import Hints, Values, literals

LONG = 600  # characters of a text that has no limit

NUMBERS = {
    "int2": ("((i - 1) % 32767 + 1)::int2", ["0", "1", "-1", "300", "-300"]),
    "int4": ("((i - 1) % 2147483647 + 1)::int4", ["0", "1", "-1", "2", "40000", "-40000"]),
    "int8": ("i::int8", ["0", "1", "-1", "5000000000", "-5000000000"]),
    "float4": ("i::float4", ["0", "-1.5", "0.1", "100000"]),
    "float8": ("i::float8", ["0", "-1.5", "0.1", "10000000000"]),
    "money": ("i::numeric::money", ["0", "-1", "1000000"]),
    "oid": ("i::oid", ["0", "16384"]),
}

DAYS = ["2000-02-29", "2024-02-29", "1900-01-01", "1999-12-31", "2038-01-19", "2999-12-31"]
MOMENTS = [
    "2000-02-29 23:59:59.999999+00",
    "2024-03-31 02:30:00+01",
    "1900-01-01 00:00:00+00",
    "2038-01-19 03:14:08+00",
    "2999-12-31 23:59:59+00",
]
MOMENT = "(timestamptz '2001-01-01 00:00:00+00' + i * interval '1 minute')"

# By the name of the type in pg_catalog or an extension.
OTHERS: dict[str, tuple[list[str], list[str]]] = {
    "bool": ([], ["true", "false"]),
    "uuid": (["md5(i::text)::uuid"], ["00000000-0000-0000-0000-000000000000"]),
    "date": (
        ["(date '2001-01-01' + (i % 300000)::int)", "(date '2401-01-01' + (i % 300000)::int)"],
        DAYS,
    ),
    "timestamptz": ([MOMENT, f"({MOMENT} + interval '1 day')"], MOMENTS),
    "timestamp": (
        [f"({MOMENT} AT TIME ZONE 'UTC')", f"({MOMENT} AT TIME ZONE 'UTC' + interval '1 day')"],
        MOMENTS,
    ),
    "time": (["(time '00:00' + i * interval '1 second')"], ["00:00", "23:59:59.999999"]),
    "timetz": ([], ["00:00+00", "23:59:59+14"]),
    "interval": (["(i * interval '1 second')"], ["0", "1 month", "-1 day", "1 year 2 days 03:04"]),
    "bytea": (["decode(lpad(to_hex(i), 16, '0'), 'hex')"], ["", "\\x00", "\\xff00"]),
    "json": (["json_build_object('n', i)"], ["{}", '{"a": {"b": [1, null]}}']),
    "jsonb": (["jsonb_build_object('n', i)"], ["{}", '{"a": {"b": [1, null]}}']),
    "inet": (["(inet '10.0.0.0' + i)"], ["::1", "192.168.0.1/24"]),
    "cidr": (["(host(inet '10.0.0.0' + i))::cidr"], ["::/0", "10.0.0.0/8"]),
    "macaddr": (["lpad(to_hex(i), 12, '0')::macaddr"], ["ff:ff:ff:ff:ff:ff"]),
    "macaddr8": (["lpad(to_hex(i), 16, '0')::macaddr8"], ["ff:ff:ff:ff:ff:ff:ff:ff"]),
    "tsvector": (["to_tsvector('simple', 'word' || i)"], ["", "'a':1 'b':2"]),
    "tsquery": (["to_tsquery('simple', 'word' || i)"], ["a & b"]),
    "point": (["point(i, -i)"], ["(0,0)"]),
    "line": (["line(point(0, 0), point(1, i))"], ["{1,2,3}"]),
    "lseg": (["lseg(point(0, 0), point(i, i))"], ["[(0,0),(1,1)]"]),
    "box": (["box(point(i * 2, 0), point(i * 2 + 1, 1))"], ["(1,1),(0,0)"]),
    "path": (["('[(0,0),(1,' || i || ')]')::path"], ["((0,0),(1,1),(2,0))"]),
    "polygon": (["('((0,0),(1,' || i || '),(2,0))')::polygon"], ["((0,0),(1,1),(2,0))"]),
    "circle": (["circle(point(i * 3, 0), 1)"], ["<(0,0),1>"]),
    "pg_lsn": (["('0/' || to_hex(i % 4294967295))::pg_lsn"], ["0/0"]),
    "xid8": (["i::text::xid8"], ["0"]),
    "tid": ([], ["(0,1)"]),
    "char": ([], ["a", ""]),
    "jsonpath": ([], ["$.a", "$"]),
    "xml": (["('<n>' || i || '</n>')::xml"], ["<a/>"]),
    "regclass": ([], ["pg_class"]),
    "regtype": ([], ["int4"]),
    "regproc": ([], ["now"]),
    "regconfig": ([], ["simple"]),
    "hstore": (["('n=>' || i)::{type}"], ["", "a=>NULL"]),
    "ltree": (["('top.n' || i)::{type}"], ["a", "a.b"]),
    "cube": (["('(' || i || ')')::{type}"], ["(1,2),(3,4)"]),
    "seg": (["i::text::{type}"], ["1 .. 2"]),
    "geometry": (["('POINT(' || i % 180 || ' 0)')::{type}"], ["POINT(0 0)"]),
    "geography": (["('POINT(' || i % 180 || ' 0)')::{type}"], ["POINT(0 0)"]),
}

# What a type that nobody knows here may be written like.
GUESSES = ["1", "a", "", "0", "(1)", "(1,2)", "[1,2]", "{}", "a.b", "a=>1", "POINT(0 0)", "<a/>"]

# The second of these has pairs that differ in their case alone.
SERIES_OF_TEXT = [
    "'value-' || i",
    "CASE i % 2 WHEN 0 THEN 'value ' || i / 2 ELSE 'VALUE ' || i / 2 END",
]

TEXTS = ["", " ", "a", "A", " a ", "Ünïcode ✓", "it's", "null", "0", "a@b.example", "x " * LONG]


def of_scalar(name: str, typmod: int, shown: str, hints: Hints) -> Values:
    """Return values of a type that Postgres or an extension brings, by its name."""
    match name:
        case "text" | "varchar" | "bpchar" | "citext" | "name":
            return _text(name, typmod, shown, hints)
        case "numeric":
            return _numeric(typmod, shown, hints)
        case "bit" | "varbit":
            return _bits(typmod if typmod > 0 else 16, shown)
        case "vector" | "halfvec":
            return _vector(typmod if typmod > 0 else 3, shown)
    if name in NUMBERS:
        return _number(name, shown, hints)
    series, pool = OTHERS.get(name, ([], GUESSES))
    found = Values(
        [each.replace("{type}", shown) for each in series],
        literals([*pool, *_others(name, shown, hints)], shown),
    )
    if name == "bytea":
        sizes = [size for size in hints.lengths() if size <= 1024]
        found.series += [f"decode(lpad(to_hex(i), {size * 2}, '0'), 'hex')" for size in sizes]
    return found


def _others(name: str, shown: str, hints: Hints) -> list[str]:
    """Return what conditions hint at, for types that are neither text nor number."""
    if name not in {"json", "jsonb"}:
        return hints.of_type(shown)
    words = [word.replace('"', "") for word in hints.strings if "{" not in word]
    numbers = ", ".join(f'"{word}": {at + 1}' for at, word in enumerate(words))
    texts = ", ".join(f'"{word}": "{word}"' for word in words)
    more = [f'{{"{word}": {value}}}' for word in words for value in ('"a"', "1", "[]", "{}")]
    kinds = ["[]", "[1]", '"a"', "1", "true", "null"] if hints.has_conditions else []
    return [f"{{{numbers}}}", f"{{{texts}}}", *more, *kinds] if words else kinds


def _number(name: str, shown: str, hints: Hints) -> Values:
    near = [each for number in hints.numbers for each in _around(number, whole="int" in name)]
    series, pool = NUMBERS[name]
    more = [f"-({series})"] if hints.has_conditions and name != "oid" else []
    return Values([series, *more], literals(list(dict.fromkeys([*pool, *near])), shown))


def _numeric(typmod: int, shown: str, hints: Hints) -> Values:
    near = [each for number in hints.numbers for each in _around(number, whole=False)]
    if typmod == -1:
        plain = ["0", "1", "-1", "0.1", "1000000000000.123456", *near]
        return Values(["i::numeric", "(i / 100.0)"], literals(plain, shown))
    precision, scale = (typmod - 4) >> 16 & 0xFFFF, (typmod - 4) & 0x7FF
    scale = scale - 2048 if scale & 0x400 else scale
    digits = precision - scale
    series = [f"((i % 10::numeric ^ {min(precision, 18)}) / 10::numeric ^ {scale})::{shown}"]
    if digits > 1:
        series.append(f"(i % 10::numeric ^ {min(digits, 18)})::{shown}")
    largest = "9" * max(digits - 1, 1) if digits > 0 else "0"
    fits = [n for n in near if len(n.lstrip("-").split(".")[0].lstrip("0")) <= max(digits, 0)]
    pool = ["0", *(["1", "-1", largest, f"-{largest}"] if digits > 0 else []), *fits]
    return Values(series, literals(list(dict.fromkeys(pool)), shown))


def _around(number: str, *, whole: bool) -> list[str]:
    """Return a number and its neighbours."""
    value = float(number)
    if value.is_integer() and abs(value) < 1e15:
        return [str(int(value) + step) for step in (-1, 0, 1)]
    return [str(int(value)), str(int(value) + 1)] if whole else [number]


def _bits(size: int, shown: str) -> Values:
    series = f"(i::bit({min(size, 64)}))::{shown}"
    return Values([series], literals(["0" * size, "1" * size], shown))


def _vector(size: int, shown: str) -> Values:
    rest = ",0" * (size - 1)
    return Values(
        [f"('[' || i || '{rest}]')::{shown}"], literals([f"[{','.join('1' * size)}]"], shown)
    )


def _text(name: str, typmod: int, shown: str, hints: Hints) -> Values:
    limit = typmod - 4 if typmod > 4 else 63 if name == "name" else None
    pool = [text[:limit] for text in TEXTS] + (["x" * limit] if limit else [])
    series = [_short(limit)] if limit and limit < 16 else [*SERIES_OF_TEXT]
    if hints.has_conditions:
        sizes = [size for size in hints.lengths() if limit is None or size <= limit]
        series += _formats(limit) + [_short(size) for size in sizes]
        pool += [letter * size for size in sizes for letter in "xX"]
    pool += [text for text in hints.strings if limit is None or len(text) <= limit]
    matches = [literal(text) for text in hints.matches if limit is None or len(text) <= limit]
    if matches:
        series.append(f"(ARRAY[{', '.join(matches)}])[1 + i % {len(matches)}]")
    return Values(
        [f"({each})::{shown}" for each in series], literals(list(dict.fromkeys(pool)), shown)
    )


def _short(size: int) -> str:
    """Return a series of strings of this length: hexadecimal, or letters where it is short."""
    if size <= 4:
        letters = [f"chr(97 + ((i - 1) / {26**at} % 26)::int)" for at in range(size)]
        return " || ".join(reversed(letters))
    return f"lpad(to_hex(i % {16 ** min(size, 15)}), {size}, '0')"


def _formats(limit: int | None) -> list[str]:
    """Return series of strings as people like to demand them."""
    letters = "translate(i::text, '0123456789', 'abcdefghij')"
    found = [
        letters,
        f"upper({letters})",
        f"initcap({letters})",
        "i::text",
        "'value-' || i",
        "'user' || i || '@mail.example'",
        "'https://www.example/' || i",
        "'+' || (1000000000 + i)::text",
        "md5(i::text)",
    ]
    return found if limit is None or limit >= 30 else found[:5]
