#!/bin/sh
# Makes a Debian or Raspberry Pi OS machine the box behind a screen: sh setup.sh [--print] 'http://SERVER:8080/screen?key=…'
set -eu
here=$(cd "$(dirname "$0")" && pwd)
print=
if [ "${1:-}" = --print ]; then
    print=yes
    shift
fi
address=${1:-}
case $address in
    *[!A-Za-z0-9:/?=\&._~%-]*) address= ;;
    http://*/screen* | https://*/screen*) ;;
    *) address= ;;
esac
if [ -z "$address" ]; then
    echo "用法 Usage: sh setup.sh [--print] 'http://SERVER:8080/screen?key=…'" >&2
    exit 2
fi
origin=$(printf '%s' "$address" | sed -E 's#^(https?://[^/]+)/.*#\1#')

lay() { # lay FILE MODE: write what comes in, or show it
    if [ "$print" ]; then
        echo "--- $1 ($2)"
        cat
    else
        mkdir -p "$(dirname "$1")"
        cat >"$1.new"
        chmod "$2" "$1.new"
        mv "$1.new" "$1"
    fi
}

run() { # run COMMAND…: do it, or show it
    if [ "$print" ]; then echo "+ $*"; else "$@"; fi
}

run apt-get install --yes --no-install-recommends cage chromium fonts-noto-cjk
run adduser --system --group --home /var/lib/paomadeng-kiosk --shell /usr/sbin/nologin kiosk
for group in video render input; do
    run adduser kiosk "$group"
done
sed "s#http://SERVER:8080#$origin#" "$here/paomadeng.json" | lay /etc/chromium/policies/managed/paomadeng.json 0644
printf 'ADDRESS=%s\n' "$address" | lay /etc/paomadeng-kiosk 0640
run chgrp kiosk /etc/paomadeng-kiosk
lay /etc/systemd/system/paomadeng-kiosk.service 0644 <"$here/paomadeng-kiosk.service"
run systemctl daemon-reload
run systemctl set-default graphical.target
run systemctl enable --now paomadeng-kiosk.service
