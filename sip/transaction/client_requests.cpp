#include "sip/transaction/client_requests.hpp"

#include "sip/message/via.hpp"

namespace sip {
namespace {

constexpr std::size_t branch_characters = 16;  // 80 bits: §8.1.1.7 wants them unique over space and time

// Request-URI, topmost Via, Route, From, `to`, Call-ID and the number of CSeq: what ties both to the INVITE.
Message make_follower(Method method, const Message& invite, std::string_view to) {
    Message message = Message::request(method, invite.request_uri());
    message.add(HeaderId::via, invite.first(HeaderId::via).value_or(""));
    invite.for_each(HeaderId::route, [&](std::string_view value) { message.add(HeaderId::route, value); });
    message.add(HeaderId::max_forwards, "70");
    message.add(HeaderId::from, invite.first(HeaderId::from).value_or(""));
    message.add(HeaderId::to, to);
    message.add(HeaderId::call_id, invite.first(HeaderId::call_id).value_or(""));
    const auto cseq = invite.first(HeaderId::cseq).value_or("");
    message.add(HeaderId::cseq, std::string{cseq.substr(0, cseq.find(' '))}.append(1, ' ').append(to_text(method)));
    return message;
}

}  // namespace

std::string make_branch(base::Random& random) { return std::string{magic_cookie} + random.token(branch_characters); }

std::string make_via(Transport transport, std::string_view sent_by, std::string_view branch) {
    std::string via = "SIP/2.0/";
    via.append(to_via_text(transport)).append(1, ' ').append(sent_by);
    return via.append(";branch=").append(branch).append(";rport");
}

Message make_failure_ack(const Message& invite, const Message& response) {
    return make_follower(Method::ack, invite, response.first(HeaderId::to).value_or(""));
}

Message make_cancel(const Message& invite, std::string_view reason) {
    Message cancel = make_follower(Method::cancel, invite, invite.first(HeaderId::to).value_or(""));
    if (!reason.empty()) { cancel.add(HeaderId::reason, reason); }
    return cancel;
}

}  // namespace sip
