"""Imports the customer directory from files: what each kind of file holds, and the service that imports one."""
