# Two images from one file. A region's image has no hub: its code is absent there, not disabled.
#   docker build --target region -t regiohelix-region .
#   docker build --target hub -t regiohelix-hub .
# No secret enters an image: keys and passwords are mounted at run time (docker-compose.yml).

FROM python:3.11-slim AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# The id that owns the mounted secrets; the Kafka image runs under the same one.
RUN useradd --uid 1000 --create-home --home-dir /srv/regiohelix --shell /usr/sbin/nologin regiohelix
WORKDIR /srv/app

FROM base AS region
COPY requirements/node.txt requirements/
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/node.txt
COPY LICENSE NOTICE ./
COPY schemas schemas
COPY connectors connectors
COPY node node
RUN install -d -o regiohelix -g regiohelix -m 0700 /srv/regiohelix/home
USER regiohelix
ENV REGIOHELIX_NODE_HOME=/srv/regiohelix/home
VOLUME /srv/regiohelix/home
ENTRYPOINT ["python", "-m", "node"]
CMD ["--help"]

FROM base AS hub
COPY requirements/hub.txt requirements/
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/hub.txt
COPY LICENSE NOTICE ./
COPY schemas schemas
COPY connectors connectors
COPY hub hub
RUN install -d -o regiohelix -g regiohelix -m 0700 /srv/regiohelix/home
USER regiohelix
ENV REGIOHELIX_HUB_HOME=/srv/regiohelix/home
VOLUME /srv/regiohelix/home
EXPOSE 8400
ENTRYPOINT ["python", "-m", "hub"]
CMD ["--help"]
