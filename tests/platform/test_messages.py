"""The embedded mode's message files: one that cannot be read is set aside and logged, and stops nobody."""

import json
import logging
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from kombu.connection import Connection
from kombu.entity import Exchange, Queue

from cpor.messages import use_own_transport
from scripts.servers import free_port
from tests.platform.running import ROOT, fetch, supervisor

TORN: dict[str, bytes] = {
    "an empty file": b"",
    "a file cut off in the middle": b'{"body": "W1tdLCB7fSwge31d", "content-enc',
    "no text": b"\xff\xfe\x00\x01",
    "a list": b"[]",
    "an object that is no message": b"{}",
    "a body in no encoding": json.dumps(
        {"body": "abc", "properties": {"body_encoding": "base64", "delivery_tag": "1", "delivery_info": {}}}
    ).encode(),
}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Connection]:
    use_own_transport()
    folders = {name: tmp_path / name for name in ("queue", "control")}
    for folder in folders.values():
        folder.mkdir()
    options = {
        "data_folder_in": str(folders["queue"]),
        "data_folder_out": str(folders["queue"]),
        "control_folder": str(folders["control"]),
    }
    with Connection("filesystem://", transport_options=options) as connection:
        yield connection


def put(connection: Connection, body: str) -> None:
    connection.default_channel.basic_publish(
        connection.default_channel.prepare_message(body, content_type="text/plain"), "", "celery"
    )


def taken(connection: Connection) -> list[str]:
    channel, bodies = connection.default_channel, []
    while (message := channel.basic_get("celery", no_ack=True)) is not None:
        bodies.append(message.payload)
    return bodies


@pytest.mark.parametrize("content", TORN.values(), ids=TORN)
def test_an_unreadable_message_is_set_aside_and_the_others_are_taken(
    broker: Connection, tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "queue" / "0_torn.celery.msg").write_bytes(content)
    put(broker, "sound")

    with caplog.at_level(logging.WARNING):
        bodies = taken(broker)

    aside = list((tmp_path / "queue" / "unreadable").iterdir())
    assert bodies == ["sound"]
    assert [path.read_bytes() for path in aside] == [content]
    assert [path.name for path in (tmp_path / "queue").iterdir()] == ["unreadable"]
    assert "a message that cannot be read was set aside" in caplog.text


@pytest.mark.parametrize("content", [b"", b'[["celery", ', b"{}", b"[1]"])
def test_an_unreadable_file_of_bindings_is_begun_again(
    broker: Connection, tmp_path: Path, content: bytes
) -> None:
    name = uuid.uuid4().hex  # a program remembers what it has bound
    bindings = tmp_path / "control" / f"{name}.exchange"
    bindings.write_bytes(content)

    Queue(name, exchange=Exchange(name), routing_key=name, channel=broker.default_channel).declare()

    assert json.loads(bindings.read_text()) == [[name, "", name]]


def test_messages_are_taken_in_the_order_in_which_they_were_left(broker: Connection) -> None:
    sent = [str(number) for number in range(20)]
    for body in sent:
        put(broker, body)

    assert taken(broker) == sent


def test_a_message_that_the_disk_does_not_take_leaves_nothing(tmp_path: Path) -> None:
    statement = f"""
import resource
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.exceptions import ChannelError
from cpor.messages import use_own_transport
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
use_own_transport()
folder = {str(tmp_path)!r}
options = dict(data_folder_in=folder, data_folder_out=folder, control_folder=folder)
channel = Connection("filesystem://", transport_options=options).default_channel
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    channel.basic_publish(channel.prepare_message("x" * 1000, content_type="text/plain"), "", "celery")
except ChannelError as error:
    print(error)
"""

    answer = subprocess.run(
        [sys.executable, "-c", statement], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert answer.stdout == f"no message could be left in {tmp_path}: File too large\n"
    assert os.listdir(tmp_path) == []


@pytest.mark.processes
def test_worker_beat_and_web_go_on_past_files_that_cannot_be_read(migrated: Path, tmp_path: Path) -> None:
    port = free_port()
    shutil.copytree(migrated, tmp_path / "data")
    queue, control = tmp_path / "data" / "celery" / "queue", tmp_path / "data" / "celery" / "control"
    for folder in (queue, control):
        folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(TORN.values()):
        (queue / f"{number}_torn.celery.msg").write_bytes(content)
    for name in ("celery", "celeryev", "celery.pidbox", "reply.celery.pidbox"):
        (control / f"{name}.exchange").write_bytes(b"")

    quiet = {"CPOR_DEMO": "no", "SWEEP_SECONDS": "2"}
    with supervisor(tmp_path / "data", port, tmp_path / "log", **quiet) as desk:
        desk.until(lambda: fetch(port, "/readyz")[0] == 200, "sweep past the torn files")
        (queue / "000_later.celery.msg").write_bytes(b"")
        desk.until(
            lambda: len(list((queue / "unreadable").iterdir())) == len(TORN) + 1, "one set aside later"
        )

        assert fetch(port, "/readyz")[0] == 200


def test_programs_that_take_at_the_same_moment_take_each_message_once(broker: Connection) -> None:
    sent = [str(number) for number in range(60)]
    for body in sent:
        put(broker, body)
    channels = [broker.channel() for _ in range(6)]
    gate = Barrier(len(channels))

    def take(channel: Any) -> list[str]:
        gate.wait()
        bodies = []
        while (message := channel.basic_get("celery", no_ack=True)) is not None:
            bodies.append(message.payload)
        return bodies

    with ThreadPoolExecutor(len(channels)) as threads:
        got = list(threads.map(take, channels))

    assert sorted(body for bodies in got for body in bodies) == sorted(sent)


def test_programs_that_begin_at_the_same_moment_all_keep_their_bindings(
    broker: Connection, tmp_path: Path
) -> None:
    """A file of bindings is whole for every reader, so that none is taken for torn and set aside."""
    programs = 8
    channels = [broker.channel() for _ in range(programs)]
    for attempt in range(20):
        gate = Barrier(programs)

        def begin(number: int, exchange: str = f"exchange-{attempt}", gate: Barrier = gate) -> None:
            gate.wait()
            channels[number]._queue_bind(exchange, "", "", f"queue-{number % 4}")
            channels[number].get_table(exchange)

        with ThreadPoolExecutor(programs) as threads:
            list(threads.map(begin, range(programs)))

        bound = [queue for _key, _pattern, queue in broker.default_channel.get_table(f"exchange-{attempt}")]
        assert sorted(bound) == [f"queue-{number}" for number in range(4)]
    everybody: Any = broker.default_channel
    everybody._put_fanout("exchange-0", {"body": "to all"}, "")
    assert len(list((tmp_path / "queue").iterdir())) == 4
    assert not (tmp_path / "control" / "unreadable").exists()
