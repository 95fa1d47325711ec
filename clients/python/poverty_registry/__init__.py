"""A client of the Poverty Registry: typed questions, retries, pages, the feed, webhooks.

with Registry("http://localhost:8000") as registry:
    registry.get_household("LS-06091-000123", as_of="2024-01-01")["status"]
"""

from poverty_registry.asynchronous import AsyncRegistry
from poverty_registry.calls import Call, RegistryError
from poverty_registry.synchronous import Registry
from poverty_registry.webhooks import WrongSignature, verify

__all__ = ["AsyncRegistry", "Call", "Registry", "RegistryError", "WrongSignature", "verify"]
