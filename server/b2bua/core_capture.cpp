// Messages as they come and leave, for who looks into a call: kept with the calls that they belong to, and told to
// whoever observes this server (HEP).
#include "server/b2bua/core_state.hpp"
#include "server/capture/secrets.hpp"
#include "sip/message/raw_field.hpp"

namespace server {
namespace {

// A listener on any address does not say from which one it sent.
base::Endpoint local_end(const sip::Flow& flow, const CoreSetup& setup) {
    if (!flow.local.address.is_unspecified() || !setup.source_address) { return flow.local; }
    return {setup.source_address(flow.remote.address), flow.local.port};
}

}  // namespace

void Core::State::learn_capture() {
    const config::Config& config = snapshot->config;
    observed = !config.hep.target.empty();
    archive.configure(config.capture.messages, observed);
}

void Core::State::keep_message(base::Instant now, bool sent, const sip::Flow& flow, std::string_view text,
                               CoreOutput& out) {
    if (!archive.is_on()) { return; }
    const std::string_view dialog = sip::find_raw_field(text, sip::raw_call_id);
    const auto calls = archive.calls_of(dialog);
    if (calls.empty() && !observed) { return; }
    const bool secrets = snapshot->config.capture.secrets;
    const capture::SharedText kept{text, [secrets](std::span<char> message) {
                                       if (!secrets) { capture::blank_secrets(message); }
                                   }};
    const capture::CapturedMessage message{now, sent, flow.transport, local_end(flow, setup), flow.remote, kept};
    for (const CallKey call : calls) { archive.add(call, message); }
    if (!observed) { return; }
    out.observed.push_back({now, capture::HepNote::Kind::sip, sip::is_reliable(flow.transport), message.source(),
                            message.destination(), kept,
                            calls.empty() ? std::string{dialog} : archive.id_of(calls.front())});
}

std::optional<CaptureView> Core::capture(std::string_view id) const {
    auto ladder = this->ladder(id);
    if (!ladder) { return std::nullopt; }
    CaptureView view{std::move(*ladder), {}, 0};
    const Call* const live = state_->table.find_id(id);
    const CallKey key = live != nullptr ? live->key() : state_->ended.key_of(id);
    if (const auto* const kept = state_->archive.find(key)) {
        view.messages = kept->all();
        view.left_out = kept->left_out();
    }
    return view;
}

std::optional<Core::CallMedia> Core::media_of(std::string_view id) const {
    const Call* const call = state_->table.find_id(id);
    if (call == nullptr) { return std::nullopt; }
    return CallMedia{call->media_sessions(), state_->snapshot->config.capture.decrypt};
}

std::string Core::call_of(media::SessionId session) const {
    const auto key = state_->table.of_session(session);
    const Call* const call = key ? state_->table.find(*key) : nullptr;
    return call == nullptr ? std::string{} : call->id();
}

}  // namespace server
