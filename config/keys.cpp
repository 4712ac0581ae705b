#include "config/keys.hpp"

#include "config/key_checks.hpp"
#include "config/special_kinds.hpp"

namespace config {

namespace {

using namespace std::chrono_literals;
using Keys = std::vector<Key>;

constexpr std::size_t largest_message = 64 * 1024;  // the parser's own limit
constexpr std::size_t smallest_message = 2048;
constexpr std::size_t max_connections = 1'000'000;

constexpr const char* suites =
    "list of `AEAD_AES_256_GCM`, `AEAD_AES_128_GCM`, `AES_256_CM_HMAC_SHA1_80`, `AES_CM_128_HMAC_SHA1_80`, "
    "`AES_CM_128_HMAC_SHA1_32`";

void add_server(Keys& keys) {
    keys.push_back({"server.name", text(at(&Config::server, &Server::name), name_check),
                    "What the program calls itself in `Server` and `User-Agent`."});
    keys.push_back({"server.state_dir", text(at(&Config::server, &Server::state_dir), path_check),
                    "The only folder that is written to."});
    keys.push_back({"server.workers", workers(), "Threads that carry calls; `auto`: one for each processor."});
    keys.push_back({"server.drain_timeout", duration(at(&Config::server, &Server::drain_timeout), 0s, 24h),
                    "How long calls may go on after SIGTERM before they are ended."});
    keys.push_back({"log.level", choice(at(&Config::log, &Log::level), {"trace", "debug", "info", "warn", "error"}),
                    "The least important events that are written to stderr."});
    keys.push_back({"log.format", choice(at(&Config::log, &Log::format), {"text", "json"}),
                    "One line an event, for people or for machines."});
}

void add_sip(Keys& keys) {
    keys.push_back(
        {"sip.listen", listeners(),
         "Where SIP is spoken; `ws` and `wss` are WebSocket (RFC 7118). Without a port: 5060, for `tls` 5061, for "
         "`ws` 80, for `wss` 443.",
         false, "`udp` and `tcp` on loopback, port 5060, and `ws`, port 8080"});
    keys.push_back({"sip.allow_origins",
                    texts(at(&Config::sip, &Sip::allow_origins), "list of origins of web pages", origin_check),
                    "Web pages that may open a WebSocket here, such as `https://phone.example.com`; others get 403. "
                    "Whoever is no web page names none, and is let in.",
                    false, "any"});
    keys.push_back({"sip.advertise", text(at(&Config::sip, &Sip::advertise), host_check),
                    "Host or address written into Via, Contact and From, for servers behind NAT; by default the "
                    "address that routes to "
                    "the peer. An address holds for peers of its own family."});
    keys.push_back(
        {"sip.domains", texts(at(&Config::sip, &Sip::domains), "list of host names", host_check),
         "Domains that are ours, besides the addresses that we listen on: of users who register here (empty: "
         "any; the first is the realm of their passwords), and of the targets of attended transfers that "
         "are dialogs of ours."});
    keys.push_back({"sip.no_answer", duration(at(&Config::sip, &Sip::no_answer), 5s, 1h),
                    "A call that rings longer is given up: CANCEL to the callee, 408 to the caller."});
    keys.push_back(
        {"sip.websocket_grace", duration(at(&Config::sip, &Sip::websocket_grace), 0s, 10min),
         "Who registered over a connection (WebSocket, TCP or TLS) that is lost is waited for so long: who comes "
         "back takes its registration and its calls along."});
    keys.push_back({"sip.timers.t1", duration(at(&Config::sip, &Sip::timers, &SipTimers::t1), 50ms, 5s),
                    "The round-trip estimate of RFC 3261 §17, from which all transaction timers follow."});
}

void add_sip_tls(Keys& keys) {
    const auto tls = [](auto member) { return at(&Config::sip, &Sip::tls, member); };
    keys.push_back({"sip.tls.certificate", text(tls(&SipTls::certificate), path_check),
                    "PEM file with our certificate, then its chain; shown to who connects to us, and by us where we "
                    "connect. A reload reads it anew for new connections.",
                    false, "none"});
    keys.push_back({"sip.tls.key", text(tls(&SipTls::key), path_check),
                    "PEM file with the private key of `sip.tls.certificate`, without a passphrase.", false, "none"});
    keys.push_back(
        {"sip.tls.verify_peer", flag(tls(&SipTls::verify_peer)),
         "Where we connect, the certificate must be valid, of an authority of `sip.tls.ca`, and speak for the "
         "host of the URI (RFC 5922); else whoever answers is taken."});
    keys.push_back({"sip.tls.ca", text(tls(&SipTls::ca), path_check),
                    "PEM file with the authorities believed where we connect.", false, "the system's"});
    keys.push_back({"sip.tls.client_ca", text(tls(&SipTls::client_ca), path_check),
                    "PEM file with authorities: who connects to us must have a certificate of one of them.", false,
                    "none is asked for"});
}

void add_sip_limits(Keys& keys) {
    const auto limit = [](auto member) { return at(&Config::sip, &Sip::limits, member); };
    keys.push_back({"sip.timers.session_expires",
                    duration(at(&Config::sip, &Sip::timers, &SipTimers::session_expires), 90s, 24h),
                    "How long a call may live without a refresh (RFC 4028): what is asked for, and the most allowed."});
    keys.push_back({"sip.timers.min_se", duration(at(&Config::sip, &Sip::timers, &SipTimers::min_se), 90s, 24h),
                    "A peer that asks for a shorter interval is told this one (422)."});
    keys.push_back({"sip.limits.message", size(limit(&SipLimits::message), smallest_message, largest_message),
                    "The longest SIP message that is read."});
    keys.push_back({"sip.limits.connections", count(limit(&SipLimits::connections), 1, max_connections, "connections"),
                    "Connections open at once: TCP, TLS, WebSocket."});
    keys.push_back({"sip.limits.connections_per_source",
                    count(limit(&SipLimits::connections_per_source), 1, max_connections, "connections"),
                    "The same from one address."});
    keys.push_back(
        {"sip.limits.idle", duration(limit(&SipLimits::idle), 1s, 24h),
         "A connection of TCP or TLS without traffic for so long is closed. A WebSocket is asked by a ping whether "
         "its peer is there."});
    keys.push_back({"sip.limits.partial_message", duration(limit(&SipLimits::partial_message), 1s, 5min),
                    "A message that has begun on a connection must end within this time."});
}

void add_media(Keys& keys) {
    keys.push_back({"media.listen", media_addresses(), "Addresses for RTP and RTCP.", false, "as `sip.listen`"});
    keys.push_back(
        {"media.advertise", text(at(&Config::media, &Media::advertise), address_check),
         "Address written into SDP, for servers behind NAT, to peers of its family; by default the one listened on."});
    keys.push_back({"media.ports", media_ports(), "Ports for RTP (even) and RTCP (odd): two a leg."});
    keys.push_back({"media.ice_tcp.enabled", flag(at(&Config::media, &Media::ice_tcp, &IceTcp::enabled)),
                    "Browsers that may not use UDP are taken over TCP (RFC 6544)."});
    keys.push_back({"media.ice_tcp.port",
                    count(at(&Config::media, &Media::ice_tcp, &IceTcp::port), 0, 65000, "TCP port"),
                    "Port for that of the first worker, the next one has the next; 0: the number of the UDP port that "
                    "browsers share, which is one of `media.ports`."});
    keys.push_back({"media.timeout", duration(at(&Config::media, &Media::timeout), 1s, 24h),
                    "A call whose peer promised media, is not on hold and sends none for so long is ended."});
    keys.push_back({"media.quarantine", duration(at(&Config::media, &Media::quarantine), 0s, 10min),
                    "A freed port rests for so long, where the range allows it."});
    keys.push_back({"media.codecs.audio",
                    texts(at(&Config::media, &Media::audio_codecs), "list of `PCMU`, `PCMA`", codec_check),
                    "Codecs offered and accepted, the preferred first."});
    keys.push_back({"media.srtp", texts(at(&Config::media, &Media::srtp_suites), suites, suite_check),
                    "SRTP suites offered and accepted in `a=crypto` (RFC 4568), the preferred first."});
}

// Global, or of a trunk or user with the global values as defaults.
template <class Root>
void add_renegotiation(Keys& keys, const std::string& prefix, Renegotiation Root::*root) {
    const std::string path = prefix + "renegotiation.";
    const auto fallback = [&](const char* name) {
        return prefix.empty() ? "" : std::string{"as `renegotiation."} + name + "`";
    };
    keys.push_back({path + "offerless", choice(at(root, &Renegotiation::offerless), {"relay", "local"}),
                    "A re-INVITE without SDP is passed on to the far leg, or the offer is made here.", false,
                    fallback("offerless")});
    keys.push_back(
        {path + "on_refusal", choice(at(root, &Renegotiation::on_refusal), {"heal", "pass"}),
         "A change that the far leg refuses is done from here as far as that goes, or the refusal is passed on.", false,
         fallback("on_refusal")});
    keys.push_back({path + "refer", choice(at(root, &Renegotiation::refer), {"resolve", "relay", "refuse"}),
                    "A transfer (REFER) is carried out here, passed on to the far leg, or refused.", false,
                    fallback("refer")});
    keys.push_back({path + "glare_retries", count(at(root, &Renegotiation::glare_retries), 0, 10, ""),
                    "How often a change that met one of the far leg's own (491) is tried again within the time limit.",
                    false, fallback("glare_retries")});
    keys.push_back({path + "tolerate_missing_answer", flag(at(root, &Renegotiation::tolerate_missing_answer)),
                    "An ACK that lacks the answer to our offer, or brings a bad one, is taken for no change; else the "
                    "call ends.",
                    false, fallback("tolerate_missing_answer")});
    keys.push_back({path + "timeout", duration(at(root, &Renegotiation::timeout), 1s, 30s),
                    "How long the far leg may take to answer a change before we answer for it.", false,
                    fallback("timeout")});
    keys.push_back({path + "relay_refresh", flag(at(root, &Renegotiation::relay_refresh)),
                    "Changes that mean nothing to the far leg are passed on all the same.", false,
                    fallback("relay_refresh")});
}

template <class Root>
void add_hold(Keys& keys, const std::string& prefix, Hold Root::*root) {
    const std::string path = prefix + "hold.";
    const auto fallback = [&](const char* name) { return prefix.empty() ? "" : std::string{"as `hold."} + name + "`"; };
    keys.push_back(
        {path + "music", text(at(root, &Hold::music), music_check),
         "What a held party hears: the built-in tune, a sound file, or a music server (RFC 7088). For `music`, "
         "`when`, `signal`, `method` and `position` the trunk of the held party decides, for "
         "`on_offerless` the trunk of the party that asks.",
         false, fallback("music")});
    keys.push_back({path + "when", choice(at(root, &Hold::when), {"auto", "trust", "always", "never"}),
                    "Whether music plays where the holding side may have a source of its own: `auto` fills in where "
                    "nothing is heard from it, `trust` leaves `sendonly` to it, `always` replaces it.",
                    false, fallback("when")});
    keys.push_back({path + "on_offerless", choice(at(root, &Hold::on_offerless), {"immediate", "answer"}),
                    "Music at once when a re-INVITE without SDP comes in, or only after its answer.", false,
                    fallback("on_offerless")});
    keys.push_back({path + "signal", choice(at(root, &Hold::signal), {"relay", "absorb"}),
                    "A hold is passed on to the far leg, or answered here and hidden from it.", false,
                    fallback("signal")});
    keys.push_back(
        {path + "method", choice(at(root, &Hold::method), {"inject", "rfc7088"}),
         "How a music server comes to a held party: mixed in here, or by a re-INVITE without SDP whose offer "
         "it answers.",
         false, fallback("method")});
    keys.push_back({path + "position", choice(at(root, &Hold::position), {"start", "shared"}),
                    "Each held party hears the music from its start, or all hear the same place of it.", false,
                    fallback("position")});
}

// Of a trunk or a user.
void add_leg_settings(Keys& keys, const std::string& prefix) {
    keys.push_back({prefix + "media.srtp",
                    choice(at(&LegSettings::srtp), {"off", "optional", "best_effort", "required", "dtls"}),
                    "SRTP under keys in the descriptions: never; where the peer offers it; offered beside RTP/AVP too "
                    "(RFC 8643); nothing else. `dtls`: keys by DTLS-SRTP, and nothing else."});
    keys.push_back({prefix + "media.timeout", duration(at(&LegSettings::media_timeout), 1s, 24h),
                    "As `media.timeout`, for these legs.", false, "as `media.timeout`"});
    add_renegotiation(keys, prefix, &LegSettings::renegotiation);
    add_hold(keys, prefix, &LegSettings::hold);
}

void add_users(Keys& keys) {
    keys.push_back({"users.NAME.password", secret(at(&User::password), password_check),
                    "What the user proves to know, by digest: who registers, and who calls from a source of no trunk.",
                    true});
    keys.push_back({"users.NAME.display", text(at(&User::display), {}), "Name shown to the called party.", false,
                    "as the phone has it"});
    keys.push_back({"users.NAME.codecs", texts(at(&User::codecs), "list of `PCMU`, `PCMA`", codec_check),
                    "Codecs of this user, the preferred first.", false, "as `media.codecs.audio`"});
    keys.push_back(
        {"users.NAME.profile", choice(at(&User::profile), {"auto", "browser", "plain"}),
         "How the phone is spoken to: `browser` with ICE, DTLS-SRTP and BUNDLE, and as SIP.js needs it, whatever "
         "its transport; `plain` with RTP, on a WebSocket too; `auto` as a browser where it is on a WebSocket, "
         "and describes or is sent ICE and DTLS."});
    add_leg_settings(keys, "users.NAME.");
}

void add_registrar(Keys& keys) {
    keys.push_back({"registrar.enabled", flag(at(&Config::registrar, &Registrar::enabled)),
                    "Users may register and call; else only trunks may."});
    keys.push_back({"registrar.max_expires", duration(at(&Config::registrar, &Registrar::max_expires), 1min, 24h),
                    "A registration lasts no longer without being refreshed."});
    keys.push_back(
        {"registrar.digest",
         texts(at(&Config::registrar, &Registrar::digest), "list of `MD5`, `SHA-256`, `SHA-512-256`", digest_check),
         "Digest algorithms offered, a challenge each, in this order (RFC 8760). Some phones read the first "
         "alone, and a few (baresip 1.0) fail where a second one is not MD5: `[MD5]` serves them. To "
         "WebSockets in the opposite order: SIP.js and JsSIP keep the last one, and know MD5 alone."});
    keys.push_back(
        {"registrar.store", choice(at(&Config::registrar, &Registrar::store), {"none", "sqlite"}),
         "`sqlite`: registrations over UDP, and those over TCP that can be connected to, are kept in "
         "`holdfast.db` of `server.state_dir` and outlive a restart. Where that cannot be used a warning says "
         "so, and the server goes on without.",
         false, "`sqlite`; without a file `none`"});
}

void add_trunk(Keys& keys) {
    const std::string trunk = "trunks.NAME.";
    keys.push_back({trunk + "peers[].uri", text(at(&TrunkPeer::uri), peer_check),
                    "Where calls to this trunk go. A peer may be written as its URI alone.", true});
    keys.push_back({trunk + "peers[].priority", count(at(&TrunkPeer::priority), 0, 65535, ""),
                    "Peers with a lower number are tried first."});
    keys.push_back({trunk + "peers[].weight", count(at(&TrunkPeer::weight), 0, 65535, ""),
                    "Share of the calls among peers of one priority."});
    keys.push_back({trunk + "options_ping", duration(at(&Trunk::options_ping), 0s, 24h),
                    "Each peer is asked with OPTIONS so often; one that does not answer, or answers with 408, 503 or "
                    "504, is called last until it answers again. `0s`: none is asked."});
    keys.push_back({trunk + "allow", allowed_sources(),
                    "Who may send calls in on this trunk; the longest prefix of all trunks wins."});
    keys.push_back({trunk + "auth.user", auth_user(), "Answers the trunk's digest challenges (with `auth.password`)."});
    keys.push_back({trunk + "auth.password", auth_password(), "The password that belongs to `auth.user`."});
    for (const std::string list : {"to", "from"}) {
        const std::string rule = trunk + "numbers." + list + "[].";
        const std::string whose = list == "to" ? "dialled" : "caller's";
        keys.push_back({rule + "match", text(at(&NumberRule::match), {}),
                        "ECMAScript regular expression, searched in the " + whose +
                            " number of calls from this trunk; the first rule that matches is applied.",
                        true});
        keys.push_back({rule + "replace", text(at(&NumberRule::replace), {}),
                        "What replaces the part that matched; `\\1` to `\\9` are its groups."});
    }
}

void add_trunk_policy(Keys& keys) {
    const std::string trunk = "trunks.NAME.";
    keys.push_back(
        {trunk + "headers.remove", texts(at(&Trunk::headers_remove), "list of header names", remove_check),
         "Headers of the other leg that are not sent to this trunk; `X-Internal-*` means all that begin so."});
    keys.push_back({trunk + "headers.add", added_headers(), "Headers added to the INVITE of each call to this trunk."});
    keys.push_back({trunk + "caller_id.trust", flag(at(&Trunk::caller_id_trust)),
                    "P-Asserted-Identity is believed from and shown to this trunk (RFC 3325)."});
    keys.push_back({trunk + "media.codecs", texts(at(&Trunk::codecs), "list of `PCMU`, `PCMA`", codec_check),
                    "Codecs on this trunk, the preferred first.", false, "as `media.codecs.audio`"});
    add_leg_settings(keys, trunk);
}

void add_routes(Keys& keys) {
    keys.push_back({"routes[].from", text(at(&Route::from), {}),
                    "Whose calls: `trunk:NAME`, `trunk:*`, `user:NAME`, `user:*`; without it, anybody's."});
    keys.push_back({"routes[].to", text(at(&Route::to), {}),
                    "ECMAScript regular expression, searched (write anchors) in the user part of the Request-URI after "
                    "the trunk's `numbers.to`; without it, any."});
    keys.push_back(
        {"routes[].target",
         texts(at(&Route::target), "one or a list of `trunk:NAME`, `user:NAME`, `user:*`, `app:NAME`, SIP URIs", {}),
         "Tried in order; the devices of a user ring together. `user:*` is whoever is dialled, if that is a user. "
         "Apps: `music`, `echo`, `milliwatt`.",
         true});
}

void add_admin(Keys& keys) {
    keys.push_back({"admin.listen", admin_endpoint(), "Where the HTTP API is served."});
    keys.push_back({"admin.token", secret(at(&Config::admin, &Admin::token)),
                    "Bearer token that the API asks for; required where it is served off loopback."});
    keys.push_back({"admin.console", flag(at(&Config::admin, &Admin::console)),
                    "Serve the console, the page for operators, at `/` of `admin.listen`."});
    const auto limit = [](auto member) { return at(&Config::admin, &Admin::limits, member); };
    keys.push_back({"admin.limits.connections",
                    count(limit(&AdminLimits::connections), 1, max_connections, "connections"),
                    "HTTP connections open at once, those to `metrics.listen` too; one more closes the one that has "
                    "waited longest for a request, or where all are being answered is closed itself."});
    keys.push_back(
        {"admin.limits.requests_per_second_per_source",
         count(limit(&AdminLimits::requests_per_second_per_source), 1, 1'000'000, "requests"),
         "How often one address may ask the API, five seconds' worth at once; past it, 429 with Retry-After. "
         "Pages, `/healthz`, `/readyz` and `/metrics` are not counted."});
    keys.push_back({"admin.limits.wrong_tokens_per_minute_per_source",
                    count(limit(&AdminLimits::wrong_tokens_per_minute_per_source), 1, 60'000, "requests"),
                    "How many wrong tokens one address may show the API; past it, 429 whatever it shows."});
    keys.push_back({"metrics.listen", metrics_endpoint(), "Where `/metrics` is served; `same`: on `admin.listen`."});
}

void add_cdr(Keys& keys) {
    keys.push_back(
        {"cdr.store", choice(at(&Config::cdr, &Cdr::store), {"none", "sqlite", "postgresql"}),
         "Where a record of each call is kept that ended: `sqlite` in `holdfast.db` of `server.state_dir`, or "
         "PostgreSQL at `cdr.url`. While that cannot be written, records wait in `cdr.spool` of `server.state_dir`.",
         false, "`sqlite`; without a file `none`"});
    keys.push_back({"cdr.url", secret(at(&Config::cdr, &Cdr::url), url_check),
                    "The database, such as `postgresql://user:password@host/name`; `% / ? # @` in the password are "
                    "percent-encoded.",
                    false, "none"});
    keys.push_back({"cdr.retention", duration(at(&Config::cdr, &Cdr::retention), 0s, 87600h),
                    "Records of calls that began longer ago are removed; `0s`: none is."});
}

void add_capture(Keys& keys) {
    keys.push_back({"capture.messages", size(at(&Config::capture, &Capture::messages), 0, std::size_t{4} << 20),
                    "SIP messages of a call that are kept while it lives and for a while after: those of the set-up "
                    "and the latest. `0`: none is."});
    keys.push_back({"capture.secrets", flag(at(&Config::capture, &Capture::secrets)),
                    "Leave credentials and keys in kept messages and in those sent to Homer. They are written over "
                    "otherwise: what proves a password, `a=crypto` keys, `a=ice-pwd`."});
    keys.push_back({"capture.decrypt", flag(at(&Config::capture, &Capture::decrypt)),
                    "`GET /api/v1/calls/{id}/pcap?rtp=SECONDS` shows RTP without its encryption."});
}

void add_hep(Keys& keys) {
    keys.push_back({"hep.target", text(at(&Config::hep, &Hep::target), hep_check),
                    "Where each SIP message and the RTCP reports of each call are sent a copy of, as HEPv3, such as "
                    "`udp://homer.internal:9060`.",
                    false, "none"});
    keys.push_back({"hep.id", count(at(&Config::hep, &Hep::id), 0, 4294967295, ""),
                    "The number by which Homer knows this server (capture agent id)."});
}

}  // namespace

std::vector<Key> make_keys() {
    Keys keys;
    add_server(keys);
    add_sip(keys);
    add_sip_tls(keys);
    add_sip_limits(keys);
    add_media(keys);
    add_renegotiation(keys, "", &Config::renegotiation);
    add_hold(keys, "", &Config::hold);
    add_users(keys);
    add_registrar(keys);
    add_trunk(keys);
    add_trunk_policy(keys);
    add_routes(keys);
    add_admin(keys);
    add_cdr(keys);
    add_capture(keys);
    add_hep(keys);
    return keys;
}

}  // namespace config
