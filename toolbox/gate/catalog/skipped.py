"""What of the catalogs is not compared, each with the reason: all else is.

A catalog or a column that a newer Postgres adds is in no list here, and so is compared.
"""

from types import MappingProxyType

OF_THE_CLUSTER = "it belongs to the whole cluster, whose databases share it"
MEASURED = "what ANALYZE, VACUUM or writing rows leaves there"
PHYSICAL = "where and how something is stored, which each database has its own way"
DATA = "data, and not what holds it"

CATALOGS = MappingProxyType(
    {
        "pg_authid": OF_THE_CLUSTER,
        "pg_auth_members": OF_THE_CLUSTER,
        "pg_largeobject": DATA,
        "pg_parameter_acl": OF_THE_CLUSTER,
        "pg_replication_origin": OF_THE_CLUSTER,
        "pg_shdepend": "it follows from the owners, the privileges and the policies",
        "pg_statistic": MEASURED,
        "pg_statistic_ext_data": MEASURED,
        "pg_tablespace": OF_THE_CLUSTER,
    }
)

COLUMNS = MappingProxyType(
    {
        "pg_attribute.attalign": "it follows from the type",
        "pg_attribute.attbyval": "it follows from the type",
        "pg_attribute.atthasdef": "it follows from pg_attrdef",
        "pg_attribute.atthasmissing": PHYSICAL,
        "pg_attribute.attcacheoff": PHYSICAL,
        "pg_attribute.attisdropped": "only columns that are there are read",
        "pg_attribute.attlen": "it follows from the type",
        "pg_attribute.attmissingval": PHYSICAL,
        "pg_attribute.attndims": "Postgres does not enforce it, and loses it in CREATE TABLE AS",
        "pg_attribute.attnum": "order is compared apart, as ADD COLUMN can only append",
        "pg_class.relallfrozen": MEASURED,
        "pg_class.relallvisible": MEASURED,
        "pg_class.relchecks": "it counts pg_constraint",
        "pg_class.relfilenode": PHYSICAL,
        "pg_class.relfrozenxid": MEASURED,
        "pg_class.relhasindex": "it may stay true when the last one is dropped",
        "pg_class.relhasrules": "it may stay true when the last one is dropped",
        "pg_class.relhassubclass": "it may stay true when the last one is dropped",
        "pg_class.relhastriggers": "it may stay true when the last one is dropped",
        "pg_class.relminmxid": MEASURED,
        "pg_class.relnatts": "it counts dropped columns too",
        "pg_class.relpages": MEASURED,
        "pg_class.relrewrite": PHYSICAL,
        "pg_class.reltoastrelid": "it stays when the column that needed it is dropped; its "
        "options are compared as the table's",
        "pg_class.reltuples": MEASURED,
        "pg_database.datallowconn": "of a throwaway database, not of the schema",
        "pg_database.datcollate": "a choice of CREATE DATABASE",
        "pg_database.datcollversion": "a choice of CREATE DATABASE",
        "pg_database.datctype": "a choice of CREATE DATABASE",
        "pg_database.datfrozenxid": MEASURED,
        "pg_database.dathasloginevt": "it follows from pg_event_trigger",
        "pg_database.daticulocale": "a choice of CREATE DATABASE",
        "pg_database.daticurules": "a choice of CREATE DATABASE",
        "pg_database.datistemplate": "of a throwaway database, not of the schema",
        "pg_database.datlastsysoid": PHYSICAL,
        "pg_database.datlocale": "a choice of CREATE DATABASE",
        "pg_database.datlocprovider": "a choice of CREATE DATABASE",
        "pg_database.datminmxid": MEASURED,
        "pg_database.datname": "of a throwaway database, not of the schema",
        "pg_database.encoding": "a choice of CREATE DATABASE",
        "pg_index.indcheckxmin": PHYSICAL,
        "pg_index.indnatts": "it counts indkey",
        "pg_proc.pronargdefaults": "it counts proargdefaults",
        "pg_proc.pronargs": "it counts proargtypes",
        "pg_subscription.subskiplsn": DATA,
        "pg_subscription_rel.srsublsn": DATA,
        "pg_subscription_rel.srsubstate": DATA,
        "pg_type.typarray": "the array type is compared itself",
        "pg_type.typrelid": "the relation is compared itself",
    }
)
