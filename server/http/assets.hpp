// The files of the pages and the description of the API, embedded when the server is built (cmake/pages.cmake).
#pragma once

#include <span>
#include <string_view>

#include "server/http/exchange.hpp"

namespace server::http {

struct Asset {
    std::string_view name;  // "phone.js"
    std::string_view content_type;
    std::string_view body;
    std::string_view etag;  // with its quotes
};

std::span<const Asset> phone_assets();
std::span<const Asset> console_assets();
std::span<const Asset> openapi_assets();

// The file of that name, "index.html" for an empty one, under this content security policy; 404 where there is none,
// 304 where whoever asks has it already.
Response asset_response(std::span<const Asset> assets, std::string_view file, const Request& request,
                        std::string_view policy);

}  // namespace server::http
