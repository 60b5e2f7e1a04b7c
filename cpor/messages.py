"""The embedded mode's broker: Celery's messages as files, of which none can stop a program.

The library's transport stops whoever meets an empty or torn file, and makes such files itself: it hands a message out
while another process is still writing it. Here a message appears whole or not at all, and a file that cannot be read is
set aside, logged and left for a human. A message is only an alarm clock, so this costs time and nothing else.
"""

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Reads and writes the messages of one program."""

    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override] # the file transport's shape
        """Leave a message. Raises ChannelError, and leaves nothing, if the disk does not take it."""
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        _leave(Path(self.data_folder_out) / name, dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ARG002 - the library never waits
        """Take the next message that can be read. Raises Empty if there is none."""
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] == f"{queue}.msg":
                message = self._take(folder / name)
                if message is not None:
                    return message
        raise Empty

    def _take(self, path: Path) -> Any:
        """Return the message of this file and remove it; None if another program has it or nobody can read it."""
        mine = path.with_name(f".{path.name}.taken-{os.getpid()}")
        try:
            os.rename(path, mine)
            message = loads(mine.read_text())
            self.Message(payload=message, channel=self)  # raises anything for what is no message
        except FileNotFoundError:
            return None
        except Exception as error:  # a torn file can fail in any way; it must cost no more than itself
            _set_aside(mine if mine.exists() else path, error)
            return None
        mine.unlink(missing_ok=True)
        return message

    def get_table(self, exchange: str) -> list[Any]:
        """Return the queues bound to the exchange; none if the file of bindings cannot be read."""
        path = self._exchange_file(exchange)
        try:
            return _bindings(path)
        except (ValueError, TypeError):
            with self._alone():
                return _readable_bindings(path)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        path, own = self._exchange_file(exchange), _binding(routing_key, pattern, queue)
        with self._alone():
            bound = _readable_bindings(path)
            if own not in bound:
                _leave(path, dumps([own, *bound]))

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *arguments: Any, **options: Any
    ) -> None:
        path, own = self._exchange_file(exchange), _binding(routing_key, pattern, queue)
        super(filesystem.Channel, self)._delete(queue, exchange, routing_key, pattern, *arguments, **options)
        with self._alone():
            bound = _readable_bindings(path)
            if own in bound:
                _leave(path, dumps([each for each in bound if each != own]))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other programs from changing bindings meanwhile; readers need no lock, since a file is whole."""
        folder = Path(self.control_folder)
        folder.mkdir(mode=0o700, exist_ok=True)
        with (folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """The transport behind the address `filesystem://`."""

    Channel = Channel


def use_own_transport() -> None:
    """Let `filesystem://` mean this transport in this process."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"


def _leave(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all. Raises ChannelError, and leaves nothing, if the disk refuses."""
    draft = path.parent / f".{uuid.uuid4()}.draft"
    try:
        draft.write_text(text)
        os.rename(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ChannelError(f"no message could be left in {path.parent}: {error.strerror}") from error


def _binding(routing_key: str, pattern: str, queue: str) -> Any:
    return filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")


def _bindings(path: Path) -> list[Any]:
    """Return the bindings in the file. Raises ValueError or TypeError if it holds none."""
    try:
        return [filesystem.exchange_queue_t(*row) for row in loads(path.read_text())]
    except FileNotFoundError:
        return []


def _readable_bindings(path: Path) -> list[Any]:
    """Return the bindings in the file; none, and the file is set aside, if it cannot be read."""
    try:
        return _bindings(path)
    except (ValueError, TypeError) as error:
        _set_aside(path, error)
        return []


def _set_aside(path: Path, error: Exception) -> None:
    """Move a file that cannot be read out of the way, where nobody looks for messages."""
    aside = path.parent / "unreadable"
    try:
        aside.mkdir(mode=0o700, exist_ok=True)
        os.rename(path, aside / f"{path.name.strip('.')}.{uuid.uuid4().hex[:8]}")
    except OSError:
        path.unlink(missing_ok=True)
    logger.warning("a message that cannot be read was set aside in %s: %s: %r", aside, path.name, error)
