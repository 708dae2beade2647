# The image for Fly and for any other place that runs containers: web by default, or
# `python -m functions.render.worker`. No Docker built it yet; `python -m benchmarks.container` performs these steps in
# a bare Debian and makes a film with what comes out.
FROM python:3.12-slim

# libmagic judges uploads; Pillow kerns and joins letters only where it finds libfribidi. All else (ffmpeg, fonts, the
# spoken fallback) comes with the packages and the source.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libfribidi0 libmagic1 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt ./
COPY functions/generate/requirements.txt functions/generate/
COPY functions/status/requirements.txt functions/status/
COPY functions/upload/requirements.txt functions/upload/
COPY functions/render/requirements.txt functions/render/
RUN pip install --no-cache-dir --compile -r requirements.txt

COPY shared shared
COPY functions functions
COPY operations operations
COPY wsgi.py ./
# Bytecode now: the user below may not write beside the source, and every start would compile it again.
RUN python -m compileall -q shared functions operations wsgi.py \
    && useradd --system --no-create-home service \
    && mkdir var && chown service var
USER service

# glibc keeps what was freed for later, unless it is as large as this: with it a film takes 60 MB less at its peak.
ENV PORT=8080 \
    PYTHONUNBUFFERED=1 \
    MALLOC_MMAP_THRESHOLD_=1048576
EXPOSE 8080
# For the web; a worker ends by itself when it is not well. Nothing is installed for this: Python is there.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=4)"]
# gunicorn binds to 0.0.0.0:$PORT by itself. One worker: what each one imports is memory.
# --threads: who sends headers slowly holds one, and Fly lets 40 requests in at a time (fly.toml).
# --timeout: a process that does not come back to its loop is replaced; it ends no request.
# --keep-alive: longer than a proxy keeps a connection to us, so that it never meets a closed one.
CMD ["gunicorn", "wsgi:app", "--worker-class", "gthread", "--workers", "1", "--threads", "64", \
     "--timeout", "60", "--graceful-timeout", "20", "--keep-alive", "65", \
     "--log-level", "warning", "--no-control-socket"]
