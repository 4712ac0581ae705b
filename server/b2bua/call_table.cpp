#include "server/b2bua/call_table.hpp"

#include <utility>

namespace server {
namespace {

constexpr std::size_t max_kept_answers = 20'000;

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

void CallTable::keep_answer(sip::TransactionId invite, std::string sdp) {
    if (sdp.empty() || !invite) { return; }
    if (answers_by_age_.size() == max_kept_answers) {
        answers_.erase(answers_by_age_.front());
        answers_by_age_.pop_front();
    }
    if (answers_.insert_or_assign(invite, std::move(sdp)).second) { answers_by_age_.push_back(invite); }
}

std::string CallTable::kept_answer(sip::TransactionId invite) const {
    return find_value(answers_, invite).value_or(std::string{});
}

void CallTable::drop_answers(const sip::TransactionLayer& layer) {
    while (!answers_by_age_.empty() && !layer.exists(answers_by_age_.front())) {
        answers_.erase(answers_by_age_.front());
        answers_by_age_.pop_front();
    }
}

std::uint64_t CallTable::resolve(CallKey call, std::string_view host, CoreOutput& out) {
    const std::uint64_t id = ++last_resolution_;
    resolutions_[id] = call;
    out.resolve.push_back(ResolveRequest{id, std::string{host}});
    return id;
}

}  // namespace server
