// The test phones against each other, with no server between: what they believe of each other must already agree, or
// nothing they say of the server counts. A test in which one breaks a rule on purpose says what the other is to find.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/simulation/phone/phone.hpp"

namespace simulation {

inline base::Endpoint at(const char* text) { return *base::Endpoint::parse(text); }

struct TwoPhones : testing::Test {
    base::SeededRandom random{1};
    EventQueue clock;
    Trace trace{clock};
    Network network{clock, random, trace};
    Phone a{{clock, network, random, trace},
            {"A", "alice", at("10.1.0.1:5060"), at("10.1.0.1:4000"), tone_hz(0)},
            at("10.2.0.1:5060")};
    Phone b{{clock, network, random, trace},
            {"B", "bob", at("10.2.0.1:5060"), at("10.2.0.1:4000"), tone_hz(1)},
            at("10.1.0.1:5060")};
    Sound tone_a{Sound::Kind::tone, tone_hz(0)};
    Sound tone_b{Sound::Kind::tone, tone_hz(1)};
    std::vector<std::string> expected;  // parts of the violations that the test provokes

    void pass(Duration time) {
        const Instant end = clock.now() + time;
        while (clock.next() <= end) { clock.run_next(); }
        clock.move_to(end);
    }
    // A calls B and both talk.
    void up() {
        a.invite("bob");
        pass(2s);
        ASSERT_TRUE(a.up() && b.up()) << trace.ladder();
    }
    // One of the phones finds that a rule is broken; its complaint has `text` in it.
    void expect_violation(std::string text) { expected.push_back(std::move(text)); }

    void TearDown() override {
        for (const auto& text : expected) {
            EXPECT_THAT(trace.violations(), testing::Contains(testing::HasSubstr(text)));
        }
        for (const auto& violation : trace.violations()) {
            const bool wanted = std::any_of(expected.begin(), expected.end(), [&](const std::string& text) {
                return violation.find(text) != std::string::npos;
            });
            if (!wanted) { ADD_FAILURE() << violation; }
        }
        if (HasFailure()) { ADD_FAILURE() << trace.ladder() << a.describe() << "\n" << b.describe(); }
    }
};

}  // namespace simulation
