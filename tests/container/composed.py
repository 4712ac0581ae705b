"""The container of a service of deploy/compose.yaml as podman is told of it, for where no engine is that docker-compose could
tell."""
import resource
from pathlib import Path

import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NOT_OF_A_RUN = {"image", "build", "restart", "logging", "stop_grace_period"}


def limit(name, wanted):
    """As far as this machine grants it."""
    most = resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}"))[1]
    granted = [value if most == resource.RLIM_INFINITY else min(value, most) for value in (wanted["soft"], wanted["hard"])]
    return f"{name}={granted[0]}:{granted[1]}"


def security(option):
    kind, _, value = option.partition(":")
    return f"{kind}={DEPLOY / value if kind == 'seccomp' else value}"


SAID = {
    "network_mode": lambda mode: ("--network", mode),
    "read_only": lambda yes: ("--read-only", "--read-only-tmpfs=false") if yes else (),
    "cap_drop": lambda names: [word for name in names for word in ("--cap-drop", name)],
    "security_opt": lambda options: [word for option in options for word in ("--security-opt", security(option))],
    "volumes": lambda volumes: [word for volume in volumes for word in ("-v", volume.partition(":")[2])],  # none that stays
    "ulimits": lambda limits: [word for name, wanted in limits.items() for word in ("--ulimit", limit(name, wanted))],
}


def podman_words(service):
    """Options of `podman run`. KeyError: the file says what this does not know."""
    said = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"][service]
    return [word for key, value in said.items() if key not in NOT_OF_A_RUN for word in SAID[key](value)]
