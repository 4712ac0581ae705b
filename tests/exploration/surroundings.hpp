// What is around the two-leg machine: on each leg the requests that are open, the 2xx that wait for an ACK, the offers
// that wait for an answer, and what each peer wishes (to talk or to hold), was told of the other and has refused to be
// told. It carries out the machine's actions as the call does, and says what is wrong with them.
// Leaves out SDP, and repetitions: SentAnswer and SentAck keep those from the machine.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "server/b2bua/negotiation.hpp"
#include "tests/exploration/choices.hpp"
#include "tests/exploration/event.hpp"
#include "tests/exploration/packer.hpp"

namespace exploration {

using server::Negotiation;
using Action = Negotiation::Action;

// What is wrong, and where that is written; nullptr: nothing.
using Fault = const char*;

struct Leg {
    enum class Request : std::uint8_t { none, invite, offerless, update };
    enum class Sent2xx : std::uint8_t { none, with_answer, with_offer };
    enum class Their2xx : std::uint8_t { none, with_answer, with_offer, unusable };
    enum class Wish : std::uint8_t { talk, hold };

    Request request = Request::none;      // the peer's, admitted, without a final
    Sent2xx sent_2xx = Sent2xx::none;     // ours, without an ACK
    Request ours = Request::none;         // ours, without a final
    bool ours_is_own = false;             // and no peer's that we relay
    bool cancelled = false;               // that
    bool gives_way = false;               // to one of the peer's: its offer is withdrawn, whatever is answered to it
    bool takes_no_update = false;         // and will not: it has said so with 405
    Their2xx their_2xx = Their2xx::none;  // to ours, not acknowledged yet; that to an UPDATE: not dealt with
    bool has_answer = false;              // in the peer's ACK, not dealt with yet
    bool offer_open = false;              // ours, in a request or in a 2xx
    Wish offered = Wish::talk;            // what that says of the other peer
    Wish wish = Wish::talk;               // the peer's
    Wish pending = Wish::talk;            // the same in an offer of its that is open
    Wish told = Wish::talk;               // of the other peer, as agreed
    std::array<bool, 2> refuses{};        // by wish: to hear that of the other, or it is not to be asked
    bool misled = false;                  // it believes in an answer that we could not read
    bool refresh = false;                 // our session timer asked for one
    bool source = false;                  // a music server is to answer an offer of its
    bool source_asked = false;            // that offer is with the music server
    bool news = false;                    // an answer has changed what the other peer wishes

    static Wish any_wish(Choices& choices) { return choices.pick() ? Wish::hold : Wish::talk; }
    bool& refuses_to_hear(Wish what) { return refuses[static_cast<std::size_t>(what)]; }
    bool has_offer() const { return request == Request::invite || request == Request::update; }
};

class Surroundings {
public:
    enum class Phase : std::uint8_t { early, answered, up, ended };

    explicit Surroundings(Phase phase) : phase_{phase} {}

    Phase phase() const { return phase_; }
    const Leg& leg(Side side) const { return legs_[static_cast<std::size_t>(side)]; }
    std::array<bool, 2> differs() const { return {differs(Side::a), differs(Side::b)}; }
    bool differs(Side side) const { return leg(side).told != leg(media::other(side)).wish; }

    // What an event changes before the machine hears of it.
    void on(const Event& event, Choices& choices);
    // A request of the peer is to come, and the one of ours that is open is nobody's any more.
    void give_way(Side side) { leg(side).gives_way = leg(side).ours != Leg::Request::none; }
    Fault carry_out(const Action& action, Choices& choices);
    // The request that the machine asked for just now went out in an UPDATE.
    bool sent_update(const Action& action) const;
    // Has an answer changed what this leg is to be told? Asked once.
    bool take_news(Side side) { return std::exchange(leg(side).news, false); }
    // What can matter no more, so that states which are the same look the same.
    void forget_what_is_over();
    void write(Packer& out) const;

private:
    Leg& leg(Side side) { return legs_[static_cast<std::size_t>(side)]; }
    void on_final(const Event& event, Choices& choices);
    void on_answered(Side side, bool with_offer);
    void on_ack(Side side, Event::Kind kind, Choices& choices);
    void open(Leg& leg, const Event& event, Choices& choices);
    void change(Side side, Leg::Wish wish);
    static void take(Leg& own);
    void may_hold_by_answer(Side side, Choices& choices);

    Fault answer(Side near);
    Fault offer_near(Side near);
    Fault refuse(Side near);
    Fault send(Side side, Leg::Request request, Leg::Wish offered, bool own);
    Fault relay(Side far, Choices& choices);
    Fault relay_offerless(Side far);
    Fault fetch_offer(Side side);
    Fault ask_source(Side side);
    Fault acknowledge_source(Side side);
    Fault tell(Side side);
    Fault commit_answer(Side far, Choices& choices);
    Fault pass_offer(Side far);
    Fault commit_own(Side side, Choices& choices);
    Fault acknowledge_here(Side far);
    Fault acknowledge_far(Side far, Choices& choices);
    Fault acknowledge_stale(Side side);
    Fault commit_near(Side side, Choices& choices);
    Fault withdraw(Side side);
    Fault cancel(Side side);
    Fault end();

    std::array<Leg, 2> legs_;
    Phase phase_;
};

}  // namespace exploration
