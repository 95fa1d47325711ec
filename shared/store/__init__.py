"""The only SQL of the domain: one file per noun, tables beside their statements.

Rules: no function here commits; batch in, batch out; rows become domain values at the border.
SQLAlchemy Core declares the tables, and so the migrations; asyncpg runs every statement, because
bulk writes want arrays and `unnest`.
"""
