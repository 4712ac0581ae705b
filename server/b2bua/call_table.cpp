#include "server/b2bua/call_table.hpp"

#include <algorithm>
#include <utility>

namespace server {
namespace {

constexpr std::size_t max_kept_acks = 20'000;

std::string dialog_key(std::string_view call_id, std::string_view local_tag) {
    std::string key;
    key.reserve(call_id.size() + 1 + local_tag.size());
    key.append(call_id).append(1, '\n').append(local_tag);  // neither can hold a line end
    return key;
}

template <class Map, class Key>
auto find_value(const Map& map, const Key& key) -> std::optional<typename Map::mapped_type> {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace

Call& CallTable::add(std::unique_ptr<Call> call) {
    Call& added = *call;
    ids_.emplace(added.id(), added.key());
    calls_.emplace(added.key(), std::move(call));
    return added;
}

void CallTable::remove(CallKey key) {
    const auto found = calls_.find(key);
    if (found == calls_.end()) { return; }
    deadlines.erase(key);
    ids_.erase(found->second->id());
    const auto call = std::move(found->second);  // its destructor takes its entries out of the other indexes
    calls_.erase(found);
}

Call* CallTable::find(CallKey key) const {
    const auto found = calls_.find(key);
    return found == calls_.end() ? nullptr : found->second.get();
}

Call* CallTable::find_id(std::string_view id) const {
    const auto key = find_value(ids_, std::string{id});
    return key ? find(*key) : nullptr;
}

std::optional<CallTable::Place> CallTable::of_dialog(std::string_view call_id, std::string_view local_tag) const {
    return find_value(dialogs_, dialog_key(call_id, local_tag));
}

std::optional<CallTable::Place> CallTable::of_transaction(sip::TransactionId transaction) const {
    return find_value(transactions_, transaction);
}

std::optional<CallKey> CallTable::of_session(media::SessionId session) const { return find_value(sessions_, session); }

std::optional<CallKey> CallTable::of_resolution(std::uint64_t id) {
    const auto key = find_value(resolutions_, id);
    resolutions_.erase(id);
    return key;
}

void CallTable::watch(sip::TransactionId transaction, CallKey call, media::Side side) {
    transactions_[transaction] = Place{call, side};
}

void CallTable::forget(sip::TransactionId transaction) { transactions_.erase(transaction); }

void CallTable::add_dialog(std::string_view call_id, std::string_view local_tag, CallKey call, media::Side side) {
    dialogs_[dialog_key(call_id, local_tag)] = Place{call, side};
}

void CallTable::remove_dialog(std::string_view call_id, std::string_view local_tag) {
    dialogs_.erase(dialog_key(call_id, local_tag));
}

void CallTable::watch(media::SessionId session, CallKey call) { sessions_[session] = call; }

void CallTable::forget(media::SessionId session) { sessions_.erase(session); }

void CallTable::keep_ack(sip::TransactionId invite, bool offerless, KeptAck ack) {
    if (!invite) { return; }
    if (!acks_.contains(invite)) {
        if (acks_by_age_.size() == max_kept_acks) {
            acks_.erase(acks_by_age_.front());
            acks_by_age_.pop_front();
        }
        acks_by_age_.push_back(invite);
    }
    KeptAcks& kept = acks_[invite];
    kept.offerless = offerless;
    if (kept.find(ack.tag) == nullptr) { kept.of.push_back(std::move(ack)); }
}

const KeptAck* CallTable::KeptAcks::find(std::string_view tag) const {
    const auto found = std::find_if(of.begin(), of.end(), [tag](const KeptAck& ack) { return ack.tag == tag; });
    return found == of.end() ? nullptr : &*found;
}

const CallTable::KeptAcks* CallTable::kept_acks(sip::TransactionId invite) const {
    const auto found = acks_.find(invite);
    return found == acks_.end() ? nullptr : &found->second;
}

void CallTable::drop_acks(const sip::TransactionLayer& layer) {
    while (!acks_by_age_.empty() && !layer.exists(acks_by_age_.front())) {
        acks_.erase(acks_by_age_.front());
        acks_by_age_.pop_front();
    }
}

std::uint64_t CallTable::resolve(CallKey call, std::string_view host, CoreOutput& out) {
    const std::uint64_t id = ++last_resolution_;
    resolutions_[id] = call;
    out.resolve.push_back(ResolveRequest{id, std::string{host}});
    return id;
}

}  // namespace server
