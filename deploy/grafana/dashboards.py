#!/usr/bin/env python3
"""Writes deploy/grafana/dashboards/*.json: what each panel asks stands here, once and readable.
--check: whether the files are what this would write."""
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "dashboards"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH, HEIGHT, COLUMNS = 24, 8, 2
ON = 'instance=~"$instance"'
TRUNK = 'instance=~"$instance", trunk=~"$trunk"'
RATE = "[$__rate_interval]"
GUESSES = 'reason=~"wrong|unsupported|throttled"'  # the other reasons are of who knows the password


def rate(metric, by, labels=ON, **more):
    """Increase a second, summed."""
    chosen = ", ".join([labels, *(f'{name}="{value}"' for name, value in more.items())])
    return f"sum by ({by}) (rate({metric}{{{chosen}}}{RATE}))"


def quantile(q, metric, by="", labels=ON):
    inner = f"sum by ({', '.join(filter(None, ['le', by]))}) (rate({metric}_bucket{{{labels}}}{RATE}))"
    return f"histogram_quantile({q}, {inner})"


def quantiles(metric, labels=ON):
    return [(quantile(q, metric, labels=labels), f"p{round(100 * q)}") for q in (0.5, 0.95, 0.99)]


def graph(title, questions, unit="short", about="", limits=(), stack=False):
    """`questions`: (expression, legend). `limits`: (colour, from this value on)."""
    return {"kind": "timeseries", "title": title, "questions": questions, "unit": unit, "about": about, "limits": limits,
            "stack": stack}


def number(title, question, unit="short", about="", limits=()):
    return {"kind": "stat", "title": title, "questions": [(question, "")], "unit": unit, "about": about, "limits": limits}


OVERVIEW = [
    number("Calls up", f'sum(holdfast_calls{{{ON}, state="up"}})', about="Both legs talk, or one holds"),
    number("Calls a second", f"sum(holdfast:calls:rate5m{{{ON}}})", "cps"),
    number("Trunks that are down", f"count(holdfast_trunk_up{{{ON}}} == 0) or vector(0)", limits=[("red", 1)],
           about="No peer answers options_ping"),
    number("Media ports in use", f"max(holdfast:media_ports_used_ratio{{{ON}}})", "percentunit",
           limits=[("orange", 0.7), ("red", 0.85)]),
    graph("Calls", [(f"sum by (state) (holdfast_calls{{{ON}}})", "{{state}}")], stack=True),
    graph("How calls end", [(rate("holdfast_calls_total", "outcome"), "{{outcome}}")], "cps", stack=True,
          about="Each call counts once for the leg that came in and once for the one that left"),
    graph("Post-dial delay", quantiles("holdfast_call_setup_seconds"), "s", "INVITE read to first 18x or 2xx sent"),
    graph("Changes that fail or are healed",
          [(f"holdfast:renegotiation_failure_ratio:rate5m{{{ON}}}", "fail, {{instance}}"),
           (f"holdfast:renegotiation_healed_ratio:rate5m{{{ON}}}", "healed, {{instance}}")], "percentunit",
          "A healed change is one that the far side refused and that worked all the same", [("red", 0.05)]),
    graph("One-way calls", [(f"sum by (instance) (holdfast_media_one_way_calls{{{ON}}})", "{{instance}}")],
          about="One peer should send and has not for 10 s: a firewall, NAT, or a wrong media.advertise"),
    graph("Takes calls", [(f"1 - holdfast_overload{{{ON}}}", "{{instance}}")], about="0: new calls are refused"),
]

