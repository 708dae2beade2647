"""An OpenTelemetry collector on 127.0.0.1: prints its port, then each span it is sent, a JSON line each.

Run by the Python that has requirements-tracing.txt: the packages that encode spans decode them here.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


class Door(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert (self.path, self.headers["Content-Type"]) == ("/v1/traces", "application/x-protobuf")
        sent = ExportTraceServiceRequest()
        sent.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
        for group in sent.resource_spans:
            service = {a.key: a.value.string_value for a in group.resource.attributes}["service.name"]
            for span in (span for scope in group.scope_spans for span in scope.spans):
                about = {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}
                ids = {"trace": span.trace_id.hex(), "id": span.span_id.hex(), "parent": span.parent_span_id.hex()}
                line = {"service": service, "name": span.name, **ids, "about": about, "events": len(span.events)}
                print(json.dumps(line), flush=True)
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None: ...


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
