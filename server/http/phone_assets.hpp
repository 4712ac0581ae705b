// The files of the softphone page, embedded when the server is built (cmake/phone.cmake).
#pragma once

#include <span>
#include <string_view>

namespace server::http {

struct PhoneAsset {
    std::string_view name;  // "phone.js"
    std::string_view content_type;
    std::string_view body;
};

std::span<const PhoneAsset> phone_assets();

}  // namespace server::http
