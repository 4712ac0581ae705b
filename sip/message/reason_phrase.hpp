// The standard phrase of a response code: RFC 3261 §21 and the registrations of later RFCs.
#pragma once

#include <string_view>

namespace sip {

std::string_view reason_phrase(int status);  // of an unknown code: that of its class ("Server Error")

}  // namespace sip
