// What is looked into while it passes: packets of single sessions, RTCP of all.
#include <algorithm>

#include "media/io/epoll_engine.hpp"

namespace media {

PacketMirror* EpollEngine::start_mirror(const std::vector<SessionId>& sessions, bool plain) {
    if (mirrors_.size() == max_mirrors) { return nullptr; }
    const auto is_taken = [this](SessionId id) {
        const SocketSession* const session = find(id);
        return session != nullptr && session->is_mirrored();
    };
    if (std::ranges::any_of(sessions, is_taken)) { return nullptr; }
    PacketMirror* const mirror = mirrors_.emplace_back(std::make_unique<PacketMirror>(plain, now_)).get();
    for (const SessionId id : sessions) {
        if (SocketSession* const session = find(id)) { session->mirror_to(mirror); }
    }
    return mirror;
}

// Sessions may have closed meanwhile.
std::unique_ptr<PacketMirror> EpollEngine::stop_mirror(const PacketMirror* mirror) {
    for (const auto& session : slots_) {
        if (session && session->is_mirrored_to(mirror)) { session->mirror_to(nullptr); }
    }
    const auto found = std::ranges::find(mirrors_, mirror, &std::unique_ptr<PacketMirror>::get);
    if (found == mirrors_.end()) { return nullptr; }
    auto stopped = std::move(*found);
    mirrors_.erase(found);
    return stopped;
}

void EpollEngine::mirror_taken(const SharedSocket& shared, const SharedPort::Arrival& arrival,
                               const base::Endpoint& source, std::span<const std::byte> datagram) noexcept {
    for (const LineId& line : arrival.lines) {
        const SocketSession* const session = find(line.session);
        if (session == nullptr || session->wire_mirror() == nullptr) { continue; }
        return session->wire_mirror()->note(false, shared.socket().local(), source, datagram);
    }
}

void EpollEngine::show_reports(bool wanted) {
    reports_.open(wanted);
    for (const auto& session : slots_) {
        if (session) { session->session().show_reports(wanted); }
    }
}

}  // namespace media
