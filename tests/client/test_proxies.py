"""Calls through a real HTTP proxy on loopback that loses the response after the service has carried out the call.

botocore raises ProxyConnectionError for such a loss, the same error as for a proxy that cannot be reached.
"""

import http.server
import ipaddress
import json
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ProxyConnectionError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rekog_versions import VersionsClient
from rekog_versions.hosting import running
from rekog_versions.models.lifecycle import CopyProjectVersionRequest
from tests.client.requests import COPY, COPY_FIELDS, CREATE, DELETE, START, STOP, create_request
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, FakeTime, described, shared_session

OPERATIONS: dict[str, tuple[str, Any, str | None, str]] = {
    CREATE: ("create_project_version", create_request(), None, "TRAINING_IN_PROGRESS"),
    COPY: ("copy_project_version", CopyProjectVersionRequest(**COPY_FIELDS), None, "COPYING_IN_PROGRESS"),
    START: ("start_project_version", VERSION, "STOPPED", "STARTING"),
    STOP: ("stop_project_version", VERSION, "RUNNING", "STOPPING"),
    DELETE: ("delete_project_version", VERSION, "STOPPED", "DELETING"),
}
"""The method and its argument, and the version's status before and after; None if the version does not exist."""


class Service(http.server.ThreadingHTTPServer):
    """The service with one version. It marks the response of one call as the one that the proxy must lose."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), ServiceHandler)
        self.status: str | None = None
        self.created = datetime.now(UTC).timestamp()
        self.received: list[str] = []
        self.carried_out: list[str] = []
        self.loses_response_of: str | None = None
        self.response_is_lost = False

    def respond(self, operation: str) -> tuple[int, dict[str, Any]]:
        if operation == "DescribeProjects":
            return 200, {"ProjectDescriptions": [{"ProjectArn": PROJECT, "Status": "CREATED"}]}
        if operation == "DescribeProjectVersions":
            found = [] if self.status is None else [described(self.status, CreationTimestamp=self.created)]
            self.status = {"STARTING": "RUNNING", "STOPPING": "STOPPED"}.get(str(self.status), self.status)
            return 200, {"ProjectVersionDescriptions": found}
        self.received.append(operation)
        _, _, before, after = OPERATIONS[operation]
        if self.status != before:
            return 400, {"__type": "ResourceInUseException", "message": f"the version is {self.status}"}
        self.status = after
        self.carried_out.append(operation)
        self.response_is_lost = operation == self.loses_response_of
        return 200, {"ProjectVersionArn": VERSION} if before is None else {"Status": after}


class ServiceHandler(http.server.BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # the whole response in one segment

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        status, body = self.server.respond(self.headers["x-amz-target"].rpartition(".")[2])
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.send_header("x-amzn-requestid", "r")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class Proxy(socketserver.ThreadingTCPServer):
    """A proxy that opens tunnels and forwards plain requests. It closes the connection instead of a lost response."""

    daemon_threads = True

    def __init__(self, service: Service) -> None:
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.service = service
        self.denies_tunnels = False
        self.methods: list[bytes] = []


class ProxyHandler(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        client: socket.socket = self.request
        head = b""
        while b"\r\n\r\n" not in head:
            head += (received := client.recv(65536))
            if not received:
                return
        self.server.methods.append(head.split()[0])
        is_tunnel = head.startswith(b"CONNECT ")
        if is_tunnel and self.server.denies_tunnels:
            client.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self.server.service.server_port)) as upstream:
            if is_tunnel:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                upstream.sendall(head)
            self._relay(client, upstream)

    def _relay(self, client: socket.socket, upstream: socket.socket) -> None:
        targets = {client: upstream, upstream: client}
        while readable := select.select(list(targets), [], [], 10)[0]:
            source = readable[0]
            received = source.recv(65536)
            if source is upstream and self.server.service.response_is_lost:
                self.server.service.response_is_lost = False
                return
            if not received:
                return
            targets[source].sendall(received)


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key."""
    key, now, day = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC), timedelta(days=1)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    signed = builder.add_extension(address, critical=False)
    pem, form, plain = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(signed.sign(key, SHA256()).public_bytes(pem) + key.private_bytes(pem, form, plain))
    return path


