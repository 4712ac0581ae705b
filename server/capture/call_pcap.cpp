#include "server/capture/call_pcap.hpp"

#include "server/capture/pcapng.hpp"

namespace server::capture {
namespace {

Datagram datagram_of(const CapturedMessage& message, const Clocks& clocks) {
    const bool as_it_was = message.transport == sip::Transport::udp;
    return {clocks.since_epoch(message.at),
            message.source(),
            message.destination(),
            message.sent,
            message.text.view(),
            as_it_was ? std::string_view{} : sip::to_via_text(message.transport)};
}

}  // namespace

std::string write_pcap(std::span<const CapturedMessage> messages, const CapturedPackets& media, const Clocks& clocks,
                       std::string_view application) {
    Pcapng file{application};
    auto message = messages.begin();
    const auto messages_until = [&](base::Instant at) {
        for (; message != messages.end() && message->at <= at; ++message) { file.add(datagram_of(*message, clocks)); }
    };
    for (const CapturedPacket& packet : media.packets) {
        messages_until(packet.at);
        file.add(
            {clocks.since_epoch(packet.at), packet.source, packet.destination, packet.sent, media.payload(packet)});
    }
    messages_until(base::never);
    return file.take();
}

}  // namespace server::capture
