"""PostgreSQL as Django speaks to it, but for emptying the tables after a test that commits: history refuses that."""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations as Operations


class DatabaseOperations(Operations):
    def sql_flush(self, *args: Any, **kwargs: Any) -> list[str]:
        """Return the statements that empty the tables, as their owner could: without triggers."""
        emptying = super().sql_flush(*args, **kwargs)
        return ["SET LOCAL session_replication_role = replica", *emptying] if emptying else []


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
