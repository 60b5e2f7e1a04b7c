"""docs/directory-import.md: how to import directory files, and the columns of every kind."""

from cpor.directory import KINDS
from foundation.imports.reference import columns_of

INTRODUCTION = """\
# Directory import

`manage.py import_directory FILE... [--dry-run] [--kind KIND] [--as-of TIME] [--correct REASON] [--report FILE]` imports
customers, products and partners. `samples/directory/` contains samples of every kind of file.

## Files

- **CSV** (`.csv`): UTF-8 with or without byte order mark, or UTF-16 with one (what Excel calls Unicode text).
  Separate the values with commas, semicolons or tabs; a line `sep=;` before the header can say which. Put a
  value that contains the separator, or a list in a file with semicolons, in double quotes. Lines end with
  LF, CR LF or CR. The first row has the column names, in any order, in upper or lower case, with `_`, hyphens or
  blanks between their words. Separate the values of a list with semicolons.
- **JSON Lines** (`.jsonl`, `.ndjson`): UTF-8, one object per line with the same names. Lists are JSON
  lists; `null` is an empty value.
- The kind of a file is the first word of its name (`tenants.csv`, `subscriptions-2026-11.jsonl`), or
  the value of `--kind`.
- Files are imported in the order of the sections below, whatever their order on the command line, since
  later kinds refer to earlier ones.
- Each file is one transaction: either all its rows are imported, except refused ones, or none. In the embedded
  mode a file is first read to its end, then stored in many short transactions, so that others can write in between; an
  import that is broken off there is completed by importing the file again.

## Rows

- Every row is *created*, *updated*, *unchanged*, *older* or *refused*. The five counts add up to the rows of the
  file. Blank lines, rows of empty values and empty columns behind the last one, which spreadsheets leave
  behind, do not count; nor does Ctrl-Z at the end.
- A refused row changes nothing and does not stop the others. Each fault is reported with line, column,
  value and reason. The screen shows the first twenty faults of a file; `--report FILE` writes all faults
  of all files as CSV (with an apostrophe before a value that a spreadsheet would read as a formula).
- A row is matched to its stored version by its key. Only differences are written, so importing a file
  twice changes nothing.
- If a file has the same key twice, the first valid row counts. A later row is *unchanged* if its values
  are the same, and refused otherwise. Across several files, the last one counts.
- An optional column can be absent, which keeps the stored values, or empty, which clears them (an empty
  flag also keeps them). A required column must be present and filled.
- Rows that a file does not contain stay as they are: a missing row ends nothing.
- Everything that a row refers to (a tenant, product, organisation or location) must be stored already or
  come in an earlier file.

## Unreadable files

A file is unreadable if it is neither UTF-8 nor UTF-16, contains zero bytes, is a compressed, Excel or PDF file, is
empty, has an unknown kind or file type, has missing, unknown or repeated CSV columns, has quotation
marks that do not match, has a line of more than 1,000,000 bytes, or ends in the middle of a line.
The last line needs no line break if its last value could not have gone on (a date, a country, a GUID, `true`);
after a name, an MPN, a code or a list it does, since nothing else shows that the value is whole. An unreadable file
changes nothing and is reported with one sentence that names file and line; the other files on the
command line are still imported. In JSON Lines, a missing or unknown column refuses only its row. A CSV
file that was cut off exactly between two rows looks like a shorter file and is imported.

## Effects

- `--as-of` is the time that the files describe (ISO 8601; UTC without an offset; default: now). Every
  import stores it, even if nothing changed. Pages and API show the newest one as the time of all
  information about customers.
- Every row keeps the as-of time of what it says, and an older statement never changes a newer one: a file
  that arrives late, or is imported by mistake, counts such rows as *older*. `--correct REASON` goes back
  all the same; the reason is in the journal.
- A row of `enrolments` with `ended` ends the enrolment from the next check on; claims that were submitted
  before stay as they are.
- If a stored subscription ends (`expired`, `disabled`, `deleted`), the claims on it end; if it is
  suspended, they are flagged. Both happen once, right after the import. A subscription that is new and
  has already ended has no effect.
- `--dry-run` does and reports everything, then undoes it; later files see the rows of earlier ones.

| Exit code | Meaning |
|---|---|
| 0 | every row was imported |
| 1 | rows were refused |
| 2 | a file could not be read, or the command line is wrong; other files may have been imported |

## Columns
"""


def render() -> str:
    return f"{INTRODUCTION}\n{columns_of(KINDS.values())}\n"
