#include "media/relay/session.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "media/codec/g711.hpp"
#include "media/dtls/is_dtls.hpp"
#include "media/relay/silence.hpp"
#include "media/rtcp/rtcp_view.hpp"

namespace media {

namespace {

constexpr std::array both{Side::a, Side::b};
constexpr std::size_t sequence_offset = 2;  // in a packet

}  // namespace

Session::Session(base::Instant now, SessionId id, const SessionOptions& options, base::Random& random, PacketSink& sink)
    : id_{id},
      learn_{options.learn},
      dtls_{options.dtls},
      handshakes_{options.handshakes},
      random_{&random},
      sink_{&sink},
      legs_{Leg{now, learn_, random}, Leg{now, learn_, random}},
      tallies_{options.tallies} {}

void Session::open_leg(Side side, const LegPorts& local) {
    if (find(side) == nullptr) {
        music_legs_[static_cast<std::size_t>(other(side))] =
            std::make_unique<Leg>(leg(other(side)).reporter.began(), learn_, *random_);
    }
    find(side)->open = true;
    find(side)->local = local.rtp;
}

void Session::open_carried_leg(Side side, const base::Endpoint& local) {
    open_leg(side, {local, local});
    find(side)->is_carried = true;
}

// What is due there starts, and whoever was shown a picture may have missed some of it.
void Session::on_transport(base::Instant now, Side side, const std::optional<base::Endpoint>& target) {
    Leg* const carried = find(side);
    if (carried == nullptr || !carried->is_carried || !carried->carry(now, target)) { return; }
    carried->shown_anew = true;
    for (const Side each : both) { update_music(now, each); }
}

void Session::bar(Side side, const base::Endpoint& source, base::Instant until) noexcept {
    if (Leg* const barring = find(side)) { barring->rtp.bar(source, until); }
}

void Session::describe(base::Instant now, Side side, const LegDescription& description) {
    Leg* const described = find(side);
    Leg& far = leg(other(side));
    if (described == nullptr || !described->open) { return; }
    const bool received = described->receive;
    described->describe(now, description);
    if (tallies_ != nullptr) { described->traffic = &tallies_->accounts.of(description.account); }
    if (description.dtls && !described->is_carried) { associate(now, side, *described, description); }
    described->shown_anew = true;
    if (!received) { far.shown_anew = true; }
    if (!received) { described->last_audible = base::Instant::min(); }  // of a time that is over
    // Heard again after a pause: the marker says so.
    if (!received && far.hears(kind_of(side)) && !far.player.playing()) { far.rewriter.interrupt(); }
    for (const Side each : both) { update_music(now, each); }
}

void Session::arm_timeout(base::Instant now, Side side, base::Duration after) {
    Leg* const armed = find(side);
    if (armed == nullptr) { return; }
    armed->armed_at = now;
    armed->timeout = after;
}

void Session::close(base::Instant now) noexcept {
    for (const Side side : all_sides) { silence(now, side); }
}

void Session::close_leg(base::Instant now, Side side) {
    silence(now, side);
    reset(now, side);
    update_music(now, other(side));
}

void Session::reset(base::Instant now, Side side) {
    if (is_music_leg(side)) {
        music_legs_[static_cast<std::size_t>(other(side))].reset();
    } else {
        leg(side) = Leg{now, learn_, *random_};
    }
}

void Session::take_leg(base::Instant now, Side to, Session& from, Side side) {
    Leg* const heir = from.find(side);
    if (heir == nullptr || !heir->open) { return; }
    silence(now, to);
    if (find(to) == nullptr) { open_leg(to, {}); }
    *find(to) = std::move(*heir);
    from.reset(now, side);
    leg(other(to)).shown_anew = true;
    for (const Side each : both) {
        update_music(now, each);
        from.update_music(now, each);
    }
}

void Session::silence(base::Instant now, Side side) noexcept {
    Leg* const closing = find(side);
    if (closing == nullptr) { return; }
    send_report(now, side, *closing, true);
    if (closing->association) { dissociate(side, *closing); }
    if (!is_music_leg(side)) { end_music(now, side); }
    closing->settle_losses();
    closing->open = false;
    closing->described = false;
    closing->timeout = {};
    closing->player.stop();
    closing->reporter.stop();
}

Drop Session::on_packet(base::Instant now, Side side, Component component, const base::Endpoint& source,
                        std::span<std::byte> datagram) noexcept {
    Leg* const from = find(side);
    if (from == nullptr) { return Drop::port_closed; }
    const Drop drop = take(now, side, *from, component, source, datagram);
    ++from->drops[static_cast<std::size_t>(drop)];
    return drop;
}

Drop Session::take(base::Instant now, Side side, Leg& from, Component component, const base::Endpoint& source,
                   std::span<std::byte> datagram) noexcept {
    if (is_dtls(datagram)) { return take_dtls(now, side, from, component, source, datagram); }
    const bool control = component == Component::rtcp || (from.rtcp_mux && is_rtcp(datagram));
    const Drop drop = from.protection ? open(now, from, component, control, source, datagram) : Drop::none;
    if (drop != Drop::none) { return drop; }
    if (shows_packets_) [[unlikely]] { sink_->show_packet(side, component, false, source, datagram); }
    return control ? take_rtcp(now, side, from, component, source, datagram)
                   : take_rtp(now, side, from, source, datagram);
}

// Cheap checks before the costly one, and nothing is learnt before that.
Drop Session::open(base::Instant now, Leg& from, Component component, bool control, const base::Endpoint& source,
                   std::span<std::byte>& datagram) noexcept {
    if (!from.described) { return Drop::port_closed; }
    if (datagram.size() > max_datagram) { return Drop::malformed; }
    if (!from.may_come_from(now, component, source)) { return Drop::unknown_source; }
    return from.protection->open(now, control ? Protection::Kind::rtcp : Protection::Kind::rtp, datagram);
}

void Session::on_timeout(base::Instant now) noexcept {
    for (const Side side : both) {
        serve(now, side, leg(side));
        if (Leg* const server = find(music_leg(side))) { serve(now, music_leg(side), *server); }
        if (leg(side).tune) { update_music(now, side); }
        play_digits(now, side);
    }
}

void Session::serve(base::Instant now, Side side, Leg& due) noexcept {
    if (now >= due.timeout_deadline()) {
        due.timeout = {};
        events_.raise({EngineEvent::Kind::media_timeout, side, {}, now});
    }
    if (now >= due.reporter.due()) { send_report(now, side, due, false); }
    if (now >= due.dtls_due()) { serve_dtls(now, side, due); }
}

base::Instant Session::next_timeout() const noexcept {
    base::Instant next = base::never;
    for (const Side side : both) {
        next = std::min({next, leg(side).timeout_deadline(), leg(side).reporter.due(), leg(side).digits_due(),
                         leg(side).dtls_due()});
        if (leg(side).tune) { next = std::min(next, music_deadline(side)); }
        const Leg* const server = find(music_leg(side));
        if (server != nullptr) {
            next = std::min({next, server->timeout_deadline(), server->reporter.due(), server->dtls_due()});
        }
    }
    return next;
}

std::optional<EngineEvent> Session::take_event() noexcept {
    const auto event = events_.take();
    if (!event) { return std::nullopt; }
    return EngineEvent{event->kind, id_, event->side, event->at, event->digit};
}

LegStats Session::stats(Side side) const {
    const Leg* const asked = find(side);
    return asked == nullptr ? LegStats{} : asked->snapshot();
}

std::optional<LegCounts> Session::counts(Side side) const {
    const Leg* const asked = find(side);
    if (asked == nullptr || !asked->open) { return std::nullopt; }
    return asked->counts();
}

void Session::settle_losses() noexcept {
    for (const Side side : all_sides) {
        if (Leg* const of = find(side)) { of->settle_losses(); }
    }
}

std::uint32_t Session::ssrc(Side side) const {
    const Leg* const asked = find(side);
    return asked == nullptr ? 0 : asked->rewriter.ssrc();
}

DropCounters Session::drops(Side side) const {
    const Leg* const asked = find(side);
    DropCounters drops{};
    if (asked != nullptr) { std::ranges::copy(asked->drops, drops.begin()); }
    return drops;
}

Drop Session::take_rtp(base::Instant now, Side side, Leg& from, const base::Endpoint& source,
                       std::span<std::byte> datagram) noexcept {
    if (!from.described) { return Drop::port_closed; }
    const auto view = datagram.size() > max_datagram ? std::nullopt : parse_rtp(datagram);
    if (!view) { return Drop::malformed; }
    const auto codec = from.payloads.received(view->header.payload_type);
    if (!from.accept(now, Component::rtp, source, codec && from.receive)) { return Drop::unknown_source; }

    from.last_life = now;
    if (codec) { from.count(now, view->header, *codec == Codec::relayed || is_g711(*codec), datagram.size()); }
    if (!codec || !from.receive) {
        close_over(side, view->header);
        return codec ? Drop::held : Drop::codec;
    }
    const auto level = from.level_of(datagram, *view);  // now: an echo is written over it
    Media media{*view, *codec, from.payloads.meaning(view->header.payload_type), false, datagram, level};
    media.audible = can_be_heard(side, media);
    if (media.audible) { from.last_audible = now; }
    if (!is_music_leg(side)) { note_digit(now, side, from, media); }
    return pass_on(now, side, media);
}

// Looking into the samples of the other party is left out while nobody waits for them to fall silent.
bool Session::can_be_heard(Side from, const Media& media) const noexcept {
    const Leg& hearer = leg(other(from));
    if (!hearer.outgoing(media.codec, media.meaning)) { return false; }
    const bool filled = hearer.source == Source::peer_or_server && !is_music_leg(from) && hearer.hears_music;
    const bool judged =
        is_music_leg(from) || hearer.source == Source::peer_or_music || hearer.source == Source::peer_or_server;
    if (!judged) { return media.codec != Codec::comfort_noise; }
    const bool covered = hearer.player.playing() || filled;
    return is_audible(media.codec, media.payload(), covered ? sound_amplitude : noise_amplitude);
}

Drop Session::take_rtcp(base::Instant now, Side side, Leg& from, Component component, const base::Endpoint& source,
                        std::span<const std::byte> datagram) noexcept {
    if (!from.described) { return Drop::port_closed; }
    const auto view = datagram.size() > max_datagram ? std::nullopt : RtcpView::parse(datagram);
    if (!view) { return Drop::malformed; }
    const auto media_target = from.rtp.target();
    // Learnt only from the host that media comes from, and on a shared port never ahead of media.
    const bool worthy = component == Component::rtcp && media_target && media_target->address == source.address;
    if (!from.accept(now, component, source, worthy)) { return Drop::unknown_source; }
    if (shows_reports_) { sink_->show_report(side, component, false, source, datagram); }
    from.last_life = now;
    from.reporter.on_rtcp(now, *view, from.rewriter.ssrc());
    if (!is_music_leg(side)) { take_feedback(now, side, from, *view); }
    return Drop::none;
}

// A packet that goes no further by our own will is no loss on the legs that hear `from`.
void Session::close_over(Side from, const RtpHeader& header) noexcept {
    leg(other(from)).rewriter.skip(SourceKey{kind_of(from), header.ssrc}, header.sequence);
    if (is_music_leg(from)) { return; }
    leg(from).rewriter.skip(SourceKey{SourceKind::echo, header.ssrc}, header.sequence);
}

Drop Session::pass_on(base::Instant now, Side from, const Media& media) noexcept {
    const std::uint32_t ssrc = media.view.header.ssrc;
    Drop echoed = Drop::no_route;
    const bool echoes = !is_music_leg(from) && leg(from).source == Source::echo;
    if (echoes) { echoed = deliver(now, from, SourceKey{SourceKind::echo, ssrc}, media); }
    const Leg& far = leg(other(from));
    if (!far.described) { return echoed; }
    const Drop heard =
        far.hears(kind_of(from)) ? deliver(now, other(from), SourceKey{kind_of(from), ssrc}, media) : Drop::held;
    return echoed == Drop::none ? echoed : heard;
}

Drop Session::deliver(base::Instant now, Side side, SourceKey source, const Media& media) noexcept {
    Leg& to = leg(side);
    const auto target = to.media_target();
    const auto outgoing = to.outgoing(media.codec, media.meaning);
    if (!target || !outgoing || is_covered(now, side, source.kind, media.audible)) {
        to.rewriter.skip(source, media.view.header.sequence);
        return target && !outgoing ? Drop::codec : Drop::held;
    }
    const auto samples = static_cast<std::uint32_t>(is_g711(media.codec) ? media.view.payload_size : 0);
    auto header = to.rewriter.place(now, source, media.view.header, samples);
    if (!header) { return Drop::late; }
    header->payload_type = outgoing->payload;
    // Of audio it says that sound begins again, of a picture that it is complete (RFC 3551 §4.1, §5).
    if (media.codec == Codec::relayed) { header->marker = media.view.header.marker; }
    to.player.stop();
    send_payload(now, side, *target, *header, media, outgoing->transcode);
    if (media.codec == Codec::relayed && source.kind == SourceKind::peer && to.shown_anew) { begin_picture(side); }
    const bool music = source.kind == SourceKind::server;
    if (music != to.hears_music) { music ? begin_music(now, side) : end_music(now, side); }
    return Drop::none;
}

void Session::send_payload(base::Instant now, Side side, const base::Endpoint& target, const RtpHeader& header,
                           const Media& media, bool transcode) noexcept {
    const Leg& to = leg(side);
    const std::size_t head = to.head_size(media.level);
    if (!transcode && head <= media.view.payload_offset) {
        // In place: our head right before the payload, over what CSRC and extension there were.
        const auto out = media.datagram.subspan(media.view.payload_offset - head, head + media.view.payload_size);
        to.write_head(out, now, header, media.level);
        return send_rtp(side, target, out);
    }
    std::array<std::byte, max_datagram + ExtensionBlock::max_size> copied;
    const auto out = std::span{copied}.first(head + media.view.payload_size);
    if (transcode) {
        transcode_g711(media.codec, media.payload(), out.subspan(head));
        if (tallies_ != nullptr) { tallies_->note_transcoded(media.codec, media.view.payload_size); }
    } else {
        std::ranges::copy(media.payload(), out.begin() + static_cast<std::ptrdiff_t>(head));
    }
    to.write_head(out, now, header, media.level);
    send_rtp(side, target, out);
}

void Session::send_rtp(Side side, const base::Endpoint& target, std::span<const std::byte> datagram) noexcept {
    if (leg(side).sent) { leg(side).sent->keep(base::read_u16(datagram, sequence_offset), datagram); }
    put_out(side, target, datagram);
}

void Session::put_out(Side side, const base::Endpoint& target, std::span<const std::byte> datagram) noexcept {
    Leg& to = leg(side);
    ++to.packets_out;
    to.bytes_out += datagram.size();
    if (to.traffic != nullptr) {
        ++to.traffic->packets_out;
        to.traffic->bytes_out += datagram.size();
    }
    to.octets_out += static_cast<std::uint32_t>(datagram.size() - rtp_head_size(datagram));
    transmit(side, Protection::Kind::rtp, Component::rtp, target, datagram);
}

void Session::send_rtcp(Side side, const RtcpRoute& route, std::span<const std::byte> datagram) noexcept {
    transmit(side, Protection::Kind::rtcp, route.component, route.to, datagram);
}

void Session::transmit(Side side, Protection::Kind kind, Component component, const base::Endpoint& target,
                       std::span<const std::byte> datagram) noexcept {
    if (shows_packets_) [[unlikely]] { sink_->show_packet(side, component, true, target, datagram); }
    const auto& protection = find(side)->protection;
    if (!protection) { return sink_->send(side, component, target, datagram); }
    Protection::Buffer buffer;
    const auto sealed = protection->seal(kind, datagram, buffer);
    if (!sealed.empty()) { sink_->send(side, component, target, sealed); }
}

void Session::send_report(base::Instant now, Side side, Leg& to, bool bye) noexcept {
    const auto route = to.rtcp_route();
    if (!route) { return; }
    ReportBuffer buffer;
    const auto datagram = to.reporter.report(now, to.rewriter.ssrc(), to.sender_info(now), to.received, bye, buffer);
    if (shows_reports_) { sink_->show_report(side, route->component, true, route->to, datagram); }
    send_rtcp(side, *route, datagram);
}

}  // namespace media
