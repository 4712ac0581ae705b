// Why a request is not carried out, as its response will say it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace server {

struct Refusal {
    int status;
    std::string warning = {};                                      // text of a Warning header field, or empty
    std::vector<std::pair<std::string, std::string>> fields = {};  // of the response's header: name, value
};

}  // namespace server
