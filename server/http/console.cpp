#include "server/http/console.hpp"

#include "server/http/assets.hpp"

namespace server::http {

Response console_page(std::string_view file, const Request& request) {
    constexpr std::string_view policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    return asset_response(console_assets(), file, request, policy);
}

}  // namespace server::http
