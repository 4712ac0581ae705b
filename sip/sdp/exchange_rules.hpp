// What a peer's offer or answer must keep to (RFC 3264 §5–§8, RFC 6337), one rule a function: nothing here has a state.
// Each says what is wrong, or nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sip/sdp/offer_answer.hpp"

namespace sip::sdp::rules {

using Failure = std::optional<Refusal>;

// The peer's new offer against the last agreed pair: lines are never dropped, and one in use stays what it is.
Failure check_line_count(const Session& offer, const Agreed& agreed);
Failure check_lines_kept(const Session& offer, const Agreed& agreed);

// The peer's answer against our offer: as many lines, of the same kind, none of ours that was off switched on, and in
// each line at least one of the formats that we offered.
Failure check_answers(const Session& answer, const Session& offer);

// No number of a line in use has meant something else before.
Failure check_meanings(const Session& remote, const std::vector<LineLedger>& ledger);

// Some line in use has a format that counts, unless no line is in use at all.
Failure check_usable(const Session& remote, const std::vector<std::string>& usable);

// "opus/48000/2", for texts.
std::string describe(const Format& format);

}  // namespace sip::sdp::rules
