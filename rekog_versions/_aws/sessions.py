"""boto3 clients: the Rekognition client of `connect()`, and clients for other services."""

from typing import TYPE_CHECKING, Any, TypeAlias, cast

from rekog_versions._aws.async_clients import is_async
from rekog_versions._aws.error_codes import add_advice
from rekog_versions._aws.errors import BotoCoreError
from rekog_versions._aws.given_clients import check_session
from rekog_versions._aws.transport import RekognitionClient
from rekog_versions._version import __version__

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

Session: TypeAlias = "boto3.Session"
ClientConfig: TypeAlias = "Config"

MAX_POOL_CONNECTIONS = 10
"""botocore's default number of connections that a client keeps."""


class Services:
    """Clients for other services, created from a session on first use, in the region of the Rekognition client.

    Args:
        rekognition: The client whose region the others get.
        session: The session that creates them.
        clients: Existing clients by service name; None is ignored.

    Raises:
        TypeError: The calls of a client must be awaited.
    """

    def __init__(self, rekognition: RekognitionClient, session: "boto3.Session | None", **clients: Any) -> None:
        self._region: str | None = getattr(getattr(rekognition, "meta", None), "region_name", None)
        self._session = session
        for name, client in clients.items():
            if is_async(client, "get_object"):
                raise TypeError(
                    f"{name} must be a client whose calls block, got an asyncio client: pass "
                    f"{name}=boto3.client('{name}'), which is used in threads"
                )
        self._clients: dict[str, Any] = {name: client for name, client in clients.items() if client is not None}

    def client(self, service: str) -> Any:
        """Return the client for a service.

        Raises:
            ValueError: There is neither a client nor a session to create one from.
        """
        if service not in self._clients:
            if self._session is None:
                s3 = "s3=boto3.client('s3') or " if service == "s3" else ""
                raise ValueError(
                    f"this needs a client for {service}: pass {s3}session=boto3.Session(...), or use connect(), "
                    "which has a session"
                )
            session = cast("Any", self._session)  # the stubs list the services as literals
            self._clients[service] = session.client(service, region_name=self._region)
        return self._clients[service]


def connect(
    session: "boto3.Session | None",
    region_name: str | None,
    profile_name: str | None,
    endpoint_url: str | None,
    config: "Config | None",
    *,
    max_pool_connections: int = MAX_POOL_CONNECTIONS,
) -> tuple[Any, "boto3.Session"]:
    """Create a Rekognition client with our default settings; returns it with its session.

    Raises:
        ValueError: Both a session and a profile are given.
        botocore.exceptions.BotoCoreError: The profile does not exist, or no region is configured.
    """
    import boto3  # noqa: PLC0415  (slow to import, and callers with a client of their own do not need it)
    from botocore.config import Config  # noqa: PLC0415

    if region_name is not None and not isinstance(region_name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"region_name must be a string such as 'us-east-1', got {type(region_name).__name__}; pass a session with "
            "session=..."
        )
    check_session(session)
    if session is not None and profile_name is not None:
        raise ValueError("pass a session or a profile_name, not both: a session already has its profile")
    settings = Config(
        retries={"mode": "standard"},
        user_agent_extra=f"rekog_versions/{__version__}",
        max_pool_connections=max_pool_connections,
    )
    if config is not None:
        extra = getattr(config, "user_agent_extra", None)
        settings = settings.merge(config)
        if extra:
            settings = settings.merge(Config(user_agent_extra=f"{extra} rekog_versions/{__version__}"))
    try:
        session = session or boto3.Session(profile_name=profile_name, region_name=region_name)
        untyped = cast("Any", session)
        client = untyped.client("rekognition", region_name=region_name, endpoint_url=endpoint_url, config=settings)
    except BotoCoreError as error:
        add_advice(error)
        raise
    return client, session
