// A shared port with browsers around it, on virtual time.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "media/bundle/shared_port.hpp"
#include "tests/support/browser_transport.hpp"
#include "tests/unit/media/dtls/certificates.hpp"
#include "tests/unit/media/dtls/wall_clock.hpp"
#include "tests/unit/media/support/wire.hpp"

namespace media::test {

using namespace std::chrono_literals;

inline const base::Endpoint home = endpoint("192.0.2.1:4000");
inline const base::Endpoint mobile = endpoint("198.51.100.7:4001");
inline const base::Endpoint stranger = endpoint("203.0.113.66:666");
inline const LineId voice{SessionId{1}, Side::a};
inline const LineId picture{SessionId{2}, Side::a};

// A browser and what both sides know of its transport; its certificate is number `who`, ours is number 0.
struct Browser {
    Browser(int who, const TransportAddress& where, base::Random& random)
        : at{where}, transport{context_of(who), random}, ours{IceCredentials::make(random)}, certificate{who} {}

    TransportDescription description() const {
        return {
            ours, transport.credentials().ufrag, {association, our_role, {certificate_of(certificate).fingerprint()}}};
    }
    BrowserTransport::Remote remote() const {
        const DtlsRole its_role = our_role == DtlsRole::server ? DtlsRole::client : DtlsRole::server;
        return {ours, {association, its_role, {certificate_of(0).fingerprint()}}};
    }

    TransportAddress at;
    BrowserTransport transport;
    IceCredentials ours;
    int certificate;
    DtlsRole our_role = DtlsRole::server;
    std::uint32_t association = 1;
    TransportId id{};
    std::vector<BrowserTransport::Packet> heard{};
};

class BrowsersTest : public testing::Test, public PortSink {
protected:
    Browser& browser(int who, const TransportAddress& at) {
        browsers.push_back(std::make_unique<Browser>(who, at, random));
        return *browsers.back();
    }
    void open(Browser& one, const LineId& line) {
        one.id = TransportId{++last_id};
        std::string why;
        EXPECT_TRUE(port.open(one.id, one.ours, why)) << why;
        EXPECT_TRUE(port.attach(now, one.id, line));
    }
    void agree(Browser& one) {
        port.describe(now, one.id, one.description());
        one.transport.describe(now, one.remote());
    }
    Browser& connect(int who, const TransportAddress& at, const LineId& line) {
        Browser& one = browser(who, at);
        open(one, line);
        agree(one);
        exchange();
        return one;
    }

    void send(const TransportAddress& to, std::span<const std::byte> bytes) noexcept override {
        to_browsers.emplace_back(to, Bytes(bytes.begin(), bytes.end()));
    }
    Drop hear(const TransportAddress& source, Bytes datagram) {
        const auto arrival = port.on_datagram(now, source, datagram);
        for (const LineId& line : arrival.lines) {
            taken.push_back({line, arrival.component, Bytes(arrival.packet.begin(), arrival.packet.end())});
        }
        note_news();
        return arrival.drop;
    }
    void note_news() {
        for (const auto& change : port.take_changes()) { changes.push_back(change); }
        for (const auto& event : port.take_events()) { events.push_back(event); }
    }
    // To and fro until nobody has anything to say.
    void exchange() {
        bool is_busy = true;
        while (is_busy) {
            is_busy = !to_browsers.empty();
            for (const auto& [to, bytes] : std::exchange(to_browsers, {})) {
                const auto found =
                    std::ranges::find_if(browsers, [&, &at = to](const auto& one) { return one->at == at; });
                if (found == browsers.end()) { continue; }
                if (auto packet = (*found)->transport.on_datagram(now, bytes)) { (*found)->heard.push_back(*packet); }
            }
            for (const auto& one : browsers) {
                for (const Bytes& bytes : one->transport.take_output()) {
                    is_busy = true;
                    drops.push_back(hear(one->at, bytes));
                }
            }
        }
        note_news();
    }
    void run(base::Duration time) {
        const base::Instant end = now + time;
        for (;;) {
            base::Instant next = port.next_timeout();
            for (const auto& one : browsers) { next = std::min(next, one->transport.next_timeout()); }
            if (next > end) { break; }
            now = std::max(now, next);
            clock.set(now);
            port.on_timeout(now);
            for (const auto& one : browsers) {
                if (one->transport.next_timeout() <= now) { one->transport.on_timeout(now); }
            }
            exchange();
        }
        now = end;
        clock.set(now);
    }
    // A packet of the browser's.
    Drop says(Browser& one, const Bytes& packet, Protection::Kind kind = Protection::Kind::rtp) {
        return hear(one.at, one.transport.seal(kind, packet));
    }
    // Does the browser hear what is sent over its transport?
    bool hears(Browser& one) {
        one.heard.clear();
        const Bytes packet = rtp({.sequence = ++sequence_to});
        port.send(one.id, Component::rtp, packet);
        exchange();
        return one.heard.size() == 1 && one.heard.front().bytes == packet;
    }
    std::optional<TransportAddress> target(const Browser& one) const { return port.target(one.id); }
    std::string ice(const Browser& one) const {
        LegStats stats;
        port.fill(one.id, stats);
        return stats.ice;
    }

    struct Taken {
        LineId line;
        Component component;
        Bytes bytes;
    };
    base::Instant now = base::Instant{} + 1h;
    WallClock clock{now};
    base::SeededRandom random{3};
    DtlsOutcomes handshakes{};
    SharedPort port{&context_of(0), *this, &handshakes};
    std::vector<std::unique_ptr<Browser>> browsers;
    std::vector<std::pair<TransportAddress, Bytes>> to_browsers;
    std::vector<Taken> taken;
    std::vector<Drop> drops;
    std::vector<SharedPort::Change> changes;
    std::vector<EngineEvent> events;
    std::uint64_t last_id = 0;
    std::uint16_t sequence_to = 0;
};

}  // namespace media::test
