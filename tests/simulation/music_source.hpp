// A call between A and B, with a music server for whoever of them is held.
#pragma once

#include <string>

#include "tests/simulation/scenario.hpp"
#include "tests/simulation/world/town.hpp"

namespace simulation {

// The music server is the phone of seat 7; the sound that it plays is its tone.
inline constexpr int server_seat = 7;

class MusicSource {
public:
    explicit MusicSource(config::HoldMethod method = config::HoldMethod::inject)
        : run{[method](config::Config& config) {
              const std::string uri = "sip:music@" + sip_endpoint('b', server_seat, 0).to_string();
              for (auto& [name, trunk] : config.trunks) {
                  trunk.hold.music = uri;
                  trunk.hold.method = method;
              }
          }},
          server{run.world.add_callee(server_seat)} {
        server.on_invite = answers(50ms);
        server.wish = Direction::sendonly;
        run.world.checks_hearing = false;  // it knows of two parties only
        run.up();
    }
    void hold() {
        run.a.reinvite(Sdp::with(Direction::inactive));
        run.pass(1s);
        EXPECT_EQ(run.a.final_of("INVITE"), 200);
    }
    // The server is called when it is needed.
    bool called() const { return server.received("INVITE") != 0; }
    void resume() {
        run.a.reinvite();
        run.pass(1s);
        run.expect_conversation();
    }
    bool plays_to_b() const { return run.hears(run.b, run.world.tone(server)); }

    Scenario run;
    Phone& server;
};

}  // namespace simulation
