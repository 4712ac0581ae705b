// The client's side of Digest towards one peer: keeps the challenge, counts its uses, and knows when to give up.
// RFC 3261 §22.2–22.3, RFC 8760 §2.4 (the strongest algorithm offered). Holds a password: never log it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sip/auth/digest.hpp"
#include "sip/message/message.hpp"

namespace sip {

class DigestClient {
public:
    // `realm`: the only one to answer; empty: any, until an answer of ours was good: then that one (RFC 3261 §22.1).
    DigestClient(std::string username, std::string password, std::string realm = {});

    // A 401 or 407. True: send the request again, with authorize(). False: nothing in it that we can answer, or our
    // answer was refused. Once it is forgiven: for a stale nonce, and after a success, as some servers change their
    // nonce without calling the old one stale.
    bool on_challenge(const Message& response);
    // Any other final response: what we sent was good.
    void on_accepted();

    bool has_challenge() const { return challenge_.has_value(); }
    // Adds Authorization or Proxy-Authorization in place of an older one of that realm; nothing without a challenge.
    // `cnonce`: at least 16 random characters, new each time.
    void authorize(Message& request, std::string_view cnonce);

private:
    std::string username_;
    std::string password_;
    std::string realm_;
    std::optional<DigestChallenge> challenge_;
    HeaderId field_ = HeaderId::authorization;
    std::string ha1_;
    std::uint32_t uses_ = 0;  // of the nonce
    unsigned refused_ = 0;    // challenges since the last success
    bool answered_ = false;   // since the last challenge
    bool proved_ = false;     // these credentials were good once
};

}  // namespace sip
