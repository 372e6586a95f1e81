"""The tests do not connect to other machines."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_a_socket_to_anything_but_loopback_fails() -> None:
    # an address for documentation (RFC 5737); pytest-socket stops the attempt before anything is sent
    with pytest.raises((UserWarning, SocketConnectBlockedError), match=r"192\.0\.2\.1"), socket.socket() as somewhere:
        somewhere.connect(("192.0.2.1", 80))


def test_a_socket_to_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as here:
        here.connect(server.getsockname())
