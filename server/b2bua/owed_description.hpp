// The description that a message owes, by the rules of offer and answer: read, or why there is none to be taken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/b2bua/leg.hpp"
#include "sip/message/message.hpp"
#include "sip/sdp/refusal.hpp"
#include "sip/sdp/session.hpp"

namespace server {

enum class Owed : std::uint8_t { answer, offer };

sip::sdp::Result<sip::sdp::Session> read_owed(const sip::Message& message, Owed what);

// Takes the answer to our open offer; or why not.
std::optional<sip::sdp::Refusal> take_owed_answer(Leg& leg, const sip::Message& message,
                                                  const std::vector<std::string>& codecs);

// None of its lines can carry the audio of a call.
sip::sdp::Refusal no_audio_line(const sip::sdp::Session& offer, const LineRules& rules);

}  // namespace server
