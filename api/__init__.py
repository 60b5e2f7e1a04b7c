"""The REST door of claims, under /api/v1/."""
