// REFERs of a leg and what the server tells of them by NOTIFY, as known at its door (RFC 3515 §2.4, RFC 6665 §4.1.3):
// one final status, nothing after the end, nothing for nobody.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/world/glance.hpp"

namespace simulation {

class ReferWatch {
public:
    // What passes the door; of requests only the first copy. For what the server sent: what is wrong; empty: nothing.
    void on_request_received(const Glance& seen);
    void on_response_sent(const Glance& seen, std::string_view text);
    std::string on_request_sent(const Glance& seen, std::string_view text);
    std::string on_end() const;

    bool owes_notice() const;  // a REFER of the peer is not over
    bool is_replaced() const;  // one succeeded, as the peer has been or will be told: its part of the call is over

private:
    struct Subscription {  // a REFER of the peer
        std::uint32_t cseq;
        bool accepted = false;
        bool notified = false;
        bool has_final = false;
        bool over = false;
        bool succeeded = false;
    };
    std::string check_notify(std::string_view text);

    std::vector<Subscription> subscriptions_;
};

}  // namespace simulation
