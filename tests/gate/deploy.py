"""Asks each tool that knows a format of deploy/ about the files there: `python -m tests.gate.deploy`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.gate import outside

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def commands(folder: Path) -> list[list[str]]:
    """Every call; ``folder`` is for what Caddy keeps, and for a certificate it can read."""
    docker, rules = DEPLOY / "docker", DEPLOY / "prometheus"
    scripts = sorted(map(str, DEPLOY.rglob("*.sh")))
    caddyfile = folder / "Caddyfile"
    text = (DEPLOY / "caddy/Caddyfile").read_text(encoding="utf-8")
    caddyfile.write_text(text.replace("tls /etc/caddy/paomadeng/cert.pem /etc/caddy/paomadeng/key.pem", "tls internal"))
    objects = sorted(str(path) for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
    wanted = [
        ["shellcheck", *scripts],
        ["hadolint", str(docker / "Dockerfile")],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(docker / "compose.yaml")],
        ["kubernetes-validate", "--quiet", "--strict", *objects],
        ["caddy", "validate", "--config", str(caddyfile), "--adapter", "caddyfile"],
    ]
    if promtool := outside.promtool():
        wanted += [[promtool, "check", "rules", str(rules / "alerts.yml")]]
        wanted += [[promtool, "check", "config", "--syntax-only", str(rules / "prometheus.yml")]]
        wanted += [[promtool, "test", "rules", str(rules / "alerts_test.yml")]]
    return [[outside.program(name), *words] for name, *words in wanted]


def main() -> int:
    """Run them all and tell what each that found fault has to say; promtool where it is, or this is root on Debian."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder}
        for command in commands(Path(folder)):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                failed += 1
                print(f"{Path(command[0]).name}:\n{done.stdout}{done.stderr}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
