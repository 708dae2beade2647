"""The functions in one process: for Fly, for a laptop, for tests."""

import functions.generate.main as generate
import functions.status.main as status
import functions.upload.main as upload
from shared.http import one_process
from shared.services import from_environment

endpoints = [generate.endpoint, status.endpoint, upload.endpoint]
if not from_environment().settings.queue_in_redis:
    # Only where tasks come over HTTP: beside a worker, render would be a needless door, and memory for its packages.
    import functions.render.main as render

    endpoints.append(render.endpoint)

app = one_process(*endpoints)
