"""The desk's door: every page of the people who review, in Django's admin."""
