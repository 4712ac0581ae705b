// Who may use the API: whoever shows its token, as often as its source may ask; where there is none, this machine, and
// no web page of others. In the order of the rules of security: the cheap questions first, then the proof.
#pragma once

#include <optional>
#include <string>

#include "server/http/exchange.hpp"
#include "server/routing/source_limit.hpp"

namespace server::http {

struct GateSettings {
    std::string token = {};                 // empty: none is asked for
    unsigned requests_per_second = 100;     // of one source; it has five seconds' worth in hand
    unsigned wrong_tokens_per_minute = 10;  // of one source
    friend bool operator==(const GateSettings&, const GateSettings&) = default;
};

class Gate {
public:
    explicit Gate(GateSettings settings);

    // Nullopt: the request may come in.
    std::optional<Response> refuse(const Request& request);

private:
    std::optional<Response> throttle(const Request& request);
    std::optional<Response> check_token(const Request& request);

    const std::string token_;
    SourceLimit requests_;
    SourceLimit wrong_tokens_;
};

}  // namespace server::http
