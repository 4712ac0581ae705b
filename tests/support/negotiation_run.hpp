// The two-leg machine on virtual time, its actions as text: "relay_offer b, commit_answer b".
#pragma once

#include <string>

#include "server/b2bua/negotiation.hpp"

namespace test_support {

inline std::string to_text(const server::Negotiation::Action& action) {
    constexpr const char* names[] = {"answer_near",        "offer_near",       "refuse_near",
                                     "relay_offer",        "relay_offerless",  "tell",
                                     "fetch_offer",        "refresh",          "commit_answer",
                                     "pass_offer",         "commit_own",       "ask_source",
                                     "acknowledge_source", "acknowledge_here", "acknowledge_far",
                                     "acknowledge_stale",  "commit_near",      "withdraw",
                                     "cancel_far",         "end_call"};
    const bool is_a = action.side == media::Side::a;
    return std::string{names[static_cast<std::size_t>(action.kind)]} + (is_a ? " a" : " b");
}

class NegotiationRun {
public:
    using Negotiation = server::Negotiation;
    using Side = media::Side;

    explicit NegotiationRun(const server::NegotiationRules& rules = {}) : machine{rules} {}

    std::string request(Side near, Negotiation::Request request,
                        Negotiation::Carrier carrier = Negotiation::Carrier::invite) {
        return step([&](auto& out) { machine.on_request(now, near, {request, carrier}, out); });
    }
    std::string give_way(Side side) {
        return step([&](auto& out) { machine.give_way(side, out); });
    }
    std::string far(Side side, Negotiation::Final final, base::Duration wait = {}) {
        return step([&](auto& out) { machine.on_far_final(now, side, final, wait, out); });
    }
    std::string ack(Side side, Negotiation::Ack ack = Negotiation::Ack::with_answer) {
        return step([&](auto& out) { machine.on_ack(now, side, ack, out); });
    }
    std::string no_ack(Side side) {
        return step([&](auto& out) { machine.on_no_ack(side, out); });
    }
    std::string cancel(Side side) {
        return step([&](auto& out) { machine.on_cancel(now, side, out); });
    }
    std::string wait(base::Duration time) {
        now += time;
        return step([&](auto& out) { machine.on_timeout(now, out); });
    }
    std::string source(Side side) {
        return step([&](auto&) { machine.want_source(side); });
    }
    std::string source_answers() {
        return step([&](auto& out) { machine.on_source(out); });
    }
    std::string refresh(Side side) {
        return step([&](auto&) { machine.want_refresh(side); });
    }

    base::Instant now{};
    Negotiation machine;
    std::array<bool, 2> differs{};  // is the leg told something else than it should be?

private:
    template <class Step>
    std::string step(Step step) {
        Negotiation::Actions actions;
        step(actions);
        std::string text;
        do {
            for (const auto& action : actions) { text += (text.empty() ? "" : ", ") + to_text(action); }
            actions.clear();
            machine.settle(now, differs, actions);
        } while (!actions.empty());
        return text;
    }
};

}  // namespace test_support
