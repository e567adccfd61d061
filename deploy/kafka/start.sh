#!/bin/sh
# Prepare the broker's storage once and start it. No secret stands on a command line: any user could read it there.
set -eu
umask 077
secrets=${KAFKA_SECRETS:-/run/secrets}
bin=${KAFKA_BIN:-/opt/kafka/bin}
settings=${KAFKA_SETTINGS:-/etc/kafka-regiohelix/server.properties}
users=${KAFKA_USERS:?Set KAFKA_USERS to the users besides admin, separated by blanks.}

private=$(mktemp -d)
admin=$(cat "$secrets/kafka_admin_password")
controller=$(cat "$secrets/kafka_controller_password")

scram=org.apache.kafka.common.security.scram.ScramLoginModule
plain=org.apache.kafka.common.security.plain.PlainLoginModule
{
    cat "$settings"
    printf 'listener.name.client.scram-sha-512.sasl.jaas.config=%s required username="admin" password="%s";\n' \
        "$scram" "$admin"
    printf 'listener.name.controller.plain.sasl.jaas.config=%s required username="admin" password="%s" user_admin="%s";\n' \
        "$plain" "$controller" "$controller"
} >"$private/server.properties"

{
    printf '%s\n' --standalone --ignore-formatted "--cluster-id=$(cat "$secrets/kafka_cluster_id")"
    printf '%s\n' "--config=$private/server.properties" "--add-scram=SCRAM-SHA-512=[name=admin,password=$admin]"
    for user in $users; do
        printf '%s\n' "--add-scram=SCRAM-SHA-512=[name=$user,password=$(cat "$secrets/kafka_${user}_password")]"
    done
} >"$private/format.arguments"

# The storage tool prints the credentials' keys, so only its complaints are kept.
"$bin/kafka-storage.sh" format "@$private/format.arguments" >/dev/null
rm "$private/format.arguments"
unset admin controller
exec "$bin/kafka-server-start.sh" "$private/server.properties"
