# The whole service in one process, as fly.toml runs it.
# Not proved: this image was never built; only its steps were tried one by one.
FROM python:3.12-slim

# libmagic judges uploads. All else (ffmpeg, fonts, the spoken fallback) comes with the packages and the source.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libmagic1 \
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
COPY wsgi.py ./
# Bytecode now: the user below may not write beside the source, and every start would compile it again.
RUN python -m compileall -q shared functions wsgi.py \
    && useradd --system --no-create-home service \
    && mkdir var && chown service var
USER service

# glibc keeps what was freed for later, unless it is as large as this: with it a film takes 60 MB less at its peak.
ENV PORT=8080 \
    PYTHONUNBUFFERED=1 \
    MALLOC_MMAP_THRESHOLD_=1048576
EXPOSE 8080
# gunicorn binds to 0.0.0.0:$PORT by itself. One worker: polls and downloads need the other threads while one renders.
# No timeout, since a render takes as long as it takes; after SIGTERM it has 110 s (fly.toml: killed after 120).
CMD ["gunicorn", "wsgi:app", "--worker-class", "gthread", "--workers", "1", "--threads", "32", \
     "--timeout", "0", "--graceful-timeout", "110", "--no-control-socket"]
