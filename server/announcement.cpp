#include "server/announcement.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace server {

namespace {

// Of RFC 1918 and of RFC 6598: nobody's from outside.
bool is_private(const base::IpAddress& address) {
    static const std::array nets{
        *base::Subnet::parse("10.0.0.0/8"),
        *base::Subnet::parse("172.16.0.0/12"),
        *base::Subnet::parse("192.168.0.0/16"),
        *base::Subnet::parse("100.64.0.0/10"),
    };
    return std::any_of(nets.begin(), nets.end(), [&](const base::Subnet& net) { return net.contains(address); });
}

// Each address that is listened on, once.
std::vector<base::IpAddress> places(const std::vector<Listener>& bound) {
    std::vector<base::IpAddress> list;
    for (const Listener& listener : bound) {
        const auto& address = listener.endpoint.address;
        if (std::find(list.begin(), list.end(), address) == list.end()) { list.push_back(address); }
    }
    return list;
}

// Who listens on all addresses is reached by each of the machine's: the route to a peer says by which.
std::vector<Interface> candidates(const base::IpAddress& place, const Machine& machine) {
    std::vector<Interface> list;
    for (const Interface& interface : machine.interfaces) {
        const bool meant = place.is_unspecified()
                               ? interface.address.is_v6() == place.is_v6() && !interface.address.is_loopback()
                               : interface.address == place;
        if (meant) { list.push_back(interface); }
    }
    return list;
}

std::string named(const std::vector<Interface>& interfaces) {
    std::string text;
    for (const Interface& interface : interfaces) {
        text += (text.empty() ? "" : ", ") + interface.address.to_string() + " (" + interface.name + ')';
    }
    return text.empty() ? "none" : text;
}

struct Told {
    std::string address;
    std::string why;
};

// What own_address() takes in place of an own address of this family, if it takes it.
std::optional<Told> configured(const std::string& advertise, const char* key, const base::IpAddress& place) {
    const auto literal = base::IpAddress::parse(advertise);
    if (advertise.empty() || (literal && literal->is_v6() != place.is_v6())) { return std::nullopt; }
    return Told{advertise, key};
}

Told of_place(const base::IpAddress& place, const Machine& machine) {
    if (!place.is_unspecified()) { return {place.to_string(), "the address that is listened on"}; }
    const auto list = candidates(place, machine);
    return {named(list), list.size() > 1 ? "the one of these that routes to the peer" : "the only address there is"};
}

// As Leg::media_address() and Leg::announced() have it.
Told of_media(const config::Config& config, const base::IpAddress& place, const Machine& machine) {
    if (auto told = configured(config.media.advertise, "media.advertise", place)) { return *told; }
    for (const base::IpAddress& address : config.media.listen) {
        if (address.is_v6() == place.is_v6() && !address.is_unspecified()) {
            return {address.to_string(), "media.listen"};
        }
    }
    return of_place(place, machine);
}

StartLine ports(const config::Config& config) {
    const config::PortRange& range = config.media.ports;
    const unsigned first = (range.first + 1U) & ~1U;  // pairs begin with an even port
    const unsigned pairs = range.last > first ? (range.last - first + 1U) / 2 : 0;
    return {false,
            "media.ports",
            {{"ports", std::to_string(range.first) + "-" + std::to_string(range.last)},
             {"pairs", std::to_string(pairs)},
             {"calls", std::to_string(pairs / 2)},
             {"why", "a call of sound between telephones has a pair for each leg; browsers share one port"}}};
}

bool is_bridged(const base::IpAddress& place, const Machine& machine) {
    const auto list = candidates(place, machine);
    return !list.empty() && std::all_of(list.begin(), list.end(), [](const Interface& interface) {
        return interface.peer_elsewhere && (interface.address.is_v6() || is_private(interface.address));
    });
}

void warn_of_container(const config::Config& config, const std::vector<base::IpAddress>& listened,
                       const Machine& machine, std::vector<StartLine>& lines) {
    const auto& all = machine.interfaces;
    const bool own_network =
        std::any_of(all.begin(), all.end(), [](const Interface& interface) { return interface.peer_elsewhere; });
    if (!machine.container || !own_network) { return; }
    if (std::all_of(listened.begin(), listened.end(), [](const auto& place) { return place.is_loopback(); })) {
        lines.push_back({true,
                         "container.loopback_only",
                         {{"problem", "nobody outside of this container reaches it"},
                          {"remedy", "set sip.listen, or run it with the host's network"}}});
        return;
    }
    std::string missing;
    for (const base::IpAddress& place : listened) {
        if (place.is_v6() || !is_bridged(place, machine)) { continue; }
        if (!configured(config.sip.advertise, "", place)) { missing = "sip.advertise"; }
        if (!configured(config.media.advertise, "", place)) {
            missing += missing.empty() ? "media.advertise" : " and media.advertise";
        }
        break;
    }
    if (missing.empty()) { return; }
    lines.push_back({true,
                     "container.nat",
                     {{"problem",
                       "it announces a private address of a container bridge, which peers beyond this host "
                       "cannot reach: calls without sound"},
                      {"remedy", "set " + missing + " to an address that peers reach, or use the host's network"}}});
}

}  // namespace

std::vector<StartLine> announcement(const config::Config& config, const std::vector<Listener>& bound,
                                    const Machine& machine) {
    std::vector<StartLine> lines;
    const auto listened = places(bound);
    const auto add = [&](const char* what, const base::IpAddress& place, const Told& told) {
        lines.push_back(
            {false,
             "announcing",
             {{"in", what}, {"listener", place.to_string()}, {"address", told.address}, {"why", told.why}}});
    };
    for (const base::IpAddress& place : listened) {
        add("sip", place, configured(config.sip.advertise, "sip.advertise", place).value_or(of_place(place, machine)));
        add("media", place, of_media(config, place, machine));
    }
    lines.push_back(ports(config));
    warn_of_container(config, listened, machine, lines);
    return lines;
}

}  // namespace server
