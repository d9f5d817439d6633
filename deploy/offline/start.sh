#!/bin/sh
# Starts Paomadeng from this folder; the first time it installs what it needs from wheels/, without any network.
# 从本目录启动跑马灯；第一次启动时从 wheels/ 安装所需组件，不需要网络。
cd "$(dirname "$0")" || exit 1
for python in python3.13 python3.12 python3.11 python3; do
    # A name may be there without the Python behind it.
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$python" run.py --wheelhouse wheels "$@"
    fi
done
echo "需要 Python 3.11 至 3.13，请先安装。 Python 3.11 to 3.13 is needed: install it first." >&2
exit 1
