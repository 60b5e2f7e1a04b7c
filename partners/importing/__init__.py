"""Imports partner organisations, locations and enrolments: what each kind of file holds."""
