# What `concurrency` and `sample_data` know of ${r.spoken_plural}; pir.toml says what each entry means.
name = "${r.spoken_plural}"
openapi = "/openapi.json"

[health]
live = "GET /health/live"
ready = "GET /health/ready"

[accounts]
create = "POST /users"
body = { email = "{email}", password = "{password}", name = "{name}" }
me = "GET /users/me"
delete = "DELETE /users/me"

[login]
request = "POST /auth/token"
encoding = "form"
body = { grant_type = "password", username = "{email}", password = "{password}" }
token = "access_token"

[items]
create = "POST ${r.path}"
read = "GET ${r.path}/{id}"
update = "PATCH ${r.path}/{id}"
delete = "DELETE ${r.path}/{id}"
% if plan.body:
body = ${toml(plan.body)}
% endif
invalid = { no_such_member = true }
private = true

[items.fields]
id = "id"
nonce = "${plan.nonce.name}"
% if plan.mark:
mark = "${plan.mark}"
% endif
% if plan.unique:
unique = "${plan.unique.name}"
% endif
% if plan.counter:
counter = "${plan.counter.name}"
% endif
owner = "owner_id"
version = "version"
created = "created_at"
updated = "updated_at"
% for given in plan.given:

[items.given.${given.name}]
request = "${given.request}"
% if given.body:
body = ${toml(given.body)}
% endif
% endfor
% if plan.samples:

[items.samples]
% for name, values in plan.samples.items():
${name} = ${toml(values)}
% endfor
% endif

[pages]
request = "GET ${r.path}"
items = "${r.plural}"
size = "limit"
position = "cursor"
next = "next_cursor"
max_size = 1000
order = "order"
orders = [${", ".join(f'"{order}", "-{order}"' for order in ["created", *(field.name for field in r.ordered)])}]

[bulk]
create = "POST ${r.path}/bulk"
update = "PATCH ${r.path}"
items = "${r.plural}"
max_rows = 1000

[conditional]
stale = 412
delete = true

[idempotency]
header = "Idempotency-Key"

[headers]
worker = "x-worker"
request_id = "x-request-id"

[overload]
unreachable = "database cannot be reached"
