#!/bin/sh
# Make every secret that docker-compose.yml mounts, in a new folder that only its owner can read. Needs openssl.
# Usage: deploy/make-secrets.sh FOLDER        (then: chown -R 1000 FOLDER, the id the containers run under)
set -eu
umask 077
folder=${1:?Name a folder that does not exist yet.}
mkdir "$folder"
cd "$folder"

password() { openssl rand -hex 24; }
for user in admin controller hub region_one region_two; do
    password | tr -d '\n' >"kafka_${user}_password"
done
# Kafka's cluster id: 16 random bytes in URL-safe base64 without padding.
openssl rand -base64 16 | tr '+/' '-_' | tr -d '=\n' >kafka_cluster_id
password | tr -d '\n' >postgres_password
printf 'postgres:5432:regiohelix:regiohelix:%s\n' "$(cat postgres_password)" >postgres_pgpass

openssl ecparam -name prime256v1 -genkey -noout -out authority.key
openssl req -x509 -new -key authority.key -sha256 -days 825 -subj "/CN=Regiohelix broker authority" \
    -addext "keyUsage=critical,keyCertSign,cRLSign" -out kafka_ca
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out server.key
openssl req -new -key server.key -subj "/CN=kafka" -out server.csr
printf 'subjectAltName=DNS:kafka,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >server.ext
openssl x509 -req -in server.csr -CA kafka_ca -CAkey authority.key -CAcreateserial -sha256 -days 397 \
    -extfile server.ext -out server.crt 2>/dev/null
cat server.key server.crt kafka_ca >kafka_server_store
# Nothing more can be signed with this authority: a new certificate means a new authority, told to every client.
rm -f authority.key server.key server.csr server.ext server.crt kafka_ca.srl
echo "Made $(ls | wc -l) secrets in $folder."
