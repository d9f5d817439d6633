#!/bin/sh
# Makes secrets/ beside this file, once: passwords, and a certificate for NAME that a plant's own may replace.
# Usage: sh prepare.sh [NAME]      (without NAME: the one in .env)
set -eu
cd "$(dirname "$0")"
name=${1:-$(sed -n 's/^PAOMADENG_NAME=//p' .env)}
umask 077
mkdir -p secrets
cd secrets

keep() { # keep FILE: take what comes in, unless the file is there already; readable in its container
    if [ -e "$1" ]; then
        cat >/dev/null
    else
        cat >"$1.new"
        chmod 0444 "$1.new"
        mv "$1.new" "$1"
        echo "made secrets/$1"
    fi
}

openssl rand -hex 24 | keep postgres_password
openssl rand -hex 24 | keep redis_password
printf 'postgresql+psycopg://paomadeng:%s@postgres:5432/paomadeng\n' "$(cat postgres_password)" | keep database_url
printf 'redis://:%s@redis:6379/0\n' "$(cat redis_password)" | keep redis_url
openssl rand -hex 32 | tr -d "\n" | keep secret.key
printf 'requirepass %s\nsave ""\nappendonly no\nmaxmemory 256mb\n' "$(cat redis_password)" | keep redis_conf

if [ ! -e cert.pem ] || [ ! -e key.pem ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj "/CN=$name" \
        -addext "subjectAltName=DNS:$name" -keyout key.new -out cert.new 2>/dev/null
    mv key.new key.pem
    mv cert.new cert.pem
    echo "made secrets/cert.pem for $name; give it to the boxes, or put the plant's own in its place"
fi
