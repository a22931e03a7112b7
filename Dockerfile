# syntax=docker/dockerfile:1
# Three images from one file: `bot` (no TensorFlow), `worker` (CPU), `worker-gpu` (NVIDIA).
#   docker build --target bot .      docker build --target worker .      docker build --target worker-gpu .
FROM python:3.12-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    OMOKAGE_DATA=/var/lib/omokage
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/omokage omokage
WORKDIR /opt/omokage
COPY pyproject.toml README.md LICENSE THIRD_PARTY_NOTICES.md ./
COPY lock ./lock

FROM base AS bot
RUN pip install --no-deps --require-hashes -r lock/bot.txt
COPY . .
RUN pip install --no-deps .
USER omokage
VOLUME /var/lib/omokage
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["omokage", "health", "bot"]
CMD ["omokage", "bot"]

FROM base AS worker
RUN pip install --no-deps --require-hashes -r lock/worker.txt
COPY . .
RUN pip install --no-deps .
USER omokage
VOLUME /var/lib/omokage
HEALTHCHECK --interval=30s --timeout=20s --start-period=120s --retries=3 CMD ["omokage", "health", "worker"]
CMD ["omokage", "worker", "--queue", "cpu"]

# The CUDA libraries come as wheels with tensorflow[and-cuda]; the host brings the driver and the NVIDIA container toolkit.
FROM base AS worker-gpu
RUN pip install --no-deps --require-hashes -r lock/worker-gpu.txt
COPY . .
RUN pip install --no-deps .
USER omokage
VOLUME /var/lib/omokage
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
HEALTHCHECK --interval=30s --timeout=20s --start-period=180s --retries=3 CMD ["omokage", "health", "worker"]
CMD ["omokage", "worker", "--queue", "gpu"]
