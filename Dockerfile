# The service and nothing else: `docker build -t tasks-api .`, or without a Docker engine
# `scripts/build-image.sh`. The base is any Linux with Python 3.11 or newer and its venv module;
# where pip has to be told about an index, a proxy or a certificate, give it your configuration:
# `--secret id=pip.conf,src=/etc/pip.conf`.
ARG BASE_IMAGE=python:3.13-slim-bookworm

FROM ${BASE_IMAGE} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# pip and what builds the wheel stay behind with this stage: they have an environment of their own,
# and pip installs into the other one from outside.
RUN python3 -m venv tools && python3 -m venv --without-pip /opt/tasks-api

# Wheels only, each of them one that the lock files name: nothing is compiled, nothing is resolved.
COPY requirements requirements
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    tools/bin/pip install --no-deps --only-binary :all: --require-hashes -r requirements/build.txt && \
    tools/bin/pip --python /opt/tasks-api install \
        --no-deps --only-binary :all: --require-hashes -r requirements/image.txt

# Bytecode that is never compared with its source is right however the files' times are copied,
# and a service on a read-only file system, which could not write any, starts as fast.
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

# glibc keeps free memory for each thread, and learns to keep large blocks. With these two, long lists
# do not leave 250 MiB behind.
ENV PATH=/opt/tasks-api/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=262144 \
    HOST=0.0.0.0 \
    PORT=8000

# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /opt/tasks-api
EXPOSE 8000

# The address to listen on, be it 0.0.0.0, is one to connect to as well. Not with urllib, which would
# ask the proxy of the environment.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["python", "-IS", "-c", "\
import http.client, os, sys; \
service = http.client.HTTPConnection(os.environ['HOST'], int(os.environ['PORT']), timeout=2); \
service.request('GET', '/livez'); \
sys.exit(service.getresponse().status != 200)"]

ENTRYPOINT ["tasks-api"]
CMD ["serve"]
