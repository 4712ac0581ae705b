// The configuration as plain structs with defaults: what an empty file means. Keys and their meaning: config/reference.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.hpp"
#include "base/time.hpp"

namespace config {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error };
enum class LogFormat : std::uint8_t { text, json };
enum class Offerless : std::uint8_t { relay, local };
enum class OnRefusal : std::uint8_t { heal, pass };
enum class Refer : std::uint8_t { resolve, relay, refuse };
enum class HoldWhen : std::uint8_t { automatic, trust, always, never };
enum class OnOfferless : std::uint8_t { immediate, answer };
enum class HoldSignal : std::uint8_t { relay, absorb };
enum class HoldMethod : std::uint8_t { inject, rfc7088 };
// Of carrier legs: never; where the peer offers it; offered in RTP/AVP too (RFC 8643); nothing else.
enum class Srtp : std::uint8_t { off, optional, best_effort, required, dtls };
// Of a user's phone: a browser where it is on a WebSocket and describes ICE and DTLS; always; never.
enum class Profile : std::uint8_t { automatic, browser, plain };
enum class RegistrationStore : std::uint8_t { none, sqlite };
enum class RecordStore : std::uint8_t { none, sqlite, postgresql };
enum class MusicPosition : std::uint8_t { start, shared };

struct Server {
    std::string name = "holdfast";
    std::string state_dir = "/var/lib/holdfast";
    unsigned workers = 0;  // 0: auto, one for each processor
    base::Duration drain_timeout = std::chrono::minutes{10};
};

struct Log {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
};

struct Listener {
    std::string transport;  // "udp", "tcp", "tls", "ws", "wss"
    bool is_secure() const { return transport == "tls" || transport == "wss"; }
    base::Endpoint endpoint;
};

struct SipTimers {
    base::Duration t1 = std::chrono::milliseconds{500};
    base::Duration session_expires = std::chrono::minutes{30};
    base::Duration min_se = std::chrono::seconds{90};
};

struct SipLimits {
    std::size_t message = 64 * 1024;
    std::size_t connections = 10'000;
    std::size_t connections_per_source = 200;
    base::Duration idle = std::chrono::minutes{10};             // a connection without traffic is closed
    base::Duration partial_message = std::chrono::seconds{10};  // a message begun must end within
};

// PEM files; they are read where something listens under TLS.
struct SipTls {
    std::string certificate;   // ours, then its chain
    std::string key;           // its private key
    bool verify_peer = false;  // of a server that we connect to
    std::string ca;            // whom we believe of such servers; empty: the system's authorities
    std::string client_ca;     // of whom those who connect to us must have a certificate; empty: none is asked for
};

struct Sip {
    std::vector<Listener> listen;    // load() never leaves it empty: without any, what fill_in() says
    bool listen_by_default = false;  // nothing was written: [::1] belongs to it where the machine has it
    std::string advertise;           // empty: the address that routes to the peer
    std::vector<std::string> domains;
    std::vector<std::string> allow_origins;  // web pages that may open a WebSocket; empty: any
    SipTls tls;
    SipTimers timers;
    SipLimits limits;
    base::Duration websocket_grace = std::chrono::seconds{30};  // for who registered over a connection that is lost
    base::Duration no_answer = std::chrono::seconds{180};       // a call that rings longer is given up: 408 and CANCEL
};

struct PortRange {
    std::uint16_t first = 20000;
    std::uint16_t last = 29999;
};

// Browsers over TCP (RFC 6544).
struct IceTcp {
    bool enabled = true;
    std::uint16_t port = 0;  // of the first worker, the next one has the next; 0: as the UDP port that browsers share
};

struct Media {
    std::vector<base::IpAddress> listen;  // empty: as sip
    std::string advertise;
    PortRange ports;
    IceTcp ice_tcp;
    base::Duration timeout = std::chrono::seconds{60};
    base::Duration quarantine = std::chrono::seconds{30};
    std::vector<std::string> audio_codecs{"PCMU", "PCMA"};
    std::vector<std::string> srtp_suites{"AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"};
};

