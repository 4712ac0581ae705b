// What the server side answers without a transaction (RFC 3261 §8.2.7): the answer to a repetition is made anew, equal
// to the first, To tag included.
#include <utility>

#include "sip/transaction/response.hpp"
#include "sip/transaction/response_route.hpp"
#include "sip/transaction/server_side.hpp"

namespace sip {
namespace {

constexpr std::string_view retry_after_seconds = "5";

}  // namespace

void ServerSide::on_malformed(ParsedMessage parsed, const Flow& flow, LayerOutput& out) {
    ++shared_.counters.malformed;
    const bool is_ack = parsed.message.method() == Method::ack;
    if (!parsed.message.is_request() || is_ack || !parsed.answerable) { return; }
    answer_stateless(std::move(parsed.message), parsed.error->status, parsed.error->detail, flow, out);
}

void ServerSide::answer_stateless(Message request, int status, std::string_view warning, const Flow& flow,
                                  LayerOutput& out, const TransactionLayer::Fields& fields) {
    const auto via = TopVia::read(request);
    if (!via) { return; }
    const std::string tag = shared_.keys.stateless_tag(request);
    const Flow back = response_flow(flow, *via);
    stamp_source(request, *via, flow);
    Message response = make_response(request, status, tag);
    if (!warning.empty()) { add_warning(response, warning); }
    for (const auto& [name, value] : fields) { response.add(name, value); }
    if (status == 503 && response.count(HeaderId::retry_after) == 0) {
        response.add(HeaderId::retry_after, retry_after_seconds);
    }
    shared_.name_product(response);
    out.send.push_back({back, response.to_string(), {}});
}

}  // namespace sip
