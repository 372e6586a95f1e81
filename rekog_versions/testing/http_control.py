"""The control over HTTP, for clients of the server in any language.

    curl URL/_custom-labels/inject --json '{"operation": "CreateProjectVersion", "hang_up": "after"}'

Each method of the control that changes settings has a path, and takes its arguments as a JSON object: `set-training`,
`set-hosting`, `set-copying`, `set-datasets`, `set-quality`, `set-images`, `set-capacity`, `set-limits`, `inject`. The
path `undo` undoes all settings that were made over HTTP. A response of 400 says which argument is invalid. The paths do
not hide a bucket, because the name of a bucket cannot begin with an underscore.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, cast

from rekog_versions.testing.control import CustomLabelsControl

WSGIApplication: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PREFIX = "/_custom-labels/"


class ControlApplication:
    """Handles the requests for the control, and passes all others to another application."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._control = control = CustomLabelsControl()
        self._methods: Mapping[str, Callable[..., None]] = {
            "set-training": control.set_training,
            "set-hosting": control.set_hosting,
            "set-copying": control.set_copying,
            "set-datasets": control.set_datasets,
            "set-quality": control.set_quality,
            "set-images": control.set_images,
            "set-capacity": control.set_capacity,
            "set-limits": control.set_limits,
            "inject": control.inject,
            "undo": control.undo,
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Handle a WSGI request."""
        path = str(environ.get("PATH_INFO", ""))
        if not path.startswith(PREFIX):
            return self._application(environ, start_response)
        status, response = self._respond(path.removeprefix(PREFIX), environ)
        body = json.dumps(response).encode("ascii")
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def undo(self) -> None:
        """Undo all settings."""
        self._control.undo()

    def _respond(self, name: str, environ: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
        if name not in self._methods:
            known = ", ".join(self._methods)
            return "404 Not Found", {"message": f"{PREFIX}{name} does not exist. The paths are: {known}"}
        if environ["REQUEST_METHOD"] != "POST":
            return "405 Method Not Allowed", {"message": f"{PREFIX}{name} needs the method POST"}
        try:
            self._methods[name](**_arguments(environ))
        except (TypeError, ValueError, RecursionError) as error:
            return "400 Bad Request", {"message": str(error)}
        return "200 OK", {}


def _arguments(environ: Mapping[str, Any]) -> dict[str, Any]:
    given: object = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
    if not isinstance(given, dict):
        raise TypeError("the body must be a JSON object")
    return cast("dict[str, Any]", given)
