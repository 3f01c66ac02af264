# The image of the service: `docker build -t tasks-api .`, or `scripts/build-image.sh` without a Docker
# engine. The base may be any Linux with Python 3.11 or newer and its venv module. If pip needs an
# index or a proxy of yours, pass its configuration: `--secret id=pip.conf,src=/etc/pip.conf`. If it needs
# a certificate of yours, pass that too, `--secret id=pip.crt,src=FILE`, and write
# `cert = /run/secrets/pip.crt` into the configuration.
ARG BASE_IMAGE=python:3.13-slim-trixie

FROM ${BASE_IMAGE} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# pip and the build tools are not in the final image: they have an environment of their own, from
# which pip installs into the other one.
RUN python3 -m venv tools && python3 -m venv --without-pip /opt/tasks-api

# Only wheels, with the hashes of the lock files: pip compiles nothing, and resolves no versions.
COPY requirements requirements
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf --mount=type=secret,id=pip.crt \
    tools/bin/pip install --no-deps --only-binary :all: --require-hashes -r requirements/build.txt && \
    tools/bin/pip --python /opt/tasks-api install \
        --no-deps --only-binary :all: --require-hashes -r requirements/image.txt

# The bytecode is compiled here, because the service could not write it to a read-only file system.
# Python does not compare it with its source, so the times of the files do not matter.
COPY . .
RUN tools/bin/python -m hatchling build --target wheel --directory wheel && \
    tools/bin/pip --python /opt/tasks-api install --no-deps --no-index wheel/*.whl && \
    tools/bin/pip --python /opt/tasks-api check && \
    find /opt/tasks-api -type d -name tests -prune -exec rm -r {} + && \
    /opt/tasks-api/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/tasks-api/lib


FROM ${BASE_IMAGE}

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="tasks-api" \
      org.opencontainers.image.description="Contract-first backend of a multi-user todo application" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY --from=build /opt/tasks-api /opt/tasks-api

# glibc keeps free memory for each thread, and learns to keep large blocks. With these two, memory that
# long lists used is returned (docs/operations.md).
ENV PATH=/opt/tasks-api/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=262144 \
    HOST=0.0.0.0 \
    PORT=8000

# A number, so that an orchestrator can verify that it is not root.
USER 10001:10001
WORKDIR /opt/tasks-api
EXPOSE 8000

# It reads HOST and PORT as the service does: `docker run --env-file` keeps quotation marks and white
# space. Connecting to HOST works even if it is 0.0.0.0. Not with urllib, which would use the proxy that
# the environment names.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["python", "-IS", "-c", "\
import http.client, os, shlex, sys; \
read = lambda name, default: ''.join(shlex.split(os.environ.get(name, ''))).strip(' []') or default; \
service = http.client.HTTPConnection(read('HOST', '127.0.0.1'), int(read('PORT', '8000')), timeout=2); \
service.request('GET', '/livez'); \
sys.exit(service.getresponse().status != 200)"]

ENTRYPOINT ["tasks-api"]
CMD ["serve"]
