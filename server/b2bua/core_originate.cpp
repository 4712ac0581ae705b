// Who the two are that the operator wants to bring together, and by which routes; the call itself: call_originated.
#include <algorithm>
#include <utility>
#include <variant>

#include "server/b2bua/call.hpp"
#include "server/b2bua/core_state.hpp"
#include "server/b2bua/originated.hpp"

namespace server {
namespace {

using Outcome = OriginateResult::Outcome;

// A name or number is what stands before the @ of a SIP URI.
std::optional<Dialled> read_address(const std::string& text) {
    if (text.empty() || text.size() > OriginateOrder::max_address) { return std::nullopt; }
    const bool bare = text.find_first_of(":@;") == text.npos;
    const auto uri = sip::Uri::parse(bare ? "sip:" + text + "@localhost" : text);
    if (!uri || uri->user.empty()) { return std::nullopt; }
    return Dialled::read(*uri);
}

// Nullopt: none of that name.
std::optional<Party> party_of(const std::string& as, const Routing& routing) {
    constexpr std::string_view trunk = "trunk:";
    constexpr std::string_view user = "user:";
    Party party;
    if (as.starts_with(trunk)) { party.trunk = routing.trunk(as.substr(trunk.size())); }
    if (as.starts_with(user)) { party.user = routing.user(as.substr(user.size())); }
    return party.is_known() ? std::optional{party} : std::nullopt;
}

Originated routed(std::string shown, Dialled dialled, const Party& by, const Routing& routing) {
    dialled.user = routing.rewrite_to(by.trunk_name(), dialled.user);
    RouteResult route = routing.route({by.trunk_name(), by.user_name(), dialled.user});
    return {std::move(shown), std::move(dialled), std::move(route)};
}

// A user is called where it is registered, whatever the routes say of its name.
Originated first_of(const OriginateOrder& order, Dialled dialled, const Party& by, const Routing& routing) {
    const User* const user = routing.user(dialled.user);
    if (user == nullptr) { return routed(order.from, std::move(dialled), by, routing); }
    RouteResult route;
    route.targets = {{Target::Kind::user, user->name}};
    route.name = "user:" + user->name;
    return {order.from, std::move(dialled), std::move(route)};
}

// Of its targets those that come before a built-in end, which nobody can be connected with.
bool leads_somewhere(base::Instant now, const Originated& whom, const Routing& routing, const Services& services) {
    const bool to_app =
        std::ranges::any_of(whom.route.targets, [](const Target& target) { return target.kind == Target::Kind::app; });
    return !to_app && !attempts_for(now, whom.route, whom.dialled, routing, services).empty();
}

}  // namespace

OriginateResult Core::State::originate(base::Instant now, const OriginateOrder& order, CoreOutput& out) {
    if (draining) { return {Outcome::draining}; }
    auto first = read_address(order.from);
    auto second = read_address(order.to);
    if (!first || !second) { return {Outcome::malformed}; }
    const Routing& routing = *snapshot->routing;
    const auto by = order.as.empty() ? Party{nullptr, routing.user(first->user)} : party_of(order.as, routing);
    if (!by) { return {Outcome::unknown_party}; }
    Originated from = first_of(order, std::move(*first), *by, routing);
    if (!leads_somewhere(now, from, routing, services)) { return {Outcome::no_way_to_from}; }
    Originated to = routed(order.to, std::move(*second), *by, routing);
    if (!leads_somewhere(now, to, routing, services)) { return {Outcome::no_way_to_to}; }
    const auto& calls = table.all();
    const auto waiting =
        std::ranges::count_if(calls, [](const auto& entry) { return entry.second->awaits_first_answer(); });
    if (static_cast<std::size_t>(waiting) >= max_originated) { return {Outcome::too_many}; }

    const CallKey key = table.next_key();
    Call& call = table.add(std::make_unique<Call>(key, snapshot, services));
    sampled.add(now, key);
    const std::string id = call.id();
    sip::LayerOutput sip;
    Turn turn{now, sip, out};
    call.originate(turn, {std::move(from), std::move(to), order.display, order.timeout});
    settle(turn, key);
    drain_layer(now, sip, out);
    return {Outcome::placed, id};
}

OriginateResult Core::originate(base::Instant now, const OriginateOrder& order, CoreOutput& out) {
    return state_->originate(now, order, out);
}

}  // namespace server
