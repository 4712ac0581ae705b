// A media plane without media, for tests of what thousands of calls ask of one: every leg opens, nothing flows but what
// the test says, and questions about legs are counted.
#pragma once

#include <map>

#include "media/engine.hpp"

namespace support {

class CountedEngine final : public media::Engine {
public:
    media::SessionId open_session(base::Instant) override { return media::SessionId{++sessions_}; }
    std::optional<media::LegPorts> open_leg(media::SessionId session, media::Side, const base::IpAddress& local,
                                            std::string&) override {
        const auto port = static_cast<std::uint16_t>(1024 + session.value % 30'000 * 2);
        const auto rtcp = static_cast<std::uint16_t>(port + 1);
        return media::LegPorts{{local, port}, {local, rtcp}};
    }
    std::optional<media::OpenTransport> open_transport(base::Instant, const base::IpAddress&,
                                                       const media::IceCredentials&, std::string&) override {
        return std::nullopt;
    }
    void describe_transport(base::Instant, media::TransportId, const media::TransportDescription&) override {}
    void close_transport(media::TransportId) override {}
    std::optional<media::LegPorts> open_leg_on(base::Instant, media::SessionId, media::Side, media::TransportId,
                                               std::string&) override {
        return std::nullopt;
    }
    std::uint32_t ssrc(media::SessionId, media::Side) const override { return 1; }
    void close_leg(base::Instant, media::SessionId, media::Side) override {}
    void move_leg(base::Instant, const media::LegPlace&, const media::LegPlace&) override {}
    void describe(base::Instant, media::SessionId, media::Side, const media::LegDescription&) override {}
    void play(base::Instant, media::SessionId, media::Side, media::Source, const media::Music&) override {}
    void send_digit(base::Instant, media::SessionId, media::Side, const media::Digit&) override {}
    void arm_timeout(base::Instant, media::SessionId, media::Side, base::Duration) override {}
    media::LegStats stats(media::SessionId, media::Side) const override {
        ++asked;
        return {};
    }
    std::optional<media::LegCounts> counts(media::SessionId session, media::Side) const override {
        ++asked;
        ++asked_of[session.value];
        return flowing;
    }
    void close_session(base::Instant, media::SessionId) override {}
    std::vector<media::EngineEvent> take_events() override { return {}; }

    media::LegCounts flowing;                       // of every leg
    mutable std::size_t asked = 0;                  // questions about legs
    mutable std::map<std::uint64_t, int> asked_of;  // by session

private:
    std::uint64_t sessions_ = 0;
};

}  // namespace support
