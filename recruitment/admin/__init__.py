"""The admin site of suppliers, contracts and the order of sourcing, a file for each part."""

from . import contracts, decisions, orders_of_sourcing, suppliers

__all__ = ["contracts", "decisions", "orders_of_sourcing", "suppliers"]