CALLS = [
    graph("Changes by kind", [(rate("holdfast_renegotiations_total", "kind"), "{{kind}}")], "cps", stack=True),
    graph("What became of them", [(rate("holdfast_renegotiations_total", "outcome"), "{{outcome}}")], "cps", stack=True,
          about="local: the far side need not know; healed: it refused, and the change worked all the same"),
    graph("Healed: by what", [(rate("holdfast_renegotiation_healed_total", "by, cause"), "{{by}} after {{cause}}")], "cps"),
    graph("Who refuses", [(rate("holdfast_renegotiation_far_refusals_total", "trunk, kind, code"),
                           "{{trunk}}: {{kind}}, {{code}}")], "cps"),
    graph("Time of a change", quantiles("holdfast_renegotiation_seconds"), "s", "Request read to its final answer"),
    graph("Holds and music", [(f"sum(holdfast_holds_active{{{ON}}})", "legs that hold"),
                              (f"sum(holdfast_hold_music_active{{{ON}}})", "legs that hear music")]),
    graph("Music starts", quantiles("holdfast_hold_music_start_seconds"), "s", "Request read to the first packet of music"),
    graph("Length of calls", quantiles("holdfast_call_duration_seconds"), "s"),
    graph("Answers to our offers", [(rate("holdfast_offerless_answers_total", "answer"), "{{answer}}")], "cps",
          "In the ACK to an INVITE that left the offer to us (RFC 7088)"),
    graph("Records of calls", [(rate("holdfast_cdr_written_total", "instance"), "written, {{instance}}"),
                               (f"sum by (instance) (holdfast_cdr_waiting{{{ON}}})", "wait in memory, {{instance}}"),
                               (f"sum by (instance) (holdfast_cdr_spooled{{{ON}}})", "wait on the disk, {{instance}}")]),
]

MEDIA = [
    graph("Mean opinion score", [(f"holdfast:mos:mean5m{{{TRUNK}}}", "{{trunk}}")], "none",
          "Of what came over the trunk, by loss, jitter and delay (ITU-T G.107); 4.4 is as good as G.711 gets",
          [("red", 0), ("orange", 3.1), ("green", 3.8)]),
    graph("Loss", [(f"holdfast:rtp_loss_ratio:rate5m{{{TRUNK}}}", "{{trunk}}")], "percentunit", limits=[("red", 0.02)]),
    graph("Jitter, p95", [(quantile(0.95, "holdfast_rtp_jitter_seconds", "trunk", TRUNK), "{{trunk}}")], "s"),
    graph("Round trip, p95", [(quantile(0.95, "holdfast_rtp_round_trip_seconds", "trunk", TRUNK), "{{trunk}}")], "s",
          "From the receiver reports of peers; who sends none is not seen"),
    graph("Packets", [(rate("holdfast_rtp_packets_total", "direction"), "{{direction}}")], "pps"),
    graph("Bandwidth", [(f"8 * {rate('holdfast_rtp_bytes_total', 'direction')}", "{{direction}}")], "bps"),
    graph("Forwarding delay", quantiles("holdfast_media_forward_seconds"), "s", "A packet in to the packet out"),
    graph("Dropped", [(rate("holdfast_rtp_dropped_total", "reason"), "{{reason}}")], "pps"),
    graph("Streams", [(f"sum by (kind, profile) (holdfast_media_streams{{{ON}}})", "{{kind}} {{profile}}")], stack=True),
    graph("Transcoded", [(rate("holdfast_transcode_seconds_total", "from, to"), "{{from}} to {{to}}")], "short",
          "Seconds of sound a second: so many streams at once"),
    graph("Ports", [(f"sum by (state) (holdfast_media_ports{{{ON}}})", "{{state}}")], stack=True),
    graph("One-way calls", [(f"sum by (instance) (holdfast_media_one_way_calls{{{ON}}})", "{{instance}}")]),
    graph("Browsers' transports", [(f"sum by (state) (holdfast_ice_transports{{{ON}}})", "{{state}}")], stack=True,
          about="ICE: checking has not found a way yet, disconnected has lost consent"),
    graph("Connectivity checks", [(rate("holdfast_ice_checks_total", "result"), "{{result}}")], "reqps"),
    graph("DTLS handshakes", [(rate("holdfast_dtls_handshakes_total", "outcome"), "{{outcome}}")], "cps"),
    graph("Media over TCP", [(f"sum by (instance) (holdfast_ice_tcp_connections{{{ON}}})", "open, {{instance}}"),
                             (rate("holdfast_ice_tcp_closed_total", "reason"), "closed a second: {{reason}}")],
          about="Browsers behind a firewall that lets no UDP through"),
]

