"""Registers the desk's pages: Django imports this module, and each import here registers its ModelAdmins."""

from desk import access, associations, cases, claims, clocks, directory, journal, people

__all__ = ["access", "associations", "cases", "claims", "clocks", "directory", "journal", "people"]
