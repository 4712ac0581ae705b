// What a shard shows of its calls while they pass: their messages, their media, and RTCP for Homer.
#include "server/shard.hpp"
#include "server/shard_tasks.hpp"

namespace server {

namespace {

capture::CapturedPackets packets_of(media::PacketMirror& mirror) {
    capture::CapturedPackets packets;
    packets.packets.reserve(mirror.packets().size());
    for (const media::MirroredPacket& packet : mirror.packets()) {
        const auto& source = packet.sent ? packet.local : packet.remote;
        const auto& destination = packet.sent ? packet.remote : packet.local;
        packets.packets.push_back({packet.at, packet.sent, source, destination, packet.offset, packet.size});
    }
    packets.bytes = mirror.take_bytes();
    packets.left_out = mirror.left_out();
    return packets;
}

}  // namespace

void Shard::capture(std::string id, std::function<void(std::optional<CaptureView>)> answer) {
    post([this, id = std::move(id), answer = std::move(answer)] { answer(core_->capture(id)); });
}

void Shard::capture_media(std::string id, base::Duration time, std::function<void(MediaCapture)> answer) {
    post([this, id = std::move(id), time, answer = std::move(answer)]() mutable {
        using Outcome = MediaCapture::Outcome;
        const auto media = core_->media_of(id);
        if (!media) { return answer({}); }
        if (media->sessions.empty()) { return answer({Outcome::no_media, {}, {}}); }
        const media::PacketMirror* const mirror = engine_.start_mirror(media->sessions, media->decrypt);
        if (mirror == nullptr) { return answer({Outcome::busy, {}, {}}); }
        auto& timer = mirrors_.emplace(mirror, context_).first->second;
        timer.expires_after(time);
        timer.async_wait(
            [this, id = std::move(id), mirror, answer = std::move(answer)](const boost::system::error_code& error) {
                if (error || closed_) { return; }
                mirrors_.erase(mirror);
                answer(mirrored(id, mirror));
            });
    });
}

// The call may be over by now.
MediaCapture Shard::mirrored(const std::string& id, const media::PacketMirror* mirror) {
    MediaCapture capture;
    const auto stopped = engine_.stop_mirror(mirror);
    auto view = core_->capture(id);
    if (!view || !stopped) { return capture; }
    capture.outcome = MediaCapture::Outcome::done;
    capture.view = std::move(*view);
    capture.packets = packets_of(*stopped);
    return capture;
}

void Shard::observe(const Snapshot& snapshot) { engine_.show_reports(!snapshot.config.hep.target.empty()); }

// Those of a call's audio: it is by that that a session is known.
void Shard::tell_reports() {
    for (const media::PassedReport& report : engine_.reports().waiting()) {
        std::string call = core_->call_of(report.session);
        if (call.empty()) { continue; }
        const auto bytes = report.packet();
        const capture::SharedText packet{{reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
        out_.observed.push_back({report.at, capture::HepNote::Kind::rtcp_json, false,
                                 report.sent ? report.local : report.remote, report.sent ? report.remote : report.local,
                                 packet, std::move(call)});
    }
    engine_.reports().clear();
}

}  // namespace server
