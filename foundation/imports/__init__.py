"""Imports of files of rows: reads them, declares their columns, and upserts them in batches.

`sources` reads CSV and JSON Lines, `columns` says what a value may be, `rows` keeps account of every row,
`kinds` is one kind of file with its batches, `reference` writes the columns down. Knows no app's models.
"""
