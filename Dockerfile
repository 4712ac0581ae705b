# The image of holdfast: `docker build -t holdfast .` needs no network but the package registries (Debian's and npm's).
# How it is run, and with what network: docs/operations.md. Proven by tests/container/run.

FROM debian:bookworm-slim AS build
WORKDIR /src
COPY deploy/packages/install deploy/packages/build.txt deploy/packages/
RUN deploy/packages/install build && rm -rf /var/lib/apt/lists/*
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY base base
COPY config config
COPY sip sip
COPY media media
COPY server server
ARG COMMIT=unknown
# The language of the compiler's messages is part of what a cached object is known by.
ENV CCACHE_DIR=/var/cache/ccache CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=1 LANG=C.UTF-8
# What npm brings is held to the SHA-512 of each package in package-lock.json, whoever sent it: so a proxy may be in between
# whose certificate nobody here knows.
ENV npm_config_strict_ssl=false npm_config_cache=/var/cache/npm
RUN --mount=type=cache,target=/var/cache/ccache --mount=type=cache,target=/var/cache/npm \
    cmake --preset release -DTESTS=OFF -DHOLDFAST_COMMIT="$COMMIT" \
    && cmake --build --preset release --target holdfast --parallel "$(nproc)" \
    && strip -o /holdfast build/release/holdfast

FROM debian:bookworm-slim
COPY deploy/packages/install deploy/packages/run.txt /tmp/packages/
RUN /tmp/packages/install run \
    && rm -rf /tmp/packages /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/log/* \
    && useradd --uid 10060 --user-group --home-dir /var/lib/holdfast --no-create-home --shell /usr/sbin/nologin holdfast \
    && install -d -o holdfast -g holdfast -m 0750 /var/lib/holdfast
COPY LICENSE /usr/share/doc/holdfast/LICENSE
COPY --from=build /holdfast /usr/local/bin/holdfast
ARG VERSION=0.1.0
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="holdfast" \
      org.opencontainers.image.description="SIP back-to-back user agent that anchors media, and holds" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"
# By number, so that an orchestrator can see that it is not root.
USER 10060:10060
WORKDIR /var/lib/holdfast
# All that is ever written: registrations and records. The rest may be mounted read-only.
VOLUME ["/var/lib/holdfast"]
# SIP; SIP over TLS, WebSocket; HTTP API and console; metrics. Media has media.ports, by default 20000-29999/udp.
EXPOSE 5060/udp 5060/tcp 5061/tcp 8080/tcp 8443/tcp 9060/tcp 9061/tcp
# Drains: no new calls, leaves with the last one or after server.drain_timeout. Give `docker stop` that time (-t).
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["holdfast", "status", "--healthy"]
ENTRYPOINT ["holdfast"]
CMD ["serve"]
