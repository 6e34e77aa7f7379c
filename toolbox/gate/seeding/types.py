"""Values of every type, also of those that are made of others."""

from toolbox.gate.seeding.catalog import Oid, Type, substitute
from toolbox.gate.seeding.scalars import of_scalar
from toolbox.gate.seeding.values import Hints, Values, literals


def of_type(
    oid: Oid, typmod: int, shown: str, types: dict[Oid, Type], hints: Hints | None = None
) -> Values:
    """Return values of a type, with what conditions on them hint at.

    Args:
        oid: the type.
        typmod: its modifier, such as a length; -1 where it has none.
        shown: the type with its modifier, as SQL writes it.
        types: all types.
        hints: what the conditions on the column hint at.
    """
    this = types[oid]
    if this.kind == "d":
        return of_type(this.base, this.base_typmod, this.base_shown, types, hints)
    if this.element and this.name.startswith("_"):
        inner = of_type(this.element, typmod, shown.removesuffix("[]"), types, hints)
        return _array(inner, shown, hints)
    match this.kind:
        case "e":
            found = Values([], literals(this.labels, shown))
        case "c":
            found = _composite(this, types)
        case "r":
            found = _range(this, types)
        case "m":
            found = _multirange(this, types)
        case _:
            found = of_scalar(this.name, typmod, shown, hints or Hints())
    return found


def _composite(this: Type, types: dict[Oid, Type]) -> Values:
    parts = [of_type(oid, typmod, shown, types) for oid, typmod, shown in this.fields]
    series = [(each.series or each.pool or ["NULL"])[0] for each in parts]
    pool = [(each.pool or each.series or ["NULL"])[0] for each in parts]
    return Values(
        [f"ROW({', '.join(series)})::{this.shown}"], [f"ROW({', '.join(pool)})::{this.shown}"]
    )


def _range(this: Type, types: dict[Oid, Type]) -> Values:
    below = types[this.subtype]
    inner = of_type(this.subtype, -1, below.shown, types)
    pool = literals(["empty"], this.shown)
    if not inner.series:
        return Values([], pool)
    is_text = below.name in {"text", "varchar"}
    low = "lpad(i::text, 20, '0')" if is_text else inner.series[0]
    high = substitute(low, "i", "(i + 1)")
    return Values([f"{this.shown}({low}, {high})"], pool)


def _multirange(this: Type, types: dict[Oid, Type]) -> Values:
    ranges = of_type(this.subtype, -1, types[this.subtype].shown, types)
    return Values(
        [f"{this.shown}({each})" for each in ranges.series],
        [f"{this.shown}({each})" for each in ranges.pool],
    )


def _array(inner: Values, shown: str, hints: Hints | None) -> Values:
    given = [*inner.pool, *inner.series[:1]]
    several = [given[:2], given] if len(given) > 1 else []
    pool = [f"'{{}}'::{shown}", *(f"ARRAY[{each}]::{shown}" for each in inner.pool)]
    pool += [f"ARRAY[{', '.join(each)}]::{shown}" for each in several]
    if hints is not None and given:
        sizes = [size for size in hints.lengths() if size <= 100]
        pool += [f"array_fill({given[0]}, ARRAY[{size}])::{shown}" for size in sizes]
    return Values([f"ARRAY[{each}]::{shown}" for each in inner.series], pool)
