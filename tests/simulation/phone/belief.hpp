// What a phone and its peer have agreed on, and how it protects its media.
#pragma once

#include <optional>

#include "media/srtp/suites.hpp"
#include "tests/simulation/phone/script.hpp"

namespace simulation {

// What both sides of this phone's dialog said last and agreed on.
struct Belief {
    std::optional<View> local;
    std::optional<View> remote;
    bool hears() const { return local && remote && local->receives() && remote->sends(); }
    bool speaks() const { return local && remote && local->sends() && remote->receives(); }
};

// Belief over time, for checks after the run: `is_settled` since when nothing changed.
struct Moment {
    Instant at;
    bool is_settled;
    bool hears;
    bool sees;            // may see a picture
    bool speaks;          // may speak and does
    bool keeps_quiet;     // its description says that it does not send
    bool may_have_music;  // sendonly by its own will
    bool unsure;          // sendonly because nothing else was offered: nobody can tell what it wants
    Speech voice;
};

// SRTP with keys in the description (RFC 4568), by DTLS, or all that a browser has.
struct PhoneSecurity {
    // beside: a key in RTP/AVP (RFC 8643); browser: ICE, DTLS-SRTP, BUNDLE, RTCP on the same port
    enum class Use : std::uint8_t { none, beside, required, dtls, browser };
    Use use = Use::none;
    media::SrtpSuite suite = media::SrtpSuite::aes_cm_128_hmac_sha1_80;
    std::uint64_t key = 1;             // another number is another key
    std::size_t certificate = 0;       // of two
    bool is_impostor = false;          // of a browser: it shows the other one than it says
    bool by_tcp = false;               // of a browser: its media gets through over TCP alone
    ExtensionIds extensions{4, 2, 1};  // of a browser: offered, and sent with each packet if agreed; 0: neither
    std::optional<sip::sdp::Crypto> described() const;
};

}  // namespace simulation
