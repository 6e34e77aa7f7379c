async def make_${r.singular}(session: AsyncSession, owner: User, **columns: Any) -> ${r.model}:
    """Make ${r.a} of this owner."""
% for field in [field for field in r.required if field.reference]:
% if field.unique and field.reference.is_users:
    if "${field.name}" not in columns:
        columns["${field.name}"] = (await make_user(session)).id
% elif not field.reference.is_users:
    if "${field.name}" not in columns:
        columns["${field.name}"] = (await ${field.reference.factory}(session, owner)).id
% endif
% endfor
% if any(field.unique and not field.reference for field in r.required):
    number = next(_numbers)
% endif
    columns = {
        "owner_id": owner.id,
% for field in r.required:
% if not field.reference:
        "${field.name}": ${in_a_row(field)},
% elif field.reference.is_users and not field.unique:
        "${field.name}": owner.id,
% endif
% endfor
        **columns,
    }
    ${r.singular} = ${r.model}(**columns)
    session.add(${r.singular})
    await session.commit()
    return ${r.singular}
