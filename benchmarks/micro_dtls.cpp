// What a handshake of a browser costs the server: its side alone is timed, the browser's is not. OpenSSL alone, a
// DtlsSession and a BundleTransport take turns in one run, so that what else the machine does falls on all of them.
#include <benchmark/benchmark.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <deque>
#include <memory>

#include "media/bundle/transport.hpp"

namespace {

using namespace media;
using Bytes = std::vector<std::byte>;
using Datagrams = DtlsSession::Datagrams;
using Seconds = std::chrono::duration<double>;

const base::Endpoint home = *base::Endpoint::parse("192.0.2.9:5000");

void require(bool is_so, const char* what) {
    if (is_so) { return; }
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

struct Identity {
    Certificate certificate{std::chrono::system_clock::now()};
    DtlsContext context{certificate};
};

class Stopwatch {
public:
    template <class Action>
    void time(Action action) {
        const auto from = base::Clock::now();
        action();
        total_ += base::Clock::now() - from;
    }
    double seconds() const { return Seconds{total_}.count(); }

private:
    base::Duration total_{};
};

// `serve(datagram, out)` is the side that is timed.
template <class Serve>
void shake_hands(const Identity& browser, const Identity& server, Stopwatch& watch, Serve serve) {
    const base::Instant now = base::Clock::now();
    auto client = DtlsSession::make(now, browser.context, DtlsRole::client);
    require(client.has_value(), "no client");
    Datagrams to_server;
    client->expect(now, {server.context.fingerprint()}, to_server);
    client->start(now, to_server);
    while (!to_server.empty()) {
        Datagrams to_client;
        for (const Bytes& datagram : to_server) {
            watch.time([&] { serve(datagram, to_client); });
        }
        to_server.clear();
        for (const Bytes& datagram : to_client) { client->on_datagram(now, datagram, to_server); }
    }
    require(client->state() == DtlsSession::State::connected, "the handshake failed");
}

void by_openssl_alone(const Identity& browser, const Identity& server, Stopwatch& watch) {
    std::unique_ptr<SSL, decltype(&SSL_free)> session{nullptr, SSL_free};
    watch.time([&] {
        session.reset(SSL_new(server.context.get()));
        SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        BIO_set_mem_eof_return(SSL_get_rbio(session.get()), -1);
        BIO_set_mem_eof_return(SSL_get_wbio(session.get()), -1);
        SSL_set_mtu(session.get(), static_cast<long>(DtlsSession::mtu));
        SSL_set_accept_state(session.get());
    });
    shake_hands(browser, server, watch, [&](const Bytes& datagram, Datagrams& out) {
        BIO_write(SSL_get_rbio(session.get()), datagram.data(), static_cast<int>(datagram.size()));
        SSL_do_handshake(session.get());
        Bytes flight(DtlsSession::max_datagram);
        const int size = BIO_read(SSL_get_wbio(session.get()), flight.data(), static_cast<int>(flight.size()));
        if (size <= 0) { return; }
        flight.resize(static_cast<std::size_t>(size));
        out.push_back(std::move(flight));
    });
    watch.time([&] { session.reset(); });
}

void by_session(const Identity& browser, const Identity& server, Stopwatch& watch) {
    const base::Instant now = base::Clock::now();
    std::optional<DtlsSession> session;
    watch.time([&] {
        session = DtlsSession::make(now, server.context, DtlsRole::server);
        Datagrams none;
        session->expect(now, {browser.context.fingerprint()}, none);
    });
    shake_hands(browser, server, watch,
                [&](const Bytes& datagram, Datagrams& out) { session->on_datagram(now, datagram, out); });
    require(session->keys().has_value(), "no keys");
    watch.time([&] { session.reset(); });
}

Bytes check_for(const IceCredentials& ours) {
    StunWriter request{StunClass::request, {std::byte{9}}};
    request.text(StunAttribute::username, ours.ufrag + ":them")
        .number(StunAttribute::priority, std::uint32_t{1})
        .number(StunAttribute::ice_controlling, std::uint64_t{5})
        .flag(StunAttribute::use_candidate)
        .integrity(ours.pwd)
        .fingerprint();
    return Bytes(request.bytes().begin(), request.bytes().end());
}

// With its check, its nomination and the keys of SRTP.
void by_transport(const Identity& browser, const Identity& server, Stopwatch& watch) {
    const base::Instant now = base::Clock::now();
    base::SystemRandom random;
    const IceCredentials ours = IceCredentials::make(random);
    const Bytes check = check_for(ours);
    std::optional<BundleTransport> transport;
    watch.time([&] {
        transport.emplace(ours, &server.context);
        Datagrams out;
        transport->describe(now, {ours, "them", {1, DtlsRole::server, {browser.context.fingerprint()}}}, out);
        transport->on_check(now, home, check, out);
    });
    shake_hands(browser, server, watch,
                [&](const Bytes& datagram, Datagrams& out) { transport->on_dtls(now, datagram, out); });
    require(transport->target().has_value(), "no media could flow");
    watch.time([&] { transport.reset(); });
}

void handshakes(benchmark::State& state) {
    const Identity browser;
    const Identity server;
    Stopwatch openssl;
    Stopwatch session;
    Stopwatch transport;
    for (auto iteration : state) {
        by_openssl_alone(browser, server, openssl);
        by_session(browser, server, session);
        by_transport(browser, server, transport);
    }
    const auto count = static_cast<double>(state.iterations());
    state.counters["openssl_per_s"] = count / openssl.seconds();
    state.counters["session_per_s"] = count / session.seconds();
    state.counters["transport_per_s"] = count / transport.seconds();
    state.counters["transport_time_of_openssl"] = transport.seconds() / openssl.seconds();
}
BENCHMARK(handshakes)->Unit(benchmark::kMicrosecond);

}  // namespace
