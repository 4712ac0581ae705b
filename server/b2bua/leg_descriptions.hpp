// An offer or an answer written for one leg: its codecs, ledger, lines and addresses, and nothing of the other leg but
// what it prefers to speak.
#pragma once

#include <string>

#include "config/config.hpp"
#include "server/b2bua/leg.hpp"

namespace server {

// To the peer's open offer. `preferred`: the formats that need no transcoding. Declines every line where nothing fits.
std::string write_answer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred);
// Precondition: no offer is open.
std::string write_offer(Leg& leg, const config::Config& config, Direction direction, const Formats& preferred);

}  // namespace server
