// What the server asks of the media plane: sessions of one or two legs, each with its own ports, described by what was
// negotiated, each hearing one source; and for each a leg to a music server (RFC 7088), which is only listened to.
// The lines of a browser share one transport (ICE-lite, DTLS-SRTP, BUNDLE) and have no ports of their own.
// Implemented by the socket engine (media/io) and by the simulator.
// All calls and events are on the shard's own thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"
#include "media/dtls/parameters.hpp"
#include "media/ice/credentials.hpp"
#include "media/srtp/keys.hpp"

namespace media {

// `music_a` is the leg to the music server that leg a hears, `music_b` that of b; they exist while they are open.
enum class Side : std::uint8_t { a, b, music_a, music_b };
inline constexpr std::array all_sides{Side::a, Side::b, Side::music_a, Side::music_b};
inline constexpr std::size_t side_count = all_sides.size();
constexpr bool is_music_leg(Side side) { return side == Side::music_a || side == Side::music_b; }
// Whom a side's packets are for: the other party of the call, and of a music server the one that it plays to.
constexpr Side other(Side side) {
    constexpr std::array hearers{Side::b, Side::a, Side::a, Side::b};
    return hearers[static_cast<std::size_t>(side)];
}
// The music server's leg of `side`, which is a or b.
constexpr Side music_leg(Side side) { return side == Side::a ? Side::music_a : Side::music_b; }

using SessionId = base::StrongId<struct SessionTag>;
using TransportId = base::StrongId<struct TransportTag>;

// A leg, wherever its session is.
struct LegPlace {
    SessionId session;
    Side side = Side::a;
    friend bool operator==(const LegPlace&, const LegPlace&) = default;
};

// `relayed`: whatever else goes over RTP, a picture say. It is passed on as it is, never transcoded, never judged.
enum class Codec : std::uint8_t { pcmu, pcma, telephone_event, comfort_noise, relayed };

// Meanings of relayed formats in a session are below this.
inline constexpr std::uint8_t max_meanings = 64;

struct PayloadFormat {
    Codec codec;
    std::uint8_t payload;  // number on this leg's wire
    std::uint32_t clock_hz = 8000;
    std::uint8_t meaning = 0;  // of a relayed one: what both legs have under the same meaning is the same format
    friend bool operator==(const PayloadFormat&, const PayloadFormat&) = default;
};

// Local addresses of a leg: an even RTP port and the odd one above it (RFC 3550 §11).
struct LegPorts {
    base::Endpoint rtp;
    base::Endpoint rtcp;
};

// One transport for all lines of a browser (BUNDLE, RFC 8843): ICE-lite, DTLS-SRTP, RTCP on the same port.
struct TransportDescription {
    IceCredentials ours;  // other ones than before: an ICE restart (RFC 8445 §9)
    std::string their_ufrag;
    DtlsParameters dtls;
    friend bool operator==(const TransportDescription&, const TransportDescription&) = default;
};

struct OpenTransport {
    TransportId id;
    base::Endpoint local;                       // shared with other transports; our candidate
    std::optional<base::Endpoint> local_tcp{};  // where browsers may connect (RFC 6544): our other candidate
};

// A line among others of its transport.
struct BundledLine {
    std::string mid;
    std::uint8_t mid_extension = 0;  // number of urn:ietf:params:rtp-hdrext:sdes:mid (RFC 8843 §15); 0: not agreed
    std::vector<std::string> further_mids{};  // of the peer's lines that are the same stream
    friend bool operator==(const BundledLine&, const BundledLine&) = default;
};

// RTP header extensions of a leg, one way, each under its number (RFC 8285 §5); 0: not agreed.
struct ExtensionNumbers {
    std::uint8_t mid = 0;          // of what is sent; what comes is told apart by the transport (BundledLine)
    std::uint8_t send_time = 0;    // abs-send-time
    std::uint8_t audio_level = 0;  // RFC 6464
    bool says_voice = true;        // the level says, too, whether it is that of a voice (§4: vad)
    friend bool operator==(const ExtensionNumbers&, const ExtensionNumbers&) = default;
};

// One leg as its agreed description says. Directions are the server's: `send` means we may send to the peer. Of a leg
// on a transport addresses, keys, rtcp_mux and strangers are not looked at.
struct LegDescription {
    base::Endpoint remote_rtp;  // 0.0.0.0 or port 0: nothing is sent
    base::Endpoint remote_rtcp;
    bool rtcp_mux = false;
    bool feedback = false;   // it takes PLI, FIR and NACK of the other leg's peer (RFC 4585)
    bool estimates = false;  // both sides of this leg take REMB
    bool send = false;
    bool receive = false;
    // What the peer accepts, preferred first (we send these numbers), and what it may send us (our own numbers).
    std::vector<PayloadFormat> send_formats;
    std::vector<PayloadFormat> receive_formats;
    base::Duration ptime = std::chrono::milliseconds{20};
    std::optional<SrtpKeys> srtp;           // nullopt, and no dtls: RTP and RTCP in the clear
    std::optional<DtlsParameters> dtls;     // the keys come from a handshake; none of them: nothing is sent or taken
    std::vector<base::Endpoint> strangers;  // RTP of others that were given this leg's ports and are not the peer
    std::optional<BundledLine> bundled;     // of a leg on a transport
    ExtensionNumbers send_extensions;
    ExtensionNumbers receive_extensions;
    std::string account;  // whose traffic it is: a name out of the configuration (media/traffic)
    friend bool operator==(const LegDescription&, const LegDescription&) = default;
};

// What a leg hears.
enum class Source : std::uint8_t {
    none,            // nothing is sent
    peer,            // the other leg's packets
    peer_or_music,   // the other leg's packets; music 400 ms after the last audible one, until the next
    music,           // the other leg's packets are dropped
    echo,            // its own packets
    server,          // the music server's packets as peer_or_music the peer's; music while its leg is not described
    peer_or_server,  // as peer_or_music, but what fills in is the music server, and the tune while that is silent too
    milliwatt        // 1 kHz at 0 dBm0: the digital milliwatt (ITU-T G.711, tables 5 and 6)
};

// Does it play a tune of the library, now or when somebody else falls silent?
constexpr bool plays_tune(Source source) {
    return source == Source::music || source == Source::peer_or_music || source == Source::server ||
           source == Source::peer_or_server;
}

// Where in a tune a leg begins.
enum class MusicPosition : std::uint8_t {
    start,  // each hold hears it from its beginning
    shared  // all calls are at the same place of it
};

struct Music {
    std::string tune;  // a name in the library; empty: the default
    MusicPosition position = MusicPosition::start;
};

// What can be asked of each leg each second: numbers alone.
struct LegCounts {
    std::uint64_t packets_in = 0;
    std::uint64_t packets_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t lost = 0;        // of what the peer sent (RFC 3550 A.3)
    double jitter_ms = 0;          // of what the peer sent (RFC 3550 A.8)
    std::optional<double> rtt_ms;  // from the peer's receiver reports
    bool music = false;            // music is being sent to this leg now
};

struct LegStats : LegCounts {
    base::Endpoint local;
    std::optional<base::Endpoint> remote;  // where we send to
    std::string codec;                     // "PCMA"; empty before a description
    std::string srtp;                      // the suite; empty: in the clear
    bool rtcp_mux = false;                 // RTCP on the port of RTP (RFC 5761)
    std::string ice;                       // of its transport: "checking", "connected", "disconnected"; empty: none
};

// A telephone event (RFC 4733 §3.2): 0 to 9, 10 is *, 11 is #, 12 to 15 are A to D, 16 is a flash.
struct Digit {
    using Time = std::chrono::duration<std::uint16_t, std::milli>;  // small: each session has room for some
    std::uint8_t event = 0;
    Time duration{};
    friend bool operator==(const Digit&, const Digit&) = default;
};
inline constexpr std::uint8_t last_digit = 16;

// Why a transport does not carry media.
enum class TransportFailure : std::uint8_t {
    none,
    checks,          // no pair was nominated within BundleTransport::set_up_limit
    handshake_time,  // DTLS did not end in time
    handshake,       // DTLS was refused by one side
    profile,         // none of our SRTP suites
    fingerprint      // another certificate than the description says (RFC 8122 §6.2)
};
inline constexpr std::size_t transport_failure_count = 6;

constexpr std::string_view label(TransportFailure failure) {
    constexpr std::array<std::string_view, transport_failure_count> labels{"none",      "checks",  "handshake_time",
                                                                           "handshake", "profile", "fingerprint"};
    return labels[static_cast<std::size_t>(failure)];
}

struct EngineEvent {
    enum class Kind : std::uint8_t {
        media_timeout,  // `side` promised to send and was silent, RTCP included, for media.timeout
        music_started,  // first music packet to `side` left, and `at` is when the socket had it
        music_stopped,  // music to `side` ended: its peer is heard, it is to hear something else, or it may hear
                        // nothing
        digit,  // the peer of `side` has pressed a key, and the other leg, which hears it, has no telephone events
        transport_up,     // media can flow for the first time; `side` is the first leg that was opened on the transport
        transport_failed  // `failure` says why; of the same leg
    };
    Kind kind;
    SessionId session;
    Side side;
    base::Instant at;
    Digit digit{};
    TransportFailure failure = TransportFailure::none;
};

inline constexpr std::size_t engine_event_kinds = 6;

class Engine {
public:
    virtual ~Engine() = default;

