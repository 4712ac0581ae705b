// What a leg was told so far, and whether the next description keeps it (RFC 3264 §8, renegotiation F.5): o= rises by
// one for a change and stays for none, offers never have fewer m-lines, answers have those of their offer, a payload
// number keeps its meaning.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/phone/description.hpp"

namespace simulation {

class SdpLedger {
public:
    // What is wrong with sending this next, `offer`: as the answer to that; empty: nothing.
    std::string check(std::string_view sdp, std::string_view offer = {});
    // The offer that was sent last is refused: lines that it added were never agreed (RFC 3264 §8).
    void on_refused() { lines_ = lines_before_; }

private:
    std::string changed_lines(const View& view, std::string_view offer) const;
    std::string changed_meanings(std::size_t line, const std::vector<Payload>& payloads);

    std::optional<View> last_;
    std::string last_text_;  // without version
    std::size_t lines_ = 0;
    std::size_t lines_before_ = 0;
    std::map<std::pair<std::size_t, std::uint8_t>, std::string> meaning_;  // line and number
};

}  // namespace simulation
