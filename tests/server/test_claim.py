"""A server takes its folder and its port before it loads anything, whole or not at all."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from server import lock
from server.claim import claim
from server.config import BadSetting, Config
from tests.site import free_port


def local(data: Path) -> Config:
    return Config(data=data, host="127.0.0.1", port=free_port())


def test_who_calls_while_the_rest_is_loaded_is_taken_in_line(tmp_path: Path) -> None:
    config = local(tmp_path / "var")
    taken = claim(config)
    with socket.create_connection(("127.0.0.1", config.port), timeout=5) as caller:
        assert caller.getpeername() == ("127.0.0.1", config.port)
    taken.drop()


def test_with_other_nodes_who_calls_before_it_is_ready_is_sent_to_those(tmp_path: Path) -> None:
    config = replace(local(tmp_path / "var"), redis_url="redis://127.0.0.1:1/0")
    taken = claim(config)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", config.port), timeout=5)
    taken.listen()
    socket.create_connection(("127.0.0.1", config.port), timeout=5).close()
    taken.drop()


def test_a_port_that_another_program_took_meanwhile_is_named(tmp_path: Path) -> None:
    config = replace(local(tmp_path / "var"), redis_url="redis://127.0.0.1:1/0")
    taken = claim(config)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", config.port))
        other.listen()
        with pytest.raises(BadSetting, match=f"port = {config.port}"):
            taken.listen()
    assert not lock.held(tmp_path / "var")


def test_a_folder_is_served_once(tmp_path: Path) -> None:
    config = local(tmp_path)
    taken = claim(config)
    with pytest.raises(BadSetting, match=str(tmp_path)):
        claim(local(tmp_path))
    taken.drop()
    assert not lock.held(tmp_path)


def test_a_port_that_is_taken_is_named_and_leaves_the_folder_free(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BadSetting, match=f"port = {port}"):
            claim(Config(data=tmp_path, host="127.0.0.1", port=port))
    assert not lock.held(tmp_path)