    virtual SessionId open_session(base::Instant now) = 0;
    // Binds a port pair on `local`. Nullopt: no port left, or the address is not ours; `why` says which. A music
    // server's leg is sent no media, whatever its description says, and RTCP like any other.
    virtual std::optional<LegPorts> open_leg(SessionId session, Side side, const base::IpAddress& local,
                                             std::string& why) = 0;
    // From here on checks that know `ours` are answered: a browser may be quicker than its answer. Nullopt: no port
    // left, too many transports, or the address is not ours; `why` says which.
    virtual std::optional<OpenTransport> open_transport(base::Instant now, const base::IpAddress& local,
                                                        const IceCredentials& ours, std::string& why) = 0;
    // Commits what was agreed. The same again changes nothing.
    virtual void describe_transport(base::Instant now, TransportId transport,
                                    const TransportDescription& description) = 0;
    // The peer is told by DTLS (close_notify); legs on it fall silent.
    virtual void close_transport(TransportId transport) = 0;
    // As open_leg, but what this leg sends and takes goes over the transport; both ports are those of the transport.
    virtual std::optional<LegPorts> open_leg_on(base::Instant now, SessionId session, Side side, TransportId transport,
                                                std::string& why) = 0;
    // Of all that is sent to that leg, as long as it is open (a=ssrc).
    virtual std::uint32_t ssrc(SessionId session, Side side) const = 0;
    // Closes one leg before its session ends, so that it can be opened elsewhere; its ports go into quarantine. Who
    // heard it as a music server hears the tune in this very call.
    virtual void close_leg(base::Instant now, SessionId session, Side side) = 0;
    // The leg at `from`, if one is open there, takes the place `to`, in another session perhaps: with its ports, its
    // description and its clocks. Whose place it takes is closed as by close_leg.
    virtual void move_leg(base::Instant now, const LegPlace& from, const LegPlace& to) = 0;
    // Commits a description. A new remote address is trusted at once; learning starts anew (see media/relay/latch).
    virtual void describe(base::Instant now, SessionId session, Side side, const LegDescription& description) = 0;
    // What `to`, a or b, hears from now on. Music starts with a packet in this very call if the leg may be sent to.
    virtual void play(base::Instant now, SessionId session, Side to, Source source, const Music& music = {}) = 0;
    // Telephone events to the peer of `to`, if it takes them; what else it hears is silent meanwhile.
    virtual void send_digit(base::Instant now, SessionId session, Side to, const Digit& digit) = 0;
    // Armed legs end in a media_timeout event; a held call's are not armed.
    virtual void arm_timeout(base::Instant now, SessionId session, Side side, base::Duration after) = 0;  // 0: disarm
    virtual LegStats stats(SessionId session, Side side) const = 0;
    // Of these the numbers; nullopt: no such leg is open.
    virtual std::optional<LegCounts> counts(SessionId session, Side side) const = 0;
    // Ports go into quarantine; late packets reach nobody.
    virtual void close_session(base::Instant now, SessionId session) = 0;

    // Events since the last call.
    virtual std::vector<EngineEvent> take_events() = 0;
};

}  // namespace media
