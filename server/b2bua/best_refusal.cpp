#include "server/b2bua/best_refusal.hpp"

#include <compare>

#include "server/b2bua/setup_outcome.hpp"

namespace server {
namespace {

// The smaller, the better.
struct Rank {
    int response_class;
    int within;
    auto operator<=>(const Rank&) const = default;
};

// Somebody is there and talks: that says more than what other devices cannot do. What a changed call might mend comes
// next (item 6 names 415, 420 and 484), and last what only says that nobody was there.
int rank_of_client_error(int status) {
    switch (status) {
        case 486:
            return 0;
        case 415:
        case 420:
        case 484:
        case 488:
            return 1;
        case 408:
        case 487:
            return 3;
        default:
            return 2;
    }
}

// 6xx speaks for the whole user, else the lowest class counts: as the caller would be told it, so that a 302 is none
// that could be followed, and a 401 asks nobody for a password.
Rank rank(int status) {
    if (status >= 600) { return {0, 0}; }
    const int told = status_towards_caller(status);
    return {told / 100, told < 500 ? rank_of_client_error(told) : 0};
}

}  // namespace

void BestRefusal::add(int status, const sip::Message* response) {
    if (status_ != 0 && rank(status_) <= rank(status)) { return; }
    status_ = status;
    response_ = response == nullptr ? std::nullopt : std::optional{*response};
}

}  // namespace server
