#include "server/b2bua/attempts.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "server/b2bua/addressing.hpp"
#include "server/b2bua/ringing_devices.hpp"

namespace server {
namespace {

// A device that started anew may have registered under another name, and what it was called before has not expired
// yet: it is not to ring twice. Behind the same proxy others have hosts of their own.
bool is_same_device(const Attempt& one, const Attempt& other) {
    if (one.flow->transport != other.flow->transport || one.flow->remote != other.flow->remote) { return false; }
    if (one.flow->connection != other.flow->connection) { return false; }
    const bool same_host = one.uri.host == other.uri.host && one.uri.port == other.uri.port;
    return same_host || sip::is_websocket(one.flow->transport);
}

void keep_instance(std::vector<Binding>& bindings, const std::string& instance) {
    if (instance.empty()) { return; }
    std::erase_if(bindings, [&](const Binding& binding) { return !base::iequals(binding.instance, instance); });
}

// Of one device the binding that it was heard of last counts: they come in that order.
void add_bindings(std::vector<Binding> bindings, const User& user, std::vector<Attempt>& attempts) {
    std::vector<Attempt> devices;
    for (Binding& binding : bindings) {
        auto to = sip::Uri::parse(binding.uri);
        if (!to) { continue; }
        Attempt attempt{std::move(*to), {nullptr, &user}, binding.flow, std::move(binding.uri)};
        const auto is_it = [&](const Attempt& known) { return is_same_device(known, attempt); };
        if (std::ranges::any_of(devices, is_it)) { continue; }
        attempt.joins = devices.size() % RingingDevices::max_together != 0;
        devices.push_back(std::move(attempt));
    }
    std::ranges::move(devices, std::back_inserter(attempts));
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
        for (auto& to : trunk->request_uris(dialled.user, services.random)) {
            attempts.push_back({std::move(to), {trunk}});
        }
    }
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
