// Invariant F.2, judged in a quiet moment: what the media plane does for a leg is what its phone believes was agreed.
#pragma once

#include "tests/simulation/phone/phone.hpp"
#include "tests/simulation/world/sim_engine.hpp"

namespace simulation {

class BeliefCheck {
public:
    BeliefCheck(const SimEngine& engine, Trace& trace) : engine_{engine}, trace_{trace} {}

    void run(const Phone& phone) const;

private:
    // One stream as the phone has it: its own part, and the server's.
    struct Stream {
        std::string name;
        base::Endpoint own;
        base::Endpoint theirs;
        bool hears;
        bool speaks;
        const std::vector<Payload>& own_payloads;
        const std::vector<Payload>& their_payloads;
        std::string mid;  // of a browser's; empty: it has an address of its own
    };
    void judge(const Stream& stream) const;
    void judge_formats(const Stream& stream, const std::vector<media::PayloadFormat>& formats,
                       const std::vector<Payload>& described, const char* use) const;
    void complain(const Stream& stream, const std::string& text) const;

    const SimEngine& engine_;
    Trace& trace_;
};

}  // namespace simulation