TRUNKS = [
    graph("Up", [(f"holdfast_trunk_up{{{TRUNK}}}", "{{trunk}}")], about="Trunks with options_ping", limits=[("red", 0), ("green", 1)]),
    graph("Legs now", [(f"sum by (trunk) (holdfast_trunk_calls{{{TRUNK}}})", "{{trunk}}")], stack=True),
    graph("Answer-seizure ratio", [(f"holdfast:answer_seizure_ratio:rate5m{{{TRUNK}}}", "{{trunk}}, {{direction}}")],
          "percentunit", "Calls that are answered, of all"),
    graph("Calls", [(f"sum by (trunk, direction) (holdfast:calls:rate5m{{{TRUNK}}})", "{{trunk}}, {{direction}}")], "cps"),
    graph("How they end", [(rate("holdfast_calls_total", "trunk, outcome", TRUNK, direction="out"), "{{trunk}}: {{outcome}}")],
          "cps"),
    graph("Refused here", [(rate("holdfast_trunk_rejected_total", "trunk, reason"), "{{trunk}}: {{reason}}")], "cps",
          "Without a trunk: sources that nobody knows"),
    graph("Packets that came", [(rate("holdfast_rtp_packets_total", "trunk", TRUNK, direction="in"), "{{trunk}}")], "pps"),
    graph("Descriptions refused", [(rate("holdfast_sdp_refused_total", "trunk, rule"), "{{trunk}}: {{rule}}")], "cps"),
]

SIP = [
    graph("Requests that came", [(rate("holdfast_sip_requests_total", "method", direction="in"), "{{method}}")], "reqps"),
    graph("Responses sent", [(rate("holdfast_sip_responses_total", "code", direction="out"), "{{code}}")], "reqps"),
    graph("Repeated", [(rate("holdfast_sip_retransmissions_total", "direction"), "{{direction}}")], "reqps",
          "Loss, or somebody who is slow"),
    graph("Not readable", [(rate("holdfast_sip_parse_errors_total", "reason"), "{{reason}}")], "reqps"),
    graph("Given up", [(rate("holdfast_sip_dropped_total", "reason"), "{{reason}}")], "reqps"),
    graph("Strangers and wrong passwords",
          [(rate("holdfast_auth_failures_total", "reason", f"{ON}, {GUESSES}"), "{{reason}}"),
           (rate("holdfast_trunk_rejected_total", "reason", trunk=""), "{{reason}}")], "reqps"),
    graph("Transactions", [(f"sum by (instance) (holdfast_sip_transactions{{{ON}}})", "{{instance}}")]),
    graph("Connections", [(f"sum by (transport) (holdfast_sip_connections{{{ON}}})", "{{transport}}")], stack=True),
    graph("Registrations", [(f"sum by (instance) (holdfast_registrations{{{ON}}})", "{{instance}}")]),
    graph("Certificates end in", [(f"holdfast_certificate_expiry_timestamp_seconds{{{ON}}} - time()",
                                   "{{certificate}}, {{instance}}")], "s", limits=[("red", 0), ("green", 14 * 86400)]),
]

PROCESS = [
    graph("CPU", [(rate("process_cpu_seconds_total", "instance", ON + ', job="holdfast"'), "{{instance}}")], "percentunit",
          "1 is one core"),
    graph("Memory", [(f'process_resident_memory_bytes{{{ON}, job="holdfast"}}', "{{instance}}")], "bytes"),
    graph("File descriptors", [(f'process_open_fds{{{ON}, job="holdfast"}} / process_max_fds{{{ON}, job="holdfast"}}',
                                "{{instance}}")], "percentunit"),
    graph("Objects alive", [(f"sum by (kind) (holdfast_objects_alive{{{ON}}})", "{{kind}}")],
          about="All zero half a minute after the last call"),
    graph("Up for", [(f'time() - process_start_time_seconds{{{ON}, job="holdfast"}}', "{{instance}}")], "s"),
    graph("Version", [(f"sum by (version, commit) (holdfast_build_info{{{ON}}})", "{{version}} ({{commit}})")]),
    graph("Configuration is in use since",
          [(f"time() - holdfast_config_last_reload_success_timestamp_seconds{{{ON}}}", "{{instance}}")], "s"),
    graph("Log lines lost", [(rate("holdfast_log_dropped_total", "instance"), "{{instance}}")]),
    graph("HTTP answers", [(rate("holdfast_http_requests_total", "route, status"), "{{status}} {{route}}")], "reqps"),
    graph("HTTP time", quantiles("holdfast_http_request_seconds"), "s", "A request that was read to its answer that was written"),
    graph("HTTP connections", [(f"sum by (listener) (holdfast_http_connections{{{ON}}})", "{{listener}}")], stack=True),
    graph("HTTP turned away", [(rate("holdfast_http_refused_total", "reason"), "{{reason}}")], "reqps",
          "wrong_token, wrong_tokens: somebody guesses; rate: a source asks too often"),
]

