#include "server/b2bua/attempts.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "server/b2bua/addressing.hpp"
#include "server/b2bua/ringing_devices.hpp"

namespace server {
namespace {

struct Device {
    Attempt attempt;
    std::string instance;
};

// None is to ring twice: one may have registered several flows (RFC 5626 §5.3: one of them is used), and one that
// started anew may have done so under another name, while what it was called before has not expired yet. Others behind
// the same proxy have hosts of their own.
bool is_same(const Device& one, const Device& other) {
    if (!one.instance.empty() && !other.instance.empty()) { return base::iequals(one.instance, other.instance); }
    const sip::Flow& flow = *one.attempt.flow;
    const sip::Flow& way = *other.attempt.flow;
    if (flow.transport != way.transport || flow.remote != way.remote || flow.connection != way.connection) {
        return false;
    }
    const sip::Uri& uri = one.attempt.uri;
    const bool same_host = uri.host == other.attempt.uri.host && uri.port == other.attempt.uri.port;
    return same_host || sip::is_websocket(flow.transport);
}

void keep_instance(std::vector<Binding>& bindings, const std::string& instance) {
    if (instance.empty()) { return; }
    std::erase_if(bindings, [&](const Binding& binding) { return !base::iequals(binding.instance, instance); });
}

// Of one device the binding that it was heard of last counts: they come in that order.
void add_bindings(std::vector<Binding> bindings, const User& user, std::vector<Attempt>& attempts) {
    std::vector<Device> devices;
    for (Binding& binding : bindings) {
        auto to = sip::Uri::parse(binding.uri);
        if (!to) { continue; }
        Device device{{std::move(*to), {nullptr, &user}, binding.flow, std::move(binding.uri)}, binding.instance};
        if (std::ranges::any_of(devices, [&](const Device& known) { return is_same(known, device); })) { continue; }
        device.attempt.joins = devices.size() % RingingDevices::max_together != 0;
        devices.push_back(std::move(device));
    }
    for (Device& device : devices) { attempts.push_back(std::move(device.attempt)); }
}

}  // namespace

Dialled Dialled::read(const sip::Uri& uri) { return {uri.user, std::string{uri.parameter("gr").value_or("")}}; }

std::vector<Attempt> attempts_for(base::Instant now, const RouteResult& result, const Dialled& dialled,
                                  const Routing& routing, const Services& services) {
    std::vector<Attempt> attempts;
    for (const Target& target : result.targets) {
        if (target.kind == Target::Kind::uri) {
            if (auto to = sip::Uri::parse(target.name)) { attempts.push_back({std::move(*to)}); }
        }
        if (const User* user = routing.user_of(target, dialled.user)) {
            std::vector<Binding> bindings = services.users.find(now, user->name);
            keep_instance(bindings, dialled.instance);
            add_bindings(std::move(bindings), *user, attempts);
        }
        const Trunk* trunk = target.kind == Target::Kind::trunk ? routing.trunk(target.name) : nullptr;
        if (trunk == nullptr) { continue; }
        for (const Trunk::Peer* const peer : trunk->peers_to_try(services.random)) {
            Attempt attempt{request_uri(peer->uri, dialled.user), {trunk}};
            attempt.last_resort = services.down_peers && services.down_peers->contains({trunk->name(), peer->name});
            attempts.push_back(std::move(attempt));
        }
    }
    std::stable_partition(attempts.begin(), attempts.end(),
                          [](const Attempt& attempt) { return !attempt.last_resort; });
    std::ranges::reverse(attempts);
    return attempts;
}

std::vector<Attempt> attempts_here(const std::string& user, const CoreSetup& setup) {
    const auto flow = loop_flow(setup);
    if (!flow) { return {}; }
    Attempt attempt{};
    attempt.uri.has_user = !user.empty();
    attempt.uri.user = user;
    attempt.uri.host = flow->remote.address.to_string();
    attempt.uri.host_is_v6 = flow->remote.address.is_v6();
    attempt.uri.port = flow->remote.port;
    if (flow->transport != sip::Transport::udp) {
        attempt.uri.set_parameter("transport", std::string{sip::to_text(flow->transport)});
    }
    return {attempt};
}

}  // namespace server
