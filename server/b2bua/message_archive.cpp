#include "server/b2bua/message_archive.hpp"

#include <algorithm>
#include <utility>

namespace server {

void MessageArchive::name(std::string_view dialog, CallKey call, const std::string& id) {
    if (dialog.empty()) { return; }
    auto known = dialogs_.find(dialog);
    if (known != dialogs_.end() && std::ranges::find(known->second, call) != known->second.end()) { return; }
    Kept& kept = calls_[call];
    kept.id = id;
    if (kept.dialogs.size() == max_dialogs_of_call) { return; }
    if (known == dialogs_.end()) { known = dialogs_.emplace(dialog, Calls{}).first; }
    Calls& calls = known->second;
    if (calls.size() == max_calls_of_dialog) { calls.erase(calls.begin()); }
    calls.push_back(call);
    kept.dialogs.push_back(std::string{dialog});
}

std::span<const CallKey> MessageArchive::calls_of(std::string_view dialog) const {
    const auto known = dialogs_.find(dialog);
    return known == dialogs_.end() ? std::span<const CallKey>{} : std::span<const CallKey>{known->second};
}

const std::string& MessageArchive::id_of(CallKey call) const { return calls_.at(call).id; }

void MessageArchive::add(CallKey call, capture::CapturedMessage message) {
    const auto found = calls_.find(call);
    if (found == calls_.end() || limit_ == 0) { return; }
    if (found->second.is_over && ++found->second.late > max_late) { return; }
    found->second.messages.add(std::move(message), limit_);
}

std::size_t MessageArchive::close(CallKey call) {
    const auto found = calls_.find(call);
    if (found == calls_.end()) { return 0; }
    Kept& kept = found->second;
    kept.is_over = true;
    std::size_t bytes = sizeof kept + kept.messages.bytes();
    for (const std::string& dialog : kept.dialogs) { bytes += 2 * (sizeof dialog + dialog.capacity()); }
    return bytes;
}

void MessageArchive::forget(CallKey call) {
    const auto found = calls_.find(call);
    if (found == calls_.end()) { return; }
    for (const std::string& dialog : found->second.dialogs) {
        const auto known = dialogs_.find(dialog);
        if (known == dialogs_.end()) { continue; }  // others took its place
        Calls& calls = known->second;
        calls.erase(std::remove(calls.begin(), calls.end(), call), calls.end());
        if (calls.empty()) { dialogs_.erase(known); }
    }
    calls_.erase(found);
}

const capture::CallMessages* MessageArchive::find(CallKey call) const {
    const auto found = calls_.find(call);
    return found == calls_.end() ? nullptr : &found->second.messages;
}

}  // namespace server
