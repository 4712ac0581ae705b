"""What the files of deploy/ promise beside what their formats ask for. Each function yields the name of a promise and whether
it is kept; SPOILT has for each of them a change that breaks it and no other."""
import copy
import re

import yaml

PROBES = {"startup": "/healthz", "readiness": "/readyz", "liveness": "/healthz"}
UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, None: 1}


def seconds(text):
    """Of 660, 10m, 11min."""
    number, unit = re.fullmatch(r"(\d+)\s*([a-z]+)?", str(text)).groups()
    return int(number) * UNITS[unit]


def at(value, *path):
    """What stands there; None where nothing does."""
    for step in path:
        inside = isinstance(value, dict) and step in value or isinstance(value, list) and step < len(value)
        value = value[step] if inside else None
    return value


def listened_on(configuration):
    """(protocol, port) of SIP, the API and the metrics, of what is not for this machine alone."""
    for listener in configuration["sip"]["listen"]:
        scheme, port = re.fullmatch(r"(\w+)://.*:(\d+)", listener).groups()
        yield "UDP" if scheme == "udp" else "TCP", int(port)
    for section in ("admin", "metrics"):
        host, port = configuration[section]["listen"].split(":")
        if not host.startswith("127."):
            yield "TCP", int(port)


def let_in(policy):
    """(protocol, first port, last port)."""
    for rule in policy["spec"]["ingress"]:
        for port in rule["ports"]:
            yield port["protocol"], port["port"], port.get("endPort", port["port"])


def of_pod(documents):
    """Manifests by their kind."""
    spec = documents["Deployment"]["spec"]["template"]["spec"]
    container = spec["containers"][0]
    configuration = yaml.safe_load(documents["ConfigMap"]["data"]["holdfast.yaml"])
    listened = set(listened_on(configuration))
    media = [int(port) for port in configuration["media"]["ports"].split("-")]
    metrics = int(configuration["metrics"]["listen"].split(":")[1])
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    yield "the node's network", at(spec, "hostNetwork") is True
    yield "a grace longer than the drain", \
        (at(spec, "terminationGracePeriodSeconds") or 30) > seconds(configuration["server"]["drain_timeout"])
    yield "preStop drains", at(container, "lifecycle", "preStop", "exec", "command") == ["holdfast", "drain"]
    yield "nothing is written to the root", at(container, "securityContext", "readOnlyRootFilesystem") is True
    for name, path in PROBES.items():
        yield f"{name} asks {path}", at(container, f"{name}Probe", "httpGet", "path") == path
    yield "probes ask where the metrics are", {ports.get(at(container, f"{name}Probe", "httpGet", "port"))
                                               for name in PROBES} == {metrics}
    yield "ports are those of the configuration", \
        {(port["protocol"], port["containerPort"]) for port in container["ports"]} == listened
    wanted = {("UDP", *media), *((protocol, port, port) for protocol, port in listened)}
    yield "the policy lets them and media in", set(let_in(documents["NetworkPolicy"])) == wanted
    yield "records outlive the pod", at(configuration, "cdr", "store") == "postgresql"


def of_compose(service, drain, on_host):
    """The service as it is written; `drain`: the default of server.drain_timeout."""
    if on_host:
        yield "the host's network", service.get("network_mode") == "host"
        yield "descriptors for many calls", (at(service, "ulimits", "nofile", "soft") or 0) >= 100_000
    yield "a grace longer than the drain", seconds(service.get("stop_grace_period", "10s")) > seconds(drain)


def of_unit(unit, drain, bad_configuration):
    """Its lines by their names; `bad_configuration`: the exit status of one."""
    yield "a grace longer than the drain", seconds(unit.get("TimeoutStopSec", 90)) > seconds(drain)
    yield "SIGTERM drains", unit.get("KillSignal", "SIGTERM") == "SIGTERM"
    yield "a mistake is no reason to start again", unit.get("RestartPreventExitStatus") == str(bad_configuration)
    yield "descriptors for many calls", int(unit.get("LimitNOFILE", 1024)) >= 100_000
    yield "SIGHUP reloads", unit.get("ExecReload") == "/bin/kill -HUP $MAINPID"


POD = ("Deployment", "spec", "template", "spec")
CONTAINER = (*POD, "containers", 0)
SPOILT = {  # promise: (where, what is put there or done to what stands there)
    of_pod: {
        "the node's network": ((*POD, "hostNetwork"), False),
        "a grace longer than the drain": ((*POD, "terminationGracePeriodSeconds"), 600),
        "preStop drains": ((*CONTAINER, "lifecycle"), {}),
        "nothing is written to the root": ((*CONTAINER, "securityContext", "readOnlyRootFilesystem"), False),
        "startup asks /healthz": ((*CONTAINER, "startupProbe", "httpGet", "path"), "/readyz"),
        "readiness asks /readyz": ((*CONTAINER, "readinessProbe", "httpGet", "path"), "/healthz"),
        "liveness asks /healthz": ((*CONTAINER, "livenessProbe", "httpGet", "path"), "/readyz"),
        "probes ask where the metrics are": ((*CONTAINER, "livenessProbe", "httpGet", "port"), "sip-tcp"),
        "ports are those of the configuration": ((*CONTAINER, "ports", 0, "containerPort"), 5062),
        "the policy lets them and media in": (("NetworkPolicy", "spec", "ingress", 0, "ports", 2, "endPort"), 20999),
        "records outlive the pod": (("ConfigMap", "data", "holdfast.yaml"),
                                    lambda text: text.replace("store: postgresql", "store: sqlite")),
    },
    of_compose: {
        "the host's network": (("network_mode",), "bridge"),
        "descriptors for many calls": (("ulimits",), {}),
        "a grace longer than the drain": (("stop_grace_period",), "10m"),
    },
    of_unit: {
        "a grace longer than the drain": (("TimeoutStopSec",), "10min"),
        "SIGTERM drains": (("KillSignal",), "SIGKILL"),
        "a mistake is no reason to start again": (("RestartPreventExitStatus",), "1"),
        "descriptors for many calls": (("LimitNOFILE",), "1024"),
        "SIGHUP reloads": (("ExecReload",), "/bin/true"),
    },
}


def broken(promises):
    return {name for name, is_kept in promises if not is_kept}


def spoilt(document, where, change):
    document = copy.deepcopy(document)
    place = at(document, *where[:-1]) if where[:-1] else document
    place[where[-1]] = change(place[where[-1]]) if callable(change) else change
    return document


def unnoticed(of, document, *more):
    """Promises that could be broken without being found so, alone."""
    for name, _ in of(document, *more):
        change = SPOILT[of].get(name)
        if not change or broken(of(spoilt(document, *change), *more)) != {name}:
            yield name
