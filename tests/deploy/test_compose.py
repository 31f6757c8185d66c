"""compose.yml: what docker compose makes of it, and what no service may have or lack."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import COMMANDS
from bot.channels.web import WebInput
from tools import deploy_tools, nginx

FOLDER = deploy_tools.COMPOSE_FILE.parent
WRITTEN = yaml.safe_load(deploy_tools.COMPOSE_FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = WRITTEN["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_has_rights_or_a_file_system_to_write_to(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "cap_add", "devices"} & service.keys()
    assert service["logging"]["options"]["max-size"]


def test_only_nginx_is_reachable_and_by_default_from_this_machine_alone() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"nginx"}
    assert SERVICES["nginx"]["ports"] == ["${BOT_ADDRESS:-127.0.0.1}:${BOT_PORT:-8080}:8080"]
    inner = {name for name, network in WRITTEN["networks"].items() if network.get("internal")}
    assert inner == {"front", "actions", "store"}
    assert {name for name, service in SERVICES.items() if set(service["networks"]) - inner} == {"nginx"}


def test_who_is_in_which_network() -> None:
    assert {name: set(service["networks"]) for name, service in SERVICES.items()} == {
        "postgres": {"store"},
        "migrate": {"store"},
        "bot": {"front", "store", "actions"},
        "actions": {"actions"},
        "nginx": {"public", "front"},
    }


def test_secrets_come_as_files_and_the_action_server_gets_none() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            assert not any(word in variable for word in ("PASSWORD", "KEY", "SECRET", "TOKEN", "DATABASE")) or (
                variable.endswith("_FILE") and value.startswith("/run/secrets/")
            ), name
    assert "secrets" not in SERVICES["actions"]
    assert "secrets" not in SERVICES["nginx"]


def test_two_of_each_and_health_everywhere_it_can_be_asked() -> None:
    assert SERVICES["bot"]["deploy"]["replicas"] == SERVICES["actions"]["deploy"]["replicas"] == 2
    assert "healthcheck" in SERVICES["postgres"]
    assert "healthcheck" in SERVICES["actions"]
    assert "healthcheck" in SERVICES["nginx"]
    assert "HEALTHCHECK" in deploy_tools.DOCKERFILE.read_text()  # the bot's


def test_the_commands_exist() -> None:
    assert SERVICES["migrate"]["command"][:3] == ["python", "-m", "bot"]
    assert SERVICES["migrate"]["command"][3] in COMMANDS


def test_the_bots_believe_the_network_of_the_front() -> None:
    written = yaml.safe_load((FOLDER / "credentials.yml").read_text())
    (settings,) = written.values()
    assert settings["proxies"] == [WRITTEN["networks"]["front"]["ipam"]["config"][0]["subnet"]]
    WebInput.from_credentials(settings)


def test_the_secrets_are_drawn_once(tmp_path: Path) -> None:
    script = Path(shutil.copy(FOLDER / "secrets.sh", tmp_path))
    subprocess.run([script], check=True, capture_output=True)
    folder = tmp_path / "secrets"
    drawn = {file.name: file.read_text() for file in folder.iterdir()}
    assert {f"./secrets/{name}" for name in drawn} == {secret["file"] for secret in WRITTEN["secrets"].values()}
    assert all(len(text) >= 64 for text in drawn.values())
    assert drawn["database_password"] in drawn["database_url"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    subprocess.run([script], check=True, capture_output=True)
    assert {file.name: file.read_text() for file in folder.iterdir()} == drawn


def test_nginx_takes_what_stands_there(tmp_path: Path) -> None:
    if nginx.version() < (1, 27, 3):
        pytest.skip("this nginx is too old to look up again where the bots are; the image's is not")
    for file in (*nginx.DEPLOY.glob("*.conf"), *FOLDER.glob("place/*.conf")):
        place = tmp_path / "place" if file.parent.name == "place" else tmp_path
        place.mkdir(exist_ok=True)
        (place / file.name).write_text(file.read_text().replace("/tmp/", f"{tmp_path}/"))
    assert nginx.check(tmp_path) == ""


@pytest.mark.usefixtures("tools")
def test_docker_compose_understands_it() -> None:
    config = deploy_tools.compose_config({"BOT_PORT": "9090"})
    assert set(config["services"]) == set(SERVICES)
    assert config["services"]["nginx"]["ports"][0]["published"] == "9090"
    assert config["services"]["bot"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert config["services"]["bot"]["build"]["context"] == str(deploy_tools.ROOT)
    for service in config["services"].values():
        for volume in service.get("volumes", ()):
            assert volume["type"] == "volume" or Path(volume["source"]).exists()
