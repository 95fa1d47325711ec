"""The one `MetaData` of all tables, with a naming convention so that migrations are stable."""

from __future__ import annotations

from sqlalchemy import MetaData, Text

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

# Ids compare by code point on every machine, whatever the database's language: order decides which
# of two facts of one day counts, so it must not depend on a locale.
Key = Text(collation="C")
