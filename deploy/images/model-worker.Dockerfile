# What runs and trains models: the workers, torch, bubblewrap; nothing of the platform but its numerics. Built from the
# repository's root.

FROM python:3.11-slim-bookworm
ARG TORCH_BACKEND=cpu
ARG TORCH_VERSION=2.13.0
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app NUMBA_CACHE_DIR=/tmp/numba
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends bubblewrap \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements/base.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt \
 && pip install --no-cache-dir uv==0.13.9 \
 && uv pip install --system --no-cache --torch-backend="$TORCH_BACKEND" "torch==$TORCH_VERSION"
COPY backend/__init__.py backend/
COPY backend/numerics/ backend/numerics/
COPY workers/ workers/
RUN useradd --system --uid 10001 consilium
USER consilium
CMD ["python", "-m", "workers", "devices"]
