"""Google's administration on 127.0.0.1, for the true gcloud: it keeps what was made and refuses what Google refuses.

gcloud comes through it as its HTTP proxy, so that one port plays all hosts (`environment`). Refused are: things that
exist already or do not exist, accounts and secret versions nobody made, roles that are none, wrong shapes and limits,
calls to an API that is off. As at Google, an account is not known to the policies at once, and traffic that was sent
to one revision stays there when the next is deployed.

Not played: quotas, the caller's own rights, the build itself.
"""

import copy
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.deploy import fake_accounts, fake_functions, fake_stores  # noqa: F401 # they bring the routes
from tests.deploy.fake_project import REGION, ROUTES, Call, Project, Refused

HOSTS = ("cloudresourcemanager", "cloudbilling", "serviceusage", "iam", "storage", "secretmanager", "cloudtasks",
         "cloudfunctions", "run", "artifactregistry", "cloudbuild")  # fmt: skip
ALWAYS_ON = {"cloudresourcemanager", "cloudbilling", "serviceusage", "storage"}


class FakeGoogle:
    """`with FakeGoogle() as google:` runs it; `google.project` is what there is, `google.calls` what was asked."""

    def __init__(self, project: Project | None = None) -> None:
        self.project = project or Project()
        self.calls: list[Call] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def snapshot(self) -> Project:
        return copy.deepcopy(self.project)

    def environment(self, folder: Path) -> dict[str, str]:
        """What sends gcloud here and nowhere else; `folder` takes its settings and logs."""
        hosts = {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{host.upper()}": f"http://{host}.test/" for host in HOSTS}
        return hosts | {
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": "http://storage.test/storage/v1/",
            "CLOUDSDK_PROXY_TYPE": "http",
            "CLOUDSDK_PROXY_ADDRESS": "127.0.0.1",
            "CLOUDSDK_PROXY_PORT": str(self._server.server_address[1]),
            "CLOUDSDK_AUTH_ACCESS_TOKEN": "a-token",
            "CLOUDSDK_CONFIG": str(folder),
            "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
            "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
            "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
        }

    def answer(self, method: str, url: str, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".test").removeprefix(f"{REGION}-")
        path = parts.path.lstrip("/")
        content = body if path.startswith("upload/") or not body else json.loads(body)
        call = Call(method=method, host=host, path=path, query=dict(parse_qsl(parts.query)), body=content)
        with self._lock:
            self.calls.append(call)
            try:
                if host not in ALWAYS_ON and f"{host}.googleapis.com" not in self.project.apis:
                    raise Refused(403, "PERMISSION_DENIED", f"{host} API has not been used before or it is disabled.")
                for its_method, its_host, pattern, handler in ROUTES:
                    if (its_method, its_host) == (method, host) and (match := pattern.fullmatch(path)):
                        names = [unquote(name) for name in match.groups()]
                        return 200, handler(self.project, call, *names)
                raise Refused(501, "UNIMPLEMENTED", f"not played: {method} {host} {path}")
            except Refused as refused:
                error = {"code": refused.status, "status": refused.name, "message": str(refused)}
                return refused.status, {"error": error}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        google = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, content = google.answer(self.command, self.path, body)
                text = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

            def log_message(self, *_: Any) -> None:
                pass

        return Door
