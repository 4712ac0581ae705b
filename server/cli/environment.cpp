#include "server/cli/environment.hpp"

#include <unistd.h>

#include <string_view>

namespace server::cli {

config::Environment process_environment() {
    config::Environment result;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text{*entry};
        const auto equals = text.find('=');
        if (equals != text.npos) { result.emplace_back(text.substr(0, equals), text.substr(equals + 1)); }
    }
    return result;
}

}  // namespace server::cli
