"""Taking in files of rows: reading them, declaring their columns, and upserting them in batches.

`sources` reads CSV and JSON Lines, `columns` says what a value may be, `rows` keeps account of every row,
`kinds` is one kind of file with its batches, `reference` writes the columns down. Knows no app's models.
"""
