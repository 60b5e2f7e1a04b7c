"""The demo's directory: the sample files, imported with their dates moved to the day of loading."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from cpor.directory import import_files
from foundation.kernel.actor import Actor

SAMPLES: Path = settings.BASE_DIR / "samples" / "directory"
SUBSCRIBED_FOR = timedelta(days=400)


def load_directory(*, today: date, actor: Actor, now: datetime) -> None:
    """Import the sample files as of `now`, with subscriptions older than a year and enrolments of this year and last.

    Raises RuntimeError if any row of a sample file is refused.
    """
    with TemporaryDirectory() as folder:
        paths = []
        for sample in sorted(SAMPLES.glob("*.jsonl")):
            path = Path(folder) / sample.name
            path.write_text("".join(_moved(sample, today)), encoding="utf-8")
            paths.append(path)
        outcomes = import_files(paths=paths, kind=None, as_of=now, dry_run=False, actor=actor, now=now)
    spoiled = [outcome.path.name for outcome in outcomes if outcome.result is None or outcome.result.refused]
    if spoiled:
        raise RuntimeError(f"the sample files {', '.join(spoiled)} were not imported completely")


def _moved(sample: Path, today: date) -> Iterator[str]:
    """Yield the sample's rows moved to `today`, with each enrolment also for the previous year."""
    for line in sample.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "starts_on" in row:
            row["starts_on"] = (today - SUBSCRIBED_FOR).isoformat()
        if "year" in row:
            yield json.dumps({**row, "year": today.year - 1}) + "\n"
            row["year"] = today.year
        yield json.dumps(row) + "\n"