class Loopback:
    """The service and its proxy: a forward proxy for an http endpoint, a CONNECT tunnel for an https endpoint."""

    def __init__(self, scheme: str, certificate: Path, stack: ExitStack) -> None:
        self.service = Service()
        self.proxy = Proxy(self.service)
        self.is_tunnel = scheme == "https"
        self._scheme, self._certificate, self._stack = scheme, certificate, stack
        if self.is_tunnel:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.service.socket = context.wrap_socket(self.service.socket, server_side=True)
        stack.enter_context(serving(self.service))
        stack.enter_context(serving(self.proxy))

    def client(self, attempts: int, proxy_port: int | None = None) -> Any:
        proxy = f"http://127.0.0.1:{proxy_port or self.proxy.server_address[1]}"
        session: Any = shared_session()
        client = session.client(
            "rekognition",
            region_name="us-east-1",
            endpoint_url=f"{self._scheme}://127.0.0.1:{self.service.server_port}",
            verify=str(self._certificate),
            config=Config(
                retries={"mode": "standard", "total_max_attempts": attempts},
                proxies={self._scheme: proxy},
                read_timeout=10,
            ),
        )
        return self._stack.enter_context(closing(client))


@pytest.fixture(params=["http", "https"], ids=["forward", "tunnel"])
def loopback(request: pytest.FixtureRequest, certificate: Path) -> Iterator[Loopback]:
    with ExitStack() as stack:
        yield Loopback(request.param, certificate, stack)


def test_botocore_reports_a_lost_response_as_a_failed_connection_to_the_proxy(loopback: Loopback) -> None:
    loopback.service.loses_response_of = CREATE
    with pytest.raises(ProxyConnectionError, match="Failed to connect to proxy URL"):
        loopback.client(1).create_project_version(**create_request().to_wire())
    assert loopback.service.carried_out == [CREATE]
    assert loopback.proxy.methods == [b"CONNECT" if loopback.is_tunnel else b"POST"]


@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_whose_response_a_proxy_loses_returns_the_services_result(
    operation: str, attempts: int, loopback: Loopback, driver: Driver
) -> None:
    service, (method, argument, before, after) = loopback.service, OPERATIONS[operation]
    service.status, service.loses_response_of = before, operation
    assert driver.over(loopback.client(attempts))(method, argument) == (VERSION if before is None else after)
    assert service.carried_out == [operation]
    assert service.received == [operation] * min(attempts, 2)  # the service rejects botocore's retry


@pytest.mark.parametrize("attempts", [1, 3])
def test_a_model_whose_start_response_a_proxy_loses_is_stopped_at_the_end(
    attempts: int, loopback: Loopback, time: FakeTime
) -> None:
    service = loopback.service
    service.status, service.loses_response_of = "STOPPED", START
    client = VersionsClient(loopback.client(attempts), sleep=time.sleep, clock=time.clock)
    with running(client, VERSION) as model:
        assert not model.was_adopted
        assert service.status == "RUNNING"
    assert service.carried_out == [START, STOP]


def test_a_create_through_a_proxy_that_cannot_be_reached_was_never_sent(
    loopback: Loopback, driver: Driver, time: FakeTime
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # without listen(), connections fail, and no other process can use the port
        driver.over(loopback.client(3, closed.getsockname()[1]))
        with pytest.raises(ProxyConnectionError, match="Failed to connect to proxy URL") as caught:
            driver("create_project_version", create_request())
    assert caught.value.__notes__ == ["Check the proxy: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or Config(proxies=...)."]
    assert time.slept == []
    assert loopback.service.received == []


@pytest.mark.parametrize("loopback", ["https"], indirect=True)
def test_a_proxy_that_denies_the_tunnel_leaves_the_outcome_of_a_create_open(loopback: Loopback, driver: Driver) -> None:
    loopback.proxy.denies_tunnels = True
    check_the_outcome_is_open(driver.over(loopback.client(1)), loopback.service)


def check_the_outcome_is_open(driver: Driver, service: Service) -> None:
    """Check that the error says that the training may have started, and claims neither a start nor a conflict."""
    with pytest.raises(ProxyConnectionError, match="Failed to connect to proxy URL") as caught:
        driver("create_project_version", create_request())
    (note,) = caught.value.__notes__
    assert note == (
        f"The training of version 'v1' of {PROJECT} may have started, and would be billed. "
        f"Before you try again, check it with client.get_project_version(({PROJECT!r}, 'v1'))."
    )
    assert service.received == []
