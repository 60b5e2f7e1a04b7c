"""The embedded mode creates everything it needs, below one folder."""

import os
import re
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from cpor.variables import VARIABLES
from foundation.kernel.rulebook import Rulebook
from tests.settings import NAMES, PREFIXES

ROOT = Path(__file__).resolve().parents[2]
TELL_SECRET = "from cpor import settings; print(settings.SECRET_KEY)"


def _start(data_dir: Path, statement: str = TELL_SECRET, **environ: str) -> subprocess.Popen[str]:
    clean = {"PATH": os.environ["PATH"], "CPOR_DATA_DIR": str(data_dir), **environ}
    command = [sys.executable, "-c", statement]
    return subprocess.Popen(command, cwd=ROOT, env=clean, stdout=subprocess.PIPE, text=True)


def _tell(data_dir: Path, statement: str = TELL_SECRET, **environ: str) -> str:
    return _start(data_dir, statement, **environ).communicate()[0].strip()


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    data_dir = tmp_path / "new"

    first, second = _tell(data_dir), _tell(data_dir)

    assert first == second == (data_dir / "secret-key").read_text()
    assert first.startswith("embedded-")
    assert len(first) > 50
    assert stat.S_IMODE((data_dir / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700


def test_two_simultaneous_first_starts_get_the_same_secret(tmp_path: Path) -> None:
    starts = [_start(tmp_path) for _ in range(4)]

    secrets = {start.communicate()[0] for start in starts}

    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".secret")] == []


def test_everything_is_below_the_data_folder(tmp_path: Path) -> None:
    statement = (
        "from cpor import settings as s; o = s.CELERY_BROKER_TRANSPORT_OPTIONS; "
        "print(s.DATABASES['default']['NAME'], s.MEDIA_ROOT, s.MAILS_DIR, s.CACHES['default']['LOCATION'], "
        "o['data_folder_in'], o['data_folder_out'], o['control_folder'], s.CELERY_BEAT_SCHEDULE_FILENAME)"
    )

    places = _tell(tmp_path, statement).split()

    assert [str(Path(place).relative_to(tmp_path)) for place in places] == [
        "cpor.sqlite3",
        "files",
        "mails",
        "cache",
        "celery/queue",
        "celery/queue",
        "celery/control",
        "beat-schedule",
    ]


def test_a_given_secret_is_used_and_none_is_made(tmp_path: Path) -> None:
    assert _tell(tmp_path, SECRET_KEY="given") == "given"
    assert not (tmp_path / "secret-key").exists()


def test_the_tests_use_no_database_but_their_own(tmp_path: Path) -> None:
    statement = (
        "from tests import settings as s; print(s.DATABASES['default']['ENGINE'], s.CELERY_BROKER_URL)"
    )
    strangers = {"DATABASE_URL": "postgres://stranger/stranger", "REDIS_URL": "redis://stranger"}

    assert _tell(tmp_path, statement, **strangers) == "django.db.backends.sqlite3 memory://"


def _variables() -> set[str]:
    """Return the names of all environment variables that the product reads."""
    sources = [ROOT / name for name in ("cpor/settings.py", "cpor/supervisor.py", "gunicorn.conf.py")]
    pattern = re.compile(r'(?:env(?:\.\w+)?|environ\.get|environ\.pop)\(\s*["\']([A-Z_]+)["\']')
    return {name for source in sources for name in pattern.findall(source.read_text())}


def test_the_table_has_every_variable_that_is_read_and_no_other() -> None:
    numbers = {field.name.upper() for field in fields(Rulebook)}

    assert {variable.name for variable in VARIABLES} == _variables() | numbers


def test_every_variable_is_documented() -> None:
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/operations.md").read_text()))

    assert {variable.name for variable in VARIABLES} - documented == set()


def test_no_variable_of_the_developer_affects_the_tests() -> None:
    variables = {variable.name for variable in VARIABLES}
    emptied = {name for name in variables if name in NAMES or name.startswith(PREFIXES)}
    read_by_the_web_server_only = {"WEB_WORKERS", "WEB_THREADS", "BIND"}

    assert variables - emptied == read_by_the_web_server_only
