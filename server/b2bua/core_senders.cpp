// Whose a request is that begins something: a trunk's by where it comes from, else a user's by what it proves, else it
// is refused. In dialogs nobody is asked for anything: their tags were told to their peers alone.
#include <utility>

#include "server/b2bua/addressing.hpp"
#include "server/b2bua/core_state.hpp"
#include "sip/message/name_addr.hpp"

namespace server {
namespace {

bool has_to_tag(const sip::Message& request) {
    return !sip::tag_of(request.first(sip::HeaderId::to).value_or("")).empty();
}

// Whoever is asked for them can only give credentials in another request, which these cannot have (RFC 3261 §22.1).
bool may_be_challenged(sip::Method method) { return method != sip::Method::ack && method != sip::Method::cancel; }

}  // namespace

void Core::State::take_in(base::Instant now, sip::ParsedMessage parsed, Arrival arrival, CoreOutput& out) {
    sip::LayerOutput sip;
    const sip::Flow& flow = *arrival.flow;
    if (!parsed.error && parsed.message.is_request()) {
        const auto judged = judge_sender(now, parsed.message, flow);
        if (const auto* const refusal = std::get_if<Refusal>(&judged)) {
            turn_away(std::move(parsed.message), *refusal, flow, sip);
            return drain_layer(now, sip, out, arrival);
        }
        arrival.sender = std::get<Party>(judged);
    }
    layer.on_message(now, std::move(parsed), flow, sip);
    drain_layer(now, sip, out, arrival);
}

// A repetition is the transaction's matter, before its credentials count as used twice.
std::variant<Party, Refusal> Core::State::judge_sender(base::Instant now, const sip::Message& request,
                                                       const sip::Flow& flow) {
    const Party source{snapshot->routing->trunk_of(flow.remote.address)};
    const bool registers = authority && request.method() == sip::Method::register_;
    if ((source.trunk != nullptr && !registers) || continues(request, flow)) { return source; }
    if (has_to_tag(request) || is_our_replacement(request, flow)) { return Refusal{481}; }
    if (!authority || !may_be_challenged(request.method())) { return Refusal{403}; }
    using Challenge = UserAuthority::Challenge;
    const auto proved =
        authority->prove(now, request, flow.remote.address, registers ? Challenge::www : Challenge::proxy);
    counters.auth_failures = authority->failures();
    if (const auto* const refusal = std::get_if<Refusal>(&proved)) { return *refusal; }
    return Party{nullptr, snapshot->routing->user(std::get<std::string>(proved))};
}

// Is it of a dialog or a transaction that we know? A trunk's peers are free to send from elsewhere.
bool Core::State::continues(const sip::Message& request, const sip::Flow& flow) const {
    if (is_our_replacement(request, flow) && replaced_by(request)) { return true; }
    const auto to_tag = sip::tag_of(request.first(sip::HeaderId::to).value_or(""));
    const auto call_id = request.first(sip::HeaderId::call_id).value_or("");
    return (!to_tag.empty() && table.of_dialog(call_id, to_tag)) || layer.knows(request);
}

// Whoever is not known is told nothing, not even what it did wrong, and leaves nothing behind: one small answer to each
// datagram, or else forged sources would fill the transactions and have others bombarded with repetitions.
void Core::State::turn_away(sip::Message request, const Refusal& refusal, const sip::Flow& flow,
                            sip::LayerOutput& sip) {
    ++counters.requests_in[{request.method(), flow.transport}];
    if (request.method() == sip::Method::ack) {
        ++counters.dropped["stray_ack"];
        return;
    }
    const bool asked = refusal.status == 401 || refusal.status == 407;
    ++counters.trunk_rejected[{"", asked ? "no_credentials" : "unknown_source"}];
    ++counters.responses_out[{request.method(), refusal.status}];
    layer.answer_stateless(std::move(request), refusal.status, flow, sip, refusal.fields);
}

}  // namespace server
