// What a leg was told so far, and whether the next description keeps it (RFC 3264 §8, renegotiation F.5): o= rises by
// one for a change and stays for none, the number of m-lines never falls, a payload number keeps its meaning.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/phone/description.hpp"

namespace simulation {

class SdpLedger {
public:
    // What is wrong with sending this next; empty: nothing.
    std::string check(std::string_view sdp);

private:
    std::string changed_meanings(const View& view);

    std::optional<View> last_;
    std::string last_text_;  // without version
    std::map<std::uint8_t, std::string> meaning_;
};

}  // namespace simulation
