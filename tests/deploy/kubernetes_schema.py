"""Strict checks of Kubernetes manifests: every field against the types that the API publishes, as Debian's
python3-kubernetes has them; of the Prometheus operator's ServiceMonitor against what its definition says of what we use."""
import re

from kubernetes import client

# Kinds by the class of their model.
MODELS = {("v1", "ConfigMap"): "V1ConfigMap", ("v1", "Secret"): "V1Secret", ("v1", "Service"): "V1Service",
          ("apps/v1", "Deployment"): "V1Deployment", ("policy/v1", "PodDisruptionBudget"): "V1PodDisruptionBudget",
          ("networking.k8s.io/v1", "NetworkPolicy"): "V1NetworkPolicy"}
# monitoring.coreos.com/v1, as far as we use it.
SERVICE_MONITOR = {"apiVersion": "str", "kind": "str", "metadata": "V1ObjectMeta", "spec": {
    "selector": "V1LabelSelector",
    "endpoints": [{"port": "str", "path": "str", "interval": "duration", "scrapeTimeout": "duration"}]}}
SCALARS = {"str": str, "bool": bool, "int": int, "float": (int, float)}


def check(document):
    """Every mistake of one manifest, as lines."""
    if not isinstance(document, dict):
        return ["no mapping"]
    kind = (document.get("apiVersion"), document.get("kind"))
    if kind == ("monitoring.coreos.com/v1", "ServiceMonitor"):
        return list(mistakes(document, SERVICE_MONITOR, "ServiceMonitor"))
    if kind not in MODELS:
        return [f"unknown kind {kind}"]
    return list(mistakes(document, MODELS[kind], kind[1]))


def mistakes(value, kind, path):
    if isinstance(kind, dict):
        yield from of_mapping(value, kind, (), path)
    elif isinstance(kind, list):
        yield from of_list(value, kind[0], path)
    elif found := re.fullmatch(r"list\[(.+)\]", kind):
        yield from of_list(value, found[1], path)
    elif found := re.fullmatch(r"dict\(str, (.+)\)", kind):
        yield from of_names(value, found[1], path)
    elif kind in SCALARS:
        if not isinstance(value, SCALARS[kind]) or (isinstance(value, bool) and kind != "bool"):
            yield f"{path}: {value!r} is no {kind}"
    elif kind == "duration":
        if not re.fullmatch(r"\d+(ms|s|m|h)", str(value)):
            yield f"{path}: {value!r} is no duration"
    elif kind != "object":  # a number or a text: targetPort, maxUnavailable
        yield from of_model(value, getattr(client, kind), path)


def of_list(value, kind, path):
    if not isinstance(value, list):
        yield f"{path}: no list"
        return
    for index, item in enumerate(value):
        yield from mistakes(item, kind, f"{path}[{index}]")


def of_names(value, kind, path):
    if not isinstance(value, dict):
        yield f"{path}: no mapping"
        return
    for name, item in value.items():
        yield from mistakes(item, kind, f"{path}.{name}")


def of_mapping(value, kinds, required, path):
    if not isinstance(value, dict):
        yield f"{path}: no mapping"
        return
    for name in required:
        if name not in value:
            yield f"{path}.{name}: is missing"
    for name, item in value.items():
        if name in kinds:
            yield from mistakes(item, kinds[name], f"{path}.{name}")
        else:
            yield f"{path}.{name}: unknown field"


def of_model(value, model, path):
    kinds = {model.attribute_map[name]: kind for name, kind in model.openapi_types.items()}
    yield from of_mapping(value, kinds, required_of(model), path)


def required_of(model):
    """The model refuses None for what is required, one attribute after the other."""
    configuration = client.Configuration()
    configuration.client_side_validation = True
    empty = model.__new__(model)
    empty.local_vars_configuration = configuration
    for name in model.openapi_types:
        try:
            setattr(empty, name, None)
        except ValueError:
            yield model.attribute_map[name]
