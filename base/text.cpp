#include "base/text.hpp"

#include <algorithm>

namespace base {

std::string lower(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), to_lower);
    return result;
}

}  // namespace base
