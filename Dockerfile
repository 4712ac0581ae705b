# holdfast in a container: built and run on Debian 12, as an unprivileged user, writing to /var/lib/holdfast alone.
# docs/operations.md says how it is run; deploy/compose.yaml runs it beside Prometheus and Grafana.
FROM debian:bookworm-slim AS build
COPY deploy/packages /holdfast/deploy/packages
RUN /holdfast/deploy/packages/install build && rm -rf /var/lib/apt/lists/*
WORKDIR /holdfast
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY cmake cmake
COPY base base
COPY config config
COPY media media
COPY sip sip
COPY server server
ARG COMMIT=unknown
# A cache of the compiler, where the builder mounts one there, is used as that of any checkout.
ENV CCACHE_DIR=/ccache CCACHE_BASEDIR=/holdfast CCACHE_NOHASHDIR=1
RUN cmake --preset release -D HOLDFAST_COMMIT="$COMMIT" -D BUILD_TESTING=OFF \
    && cmake --build --preset release --target holdfast \
    && strip -o /usr/local/bin/holdfast build/release/holdfast

FROM debian:bookworm-slim
COPY deploy/packages /tmp/packages
RUN /tmp/packages/install run && rm -rf /tmp/packages /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
    && groupadd --gid 7088 holdfast \
    && useradd --uid 7088 --gid 7088 --home-dir /var/lib/holdfast --no-log-init --shell /usr/sbin/nologin holdfast \
    && install -d -o holdfast -g holdfast -m 0750 /var/lib/holdfast
COPY --from=build /usr/local/bin/holdfast /usr/local/bin/holdfast
COPY LICENSE /usr/share/doc/holdfast/LICENSE
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="holdfast" \
      org.opencontainers.image.description="SIP back-to-back user agent that anchors media, and holds" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="$COMMIT"
USER 7088:7088
WORKDIR /var/lib/holdfast
# Signalling; the API, the console and the metrics. Media: media.ports of the configuration.
EXPOSE 5060/udp 5060/tcp 5061/tcp 8080/tcp 8443/tcp 9060/tcp 9061/tcp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=2s --retries=3 CMD ["holdfast", "status", "--healthy"]
ENTRYPOINT ["holdfast"]
CMD ["serve"]
