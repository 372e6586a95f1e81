"""A small fake of the service: one project whose models start and stop, in this process or on a loopback port.

It is faster than the emulated service, and it does not use locks or threads that an interruption could disturb.
"""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/1574310000000"


def arn_of(name: str) -> str:
    return f"{PROJECT.rpartition('/')[0]}/version/{name}/1574317227432"


class FakeService:
    """The models of a project. They run after one describe call, and never stop by themselves."""

    def __init__(self, *names: str) -> None:
        self.statuses = {arn_of(name): "TRAINING_COMPLETED" for name in names}
        self.calls: Counter[str] = Counter()

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out a call, and return the response."""
        self.calls[operation] += 1
        arn = request.get("ProjectVersionArn", "")
        match operation:
            case "DescribeProjects":
                return {"ProjectDescriptions": [{"ProjectArn": PROJECT}]}
            case "DescribeProjectVersions":
                names = request.get("VersionNames")
                chosen = [arn for arn in self.statuses if names is None or arn.split("/")[-2] in names]
                found = [{"ProjectVersionArn": arn, "Status": self.statuses[arn]} for arn in chosen]
                for arn in chosen:
                    if self.statuses[arn] == "STARTING":
                        self.statuses[arn] = "RUNNING"
                return {"ProjectVersionDescriptions": found}
            case "StartProjectVersion":
                if self.statuses[arn] in ("STARTING", "RUNNING"):
                    raise rejected(operation)
                self.statuses[arn] = "STARTING"
            case "StopProjectVersion":
                if self.statuses[arn] != "RUNNING":
                    raise rejected(operation)
                self.statuses[arn] = "STOPPED"
                return {"Status": "STOPPING"}
        return {"Status": self.statuses.get(arn)}

    def __getattr__(self, method: str) -> Any:
        """The methods of boto3's client."""
        if method.startswith("_") or method in ("meta", "exceptions"):
            raise AttributeError(method)
        operation = "".join(word.capitalize() for word in method.split("_"))

        def send(**request: Any) -> dict[str, Any]:
            return {**self.call(operation, request), "ResponseMetadata": {"RequestId": "request-1"}}

        return send

    def active(self) -> list[str]:
        """The models that are starting or running."""
        return [arn for arn, status in self.statuses.items() if status in ("STARTING", "RUNNING")]


def rejected(operation: str) -> ClientError:
    response: Any = {"Error": {"Code": "ResourceInUseException", "Message": "no"}, "ResponseMetadata": {}}
    return ClientError(response, operation)


@contextmanager
def on_loopback(service: FakeService) -> Iterator[str]:
    """Serve the fake on a loopback port, for other processes, and return the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                status, body = 200, service.call(operation, request)
            except ClientError as error:
                status, body = 400, {"__type": error.response["Error"]["Code"], "Message": "no"}
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("x-amzn-requestid", "request-1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def boto3_client(url: str) -> Any:
    """A boto3 client for the fake, for a child process."""
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    settings = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=5, read_timeout=20)
    client: Any = session.client("rekognition", endpoint_url=url, config=settings)
    return client
