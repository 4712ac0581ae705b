// The phone as a browser: ICE, DTLS-SRTP and BUNDLE over one port, described as Chromium does it once its lines share a
// transport. Leaves out: further candidates of its own, certificates that change, the dynamic formats that it does not
// speak.
#include <algorithm>

#include "base/bytes.hpp"
#include "media/rtcp/rtcp_view.hpp"
#include "tests/simulation/phone/identity509.hpp"
#include "tests/simulation/phone/phone.hpp"

namespace simulation {
namespace {

constexpr std::size_t rtp_header = 12;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span{text}); }

}  // namespace

void Phone::be_browser(Voice& spoken, const View* offer) {
    if (!transport_) {
        const std::size_t shown = security.is_impostor ? 1 - security.certificate : security.certificate;
        const media::DtlsContext& context = identity_of(shown).context;
        transport_ = std::make_unique<media::test::BrowserTransport>(context, ground_.random);
    }
    sip::sdp::IceCandidate candidate;
    candidate.foundation = "275126011";
    candidate.priority = 2'122'194'687;
    candidate.address = rtp_.address.to_string();
    candidate.port = rtp_.port;
    candidate.extensions = {{"generation", "0"}, {"network-id", "3"}, {"network-cost", "50"}};
    const auto candidate_line = sip::sdp::to_attribute(candidate);
    spoken.protocol = "UDP/TLS/RTP/SAVPF";
    spoken.video_port = rtp_.port;
    spoken.extensions = security.extensions;
    spoken.estimates = takes_estimates;
    spoken.transport = "a=rtcp:9 IN IP4 0.0.0.0\r\na=candidate:" + candidate_line.value.value_or("") +
                       "\r\na=ice-ufrag:" + transport_->credentials().ufrag +
                       "\r\na=ice-pwd:" + transport_->credentials().pwd + "\r\na=ice-options:trickle\r\n" +
                       dtls_lines(offer);
}

void Phone::connect_transport() {
    const bool is_agreed =
        belief_.local && belief_.remote && belief_.remote->ice && !belief_.remote->fingerprints.empty();
    if (!is_agreed || !transport_) { return; }
    const sip::sdp::IceDescription& ice = *belief_.remote->ice;
    transport_->describe(ground_.clock.now(), {{ice.ufrag, ice.pwd}, agree_dtls(agreed_dtls_.association != 0)});
    serve_transport();
}

// Sends what it has to say, and comes back when it is due.
void Phone::serve_transport() {
    for (const auto& bytes : transport_->take_output()) {
        if (lost_network_ || !belief_.remote) { continue; }
        Datagram datagram;
        datagram.kind = Datagram::Kind::media;
        datagram.from = rtp_;
        datagram.to = belief_.remote->rtp;
        datagram.bytes.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        send_media(std::move(datagram));
    }
    const Instant due = transport_->next_timeout();
    if (due == base::never || transport_due_ <= due) { return; }
    transport_due_ = due;
    ground_.clock.at(due, [this, due] {
        if (transport_due_ != due || state_ == State::over) { return; }
        transport_due_ = base::never;
        transport_->on_timeout(ground_.clock.now());
        serve_transport();
    });
}

// Where UDP does not get through, over the connection to the candidate for that.
void Phone::send_media(Datagram datagram) {
    if (!is_browser() || !security.by_tcp) { return ground_.network.send(std::move(datagram)); }
    const auto& candidates = belief_.remote->ice->candidates;
    const auto passive = std::ranges::find(candidates, "tcp", &sip::sdp::IceCandidate::transport);
    if (passive == candidates.end()) { return complain("a candidate of TCP (RFC 6544 §4.5)", "none"); }
    datagram.to = *passive->endpoint();
    frame(datagram);
    ground_.network.send(std::move(datagram));
}

// As it comes over its connection; none of it: that was closed.
void Phone::on_stream(const Datagram& piece) {
    if (piece.bytes.empty()) { deframer_ = {}; }
    std::span<const std::byte> bytes = bytes_of(piece.bytes);
    while (const auto datagram = deframer_.next(bytes)) {
        Datagram one = piece;
        one.bytes.assign(reinterpret_cast<const char*>(datagram->data()), datagram->size());
        on_bundled(one);
    }
}

void Phone::close_connection() {
    Datagram end;
    end.kind = Datagram::Kind::media_stream;
    end.from = rtp_;
    end.to = belief_.remote->rtp;
    ground_.network.send(std::move(end));
    deframer_ = {};
    transport_->check_now(ground_.clock.now());
    serve_transport();
}

void Phone::on_bundled(const Datagram& datagram) {
    if (!transport_ || lost_network_ || is_lost(datagram)) { return; }
    const bool was_up = transport_->is_up();
    const auto packet = transport_->on_datagram(ground_.clock.now(), bytes_of(datagram.bytes));
    serve_transport();
    const bool is_media = (std::to_integer<unsigned>(bytes_of(datagram.bytes).front()) & 0xc0U) == 0x80U;
    if (!packet) {
        const media::Drop drop = transport_->last_drop();
        if (is_media && was_up && drop != media::Drop::replay) {
            complain("F.3 media under the agreed key only", std::string{media::label(drop)});
        }
        return;
    }
    Datagram plain = datagram;
    plain.bytes.assign(reinterpret_cast<const char*>(packet->bytes.data()), packet->bytes.size());
    if (packet->kind == media::Protection::Kind::rtcp) { return on_video_control(plain); }
    const auto number = static_cast<std::uint8_t>(plain.bytes.at(1) & 0x7f);
    plain.bytes = without_extensions(std::move(plain.bytes), viewer_.numbers.contains(number));
    viewer_.numbers.contains(number) ? on_video(plain) : hear(plain, plain.bytes);
}

// The header of a packet is in the clear (RFC 3711 §3.1).
bool Phone::is_lost(const Datagram& datagram) {
    const auto bytes = bytes_of(datagram.bytes);
    if (misses_each == 0 || bytes.size() < rtp_header || media::is_rtcp(bytes)) { return false; }
    const bool is_picture =
        (bytes[0] & ~std::byte{0x10}) == std::byte{0x80} &&
        viewer_.numbers.contains(static_cast<std::uint8_t>(std::to_integer<unsigned>(bytes[1]) & 0x7fU));
    return is_picture && ++video_packets_ % misses_each == 0;
}

std::string Phone::seal_control(const std::string& compound) {
    if (!transport_ || lost_network_) { return {}; }
    const auto sealed = transport_->seal(media::Protection::Kind::rtcp, bytes_of(compound));
    return {reinterpret_cast<const char*>(sealed.data()), sealed.size()};
}

std::string Phone::seal_bundled(std::string packet, bool is_video) {
    if (!transport_ || lost_network_ || !belief_.local || !belief_.remote) { return {}; }
    packet = with_extensions(std::move(packet), is_video);
    const auto sealed = transport_->seal(media::Protection::Kind::rtp, bytes_of(packet));
    return {reinterpret_cast<const char*>(sealed.data()), sealed.size()};
}

std::size_t Phone::handshakes() const { return transport_ ? transport_->handshakes() : handshakes_; }

void Phone::restart_ice() { transport_->restart(); }

void Phone::roam(const base::Endpoint& rtp) {
    move_to(rtp);
    transport_->check_now(ground_.clock.now());
    serve_transport();
}

void Phone::lose_network(bool is_lost) {
    lost_network_ = is_lost;
    if (is_lost) { return; }
    transport_->check_now(ground_.clock.now());
    serve_transport();
}

bool Phone::has_transport() const { return transport_ && transport_->is_up(); }

}  // namespace simulation
