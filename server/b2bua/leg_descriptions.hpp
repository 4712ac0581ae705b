// An offer or an answer written for one leg: its codecs, ledger, lines and addresses, and nothing of the other leg but
// what it prefers to speak.
#pragma once

#include <string>

#include "config/config.hpp"
#include "server/b2bua/leg.hpp"
#include "server/b2bua/streams.hpp"

namespace server {

// To the peer's open offer. `preferred`: the formats that need no transcoding; `streams`: the lines beside the audio
// that are taken. Declines every line where no codec of the audio fits.
std::string write_answer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred,
                         const PlacedLines& streams = {});
// Precondition: no offer is open. `streams`: in the order of their places, new ones right behind the lines so far.
std::string write_offer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred,
                        const PlacedLines& streams = {});

}  // namespace server
