#include "tests/simulation/world/town.hpp"

#include "tests/simulation/world/world.hpp"

#include "tests/simulation/world/sim_engine.hpp"

namespace simulation {

base::Endpoint server_endpoint(bool v6) { return *base::Endpoint::parse(v6 ? "[2001:db8::1]:5060" : "10.0.0.1:5060"); }

base::Endpoint sip_endpoint(char side, int seat, int kind) {
    const std::string net = side == 'a' ? "1" : side == 'b' ? "2" : "3";
    const std::string host = std::to_string(seat + 101);
    if (kind == static_cast<int>(Kind::v6)) {
        return *base::Endpoint::parse("[2001:db8:" + net + "::" + host + "]:5060");
    }
    return *base::Endpoint::parse("10." + net + "." + std::to_string(kind) + "." + host + ":5060");
}

std::shared_ptr<const server::Snapshot> make_snapshot(const std::function<void(config::Config&)>& configure) {
    config::Config config;
    config.sip.listen = {
        {"udp", server_endpoint(false)}, {"tcp", server_endpoint(false)}, {"udp", server_endpoint(true)}};
    config.hold.music = "builtin";
    config::Trunk callers;
    callers.allow = {*base::Subnet::parse("10.1.0.0/16"), *base::Subnet::parse("2001:db8:1::/48")};
    config.trunks["callers"] = callers;
    for (const Kind kind : {Kind::udp, Kind::tcp, Kind::v6}) {
        for (int seat = 0; seat < seats; ++seat) {
            const base::Endpoint phone = sip_endpoint('b', seat, static_cast<int>(kind));
            const std::string number = World::number(seat, kind);
            config::Trunk trunk;
            trunk.peers = {{"sip:" + phone.to_string() + (kind == Kind::tcp ? ";transport=tcp" : ""), 1, 100}};
            trunk.allow = {*base::Subnet::parse(phone.address.to_string())};
            config.trunks[number] = trunk;
            config.routes.push_back({"", "^" + number + "$", {"trunk:" + number}});
        }
    }
    for (const std::string app : {"music", "echo", "milliwatt"}) {
        config.routes.push_back({"", "^" + app + "$", {"app:" + app}});
    }
    if (configure) { configure(config); }
    return std::make_shared<server::Snapshot>(server::Snapshot{config, server::Routing::make(config)});
}

server::CoreSetup make_setup() {
    server::CoreSetup setup;
    setup.listeners = {{sip::Transport::udp, server_endpoint(false)},
                       {sip::Transport::tcp, server_endpoint(false)},
                       {sip::Transport::udp, server_endpoint(true)}};
    setup.certificate = dtls_of_server().fingerprint();
    setup.source_address = [](const base::IpAddress& remote) { return server_endpoint(remote.is_v6()).address; };
    return setup;
}

}  // namespace simulation
