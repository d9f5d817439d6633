"""The container, the compose file and the Kubernetes objects hang together, and what runs in them runs here too."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.config import read_config
from tests.gate import outside
from tests.site import ROOT

DOCKER, KUBERNETES = ROOT / "deploy/docker", ROOT / "deploy/kubernetes"
LINES = re.sub(r"\\\n\s*", " ", (DOCKER / "Dockerfile").read_text(encoding="utf-8")).splitlines()
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
NODES = [service for service in SERVICES.values() if service["image"].startswith("paomadeng")]


def said(word: str) -> list[str]:
    """What follows a word of the Dockerfile, line by line."""
    return [line.partition(" ")[2] for line in LINES if line.startswith(word + " ")]


def test_what_the_image_copies_is_there_and_not_held_back_from_the_build() -> None:
    sources = [word for line in said("COPY") if not line.startswith("--") for word in line.split()[:-1]]
    allowed = {line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    assert set(sources) == allowed
    assert [name for name in sources if not (ROOT / name).exists()] == []


def test_the_image_holds_every_folder_the_program_is_made_of() -> None:
    needed = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} - {"tests"}
    assert needed <= {word for line in said("COPY") for word in line.split()}


def test_the_image_runs_as_nobody_special_and_ends_when_told() -> None:
    assert (said("USER"), said("STOPSIGNAL"), said("VOLUME")) == (["10001:10001"], ["SIGTERM"], ["/data"])
    assert LINES.index("USER 10001:10001") > max(i for i, line in enumerate(LINES) if line.startswith("COPY"))


def health(port: int) -> int:
    """Run the image's health check against a port; return its exit code."""
    (line,) = (line for line in LINES if line.startswith("HEALTHCHECK"))
    command = json.loads(line.partition("CMD ")[2])
    command[0] = sys.executable
    return subprocess.run([word.replace("8080", str(port)) for word in command], stderr=-1, check=False).returncode


class Answering(BaseHTTPRequestHandler):
    """Says well at /healthz and nothing else."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 503)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def answering() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_the_health_check_tells_a_node_that_answers_from_one_that_does_not(answering: int) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert (health(answering), health(bound.getsockname()[1])) == (0, 1)


def test_each_profile_is_a_whole_site_and_they_share_nothing_that_is_stored() -> None:
    by_profile = {
        profile: {name for name, one in SERVICES.items() if one["profiles"] == [profile]}
        for profile in ("single", "scale")
    }
    assert by_profile == {
        "single": {"node", "front"},
        "scale": {"node-1", "node-2", "front-scale", "postgres", "redis"},
    }
    assert "COMPOSE_PROFILES=single" in (DOCKER / ".env").read_text()


def folders(node: dict[str, Any]) -> set[str]:
    """The volume that holds a node's data folder; no two nodes may have one in common."""
    return {volume.partition(":")[0] for volume in node["volumes"] if volume.endswith(":/data")}


def test_nodes_write_to_their_volume_only_and_are_told_nothing_the_program_does_not_know() -> None:
    for node in NODES:
        assert (node["read_only"], node["cap_drop"], node["init"]) == (True, ["ALL"], True)
        given = {name: str(value) for name, value in node["environment"].items() if not name.endswith("_FILE")}
        config, _ = read_config(given)
        assert (config.proxies, config.x_accel) == (1, "/accel/")
        assert len({volume for one in NODES if one["profiles"] == node["profiles"] for volume in folders(one)}) == len(
            [one for one in NODES if one["profiles"] == node["profiles"]]
        )
        files = [name for name in node["environment"] if name.endswith("_FILE")]
        assert len(files) == (0 if node["profiles"] == ["single"] else 2)


def test_what_is_named_in_the_compose_file_is_there() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"]), name
        assert set(service.get("depends_on", [])) <= set(SERVICES), name
        for volume in service.get("volumes", []):
            source = volume["source"] if isinstance(volume, dict) else volume.partition(":")[0]
            here = source.startswith(".")
            assert (DOCKER / source).exists() or "/secrets/" in source if here else source in COMPOSE["volumes"], source


