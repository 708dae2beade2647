"""All four functions in one process: for Fly, for a laptop, for tests."""

import functions.generate.main as generate
import functions.render.main as render
import functions.status.main as status
import functions.upload.main as upload
from shared.http import one_process

app = one_process(generate.endpoint, status.endpoint, upload.endpoint, render.endpoint)
