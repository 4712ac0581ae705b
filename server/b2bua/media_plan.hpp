// From an agreed description to a media leg: the one place where signalling's words become media's.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "media/engine.hpp"
#include "server/b2bua/line_dtls.hpp"
#include "server/b2bua/stream_rules.hpp"
#include "sip/sdp/offer_answer.hpp"

namespace server {

// Our own direction on the line `slot`: what we said, as far as the peer allows it.
sip::sdp::Direction agreed_direction(const sip::sdp::Agreed& agreed, std::size_t slot);

// `association`: what the pair means where its line is keyed by DTLS; null: nothing can flow there.
media::LegDescription media_plan(const sip::sdp::Agreed& agreed, std::size_t slot,
                                 const DtlsAgreement* association = nullptr);

// The same for a stream that is relayed as it is, on leg `side`; nothing flows where its line is off.
media::LegDescription stream_plan(const sip::sdp::Agreed& agreed, std::size_t line, media::Side side,
                                  const NumberPairs& numbers);

}  // namespace server