def test_the_proxy_of_each_profile_knows_its_nodes_and_they_believe_it() -> None:
    for front, lines in (("front", "nodes.conf"), ("front-scale", "nodes-scale.conf")):
        profile = SERVICES[front]["profiles"]
        nodes = [node for node in NODES if node["profiles"] == profile]
        listed = re.findall(r"server ([\d.]+):8080", (DOCKER / lines).read_text())
        assert listed == 2 * [node["networks"]["front"]["ipv4_address"] for node in nodes]
        own = SERVICES[front]["networks"]["front"]["ipv4_address"]
        assert {node["environment"]["PAOMADENG_PROXY_FROM"] for node in nodes} == {own}
        assert any(lines in str(volume) for volume in SERVICES[front]["volumes"])


@pytest.mark.skipif(not outside.program("openssl"), reason="openssl is missing: apt-get install openssl")
def test_secrets_are_made_once_and_agree(tmp_path: Path) -> None:
    for name in ("prepare.sh", ".env"):
        shutil.copy(DOCKER / name, tmp_path)
    command = ["sh", str(tmp_path / "prepare.sh"), "plant.example"]
    subprocess.run(command, check=True, stdout=-1)
    folder = tmp_path / "secrets"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    subprocess.run(command, check=True, stdout=-1)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    wanted = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()} | {
        "cert.pem",
        "key.pem",
        "secret.key",
    }
    assert set(first) - {"redis_password"} == wanted
    config, _ = read_config(
        {f"PAOMADENG_{name}_FILE": str(folder / name.lower()) for name in ("DATABASE_URL", "REDIS_URL")}
    )
    assert first["postgres_password"].decode().strip() in config.database_url
    assert first["redis_conf"].split()[1].decode() in config.redis_url
    assert (folder.stat().st_mode & 0o777, os.access(folder / "database_url", os.R_OK)) == (0o700, True)


# Kubernetes ---------------------------------------------------------------------------------------------------------


def objects() -> dict[str, Any]:
    """Every object of the base by its kind."""
    named = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
    read = [yaml.safe_load((KUBERNETES / name).read_text(encoding="utf-8")) for name in named]
    return {one["kind"]: one for one in read}


def test_every_object_is_in_the_base_and_every_reference_leads_somewhere() -> None:
    base = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
    assert {path.name for path in KUBERNETES.glob("*.yaml")} == {"kustomization.yaml", *base["resources"]}
    found = objects()
    pod = found["StatefulSet"]["spec"]["template"]
    labels, (container,) = pod["metadata"]["labels"], pod["spec"]["containers"]
    selectors = [
        found["StatefulSet"]["spec"]["selector"]["matchLabels"], found["Service"]["spec"]["selector"],
        found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
    ]  # fmt: skip
    assert all(selector == labels for selector in selectors)
    service = found["Service"]["metadata"]["name"]
    leads_to = found["Ingress"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert (leads_to["name"], leads_to["port"]["name"]) == (service, found["Service"]["spec"]["ports"][0]["name"])
    assert found["StatefulSet"]["spec"]["serviceName"] == service
    assert pod["spec"]["serviceAccountName"] == found["ServiceAccount"]["metadata"]["name"]
    assert container["envFrom"][0]["configMapRef"]["name"] == base["configMapGenerator"][0]["name"]
    assert container["image"] == base["images"][0]["name"]
    volumes = {one["name"] for one in pod["spec"]["volumes"]}
    volumes |= {one["metadata"]["name"] for one in found["StatefulSet"]["spec"]["volumeClaimTemplates"]}
    assert {one["name"] for one in container["volumeMounts"]} == volumes


def test_probes_ask_for_what_the_server_tells_and_only_a_dead_one_is_started_again() -> None:
    (container,) = objects()["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    paths = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert paths == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}


def test_nothing_goes_out_of_the_pod_and_the_settings_are_the_servers() -> None:
    policy = objects()["NetworkPolicy"]["spec"]
    assert (policy["egress"], sorted(policy["policyTypes"])) == ([], ["Egress", "Ingress"])
    lines = [line for line in (KUBERNETES / "node.env").read_text().splitlines() if not line.startswith("#")]
    config, _ = read_config(dict(line.split("=", 1) for line in lines))
    assert config.public_url == "https://" + objects()["Ingress"]["spec"]["rules"][0]["host"]


def test_kubernetes_lets_as_large_a_body_in_as_the_server_takes() -> None:
    size = objects()["Ingress"]["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
    assert size == f"{read_config({})[0].upload_mb}m"
