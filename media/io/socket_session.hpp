// A session together with its sockets: what it sends leaves through them, or over the transport of its leg.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "media/io/packet_mirror.hpp"
#include "media/io/report_tap.hpp"
#include "media/io/send_counters.hpp"
#include "media/io/shared_socket.hpp"
#include "media/io/udp_socket.hpp"
#include "media/relay/session.hpp"
#include "media/stream_class.hpp"

namespace media {

// Which transport carries a leg; the socket outlives it.
struct Carrier {
    SharedSocket* socket = nullptr;
    TransportId transport;
};

// What is alive in an engine, kept up by its sessions.
struct EngineLevels {
    StreamCounts streams{};      // legs with a description
    std::size_t music_legs = 0;  // that music is being sent to now
};

class SocketSession final : public PacketSink {
public:
    // `reports`: where those go that are shown.
    SocketSession(base::Instant now, SessionId id, const SessionOptions& options, base::Random& random,
                  SendCounters& counters, EngineLevels& levels, ReportTap& reports)
        : id_{id},
          session_{now, id, options, random, *this},
          counters_{&counters},
          levels_{&levels},
          reports_{&reports} {}
    SocketSession(const SocketSession&) = delete;
    SocketSession& operator=(const SocketSession&) = delete;

    SessionId id() const { return id_; }
    Session& session() { return session_; }
    const Session& session() const { return session_; }

    void open_leg(Side side, UdpSocket rtp, UdpSocket rtcp);
    void open_leg_on(Side side, const Carrier& carrier);
    void close_leg(base::Instant now, Side side);
    void take_leg(base::Instant now, Side to, SocketSession& from, Side side);
    bool has_leg(Side side) const { return has_ports(side) || carrier(side).socket != nullptr; }
    bool has_ports(Side side) const { return socket(side, Component::rtp).is_open(); }
    const Carrier& carrier(Side side) const { return carriers_[static_cast<std::size_t>(side)]; }
    LegStats stats(Side side) const;
    bool is_described(Side side) const { return described_[static_cast<std::size_t>(side)].has_value(); }
    void note_description(Side side, const LegDescription& description) { classify(side, class_of(description)); }
    // After whatever may have begun or ended music.
    void note_music() noexcept;
    const UdpSocket& socket(Side side, Component component) const {
        return sockets_[static_cast<std::size_t>(side)][static_cast<std::size_t>(component)];
    }
    std::uint64_t kernel_drops() const noexcept;

    void send(Side side, Component component, const base::Endpoint& to,
              std::span<const std::byte> bytes) noexcept override;
    void show_packet(Side side, Component component, bool sent, const base::Endpoint& peer,
                     std::span<const std::byte> packet) noexcept override;
    void show_report(Side side, Component component, bool sent, const base::Endpoint& peer,
                     std::span<const std::byte> report) noexcept override;

    // Which outlives its use here; null: none any more.
    void mirror_to(PacketMirror* mirror) noexcept;
    // That wants packets as they are on the wire.
    PacketMirror* wire_mirror() const noexcept { return wire_mirror_; }
    bool is_mirrored_to(const PacketMirror* mirror) const noexcept {
        return mirror == wire_mirror_ || mirror == plain_mirror_;
    }
    bool is_mirrored() const noexcept { return wire_mirror_ != nullptr || plain_mirror_ != nullptr; }
    base::Endpoint local(Side side, Component component) const;

    std::array<std::uint16_t, side_count> ports{};  // the even one of each leg
    base::Instant queued_at = base::never;          // the entry of the engine's queue that holds

private:
    void send_mirrored(Side side, Component component, const base::Endpoint& to,
                       std::span<const std::byte> bytes) noexcept;
    void leave_carrier(Side side);
    void classify(Side side, const std::optional<StreamClass>& as);

    SessionId id_;
    std::array<std::array<UdpSocket, 2>, side_count> sockets_;
    std::array<Carrier, side_count> carriers_;
    Session session_;
    SendCounters* counters_;
    EngineLevels* levels_;
    ReportTap* reports_;
    PacketMirror* wire_mirror_ = nullptr;
    PacketMirror* plain_mirror_ = nullptr;
    std::array<std::optional<StreamClass>, side_count> described_{};
    std::uint8_t music_legs_ = 0;  // as they are in the levels
};

}  // namespace media