struct Renegotiation {
    Offerless offerless = Offerless::relay;
    OnRefusal on_refusal = OnRefusal::heal;
    Refer refer = Refer::resolve;
    unsigned glare_retries = 3;
    bool tolerate_missing_answer = false;
    base::Duration timeout = std::chrono::seconds{6};
    bool relay_refresh = false;
};

struct Hold {
    std::string music = "builtin";  // or a sound file, or sip:…
    HoldWhen when = HoldWhen::automatic;
    OnOfferless on_offerless = OnOfferless::immediate;
    HoldSignal signal = HoldSignal::relay;
    HoldMethod method = HoldMethod::inject;
    MusicPosition position = MusicPosition::start;
};

struct NumberRule {
    std::string match;    // ECMAScript regular expression, searched
    std::string replace;  // with \\1 … for groups
};

struct Credentials {
    std::string user;
    std::string password;
};

struct TrunkPeer {
    std::string uri;
    unsigned priority = 1;
    unsigned weight = 100;
};

// What may be set for the legs of one trunk or user alone.
struct LegSettings {
    std::vector<std::string> codecs;  // empty: media.codecs.audio
    Hold hold;                        // the global values with its own on top
    Renegotiation renegotiation;
    base::Duration media_timeout = std::chrono::seconds{60};
    Srtp srtp = Srtp::optional;
};

struct Trunk : LegSettings {
    std::vector<TrunkPeer> peers;
    base::Duration options_ping{0};  // 0: peers are not asked
    std::vector<base::Subnet> allow;
    std::optional<Credentials> auth;
    std::vector<NumberRule> numbers_to;
    std::vector<NumberRule> numbers_from;
    std::vector<std::string> headers_remove;  // names; a trailing * matches any rest
    std::map<std::string, std::string> headers_add;
    bool caller_id_trust = false;
};

struct User : LegSettings {
    std::string password;
    std::string display;
    Profile profile = Profile::automatic;
};

struct Registrar {
    bool enabled = true;
    base::Duration max_expires = std::chrono::hours{1};
    std::vector<std::string> digest{"MD5", "SHA-256"};  // offered in this order
    RegistrationStore store = RegistrationStore::sqlite;
};

struct Route {
    std::string from;                 // "trunk:NAME", "trunk:*" or empty (any)
    std::string to;                   // regular expression on the user part
    std::vector<std::string> target;  // "trunk:NAME", "user:NAME", "user:*", "app:NAME", "sip:…"
};

struct AdminLimits {
    std::size_t connections = 256;  // those of metrics.listen too
    unsigned requests_per_second_per_source = 100;
    unsigned wrong_tokens_per_minute_per_source = 10;
};

struct Admin {
    base::Endpoint listen{base::IpAddress::v4({127, 0, 0, 1}), 9060};
    std::string token;
    bool console = true;
    AdminLimits limits;
};

struct Metrics {
    base::Endpoint listen{base::IpAddress::v4({127, 0, 0, 1}), 9061};
    bool same = false;  // served on admin.listen
};

// Call detail records.
struct Cdr {
    RecordStore store = RecordStore::sqlite;
    std::string url;                                      // of PostgreSQL
    base::Duration retention = std::chrono::hours{2160};  // 0: for good
};

// What of calls is kept for who looks into them.
struct Capture {
    std::size_t messages = 64 * 1024;  // bytes of SIP of one call; 0: none is kept
    bool secrets = false;              // of messages: credentials and keys are not written over
    bool decrypt = false;              // RTP is shown as it is inside SRTP
};

// Homer.
struct Hep {
    std::string target;  // "udp://host:9060"; empty: none
    std::uint32_t id = 1;
};

struct Config {
    Server server;
    Log log;
    Sip sip;
    Media media;
    Renegotiation renegotiation;
    Hold hold;
    std::map<std::string, User> users;
    Registrar registrar;
    std::map<std::string, Trunk> trunks;
    std::vector<Route> routes;
    Admin admin;
    Metrics metrics;
    Cdr cdr;
    Capture capture;
    Hep hep;
    bool embedded_defaults = false;  // no file was given: loopback, demo users and extensions
};

// What the server runs on without a file.
Config embedded_defaults();

}  // namespace config
