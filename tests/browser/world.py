"""The server between browsers and other ends."""
from browser import LIBRARIES, PASSWORD, USERS, Browser
from framework.addresses import free_port
from framework.case import case
from framework.server import merged, sip_uri

DOMAIN = "holdfast.test"
FAR_NUMBER = "b"  # of the end that is no browser: baresip takes calls for its own user only


class World:
    """Users a, b and c at WebSockets; the trunk b behind the number `b`, from which users are called by name."""

    def __init__(self, stage, far_port=5060, **changes):
        self.stage = stage
        plan = stage.plan
        port = free_port(plan.server)
        self.websocket = f"ws://{plan.server}:{port}"
        own = {
            "sip": {"listen": [f"udp://{plan.server}:{plan.port}", f"tcp://{plan.server}:{plan.port}", self.websocket],
                    "domains": [DOMAIN],
                    "timers": {"t1": "250ms"}},  # a page may be let run late, and repeats nothing
            "users": {user: {"password": PASSWORD} for user in USERS.values()},
            "routes": [{"to": f"^{name}$", "target": f"app:{name}"} for name in ("music", "echo", "milliwatt")]
            + [{"to": f"^{user}$", "target": f"user:{user}"} for user in USERS.values()]
            + [{"to": f"^{FAR_NUMBER}$", "target": "trunk:b"}],
            "hold": {"music": stage.music_file()},
        }
        self.server = stage.serve(sip_uri(plan.b, far_port), **merged(own, changes))
        self.server.kept_ports = 2

    def browser(self, name, library="sip-0.21.2", **options):
        return Browser(self.stage, name, library, self.websocket, DOMAIN, **options).registered()


def connect(caller, callee, to, video=False):
    """Two browsers in a call, each of which hears the other."""
    caller.dial(to, video)
    callee.answer(video)
    caller.is_up()
    callee.is_up()
    talk(caller, callee)


def talk(a, b):
    a.hear(b.name)
    b.hear(a.name)


def word(library):
    """As it stands in a case's name."""
    return library.replace("-", "_").replace(".", "_")


def each(libraries=LIBRARIES, **options):
    """A case for each version of SIP.js: a function of (stage, library)."""
    def register(body):
        for library in libraries:
            def one(stage, library=library):
                body(stage, library)
            one.__name__ = f"{body.__name__}_{word(library)}"
            one.__doc__ = f"{body.__doc__} ({library})"
            case(**options)(one)
        return body
    return register
