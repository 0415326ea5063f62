# One image for web, worker and scheduler; no torch in it (model-worker.Dockerfile). Built from the repository's root.

FROM node:20-bookworm-slim AS frontend
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app \
    STATIC_ROOT=/app/static FRONTEND_DIST=/app/frontend/dist NUMBA_CACHE_DIR=/tmp/numba
WORKDIR /app
COPY requirements/base.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY manage.py ./
COPY backend/ backend/
COPY workers/ workers/
COPY deploy/ deploy/
COPY --from=frontend /build/dist frontend/dist
# The values serve this one command only; nothing of them stays in the image.
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgresql://build REDIS_URL=redis://build \
    DJANGO_SETTINGS_MODULE=backend.settings.production python manage.py collectstatic --no-input \
 && useradd --system --uid 10001 consilium \
 && install -d -o consilium /data /data/blobs /data/uploads
USER consilium
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "backend.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--proxy-headers", "--forwarded-allow-ips", "*", "--lifespan", "off", "--no-access-log", "--ws-max-size", "65536"]
