"""The files that deploy the server are of the form that their readers want, and name what is there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from codegym.cli import app

DEPLOY = Path(__file__).parent.parent / "deploy"
pytestmark = pytest.mark.skipif(not DEPLOY.is_dir(), reason="not run from a checkout")


def serve_options() -> set[str]:
    """The options of ``codegym serve``."""
    command: Any = typer.main.get_command(app)
    return {name for option in command.commands["serve"].params for name in option.opts}


def check_arguments(arguments: list[str]) -> None:
    """Each option is one that the command has."""
    assert {word for word in arguments if word.startswith("--")} <= serve_options()


def test_the_image_is_made_of_what_is_there() -> None:
    """Each file that is copied exists, and what starts is a command of ours, as no privileged user."""
    text = (DEPLOY / "Dockerfile").read_text()
    for words in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE):
        for name in words.split():
            assert (DEPLOY.parent / name).exists(), name
    entry = json.loads(re.findall(r"^ENTRYPOINT (.+)$", text, re.MULTILINE)[0])
    assert entry[:2] == ["codegym", "serve"]
    check_arguments(entry)
    assert text.index("\nUSER ") < text.index("\nENTRYPOINT ")


def test_the_compose_file() -> None:
    """It is reachable from this machine alone, and has a token that is not in it."""
    (service,) = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].values()
    check_arguments(service["command"])
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert "--token-file" in service["command"]
    assert "privileged" not in service


def test_the_kubernetes_manifest() -> None:
    """Each object has its kind and name, selectors find the pods, and volumes that are mounted are there."""
    objects = {item["kind"]: item for item in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())}
    assert set(objects) == {"Deployment", "Service", "NetworkPolicy"}
    assert all(item["apiVersion"] and item["metadata"]["name"] == "codegym" for item in objects.values())
    spec = objects["Deployment"]["spec"]
    pod = spec["template"]["spec"]
    labels = spec["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"] == labels
    assert objects["Service"]["spec"]["selector"] == labels
    assert objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    (container,) = pod["containers"]
    check_arguments(container["args"])
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    ports = {port["name"] for port in container["ports"]}
    assert objects["Service"]["spec"]["ports"][0]["targetPort"] in ports
    assert container["readinessProbe"]["httpGet"]["port"] in ports
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
