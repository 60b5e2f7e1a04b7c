"""Rows of the database as a partner reads them: plain values for templates, nothing about anyone else."""
