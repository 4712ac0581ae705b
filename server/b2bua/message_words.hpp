// A SIP message in a few words, for people: start line, CSeq, what its description amounts to, and why it was sent.
// Leaves out everything else, so that neither credentials nor bodies can show; of header fields only Warning, Reason
// and Retry-After are told. Words may hold any byte that the peer sent.
#pragma once

#include <string>

#include "sip/message/message.hpp"

namespace server {

std::string start_words(const sip::Message& message);  // "INVITE", "488 Not Acceptable Here"
std::string cseq_words(const sip::Message& message);   // "2 INVITE"; empty where it cannot be read
// "sendonly PCMA telephone-event, video off"; empty without a description.
std::string description_words(const sip::Message& message);
std::string why_words(const sip::Message& message);  // "Warning: 399 …; Retry-After: 5"; empty: it does not say

}  // namespace server
