"""Importing files of rows: reading them, declaring their columns, and upserting them in batches.

`sources` reads CSV and JSON Lines, `columns` defines the allowed values, `rows` counts the outcome of every row,
`kinds` defines a kind of file and its batches, `reference` documents the columns. It imports no app's models.
"""