DASHBOARDS = {
    "overview": ("Overview", OVERVIEW),
    "calls": ("Calls and renegotiation", CALLS),
    "media": ("Media quality", MEDIA),
    "trunks": ("Trunks", TRUNKS),
    "sip": ("SIP and security", SIP),
    "process": ("Process", PROCESS),
}


def panel_of(panel, number_of_it, place):
    steps = [{"color": "green", "value": None}, *({"color": color, "value": value} for color, value in panel["limits"])]
    document = {
        "id": number_of_it, "type": panel["kind"], "title": panel["title"], "description": panel["about"],
        "datasource": SOURCE, "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel["unit"], "min": 0, "thresholds": {"mode": "absolute", "steps": steps}},
                        "overrides": []},
        "targets": [{"refId": chr(ord("A") + at), "datasource": SOURCE, "expr": expression, "legendFormat": legend,
                     "instant": panel["kind"] == "stat"}
                    for at, (expression, legend) in enumerate(panel["questions"])],
    }
    if panel["kind"] == "timeseries":
        custom = {"fillOpacity": 20 if panel["stack"] else 5, "showPoints": "never",
                  "stacking": {"mode": "normal" if panel["stack"] else "none", "group": "A"}}
        if panel["limits"]:
            custom["thresholdsStyle"] = {"mode": "line"}
        document["fieldConfig"]["defaults"]["custom"] = custom
        document["options"] = {"legend": {"displayMode": "table", "placement": "right", "calcs": ["lastNotNull", "max"]},
                               "tooltip": {"mode": "multi", "sort": "desc"}}
    return document


def placed(panels):
    """Numbers in one row at the top, graphs two in a row below."""
    documents, x, y = [], 0, 0
    numbers = [panel for panel in panels if panel["kind"] == "stat"]
    for panel in panels:
        is_number = panel["kind"] == "stat"
        width, height = (WIDTH // len(numbers), 4) if is_number else (WIDTH // COLUMNS, HEIGHT)
        documents.append(panel_of(panel, len(documents) + 1, {"x": x, "y": y, "w": width, "h": height}))
        x += width
        if x + width > WIDTH:
            x, y = 0, y + height
    return documents


def variable(name, question):
    return {"name": name, "type": "query", "datasource": SOURCE, "query": {"query": question, "refId": name}, "definition": question,
            "refresh": 2, "multi": True, "includeAll": True, "allValue": ".*", "current": {"text": "All", "value": "$__all"}}


def dashboard(name, title, panels):
    variables = [{"name": "datasource", "type": "datasource", "query": "prometheus"},
                 variable("instance", "label_values(holdfast_build_info, instance)")]
    if any("$trunk" in expression for panel in panels for expression, _ in panel["questions"]):
        variables.append(variable("trunk", "label_values(holdfast_calls_total, trunk)"))
    return {
        "uid": f"holdfast-{name}", "title": f"holdfast: {title}", "tags": ["holdfast"], "schemaVersion": 39, "version": 1,
        "editable": False, "graphTooltip": 1, "refresh": "10s", "time": {"from": "now-1h", "to": "now"}, "timezone": "browser",
        "templating": {"list": variables},
        "links": [{"type": "dashboards", "tags": ["holdfast"], "title": "holdfast", "asDropdown": False, "includeVars": True,
                   "keepTime": True}],
        "annotations": {"list": [{"name": "Restarts", "datasource": SOURCE, "enable": True, "iconColor": "red",
                                  "expr": 'changes(process_start_time_seconds{job="holdfast"}[1m]) > 0', "titleFormat": "restart"}]},
        "panels": placed(panels),
    }


def main():
    stale = []
    for name, (title, panels) in DASHBOARDS.items():
        path = HERE / f"{name}.json"
        text = json.dumps(dashboard(name, title, panels), indent=1) + "\n"
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(path.name)
    if stale:
        print(f"not what dashboards.py writes: {', '.join(stale)}")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
