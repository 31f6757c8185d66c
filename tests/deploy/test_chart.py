"""The chart, by Helm itself, Kubernetes' own schemas, and a table of what may talk to what."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import COMMANDS
from tests.deploy.test_nginx import PUBLIC
from tools import deploy_tools, nginx

pytestmark = pytest.mark.usefixtures("tools")
LEAST = {"image": {"repository": "registry.example/bot"}, "secret": {"name": "bot"}, "ingress": {"host": "bot.example"}}
MOST = {
    "image": {"repository": "registry.example/bot", "digest": "sha256:" + "a" * 64, "pullSecrets": ["registry"]},
    "secret": {"name": "bot"},
    "ingress": {
        "host": "bot.example", "className": "nginx", "tlsSecret": "tls", "annotations": {"a.example/size": "16k"},
    },
    "model": {"sha256": "b" * 64},
    "messaging": ["telegram", "slack", "whatsapp", "whatsapp-meta"],
    "autoscaling": {"latency": {"enabled": True}},
    "front": {"trustedProxies": ["10.1.0.0/16"]},
    "network": {"monitoringNamespace": "monitoring", "database": {"cidr": "10.9.0.7/32", "port": 6432}},
}  # fmt: skip
ONE_FIXED = {**LEAST, "autoscaling": {"enabled": False}}
KUBERNETES = ("1.29", "1.33", "1.37")
# value, what stands there instead, what the refusal names
BAD = [
    ("image.repository", "", "/image/repository"),
    ("image.tag", "latest", "/image/tag"),
    ("image.digest", "sha256:123", "/image/digest"),
    ("secret.name", "", "/secret/name"),
    ("ingress.host", "", "/ingress/host"),
    ("ingress.host", "https://bot.example", "/ingress/host"),
    ("model.sha256", "123", "/model/sha256"),
    ("keepDays", 0, "/keepDays"),
    ("autoscaling.minReplicas", 1, "/autoscaling/minReplicas"),
    ("messaging", ["facebook"], "/messaging"),
    ("credentials", {"rest": {}}, "'rest' does not match"),
    ("unknown", 1, "unknown"),
    ("bot.image", "x", "/bot"),
]
# Who may be talked to by whom, with MOST: (from, to, port).
WAYS = {
    ("namespace ingress-nginx", "front", 8080),
    ("front", "bot", 5005),
    ("namespace monitoring", "bot", 5005),
    ("bot", "actions", 5055),
}
LEAVING = {
    ("front", "dns"), ("bot", "dns"), ("front", "bot"), ("bot", "actions"),
    ("migrate", "dns"), ("migrate", "10.9.0.7/32:6432"), ("bot", "10.9.0.7/32:6432"),
    ("bot", "anywhere:443"),
}  # fmt: skip


def documents(values: dict[str, Any]) -> list[dict[str, Any]]:
    told = deploy_tools.helm(values)
    assert told["refused"] == ""
    rendered = [text for name, text in told["rendered"].items() if name.endswith(".yaml")]
    return [document for text in rendered for document in yaml.safe_load_all(text) if document]


@pytest.fixture(scope="module")
def most() -> list[dict[str, Any]]:
    return documents(MOST)


def of(kind: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [document for document in found if document["kind"] == kind]


def part(labels: dict[str, str]) -> str:
    return labels["app.kubernetes.io/component"]


def pods(found: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for document in (*of("Deployment", found), *of("Job", found)):
        template = document["spec"]["template"]
        yield part(template["metadata"]["labels"]), template["spec"]


@pytest.mark.parametrize("values", [LEAST, MOST, ONE_FIXED])
def test_helm_lint_finds_nothing(values: dict[str, Any]) -> None:
    lint = deploy_tools.helm(values)["lint"]
    assert lint["errors"] == []
    assert [message["error"] for message in lint["messages"]] == ["icon is recommended"]


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_knows_every_field(version: str) -> None:
    found = [document for values in (LEAST, MOST, ONE_FIXED) for document in documents(values)]
    assert deploy_tools.kubernetes_problems(yaml.safe_dump_all(found), version) == ""


def test_kubernetes_check_sees_a_wrong_field() -> None:
    wrong = copy.deepcopy(of("Deployment", documents(LEAST))[0])
    wrong["spec"]["replica"] = 2
    assert "replica" in deploy_tools.kubernetes_problems(yaml.safe_dump(wrong), KUBERNETES[0])


@pytest.mark.parametrize(("name", "value", "told"), BAD)
def test_wrong_values_are_refused_by_name(name: str, value: object, told: str) -> None:
    values: dict[str, Any] = copy.deepcopy(LEAST)
    place = values
    *folders, last = name.split(".")
    for folder in folders:
        place = place.setdefault(folder, {})
    place[last] = value
    assert told in deploy_tools.helm(values)["refused"]


def test_nothing_is_set_that_has_to_be_given() -> None:
    refused = deploy_tools.helm({})["refused"]
    assert all(name in refused for name in ("/image/repository", "/secret/name", "/ingress/host"))


def test_no_pod_has_rights_or_a_file_system_to_write_to(most: list[dict[str, Any]]) -> None:
    assert {name for name, _ in pods(most)} == {"bot", "actions", "front", "migrate"}
    for _name, pod in pods(most):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        assert all(set(volume) - {"name"} <= {"emptyDir", "configMap"} for volume in pod["volumes"])
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]


def test_only_who_needs_the_secret_gets_it(most: list[dict[str, Any]]) -> None:
    assert of("Secret", most) == []
    given = {name for name, pod in pods(most) for one in pod["containers"] if "envFrom" in one}
    assert given == {"bot", "migrate"}


def test_the_bot_is_asked_whether_it_lives_and_whether_it_is_ready(most: list[dict[str, Any]]) -> None:
    (container,) = dict(pods(most))["bot"]["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == "/health"
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert {"name": "BOT_MODEL_SHA256", "value": "b" * 64} in container["env"]
    assert container["image"] == "registry.example/bot@sha256:" + "a" * 64


def test_commands_exist(most: list[dict[str, Any]]) -> None:
    commands = [one["command"] for _, pod in pods(most) for one in pod["containers"]]
    ours = {command[3] for command in commands if command[:3] == ["python", "-m", "bot"]}
    assert ours == {"worker", "migrate"}
    assert ours <= set(COMMANDS)


def test_an_upgrade_and_a_drained_machine_leave_somebody_to_answer(most: list[dict[str, Any]]) -> None:
    budgets = {part(one["spec"]["selector"]["matchLabels"]) for one in of("PodDisruptionBudget", most)}
    assert budgets == {"bot", "actions", "front"}
    for deployment in of("Deployment", most):
        assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert deployment["spec"].get("replicas", 2) >= 2


def test_copies_follow_latency_and_where_it_is_not_known_the_processor(most: list[dict[str, Any]]) -> None:
    def metrics(found: list[dict[str, Any]]) -> list[str]:
        (scaler,) = of("HorizontalPodAutoscaler", found)
        return [metric["type"] for metric in scaler["spec"]["metrics"]]

    assert metrics(most) == ["Pods", "Resource"]
    assert metrics(documents(LEAST)) == ["Resource"]
    assert of("HorizontalPodAutoscaler", documents(ONE_FIXED)) == []


def test_a_bot_that_cannot_store_still_gets_the_emergencies(most: list[dict[str, Any]]) -> None:
    (service,) = (one for one in of("Service", most) if part(one["spec"]["selector"]) == "bot")
    assert service["spec"]["publishNotReadyAddresses"] is True


def test_the_ingress_names_the_public_paths_and_no_other(most: list[dict[str, Any]]) -> None:
    (ingress,) = of("Ingress", most)
    paths = {(one["path"], one["pathType"]) for one in ingress["spec"]["rules"][0]["http"]["paths"]}
    wanted = {path for _, path in PUBLIC if not path.startswith("/webhooks/web/")}
    assert paths == {(path, "Exact") for path in wanted} | {("/webhooks/web/", "Prefix")}
    (plain,) = of("Ingress", documents(LEAST))
    assert "telegram" not in str(plain)


def test_only_these_ways_are_open(most: list[dict[str, Any]]) -> None:
    policies = of("NetworkPolicy", most)
    closed = [one for one in policies if not {"ingress", "egress"} & one["spec"].keys()]
    assert [one["spec"]["policyTypes"] for one in closed] == [["Ingress", "Egress"]]
    assert "app.kubernetes.io/component" not in closed[0]["spec"]["podSelector"]["matchLabels"]
    opened = [one for one in policies if one not in closed]
    assert {way for one in opened for way in entering(one["spec"])} == WAYS
    assert {way for one in opened for way in leaving(one["spec"])} == LEAVING


def entering(spec: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    for rule in spec.get("ingress", ()):
        for peer in rule["from"]:
            for port in rule["ports"]:
                yield named(peer), part(spec["podSelector"]["matchLabels"]), port["port"]


def leaving(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    me = part(spec["podSelector"]["matchLabels"])
    for rule in spec.get("egress", ()):
        ports = {port["port"] for port in rule["ports"]}
        for peer in rule.get("to", [None]):
            if peer is None:
                yield from ((me, f"anywhere:{port}") for port in ports)
            elif ports == {53}:
                yield me, "dns"
            elif "ipBlock" in peer:
                yield from ((me, f"{peer['ipBlock']['cidr']}:{port}") for port in ports)
            else:
                yield me, named(peer)


def named(peer: dict[str, Any]) -> str:
    if "podSelector" in peer:
        return part(peer["podSelector"]["matchLabels"])
    return "namespace " + peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]


def test_nginx_takes_what_the_chart_writes(most: list[dict[str, Any]], tmp_path: Path) -> None:
    (front,) = (one for one in of("ConfigMap", most) if "nginx.conf" in one["data"])
    (tmp_path / "place").mkdir()
    for name, text in front["data"].items():
        own = name in ("nginx.conf", "errors.conf")
        here = re.sub(r"/tmp/", f"{tmp_path}/", re.sub(r"resolver \S+", "resolver 127.0.0.1", text))
        (tmp_path / ("" if own else "place") / name).write_text(here)
        assert not own or text.rstrip() == (nginx.DEPLOY / name).read_text().rstrip()
    assert nginx.check(tmp_path) == ""
