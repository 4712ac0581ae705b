"""Kamailio as the proxy in front of several servers: its dispatcher asks them by OPTIONS, sends calls to those that answer 200
in turn, and a call that one of them turns away with 503 to the next."""
import shutil

from framework.addresses import free_port
from framework.failure import Skip
from framework.process import Process

CONFIGURATION = """\
debug=1
log_stderror=yes
children=1  # with more of them a 180 may overtake its 200, which SIPp takes for an error
disable_tcp=yes
auto_aliases=no
listen=udp:{address}:{port}
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "dispatcher.so"
modparam("tm", "fr_timer", 2000)
modparam("dispatcher", "list_file", "{targets}")
modparam("dispatcher", "flags", 2)
modparam("dispatcher", "ds_ping_method", "OPTIONS")
modparam("dispatcher", "ds_ping_interval", 1)
modparam("dispatcher", "ds_probing_mode", 1)
modparam("dispatcher", "ds_probing_threshold", 1)
modparam("dispatcher", "ds_inactive_threshold", 1)

request_route {{
    if (!mf_process_maxfwd_header("70")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (has_totag()) {{
        if (loose_route() || (is_method("ACK") && t_check_trans())) {{ t_relay(); }}
        exit;
    }}
    if (is_method("CANCEL")) {{
        if (t_check_trans()) {{ t_relay(); }}
        exit;
    }}
    t_check_trans();
    record_route();
    if (!ds_select_dst("1", "4")) {{ sl_send_reply("503", "No Server"); exit; }}
    t_on_failure("NEXT");
    t_relay();
}}

failure_route[NEXT] {{
    if (t_is_canceled()) {{ exit; }}
    if (t_check_status("503") || t_branch_timeout()) {{
        ds_mark_dst("ip");
        if (ds_next_dst()) {{ t_on_failure("NEXT"); t_relay(); exit; }}
    }}
}}
"""


class Kamailio:
    def __init__(self, stage, address, targets):
        """`targets`: SIP URIs of the servers."""
        if not shutil.which("kamailio"):
            raise Skip("kamailio is not here")
        self.address, self.port = address, free_port(address)
        self._write(stage, "dispatcher.list", "".join(f"1 {uri}\n" for uri in targets))
        self._write(stage, "kamailio.cfg", CONFIGURATION.format(address=address, port=self.port,
                                                                targets=stage.path("dispatcher.list")))
        arguments = ["kamailio", "-DD", "-E", "-m", "64", "-M", "8", "-f", stage.path("kamailio.cfg"),
                     "-P", stage.path("kamailio.pid"), "-Y", stage.folder]
        self.process = Process(arguments, stage.folder, "kamailio")
        stage.keep(self)

    @staticmethod
    def _write(stage, name, text):
        with open(stage.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def close(self):
        self.process.end(5)
