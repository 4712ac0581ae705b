#include "server/routing/bindings.hpp"

#include <algorithm>
#include <tuple>

#include "sip/message/uri.hpp"

namespace server {
namespace {

bool same_uri(const std::string& a, const std::string& b) {
    if (a == b) { return true; }
    const auto left = sip::Uri::parse(a);
    const auto right = sip::Uri::parse(b);
    return left && right && equivalent(*left, *right);
}

}  // namespace

// An instance has one binding for each of its flows, whatever its contact is now; without flows, one for each contact.
bool Bindings::is_same(const Binding& binding, const ContactChange& change) {
    if (change.reg_id != 0) { return binding.instance == change.instance && binding.reg_id == change.reg_id; }
    return binding.reg_id == 0 && same_uri(binding.uri, change.uri);
}

bool Bindings::is_old_news(const Binding& binding, const RegisterRequest& request) {
    return binding.call_id == request.call_id && request.cseq <= binding.cseq;
}

std::optional<Refusal> Bindings::apply(base::Instant now, const RegisterRequest& request, const sip::Flow& flow) {
    const auto found = by_user_.find(request.user);
    OfUser bindings = found == by_user_.end() ? OfUser{} : found->second;
    std::erase_if(bindings, [now](const Binding& binding) { return binding.expires <= now; });
    const auto is_touched = [&request](const Binding& binding) {
        const auto names_it = [&binding](const ContactChange& change) { return is_same(binding, change); };
        return request.removes_all || std::ranges::any_of(request.contacts, names_it);
    };
    for (const Binding& binding : bindings) {
        if (is_touched(binding) && is_old_news(binding, request)) {
            return Refusal{500, "an older REGISTER of its Call-ID (RFC 3261 10.3)"};
        }
    }
    std::erase_if(bindings, is_touched);
    for (const ContactChange& change : request.contacts) {
        if (change.expires.count() != 0) { put(now, bindings, change, request, flow); }
    }
    if (!bindings.empty()) {
        if (flow.connection != 0) { users_of_[flow.connection].insert(request.user); }
        by_user_[request.user] = std::move(bindings);
    } else if (found != by_user_.end()) {
        by_user_.erase(found);
    }
    return std::nullopt;
}

void Bindings::put(base::Instant now, OfUser& bindings, const ContactChange& change, const RegisterRequest& request,
                   const sip::Flow& flow) const {
    // Named twice in one request: the last one counts.
    std::erase_if(bindings, [&change](const Binding& binding) { return is_same(binding, change); });
    if (bindings.size() >= settings_.per_user) {
        const auto by_age = [](const Binding& a, const Binding& b) { return a.refreshed < b.refreshed; };
        bindings.erase(std::ranges::min_element(bindings, by_age));
    }
    Binding binding;
    binding.uri = change.uri;
    binding.parameters = change.parameters;
    binding.instance = change.instance;
    binding.reg_id = change.reg_id;
    binding.priority = change.priority;
    binding.call_id = request.call_id;
    binding.cseq = request.cseq;
    binding.user_agent = request.user_agent;
    binding.flow = flow;
    binding.refreshed = now;
    binding.expires = now + change.expires;
    bindings.push_back(std::move(binding));
}

void Bindings::restore(base::Instant now, const UserBindings& kept) {
    OfUser living;
    for (const Binding& binding : *kept.bindings) {
        if (binding.expires > now && living.size() < settings_.per_user) { living.push_back(binding); }
    }
    if (!living.empty()) { by_user_[kept.user] = std::move(living); }
}

std::vector<Binding> Bindings::of_user(base::Instant now, std::string_view user) const {
    const auto found = by_user_.find(user);
    if (found == by_user_.end()) { return {}; }
    OfUser living = found->second;
    std::erase_if(living, [now](const Binding& binding) { return binding.expires <= now; });
    std::ranges::stable_sort(living, [](const Binding& a, const Binding& b) {
        return std::tuple{b.priority, a.is_lost, b.refreshed} < std::tuple{a.priority, b.is_lost, a.refreshed};
    });
    return living;
}

std::vector<std::string> Bindings::on_connection_lost(base::Instant now, std::uint64_t connection) {
    std::vector<std::string> changed;
    const auto over_it = users_of_.extract(connection);
    if (over_it.empty()) { return changed; }
    for (const std::string& user : over_it.mapped()) {
        const auto found = by_user_.find(user);
        if (found == by_user_.end()) { continue; }
        bool has_lost = false;
        for (Binding& binding : found->second) {
            if (binding.flow.connection != connection) { continue; }
            has_lost = binding.is_lost = true;
            binding.expires = std::min(binding.expires, now + settings_.grace);
        }
        if (has_lost) { changed.push_back(user); }
    }
    return changed;
}

std::vector<std::string> Bindings::drop_expired(base::Instant now) {
    std::vector<std::string> changed;
    for (auto& [user, bindings] : by_user_) {
        const auto is_over = [now](const Binding& binding) { return binding.expires <= now; };
        if (std::erase_if(bindings, is_over) != 0) { changed.push_back(user); }
    }
    std::erase_if(by_user_, [](const auto& entry) { return entry.second.empty(); });
    return changed;
}

void Bindings::drop_user(std::string_view user) {
    const auto found = by_user_.find(user);
    if (found != by_user_.end()) { by_user_.erase(found); }
}

base::Instant Bindings::next_timeout() const {
    base::Instant next = base::never;
    for (const auto& [user, bindings] : by_user_) {
        for (const Binding& binding : bindings) { next = std::min(next, binding.expires); }
    }
    return next;
}

std::size_t Bindings::size() const {
    std::size_t count = 0;
    for (const auto& [user, bindings] : by_user_) { count += bindings.size(); }
    return count;
}

std::vector<std::string> Bindings::users() const {
    std::vector<std::string> names;
    for (const auto& [user, bindings] : by_user_) { names.push_back(user); }
    return names;
}

}  // namespace server
