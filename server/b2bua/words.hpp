// The sentences of a call's record (call_record.hpp): what was decided and who hears what, for an operator. A and B are
// the peers of the legs; whoever answers for one goes by the name of its trunk or user. Of URIs and addresses only what
// routing needs, of header fields nothing.
#pragma once

#include <string>
#include <string_view>

#include "server/b2bua/attempt.hpp"
#include "server/b2bua/leg.hpp"
#include "server/b2bua/negotiation.hpp"
#include "server/routing/router.hpp"

namespace server::words {

std::string peer(const Leg& leg);     // "A"
std::string partner(const Leg& leg);  // its trunk's or user's name, else as peer()
std::string status(int status);       // "488 Not Acceptable Here"

// Set-up. `dialled`: user part of the Request-URI, by the rules for numbers where it is routed.
std::string started(const Leg& a, std::string_view dialled, bool with_offer);
std::string routed(std::string_view dialled, const RouteResult& result);
std::string tried_last(const Attempt& attempt);  // a peer that does not answer its pings
std::string trying(const Leg& b);
std::string device(const Leg& leg);  // "bob at 192.0.2.1:5060 over udp"
std::string ring_together(const Leg& leg, std::size_t count);
std::string challenged(const Leg& leg);
std::string refused_with(int status);
std::string told_refusal(int status, std::string_view why);

// A re-INVITE of `near`, by its kind as metrics have it; `far`: null for a built-in end. `relayed`: far is asked.
std::string asked(const Leg& near, const Leg* far, std::string_view kind, bool relayed);
std::string asked_for_offer(const Leg& near, const Leg* far, const config::Config& config);
// Far says 491, or 5xx with Retry-After; it is asked again after `wait`, if there is time for that.
std::string not_now(const Leg& far, int status, base::Duration wait);
// And what became of it. `status`: far's final response, 0: none came.
std::string agreed(const Leg& near, const Leg* far, bool relayed);
// Far refused (`status`; 0: as it did before), was silent or met one of its own, or what it said broke a rule
// (`fault`); what was done instead: `by` music, transcoding, stream, direction, offer.
std::string healed(const Leg& near, const Leg* far, Negotiation::Cause cause, int status, std::string_view by,
                   std::string_view fault);
std::string not_agreed(const Leg& near, const Leg* far, Negotiation::Refusal why, int status, std::string_view fault);
// It waits until what else is open on the far leg is over.
std::string queued(const Leg& near, const Leg& far);

std::string bad_ack(const Leg& near, std::string_view why, bool tolerated);
std::string silence(bool timed_out);                                        // of a peer, on a request of ours
std::string acknowledged_as_refusal(const Leg& leg);                        // our 2xx
std::string transport_failed(const Leg& leg, media::TransportFailure why);  // of a browser
std::string fell_silent(const Leg& leg);                                    // its media, for as long as that was armed
std::string ended(std::string_view reason);                                 // by us; the value of a Reason header field

// Who hears what from now on; `peer`: null for a built-in end.
std::string hears(const Leg& leg, const Leg* peer, media::Source source);

}  // namespace server::words
