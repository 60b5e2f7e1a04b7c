"""A relay killed between handing a mail over and recording it loses nothing and repeats no effect.

Real processes use a database file of their own; their broker does not exist.
"""

import shutil
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from notifications.mailbox import MailFolder
from tests.platform.running import program

pytestmark = pytest.mark.processes

NO_BROKER = "redis://127.0.0.1:9/0"
AT, WITHIN_THE_LEASE, LATER = "2020-07-06T09:00:00Z", "2020-07-06T09:01:00Z", "2020-07-06T09:02:00Z"
FOLDER = f"{MailFolder.__module__}.{MailFolder.__qualname__}"


class Installation:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = 0

    def run(self, *command: str, backend: str = FOLDER) -> tuple[int, str]:
        """Run a command with this mail backend; return its exit code and output."""
        self.runs += 1
        environ = {
            "CPOR_DATA_DIR": str(self.folder),
            "CELERY_BROKER_URL": NO_BROKER,
            "DJANGO_SETTINGS_MODULE": "tests.foundation.journal.dying_settings",
            "DYING_EMAIL_BACKEND": backend,
        }
        with program([sys.executable, *command], environ, self.folder / f"run-{self.runs}.log") as started:
            return started.ended(), started.output()

    def sweep(self, at: str, backend: str = FOLDER) -> int:
        return self.run("manage.py", "sweep", "--now", at, backend=backend)[0]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.folder / "cpor.sqlite3")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def consent_delivery(self) -> tuple[object, ...]:
        [row] = self.rows(
            "SELECT d.state, d.attempts FROM journal_delivery d JOIN journal_event e ON e.id = d.event_id "
            "WHERE e.type = 'association.consent_requested'"
        )
        return row

    def windows_started(self) -> int:
        [[number]] = self.rows(
            "SELECT count(*) FROM journal_event WHERE type = 'association.consent_window_started'"
        )
        return int(str(number))

    def consent_mails(self) -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for path in (self.folder / "mails").glob("*.eml")
            if b"To: custana@contoso.com" in path.read_bytes()
        }


@pytest.fixture(scope="module")
def prepared(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an installation with an approved claim whose consent mail waits in the outbox."""
    made = Installation(shutil.copytree(migrated, tmp_path_factory.mktemp("prepared"), dirs_exist_ok=True))
    code, output = made.run(
        "manage.py", "shell", "-c", "from tests.foundation.journal.dying import prepare; prepare()"
    )
    assert code == 0, output
    return made.folder


@pytest.fixture
def installation(prepared: Path, tmp_path: Path) -> Installation:
    return Installation(Path(shutil.copytree(prepared, tmp_path / "installation")))


def test_claims_are_filed_without_a_broker_and_the_sweep_sends_the_mail(
    installation: Installation,
) -> None:
    before = installation.consent_mails()

    code = installation.sweep(AT)

    assert before == {}
    assert code == 0
    assert len(installation.consent_mails()) == 1
    assert installation.consent_delivery() == ("delivered", 1)


@pytest.mark.parametrize(("backend", "mails_left"), [("DiesAfterSending", 1), ("DiesBeforeSending", 0)])
def test_a_killed_relay_loses_no_mail_and_repeats_no_effect(
    installation: Installation, backend: str, mails_left: int
) -> None:
    killed = installation.sweep(AT, backend=f"tests.foundation.journal.dying.{backend}")
    left_behind = installation.consent_mails()
    after_the_kill = (installation.consent_delivery(), installation.windows_started())

    within_the_lease = installation.sweep(WITHIN_THE_LEASE)
    held = installation.consent_delivery()
    later = installation.sweep(LATER)
    again = installation.sweep(LATER)

    assert killed == -signal.SIGKILL
    assert len(left_behind) == mails_left
    assert after_the_kill == (("pending", 1), 0)
    assert (within_the_lease, later, again) == (0, 0, 0)
    assert held == ("pending", 1)
    assert installation.consent_delivery() == ("delivered", 2)
    assert installation.windows_started() == 1
    mails = installation.consent_mails()
    assert len(mails) == 1
    assert left_behind.items() <= mails.items()
