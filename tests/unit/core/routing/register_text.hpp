// A REGISTER of alice, and what may be changed of it.
#pragma once

#include <string>

#include "sip/message/message.hpp"

namespace server {

inline sip::Message register_of_alice(const std::string& contact, std::uint32_t cseq = 1,
                                      const std::string& call_id = "one") {
    sip::Message request = sip::Message::request("REGISTER", "sip:example.org");
    request.add(sip::HeaderId::via, "SIP/2.0/WS x.invalid;branch=z9hG4bK1");
    request.add(sip::HeaderId::to, "<sip:alice@example.org>");
    request.add(sip::HeaderId::from, "<sip:alice@example.org>;tag=a");
    request.add(sip::HeaderId::call_id, call_id);
    request.add(sip::HeaderId::cseq, std::to_string(cseq) + " REGISTER");
    if (!contact.empty()) { request.add(sip::HeaderId::contact, contact); }
    return request;
}

}  // namespace server
