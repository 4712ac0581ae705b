// A dialog: RFC 3261 §12. A value: route set, remote target, CSeq numbers, tags. Requests are made here (§12.2.1.1),
// incoming ones are checked for order (§12.2.2). Leaves out: what INVITE and its ACK add (invite_usage).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sip/message/message.hpp"
#include "sip/message/name_addr.hpp"

namespace sip {

class Dialog {
public:
    enum class State : std::uint8_t { early, confirmed };

    // Caller's side, from our request and a response with a To tag (or, RFC 2543, without: an empty remote tag).
    static std::optional<Dialog> as_caller(const Message& request, const Message& response);
    // Callee's side, from the peer's request and the tag that we answer with.
    static std::optional<Dialog> as_callee(const Message& request, std::string_view local_tag);

    State state() const { return state_; }
    const std::string& call_id() const { return call_id_; }
    const std::string& local_tag() const { return local_tag_; }
    const std::string& remote_tag() const { return remote_tag_; }
    const Uri& remote_target() const { return remote_target_; }
    const NameAddr& local_address() const { return local_; }    // with our tag
    const NameAddr& remote_address() const { return remote_; }  // with the peer's tag

    // 2xx received or sent: early becomes confirmed; the caller's route set is taken again from it (§13.2.2.4).
    void confirm(const Message& response);

    // Request of the next CSeq, with From, To, Call-ID, CSeq, Max-Forwards and Route, its Request-URI by loose or
    // strict routing. `contact` is added for requests that refresh a target; body, Via and the rest are the caller's.
    Message make_request(Method method, std::string_view contact = {});
    // ACK to a 2xx: the CSeq number of its INVITE.
    Message make_ack(std::uint32_t invite_cseq) const;
    // The URI whose host is the next hop: the first Route, else the remote target.
    const Uri& next_hop() const;
    std::uint32_t local_cseq() const { return local_cseq_; }

    // Is this in-dialog request in order? A lower CSeq than the last: 500 (§12.2.2). ACK and CANCEL are never checked.
    bool accept(const Message& request);
    // Contact of a target refresh request (INVITE, UPDATE) or of its 2xx.
    void refresh_target(const Message& message);

    // Does the message (an in-dialog request from the peer) belong here?
    bool matches_request(const Message& request) const;

private:
    Message make_routed(Method method, std::uint32_t cseq) const;
    void set_routes(const Message& message, bool reversed);

    std::string call_id_;
    std::string local_tag_;
    std::string remote_tag_;
    NameAddr local_;
    NameAddr remote_;
    Uri remote_target_;
    std::vector<std::string> route_set_;  // values as they go into Route, in order
    std::optional<Uri> first_route_;
    std::uint32_t local_cseq_ = 0;
    std::optional<std::uint32_t> remote_cseq_;
    State state_ = State::early;
};

}  // namespace sip
